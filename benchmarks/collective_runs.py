"""One collective alone on a machine: from a plan to programs, routes and memories, and back to numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import NDArray

from wsc.passes.fabric.collectives.plan import (
    AXIS_DIRECTIONS,
    STARTS,
    Run,
    Step,
    chunk_bounds,
    grouped,
    setting_runs,
)
from wsc.passes.fabric.collectives.rectangle import RectanglePlan
from wsc.passes.fabric.collectives.timing import LineCosts
from wsc.runtime import bytecode as bc
from wsc.runtime.bytecode import Descriptor, Instruction, Program, Register, assemble
from wsc.runtime.cores import Tile
from wsc.runtime.machine import Machine
from wsc.runtime.route import Rect, Route
from wsc.runtime.wiring import QueueDepths

_OPCODES: Mapping[str, int] = {
    "send": bc.SEND,
    "recv": bc.RECEIVE,
    "recv_reduce": bc.REDUCE,
    "recv_reduce_forward": bc.REDUCE_FORWARD,
    "start_send": bc.START_SEND,
    "start_recv": bc.START_RECEIVE,
    "start_recv_reduce": bc.START_REDUCE,
    "await": bc.AWAIT,
}
_TYPES = {bc.F16: np.float16, bc.F32: np.float32, bc.I32: np.int32}


@dataclass(frozen=True, slots=True)
class CollectiveRun:
    """A collective of `wavelets` wavelets on a machine of its own.

    `function` and `type` are numbers of `bytecode`; a core takes its own number of cycles in `skews`
    ([height, width]) before it begins. The rectangle lies at `origin` of a wafer that ends where it does.
    """

    plan: RectanglePlan
    wavelets: int
    type: int = bc.F32
    function: int = bc.F_ADD
    costs: LineCosts = field(default_factory=lambda: LineCosts(ramp_cycles=2))
    depths: QueueDepths | None = None
    skewed: bool = False
    origin: tuple[int, int] = (0, 0)
    rounds: int = 1
    """How often the collective runs, one after the other."""

    @property
    def elements(self) -> int:
        """Elements of a message."""
        return self.wavelets * (2 if self.type == bc.F16 else 1)

    @property
    def buffer_bytes(self) -> int:
        """Bytes of a message."""
        return 4 * self.wavelets

    def machine(self) -> Machine:
        """Return the machine: buffer 0 at byte 0, then buffer 1, then how many cycles a core waits first."""
        depths = self.depths or QueueDepths(
            ramp_cycles=self.costs.ramp_cycles,
            router_queue_wavelets=2,
            core_input_queue_wavelets=max(6, self.costs.ramp_cycles + 1),
            core_output_queue_wavelets=max(6, self.costs.ramp_cycles + 2),
            hop_cycles=self.costs.hop_cycles,
        )
        width, height = self.origin[0] + self.plan.width, self.origin[1] + self.plan.height
        tiles, programs = self._tiles()
        return Machine(width, height, self._routes(), tiles, programs, depths, 2 * self.buffer_bytes + 4)

    def fill(
        self, machine: Machine, values: NDArray[np.generic], skews: NDArray[np.int64] | None = None
    ) -> None:
        """Put `values` ([height, width, elements]) into buffer 0, zeros into buffer 1, and the waits."""
        pes = machine.pes
        machine.sram[...] = 0
        flat = np.ascontiguousarray(values.reshape(pes, -1).astype(_TYPES[self.type]))
        machine.sram[:, : 2 * self.wavelets] = flat.view(np.uint16)
        if skews is not None:
            if not self.skewed:
                raise ValueError("the programs of this run do not wait")
            machine.integers[:, 2 * self.wavelets] = skews.reshape(pes)

    def result(self, machine: Machine, buffer: int = 0) -> NDArray[np.generic]:
        """Return what a buffer holds: [height, width, elements]."""
        halves = machine.sram[:, 2 * self.wavelets * buffer : 2 * self.wavelets * (buffer + 1)]
        values = np.ascontiguousarray(halves).view(_TYPES[self.type])
        return values.reshape(self.plan.height, self.plan.width, -1)

    # ---- routes

    def _rect(self, axis: str, along: Run, across: Run) -> Rect:
        (x, nx, sx), (y, ny, sy) = (along, across) if axis == "x" else (across, along)
        return (self.origin[0] + x, self.origin[1] + y, nx, ny, sx, sy)

    def _routes(self) -> list[Route]:
        routes: list[Route] = []
        for number, phase in enumerate(self.plan.phases):
            names = AXIS_DIRECTIONS[phase.axis]
            lines = self.plan.height if phase.axis == "x" else self.plan.width
            across = (0, lines, 1) if phase.line is None else (phase.line, 1, 1)
            for setting, run in setting_runs(phase.plan):
                routes.append(
                    Route(
                        f"phase{number}",
                        setting.color,
                        self._rect(phase.axis, run, across),
                        names[setting.input],
                        tuple(names[output] for output in setting.outputs),
                        setting.position,
                        setting.messages,
                    )
                )
        return routes

    # ---- programs

    def _tiles(self) -> tuple[list[Tile], list[Program]]:
        """One program for each combination of what a column and a row do."""
        channels = tuple(range(self.plan.colors))
        columns = grouped(self._keys("x", x) for x in range(self.plan.width))
        rows = grouped(self._keys("y", y) for y in range(self.plan.height))
        tiles: list[Tile] = []
        programs: list[Program] = []
        for (x_steps, x_runs), (y_steps, y_runs) in product(columns.items(), rows.items()):
            steps = [self._phase_steps(i, x_steps[i], y_steps[i]) for i in range(len(self.plan.phases))]
            programs.append(self._program(f"pe{len(programs)}", [step for part in steps for step in part]))
            for x, y in product(x_runs, y_runs):
                rect = self._rect("x", x, y)
                tiles.append(Tile(len(programs) - 1, rect, self.origin, channels))
        return tiles, programs

    def _keys(self, axis: str, place: int) -> tuple[tuple[Step, ...] | bool, ...]:
        """For each phase: the steps at a place along its axis, or whether it runs at that place across."""
        return tuple(
            phase.plan.steps[place] if phase.axis == axis else phase.line is None or phase.line == place
            for phase in self.plan.phases
        )

    def _phase_steps(
        self, number: int, x: tuple[Step, ...] | bool, y: tuple[Step, ...] | bool
    ) -> tuple[Step, ...]:
        steps, runs = (x, y) if self.plan.phases[number].axis == "x" else (y, x)
        return steps if runs and isinstance(steps, tuple) else ()

    def _program(self, name: str, steps: list[Step]) -> Program:
        code: list[Instruction] = []
        register = bc.PRESET_REGISTERS
        if self.skewed:
            code.append(Instruction(bc.LOAD, [2 * self.buffer_bytes], target=register))
            code.append(Instruction(bc.FOR, [0, Register(register)], target=register + 1, jump=3))
            wait = Instruction(bc.NEXT, [0, Register(register)], target=register + 1, jump=2, call_cycles=1)
            code.append(wait)
        body = self._instructions(steps)
        if self.rounds > 1 and body:
            first = len(code) + 1
            counter = register + 2
            code.append(Instruction(bc.FOR, [0, self.rounds], target=counter, jump=first + len(body) + 1))
            code += body
            code.append(Instruction(bc.NEXT, [0, self.rounds], target=counter, jump=first))
        else:
            code += body
        return assemble(name, [*code, Instruction(bc.HALT)])

    def _instructions(self, steps: list[Step]) -> list[Instruction]:
        """Return the instructions of steps, without those that move no wavelet."""
        code: list[Instruction] = []
        started = False
        for step in steps:
            if step.kind == "await":
                if started:
                    code.append(Instruction(bc.AWAIT, call_cycles=self.costs.await_cycles))
                started = False
                continue
            first, end = chunk_bounds(*step.chunk, self.wavelets)
            if first == end:
                continue
            started = started or step.kind in STARTS
            each = 2 if self.type == bc.F16 else 1
            base = step.buffer * self.buffer_bytes + 4 * first
            code.append(
                Instruction(
                    _OPCODES[step.kind],
                    descriptors=[Descriptor(self.type, base, 1, 0, (end - first) * each, 1)],
                    function=self.function if "reduce" in step.kind else 0,
                    channel_in=step.source or 0,
                    channel_out=step.sink or 0,
                    call_cycles=self.costs.comm_setup_cycles,
                )
            )
        return code
