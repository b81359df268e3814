"""Reads safetensors files: names, shapes and element types first, a tensor's elements when asked for.

The format: 8 bytes little-endian length of a JSON header, the header, the elements
(https://github.com/huggingface/safetensors). The library checks a file; elements are read here, because
NumPy has no bfloat16.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from .diagnostics import error_at
from .location import UNKNOWN

_STORED = {"F16": "<f2", "F32": "<f4", "BF16": "<u2"}
"""Element types that can be read, and how their bits are."""
READABLE = tuple(_STORED)


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """A tensor of a file: `element` is the file's word for its type, `offset` is in bytes from the start."""

    name: str
    element: str
    shape: tuple[int, ...]
    offset: int


class SafetensorsReader:
    """A checked safetensors file.

    Raises `DiagnosticError` if `path` cannot be opened or is no sound safetensors file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tensors: dict[str, StoredTensor] = {}
        try:
            with safe_open(str(path), framework="numpy"):
                header_bytes = self._read_header()
        except OSError as error:
            reason = error.strerror or str(error)
            raise error_at(f"cannot read weights from '{path}': {reason}", UNKNOWN) from error
        except SafetensorError as error:
            reason = f"it is damaged or not a safetensors file ({error})"
            raise error_at(f"cannot read weights from '{path}': {reason}", UNKNOWN) from error
        header: dict[str, Any] = json.loads(header_bytes)
        start = 8 + len(header_bytes)
        for name in sorted(header):
            if name != "__metadata__":
                entry = header[name]
                offset = start + int(entry["data_offsets"][0])
                shape = tuple(map(int, entry["shape"]))
                self.tensors[name] = StoredTensor(name, str(entry["dtype"]), shape, offset)

    def _read_header(self) -> bytes:
        with self.path.open("rb") as file:
            return file.read(int.from_bytes(file.read(8), "little"))

    def read(self, name: str) -> NDArray[Any]:
        """Return a tensor's elements as float16 or float32; bfloat16 becomes float32, which is exact.

        Raises `KeyError` for a name that the file does not have, and for an element type not in `READABLE`.
        """
        tensor = self.tensors[name]
        count = int(np.prod(tensor.shape, dtype=np.int64))
        stored = np.fromfile(self.path, _STORED[tensor.element], count, offset=tensor.offset)
        if tensor.element == "BF16":
            stored = (stored.astype(np.uint32) << np.uint32(16)).view(np.float32)
        return stored.reshape(tensor.shape)
