"""What a PE computes of attention over a window, where tiles have rows: `[features, rows]`."""

from __future__ import annotations

import numpy as np

from ..dialects.dist import dist_tensor
from ..operation import Operation
from .functions import Floats
from .pe import Indices, Pe


def scores(pe: Pe, op: Operation, q: Floats, k: Floats, heads: Indices) -> Floats:
    """Each head's q . k over the features of the tile, for the PE's share of rows: `[heads, mine, rows]`.

    `heads` has the query head of each feature, `[local, count]`.
    """
    count, mine, _ = dist_tensor(op.result).dims
    rows = pe.indices(mine)
    asked = q[:, rows].reshape(*heads.shape, len(rows))
    found = np.zeros((count.extent, len(rows), k.shape[1]), np.float32)
    np.add.at(found, heads, asked[..., None] * k[:, None])
    return found


def visible(pe: Pe, op: Operation, scores: Floats) -> Floats:
    """Return `scores`, with `causal` -inf where a row must not see a later one."""
    if "causal" not in op.attributes:
        return scores
    mine = pe.indices(dist_tensor(op.operands[0]).dims[1])
    later = np.arange(scores.shape[2], dtype=np.int64) > mine[:, None]
    return np.where(later, np.float32(-np.inf), scores)


def mixed(weights: Floats, v: Floats) -> Floats:
    """sum(w v) over all rows, of `weights` `[local, count, mine, rows]`: `[features, mine]`."""
    found = np.einsum("gfrt,ft->gfr", weights, v, dtype=np.float32)
    local, count, mine, _ = weights.shape
    return found.reshape(local * count, mine)


def spread(pe: Pe, op: Operation, x: Floats) -> Floats:
    """The PE's rows among zeros for those of the others."""
    rows = dist_tensor(op.operands[0]).dims[1]
    found = np.zeros((x.shape[0], rows.extent), np.float32)
    found[:, pe.indices(rows)] = x
    return found
