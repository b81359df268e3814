"""Traces: what chosen PEs did in each cycle, in the format that Chrome and Perfetto open."""
