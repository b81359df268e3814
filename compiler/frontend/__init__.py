"""Front end: the text of a `.wdl` model to a module of the nn dialect."""

from .compile import compile_wdl

__all__ = ["compile_wdl"]
