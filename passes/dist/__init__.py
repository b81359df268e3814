"""Passes that start from or end in level `dist`."""
