"""The programs' side of the stream engine: each instruction once for all PEs that are at it."""
