"""What a step took, whichever engine found it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .step_log import StepLog

CERTIFICATES = (None, "static", "checked", "settled")
"""What certifies a step of the stream engine, the plainest first; None on the wavelet engine."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """What a step took. Arrays over PEs are in the order of `Machine.pe_index`."""

    cycles: int
    end_cycles: NDArray[np.int64]
    """[PEs] cycle at which each program ended"""
    link_hops: int
    """Wavelets times the mesh links they took."""
    ramp_hops: int
    """Wavelets that went from a router down to its core."""
    wavelets: int
    """Wavelets that cores sent."""
    contended: int
    """Times that a wavelet could have moved but a lower color took one of its links."""
    log: StepLog | None
    """When asked for"""
    loads: NDArray[np.int64] | None
    """[4, height, width] wavelets on the links leaving each router N, E, S, W, when asked for"""
    engine: str = "wavelet"
    """The engine that found this: `wavelet` or `stream`."""
    certificate: str | None = None
    """Why both engines agree on this step: `static` (no two colors share a link or ramp), `checked` (they
    never met in this run) or `settled` (they did, and it is known who waited). None on the wavelet engine,
    which needs none."""
    replays: int = 0
    """How often the stream engine played the step again until that was settled."""
    layers_reused: int = 0
    """Layers that were not executed, because all that makes their cycles was as in the layer before."""
