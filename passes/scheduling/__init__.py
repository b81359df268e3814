"""Scheduling as a plain problem: tasks, unary resources, precedence with latencies. Knows no IR."""
