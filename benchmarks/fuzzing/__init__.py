"""Fuzzing: inputs made from a seed and a number, what may come of them, and the smallest input that fails."""
