"""Passes that work at every level."""
