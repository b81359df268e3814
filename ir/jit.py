"""How hot functions are compiled by Numba, and when a compiled one on disk is still the right one.

Imported only where such functions are: Numba takes longer to import than all else. Only entry points are kept
on disk: Numba compares the file of the function alone, so a stale copy would survive a change in a file that
it calls into. An entry point therefore closes over a `fingerprint` of all files that it is made of, which
Numba makes part of the key under which it stores the machine code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numba
import numpy as np

P = ParamSpec("P")
R = TypeVar("R")

_OPTIONS: Any = {"_nrt": False}
"""Such functions allocate nothing, so nobody has to count references to arrays: where functions are called
with tuples of arrays, that would cost more than all the rest."""


def inner(function: Callable[P, R]) -> Callable[P, R]:
    """Compile `function` as part of the entry points that call it."""
    return cast("Callable[P, R]", numba.njit(**_OPTIONS)(function))


def entry(function: Callable[P, R]) -> Callable[P, R]:
    """Compile `function`, which must close over a `fingerprint`, and keep the machine code on disk.

    Raises `ValueError` if it closes over nothing.
    """
    if function.__closure__ is None:
        raise ValueError(f"'{function.__name__}' does not close over the fingerprint of what it calls")
    return cast("Callable[P, R]", numba.njit(cache=True, **_OPTIONS)(function))


def fingerprint(*places: Path) -> int:
    """Return a hash of the source files at `places`, files or folders, and of this one."""
    digest = hashlib.sha256()
    files = [Path(__file__)]
    for place in places:
        files += sorted(place.glob("*.py")) if place.is_dir() else [place]
    for path in files:
        digest.update(path.read_bytes())
    return int.from_bytes(digest.digest()[:6], "big")


@inner
def wide(value: Any) -> int:
    """Return an array's integer as one of 64 bits, so that functions are compiled for one type only."""
    return np.int64(value)  # pyright: ignore[reportReturnType]
