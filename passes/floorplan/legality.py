"""Whether a plan is legal and what it costs, found anew from what the file says.

It shares nothing with the solvers, the fronts or the cost functions that they use: sizes, times and memory
come from the execution arguments, by the formulas in exact fractions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from .instance import GivenKernel, Instance
from .problem import Placed, Plan


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a plan costs, in the units of its file, and what is illegal about it: `faults`, if any."""

    faults: tuple[str, ...]
    time: Fraction
    wire: Fraction
    cost: Fraction


def check_plan(instance: Instance, plan: Plan) -> Verdict:
    """Check every rule for every kernel of `plan`, which must have a place for each, and sum up its cost."""
    if len(plan) != len(instance.kernels):
        fault = f"the plan places {len(plan)} kernels of {len(instance.kernels)}"
        return Verdict((fault,), Fraction(0), Fraction(0), Fraction(0))
    faults: list[str] = []
    time = Fraction(0)
    for given, placed in zip(instance.kernels, plan, strict=True):
        own, problems = _check_shape(instance, given, placed)
        time = max(time, own)
        problems += _check_place(instance, placed)
        faults += [f"'{given.name}' {problem}" for problem in problems]
    faults += _overlaps(instance, plan)
    wire = _wire(instance, plan)
    return Verdict(tuple(faults), time, wire, instance.time_weight * time + instance.wire_weight * wire)


def _check_shape(instance: Instance, given: GivenKernel, placed: Placed) -> tuple[Fraction, list[str]]:
    """Return the kernel's true time, and where its shape is not what its arguments give."""
    shape = placed.shape
    if given.contest is not None:
        problem = _wrong_arguments(given.contest.kind, given.contest.parameters, shape.arguments)
        if problem:
            return Fraction(0), [problem]
        width, height, time, memory = _executed(given.contest.kind, given.contest.parameters, shape.arguments)
    else:
        listed = [
            s
            for s in given.shapes
            if (s.width, s.height, s.arguments) == (shape.width, shape.height, shape.arguments)
        ]
        listed = [s for s in listed if Fraction(s.time) * instance.ticks == shape.time] or listed
        if not listed:
            return Fraction(0), [f"has no shape of {shape.width} x {shape.height}"]
        width, height = listed[0].width, listed[0].height
        time, memory = Fraction(listed[0].time), Fraction(listed[0].memory)
    problems: list[str] = []
    if (shape.width, shape.height) != (width, height):
        problems.append(f"is {shape.width} x {shape.height}, but its arguments give {width} x {height}")
    if Fraction(shape.time, instance.ticks) != time:
        problems.append(f"takes {time}, not {Fraction(shape.time, instance.ticks)}")
    if instance.memory_limit is not None and memory > instance.memory_limit:
        problems.append(f"needs {float(memory):g} memory, but the limit is {instance.memory_limit}")
    if placed.rotated and not given.may_rotate:
        problems.append("is rotated, but may not be")
    return time, problems


def _wrong_arguments(kind: str, parameters: tuple[int, ...], arguments: tuple[int, ...]) -> str:
    """Return what is wrong with execution arguments: their number, or one out of its range; '' if nothing."""
    if kind == "conv":
        rows, columns, _, _, inputs, outputs, _ = parameters
        most = {"h": rows, "w": columns, "c": inputs, "k": outputs}
    else:
        rows, columns, full = parameters
        half, quarter = full // 2, full // 4
        most = {"h": rows, "w": columns}
        if kind == "dblock":
            most |= {"c1": full, "c2": quarter, "c3": quarter}
            most |= {"k1": quarter, "k2": quarter, "k3": full}
        else:
            most |= {"c1": half, "c2": quarter, "c3": quarter, "c4": half}
            most |= {"k1": quarter, "k2": quarter, "k3": full, "k4": full}
    if len(arguments) != len(most):
        return f"has {len(arguments)} arguments, but a {kind} takes {len(most)}"
    for (name, largest), value in zip(most.items(), arguments, strict=True):
        if not 1 <= value <= largest:
            return f"has {name} = {value}, which must be from 1 to {largest}"
    return ""


