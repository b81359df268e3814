"""Passes: one a file, in a folder per IR level; algorithms beside them, free of IR."""
