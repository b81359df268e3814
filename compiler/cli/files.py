"""Output files: whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from .errors import FileError


def check_output(path: Path) -> None:
    """Raise `FileError` if `path` can surely not be written, before work that takes long is done for it."""
    folder = path.resolve().parent
    if path.is_dir():
        problem = errno.EISDIR
    elif not folder.is_dir():
        problem = errno.ENOENT
    elif not path.exists() and not os.access(folder, os.W_OK):
        problem = errno.EACCES
    else:
        return
    raise FileError(str(path), f"cannot be written: {os.strerror(problem)}")


def write_file(path: Path, data: bytes) -> None:
    """Write a whole file or nothing. Raises `FileError`."""
    from ...ir.program_file import write_atomically

    try:
        write_atomically(path, data)
    except OSError as error:
        raise FileError(str(path), f"cannot be written: {error.strerror}") from error
