"""Makes a module smaller for as long as a test holds for it."""

from .reducer import Reducer, Test

__all__ = ["Reducer", "Test"]
