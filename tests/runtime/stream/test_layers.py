"""Equal layers are executed once, and the cycles of all are the wavelet engine's."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from wsc.runtime import bytecode as bc
from wsc.runtime.bytecode import Descriptor, Instruction, Operand, Register
from wsc.runtime.cores import Tile
from wsc.runtime.machine import Machine
from wsc.runtime.stream.execution.rows import rows_of
from wsc.runtime.stream.execution.taint import layer_matters
from wsc.runtime.trace.chrome import ChromeTrace
from wsc.runtime.wavelet import state as st
from wsc.runtime.wiring import Route

from ...support.agreement import same_step
from ...support.wafers import DEPTHS, at, forward, program, receive, reduce, row, send

COUNT, COUNTER, FREE = Register(bc.R_LAYER_COUNT), 5, Register(6)
B = 6


def layers(*body: Instruction, start: int = 0) -> list[Instruction]:
    """A loop over the layers of an instance, from row `start` on; the counter is register 5."""
    return [
        Instruction(bc.FOR, [0, COUNT], target=COUNTER, jump=start + len(body) + 2, constant=1),
        *body,
        Instruction(bc.NEXT, [0, COUNT], target=COUNTER, jump=start + 1, call_cycles=6, constant=1),
    ]


def delay(cycles: int) -> Instruction:
    """Keeps a core busy, and its counter as it is."""
    return Instruction(bc.ADD, [0, 0], target=10, call_cycles=cycles)


def scalar(opcode: int, a: Operand, b: Operand, target: int = FREE.number) -> Instruction:
    return Instruction(opcode, [a, b], target=target, call_cycles=1)


def stack(P: int, L: int, extra: Sequence[Instruction] = (), first: Sequence[Instruction] = ()) -> Machine:
    """P PEs in a row that in each of L layers work, add up to the left and send the sum to all.

    Weights of a layer lie where its number says. The leftmost PE does `extra` in each layer, too, and `first`
    before the first one.
    """
    routes = [Route("sum", 2, at(0), "RAMP", ("E",)), Route("sum", 2, at(P - 1), "W", ("RAMP",))]
    if P > 2:
        routes.append(Route("sum", 2, at(1, 0, P - 2), "W", ("E", "RAMP")))
    for x in range(1, P):
        routes.append(Route("chain", x % 2, at(x), "RAMP", ("W",)))
        routes.append(Route("chain", x % 2, at(x - 1), "E", ("RAMP",)))
    weights = Descriptor(bc.F32, FREE, 1, 0, B, 1)
    work = [
        scalar(bc.MULTIPLY, Register(COUNTER), 4 * B),
        Instruction(
            bc.FMA, descriptors=[row(B), weights, row(B, base=4)], call_cycles=7, element_cycles=(1, 2)
        ),
    ]
    root = [*work, *extra, reduce(row(B), 0, setup=15), send(row(B), 2, 15)]
    inner = [*work, forward(row(B), 0, 1, setup=15), receive(row(B), 2, 15)]
    last = [*work, delay(9), send(row(B), 1, 15), receive(row(B), 2, 15)]
    programs = [
        program(*first, *layers(*root, start=len(first))),
        program(*layers(*inner)),
        program(*layers(*last), delay(4)),
    ]
    tiles = [
        Tile(
            0 if x == 0 else 2 if x == P - 1 else 1,
            at(x),
            channels=((x + 1) % 2, x % 2, 2),
            layers=(0, L),
            instance="block",
        )
        for x in range(P)
    ]
    return Machine(P, 1, routes, tiles, programs, DEPTHS, 4 * B * (L + 4))


def reused(wafer: Machine) -> int:
    """How many layers were reused; asserts that it makes no difference."""
    before = wafer.sram.copy()
    streams = wafer.run_step(engine="stream", data=False, log_level=1, count_loads=True)
    after = wafer.sram.copy()
    wafer.sram[...] = before
    each = wafer.run_step(engine="stream", data=False, log_level=1, count_loads=True, reuse_layers=False)
    assert each.layers_reused == 0
    wafer.sram[...] = before
    wavelets = wafer.run_step(data=False, log_level=1, count_loads=True)
    same_step(wafer, wavelets, streams, after)
    same_step(wafer, wavelets, each, after)
    return streams.layers_reused


@pytest.mark.parametrize("P", [2, 3, 7])
def test_most_layers_are_reused(P: int) -> None:
    """The first two layers show that they are equal; the last is executed, because addresses are checked."""
    assert reused(stack(P, 12)) == 12 - 3
    assert reused(stack(P, 3)) == 0


def test_a_late_start_takes_a_layer_more() -> None:
    late = stack(3, 12, first=[delay(400)])
    assert 0 < reused(late) <= 12 - 3


def meeting(L: int, wait: int) -> Machine:
    """Three PEs as in `stack`. In each layer the leftmost one also sends to the next one after `wait` cycles,
    so that these wavelets may come to its ramp together with those of the chain.
    """
    weights = Descriptor(bc.F32, FREE, 1, 0, B, 1)
    work = [
        scalar(bc.MULTIPLY, Register(COUNTER), 4 * B),
        Instruction(
            bc.FMA, descriptors=[row(B), weights, row(B, base=4)], call_cycles=7, element_cycles=(1, 2)
        ),
    ]
    bodies = [
        [delay(wait), send(row(4), 3), *work, reduce(row(B), 0, setup=15), send(row(B), 2, 15)],
        [*work, forward(row(B), 0, 1, setup=15), receive(row(4), 3), receive(row(B), 2, 15)],
        [*work, delay(9), send(row(B), 1, 15), receive(row(B), 2, 15)],
    ]
    tiles = [
        Tile(x, at(x), channels=((x + 1) % 2, x % 2, 2, 5), layers=(0, L), instance="block") for x in range(3)
    ]
    early = [Route("early", 5, at(0), "RAMP", ("E",)), Route("early", 5, at(1), "W", ("RAMP",))]
    programs = [program(*layers(*body)) for body in bodies]
    return Machine(3, 1, [*stack(3, L).routes, *early], tiles, programs, DEPTHS, 4 * B * (L + 4))


def test_layers_in_which_colors_meet() -> None:
    """Who waits for whom recurs, too; once it is known of one layer, it is known of all."""
    settled = 0
    for wait in range(0, 50, 2):
        wafer = meeting(8, wait)
        assert reused(wafer) == 8 - 3
        found = wafer.run_step(engine="stream", data=False, log_level=1)
        settled += found.certificate == "settled"
        assert found.replays < 3
    assert settled > 3


NUMBER = Register(COUNTER)


@pytest.mark.parametrize(
    "extra",
    [
        [Instruction(bc.FILL, descriptors=[Descriptor(bc.F32, 0, 1, 0, NUMBER, 1)], call_cycles=7)],
        [Instruction(bc.IF, [NUMBER, 3], function=bc.EQUAL, jump=5, call_cycles=6), delay(50)],
        [scalar(bc.ADD, NUMBER, 1, 7), Instruction(bc.STORE, [0, Register(7)], function=bc.I32)],
        [
            scalar(bc.REMAINDER, NUMBER, 3, 7),
            Instruction(bc.FOR, [0, Register(7)], target=8, jump=7),
            delay(2),
            Instruction(bc.NEXT, [0, Register(7)], target=8, jump=5, call_cycles=1),
        ],
    ],
    ids=["extent", "branch", "store", "loop"],
)
def test_a_layer_whose_number_decides_is_executed(extra: list[Instruction]) -> None:
    assert reused(stack(3, 8, extra)) == 0


def test_a_word_that_changes_from_layer_to_layer() -> None:
    """A count that is kept in memory decides how much is done."""
    count = [
        Instruction(bc.LOAD, [0], target=7, call_cycles=1),
        scalar(bc.ADD, Register(7), 1, 7),
        Instruction(bc.STORE, [0, Register(7)], function=bc.I32, call_cycles=1),
        Instruction(bc.FILL, descriptors=[Descriptor(bc.F32, 4, 1, 0, Register(7), 1)], call_cycles=7),
    ]
    assert reused(stack(3, 8, count)) == 0
    # The same word each time makes no difference.
    constant = [Instruction(bc.STORE, [0, 3], function=bc.I32, call_cycles=1)]
    assert reused(stack(3, 8, constant)) == 8 - 3


def test_a_register_that_changes_from_layer_to_layer() -> None:
    grows = [
        scalar(bc.ADD, Register(9), 1, 9),
        Instruction(bc.FILL, descriptors=[Descriptor(bc.F32, 4, 1, 0, Register(9), 1)], call_cycles=7),
    ]
    assert reused(stack(3, 8, grows, [scalar(bc.ADD, 0, 0, 9)])) == 0


def test_what_the_number_may_do() -> None:
    """Addresses and steps may depend on it; what is loaded from there then does, too."""
    code = program(
        *layers(
            scalar(bc.MULTIPLY, NUMBER, 4),
            Instruction(bc.LOAD, [FREE], target=7, call_cycles=1),
            Instruction(bc.FILL, descriptors=[Descriptor(bc.F32, FREE, 2, FREE, 3, FREE)]),
            scalar(bc.ADD, 5, 0, 7),
        )
    ).code
    assert layer_matters(rows_of(code), 5) is None
    code[3, bc.OPERANDS + 3], code[3, bc.REGISTERS] = 7, code[3, bc.REGISTERS] | 1 << 3
    assert layer_matters(rows_of(code), 5) == "row 3: an extent"


def test_a_trace_shows_layers_that_were_not_executed() -> None:
    wafer = stack(7, 9)
    files: list[bytes] = []
    for engine in ("wavelet", "stream"):
        result = wafer.run_step(engine=engine, data=False, log_level=st.LOG_RUNS)
        assert result.layers_reused == (6 if engine == "stream" else 0)
        trace = ChromeTrace(wafer, {})
        trace.step(result, "step", {}, detail=True)
        assert trace.left_out() == []
        files.append(trace.to_bytes())
    assert files[0] == files[1]