def _executed(
    kind: str, parameters: tuple[int, ...], arguments: tuple[int, ...]
) -> tuple[int, int, Fraction, Fraction]:
    """Return width, height, time and memory of a kernel of the contest at its execution arguments."""
    h, w, *rest = arguments
    cs, ks = rest[: len(rest) // 2], rest[len(rest) // 2 :]
    width = height = 0
    time = memory = Fraction(0)
    for layer, c, k in zip(_layers(kind, parameters), cs, ks, strict=True):
        H, W, R, S, C, K, T = map(Fraction, layer)
        height = max(height, h * w * (c + 1))
        width += 3 * k
        time = max(time, ceil(H / h) * ceil(W / w) * ceil(C / c) * ceil(K / k) * R * S / T**2)
        memory = max(memory, C / c * K / k * R * S + (W + S - 1) / w * (H + R - 1) / h * K / k)
    return width, height, time, memory


def _layers(kind: str, parameters: tuple[int, ...]) -> list[tuple[int | Fraction, ...]]:
    """Return H, W, R, S, C, K, T of each convolution of a kernel."""
    if kind == "conv":
        return [parameters]
    rows, columns, full = map(Fraction, parameters)
    if kind == "dblock":
        return [
            (rows, columns, 1, 1, full, full / 4, 1),
            (rows, columns, 3, 3, full / 4, full / 4, 1),
            (rows, columns, 1, 1, full / 4, full, 1),
        ]
    return [
        (rows, columns, 1, 1, full / 2, full / 4, 1),
        (rows, columns, 3, 3, full / 4, full / 4, 2),
        (rows / 2, columns / 2, 1, 1, full / 4, full, 1),
        (rows, columns, 1, 1, full / 2, full, 2),
    ]


def _size(placed: Placed) -> tuple[int, int]:
    """Return width and height as placed."""
    wide, high = placed.shape.width, placed.shape.height
    return (high, wide) if placed.rotated else (wide, high)


def _check_place(instance: Instance, placed: Placed) -> Iterator[str]:
    """Yield where a kernel leaves the wafer, and which defects it covers."""
    wide, high = _size(placed)
    left, bottom, right, top = placed.x, placed.y, placed.x + wide, placed.y + high
    if left < 0 or bottom < 0 or right > instance.width or top > instance.height:
        yield (
            f"leaves the {instance.width} x {instance.height} wafer: x {left} to {right}, y {bottom} to {top}"
        )
    for x, y in instance.defects.pes:
        if left <= x < right and bottom <= y < top:
            yield f"covers the defect at {x}, {y}"
    for x, y in instance.defects.east:
        if left <= x and x + 1 < right and bottom <= y < top:
            yield f"covers the defective link from {x}, {y} to {x + 1}, {y}"
    for x, y in instance.defects.south:
        if left <= x < right and bottom <= y and y + 1 < top:
            yield f"covers the defective link from {x}, {y} to {x}, {y + 1}"


def _overlaps(instance: Instance, plan: Plan) -> Iterator[str]:
    """Yield each two kernels that overlap: sweeps over x, with the kernels that the line cuts."""
    order = sorted(range(len(plan)), key=lambda index: (plan[index].x, index))
    active: list[int] = []
    for index in order:
        placed = plan[index]
        active = [other for other in active if plan[other].x + _size(plan[other])[0] > placed.x]
        for other in active:
            below, above = sorted((index, other), key=lambda i: plan[i].y)
            if plan[below].y + _size(plan[below])[1] > plan[above].y:
                first, second = sorted((index, other))
                names = instance.kernels[first].name, instance.kernels[second].name
                yield f"'{names[0]}' and '{names[1]}' overlap"
        active.append(index)


def _wire(instance: Instance, plan: Plan) -> Fraction:
    """Return the sum over the connections of the L1 distance between centres, times the weight."""
    total = Fraction(0)
    for connection in instance.connections:
        ends: list[tuple[Fraction, Fraction]] = []
        for placed in (plan[connection.source], plan[connection.sink]):
            wide, high = _size(placed)
            ends.append((placed.x + Fraction(wide, 2), placed.y + Fraction(high, 2)))
        (x0, y0), (x1, y1) = ends
        total += connection.weight * (abs(x0 - x1) + abs(y0 - y1))
    return total
