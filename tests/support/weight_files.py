"""Files of weights to test with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def cut_to_bfloat16(value: Array) -> NDArray[np.float32]:
    """Return what is left of float32 numbers in bfloat16."""
    return (value.astype(np.float32).view(np.uint32) & np.uint32(0xFFFF0000)).view(np.float32)


def write_bfloat16(path: Path, tensors: dict[str, Array]) -> None:
    """Write float32 tensors, cut to bfloat16, as the format's description says."""
    header: dict[str, Any] = {"__metadata__": {"format": "np"}}
    data = b""
    for name, value in tensors.items():
        bits = (value.astype(np.float32).view(np.uint32) >> 16).astype("<u2").tobytes()
        offsets = [len(data), len(data) + len(bits)]
        header[name] = {"dtype": "BF16", "shape": list(value.shape), "data_offsets": offsets}
        data += bits
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)
