"""The closed forms of 'Near-Optimal Wafer-Scale Reduce' (HPDC 2024, arXiv 2404.15888), as published.

P PEs on a line, B wavelets each, T_R cycles of a ramp; all in cycles, without any software cost. Tree and
two-phase forms are exact for powers of two and squares only.
"""

from __future__ import annotations

from math import log2, sqrt


def star_reduce(P: int, B: int, T_R: int) -> float:
    """All send to one end."""
    return B * (P - 1) + 2 * T_R + 1


def chain_reduce(P: int, B: int, T_R: int) -> float:
    """Neighbour to neighbour, pipelined."""
    return B + (2 * T_R + 2) * (P - 1)


def tree_reduce(P: int, B: int, T_R: int) -> float:
    """Binary tree."""
    depth = log2(P)
    return max(B * depth, B * P / (2 * (P - 1)) * depth + P - 1) + (2 * T_R + 1) * depth


def two_phase_reduce(P: int, B: int, T_R: int) -> float:
    """Chains in groups of sqrt(P), then a chain of their heads."""
    root = sqrt(P)
    return max(2 * B, 2 * B * (P - root) / (P - 1) + P - 1) + (2 * T_R + 1) * (2 * root - 2)


def broadcast(P: int, B: int, T_R: int) -> float:
    """One multicast from one end."""
    return B + P + 2 * T_R


def ring_all_reduce(P: int, B: int, T_R: int) -> float:
    """Reduce-scatter and all-gather around a ring."""
    return 2 * (P - 1) * B / P + 4 * P - 6 + 2 * (P - 1) * (2 * T_R + 1)


def hard_bound(P: int, B: int, T_R: int) -> float:
    """No reduce to one end can take less: its root's ramp, and the way from the other end."""
    return max(B, P - 1) + 2 * T_R + 1
