"""Reduce trees on a line: pre-order, their shapes, and the best ones."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsc.passes.fabric.collectives.auto import NEVER, best_tree, energies, recurrence_bound
from wsc.passes.fabric.collectives.choice import best_shape, shape_cycles, shapes_for
from wsc.passes.fabric.collectives.grouping import best_groups, grouped_all_reduce_cycles
from wsc.passes.fabric.collectives.level_sizes import best_levels
from wsc.passes.fabric.collectives.published import hard_bound
from wsc.passes.fabric.collectives.timing import (
    LineCosts,
    all_reduce_cycles,
    levels_reduce_cycles,
    reduce_cycles,
)
from wsc.passes.fabric.collectives.trees import (
    Arm,
    LineTree,
    arm_named,
    binary,
    chain,
    check_arm,
    depths,
    groups,
    levels,
    line_tree,
    star,
    two_phase,
)

PRE_ORDER = ("star", "chain", "binary", "two-phase", "levels 3", "levels 2 3", "levels 4 2 2")
SHAPES = (*PRE_ORDER, "groups 1 4 2 3")
COSTS = st.builds(LineCosts, st.integers(0, 4), st.integers(0, 20), st.just(0), st.integers(1, 3))


def arms(length: int) -> list[Arm]:
    """All trees in pre-order."""
    found: list[tuple[Arm, tuple[int, ...]]] = [((), (0,))]
    for vertex in range(1, length + 1):
        found = [((*arm, path[k]), (*path[: k + 1], vertex)) for arm, path in found for k in range(len(path))]
    return [arm for arm, _ in found]


@pytest.mark.parametrize("shape", PRE_ORDER)
def test_shapes_are_trees_in_pre_order_and_grow_at_the_end(shape: str) -> None:
    for length in range(40):
        arm = arm_named(shape, length)
        assert len(arm) == length
        check_arm(arm)
        assert arm_named(shape, length + 1)[:length] == arm or shape == "two-phase"


def test_what_the_shapes_are() -> None:
    assert star(3) == (0, 0, 0)
    assert chain(4) == (0, 1, 2, 3)
    assert binary(7) == (0, 0, 2, 0, 4, 4, 6)
    assert levels(8, (3,)) == (0, 1, 0, 3, 4, 3, 6, 7)
    assert levels(7, (2, 2)) == (0, 0, 2, 0, 4, 4, 6)
    assert groups(7, (1, 3, 2)) == (0, 3, 4, 1, 6, 4, 6)
    assert groups(5, (1, 3, 2)) == (0, 3, 4, 1, 4)
    assert [groups(n, (2,)) for n in range(4)] == [(), (0,), (0, 1), (2, 0, 2)]
    assert two_phase(15) == levels(15, (4,))
    assert max(depths(binary(255))) == 8
    assert LineTree((0, 1), (0, 0)).parents() == [1, 2, -1, 2, 2]


def test_what_is_no_tree_in_pre_order() -> None:
    check_arm((0, 1, 1, 0))
    with pytest.raises(ValueError, match="vertex 4 cannot have parent 2 in pre-order"):
        check_arm((0, 1, 0, 2))


@pytest.mark.parametrize("shape", ["", "stars", "levels", "levels 1", "levels x", "groups 0", "chain 3"])
def test_what_is_no_shape(shape: str) -> None:
    with pytest.raises(ValueError, match="is not star, chain"):
        line_tree(shape, 5)


def test_each_arm_may_have_a_shape_of_its_own() -> None:
    assert line_tree("star | chain", 7) == LineTree((0, 0, 0), (0, 1, 2))


# ---- the best trees


@pytest.mark.parametrize(("wavelets", "setup"), list(product((1, 3, 10), (0, 4))))
@pytest.mark.parametrize(("low", "high"), [(0, 6), (2, 3), (3, 3)])
def test_no_tree_at_all_beats_the_best_one(low: int, high: int, wavelets: int, setup: int) -> None:
    costs = LineCosts(2, setup)
    best = best_tree(low + 1 + high, wavelets, costs, low)
    check_arm(best.low)
    check_arm(best.high)
    least = min(reduce_cycles(LineTree(a, b), wavelets, costs) for a in arms(low) for b in arms(high))
    assert reduce_cycles(best, wavelets, costs) == least


@given(st.integers(1, 60), st.integers(1, 100), COSTS)
def test_the_best_tree_beats_all_shapes_in_pre_order(parts: int, wavelets: int, costs: LineCosts) -> None:
    best = reduce_cycles(best_tree(parts, wavelets, costs), wavelets, costs)
    assert all(best <= reduce_cycles(line_tree(shape, parts), wavelets, costs) for shape in PRE_ORDER)


def compositions(total: int) -> list[tuple[int, ...]]:
    if total == 0:
        return [()]
    return [(first, *rest) for first in range(1, total + 1) for rest in compositions(total - first)]


@pytest.mark.parametrize(("wavelets", "setup"), list(product((1, 4, 9), (0, 5))))
@pytest.mark.parametrize(("low", "high"), [(0, 7), (3, 4), (5, 5)])
def test_no_groups_beat_the_best_ones(low: int, high: int, wavelets: int, setup: int) -> None:
    costs = LineCosts(2, setup)
    lows, highs = ({groups(n, sizes) for sizes in compositions(n)} for n in (low, high))
    least = min(reduce_cycles(LineTree(a, b), wavelets, costs) for a in lows for b in highs)
    found = line_tree(best_groups(low, high, wavelets, costs), low + 1 + high, low)
    assert reduce_cycles(found, wavelets, costs) == least
    quick = grouped_all_reduce_cycles(low + 1 + high, wavelets, costs)
    assert low < high - 1 or quick == all_reduce_cycles(found, wavelets, costs)


@pytest.mark.parametrize("setup", [0, 15])
@pytest.mark.parametrize("wavelets", [1, 12, 100])
@pytest.mark.parametrize("parts", [2, 5, 30, 420])
def test_the_best_shape_is_the_best_of_those_tried(parts: int, wavelets: int, setup: int) -> None:
    costs = LineCosts(2, setup)
    shape, cycles = best_shape(parts, (wavelets,), costs)
    tried = [shape_cycles(other, parts, wavelets, costs) for other in shapes_for(parts, wavelets, costs)]
    assert shape_cycles(shape, parts, wavelets, costs) == cycles == min(tried)
    assert best_shape(parts, (wavelets, 0, wavelets), costs)[1] == 2 * cycles
    assert best_shape(1, (wavelets,), costs) == ("chain", 0)
    if parts == 420 and wavelets < 100:
        assert 2 * cycles < shape_cycles("chain", parts, wavelets, costs)


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 40), COSTS)
def test_levels_counted_without_building_them(low: int, high: int, wavelets: int, costs: LineCosts) -> None:
    shapes = [(2, 2), (3, 2), (2, 5), (7, 3)]
    cycles = levels_reduce_cycles(low, high, np.array(shapes, np.int64), wavelets, costs)
    trees = [line_tree(f"levels {a} {b}", low + 1 + high, low) for a, b in shapes]
    assert cycles.tolist() == [reduce_cycles(tree, wavelets, costs) for tree in trees]


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0, 14), (9, 10)])
def test_no_levels_beat_the_best_ones(low: int, high: int) -> None:
    costs = LineCosts(2, 3)
    for wavelets in (1, 6, 30):
        found = reduce_cycles(
            line_tree(best_levels(low, high, wavelets, costs), low + 1 + high, low), wavelets, costs
        )
        for shape in ("levels 2", "levels 3", "levels 5", "levels 2 2", "levels 3 2", "levels 2 4"):
            assert found <= reduce_cycles(line_tree(shape, low + 1 + high, low), wavelets, costs)


# ---- the published bound


@given(st.integers(2, 80), st.integers(1, 200), st.integers(0, 3))
def test_no_reduce_beats_the_hard_bound(parts: int, wavelets: int, ramp_cycles: int) -> None:
    costs = LineCosts(ramp_cycles)
    least = hard_bound(parts, wavelets, ramp_cycles)
    assert reduce_cycles(best_tree(parts, wavelets, costs, 0), wavelets, costs) >= least


def test_energies_are_those_of_the_best_trees() -> None:
    most = 7
    energy = energies(most)
    for parts in range(1, most + 1):
        for depth in range(most):
            hops = [
                sum(v - p for v, p in enumerate(arm, 1))
                for arm in arms(parts - 1)
                if max(depths(arm)) <= depth
            ]
            assert energy[parts, depth] == min(hops, default=NEVER)


def test_the_bound_of_a_line() -> None:
    energy = energies(64)
    assert recurrence_bound(energy, 1, 5, 2) == 0
    # At one wavelet a star beats it, as the paper's form says: 20 against 28 cycles.
    assert round(recurrence_bound(energy, 16, 1, 2)) == 28
    wide = [recurrence_bound(energy, 64, wavelets, 2) for wavelets in (1, 10, 100, 1000)]
    assert wide == sorted(wide)
    # A chain is as good as the bound when the message is long.
    assert np.isclose(recurrence_bound(energy, 64, 10_000, 2), 10_000 + 6 * 63)
