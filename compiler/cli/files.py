"""Output files: whole or not at all."""

from __future__ import annotations

from pathlib import Path

from .errors import FileError


def write_file(path: Path, data: bytes) -> None:
    """Write a whole file or nothing. Raises `FileError`."""
    from ...ir.program_file import write_atomically

    try:
        write_atomically(path, data)
    except OSError as error:
        raise FileError(str(path), f"cannot be written: {error.strerror}") from error
