"""A step on the stream engine: what it is given of a machine, what it gives back, what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from . import bytecode as bc
from .diagnosis import Blame, fault_of
from .fault import FaultDetail, MachineFault
from .route import OFFSETS
from .step import StepResult
from .stream import state as net
from .stream.execution.engine import Launch, Outcome, run_stream
from .stream.execution.interpreter import LimitReached, Waiting
from .stream.execution.local import ProgramFault
from .stream.execution.rows import rows_of
from .stream.execution.wafer import Wafer
from .stream.network import StreamNetwork, stream_network
from .stream.streams import LostWavelet, StreamConflict, Streams
from .stream_queues import StreamQueues
from .waits import circle_text, first_circle, waits_of, whom_text
from .wavelet import state as st
from .wavelet.state import Run

if TYPE_CHECKING:
    from .machine import Machine

ENGINES = ("wavelet", "stream", "auto")
AUTO_PES = 16384
"""PEs from which on `auto` uses the stream engine. Decode steps of models take both engines about as long on
13,680 PEs, and the stream engine a sixth of the wavelet engine's time on 169,740.
"""
_LARGEST_CYCLE = net.TIME_LIMIT // 2
"""What follows the last cycle that a program may come to must still fit into the network's times."""
_MAX_COLLECTED = 64


class StreamSide:
    """A machine as the stream engine sees it; memories are shared with the machine."""

    def __init__(self, machine: Machine, first_pc: NDArray[np.int64], preset: NDArray[np.int32]) -> None:
        self._machine = machine
        self._network: StreamNetwork = stream_network(
            machine.width, machine.height, machine.routes, machine.depths, machine.pe_index.reshape(-1)
        )
        lengths = [len(program.code) for program in machine.programs]
        self._wafer = Wafer(
            rows_of(machine.code),
            np.cumsum([0, *lengths])[:-1].tolist() if lengths else [],
            first_pc,
            max((program.registers for program in machine.programs), default=bc.PRESET_REGISTERS),
            preset,
            machine.channels,
            machine.pe_tile,
            self._instances(),
            self._network,
            machine.sram_bytes,
            machine.sram.reshape(-1),
            machine.floats.reshape(-1),
            machine.integers.reshape(-1),
        )

    def _instances(self) -> NDArray[np.int32]:
        """Return the number of each PE's instance."""
        tiles = self._machine.tiles
        numbers = {name: number for number, name in enumerate(dict.fromkeys(tile.instance for tile in tiles))}
        return np.array([numbers[tile.instance] for tile in tiles], np.int32)[self._machine.pe_tile]

    def run_step(
        self,
        arguments: Mapping[str, int],
        *,
        data: bool,
        log: bool,
        count_loads: bool,
        cycle_limit: int,
        reuse_layers: bool,
    ) -> StepResult:
        """See `Machine.run_step`. Memories are as before if the step raises a fault of kind `conflict`."""
        cycle_limit = min(cycle_limit, _LARGEST_CYCLE)
        launch = Launch(arguments.get("position", 0), cycle_limit, data, log, reuse_layers)
        try:
            outcome = run_stream(self._wafer, launch)
        except StreamConflict as conflict:
            raise self._conflict(conflict) from conflict
        except LostWavelet as lost:
            raise self._lost(lost) from lost
        except ProgramFault as fault:
            raise self._fault(fault, cycle_limit) from fault
        except LimitReached as reached:
            count, details = self._waiting_details(reached.waiting)
            text = f"{count} PE{'s' if count != 1 else ''} had not ended at cycle {cycle_limit}"
            raise MachineFault("cycle-limit", text, details) from reached
        return self._result(outcome, count_loads=count_loads)

    def _result(self, outcome: Outcome, *, count_loads: bool) -> StepResult:
        if outcome.stuck:
            raise self._deadlock(outcome)
        if outcome.left_over:
            raise self._left_over(outcome.streams)
        counters = outcome.streams.counters
        return StepResult(
            cycles=int(outcome.ends.max(initial=0)),
            end_cycles=outcome.ends,
            link_hops=int(counters[net.LINK_HOPS]),
            ramp_hops=int(counters[net.RAMP_HOPS]),
            wavelets=int(counters[net.WAVELETS]),
            contended=int(counters[net.WAITED]),
            log=outcome.log,
            loads=self._loads(outcome.streams) if count_loads else None,
            engine="stream",
            certificate=self._certificate(outcome),
            replays=outcome.replays,
            layers_reused=outcome.layers_reused,
        )

    def _certificate(self, outcome: Outcome) -> str:
        if not self._network.resources:
            return "static"
        return "settled" if outcome.streams.counters[net.WAITED] else "checked"

    def _loads(self, streams: Streams) -> NDArray[np.int64]:
        """Return int64[4, height, width]: the wavelets on each link."""
        machine, network, paths = self._machine, self._network, self._network.paths
        result, loads = np.zeros((4, machine.height * machine.width), np.int64), streams.loads
        positions = paths.positions.reshape(-1, 1 << net.SERVER_SHIFT)
        server = np.repeat(np.arange(network.server_router.size), np.diff(paths.first_position))
        for output in range(4):
            target = positions[:, net.TARGET + output]
            rows = np.flatnonzero((positions[:, net.OUTPUTS] > output) & (target >= 0))
            rows = rows[paths.takers[target[rows]] >= 0]
            source = network.server_router[server[rows]]
            after = network.server_router[paths.takers[target[rows]]]
            dx = after % machine.width - source % machine.width
            dy = after // machine.width - source // machine.width
            for direction, (x, y) in OFFSETS.items():
                there = (dx == x) & (dy == y)
                np.add.at(result[direction], source[there], loads[rows[there]])
        return result.reshape(4, machine.height, machine.width)

    # ---- what went wrong

    def _fault(self, fault: ProgramFault, limit: int) -> MachineFault:
        """Return the fault of an instruction, in the words of the wavelet engine's."""
        return fault_of(self._blame(limit, fault))

    def _blame(self, limit: int, fault: ProgramFault | None = None) -> Blame:
        run = Run(
            np.zeros(st.COUNTERS, np.int64),
            np.zeros(st.CONFIGURATION, np.int64),
            np.zeros((0, st.LOG_FIELDS), np.int32),
        )
        run.configuration[st.CYCLE_LIMIT] = limit
        if fault is not None:
            run.counters[st.CYCLE] = fault.cycle
            run.counters[st.FAULT], run.counters[st.FAULT_SUBJECT] = fault.kind, fault.pe
            run.counters[st.FAULT_PC], run.counters[st.FAULT_DETAIL] = fault.pc, fault.detail
        return self._machine.blame(run)

    def _place(self, router: int, message: str, server: int = -1) -> FaultDetail:
        """Return what there is to say about a router, and about one of its colors."""
        network = self._network
        color = int(network.server_color[server]) if server >= 0 else None
        flow = network.flows[int(network.server_flow[server])] if server >= 0 else ""
        x, y = router % self._machine.width, router // self._machine.width
        location = self._machine.wiring.locations[flow] if flow else ""
        return FaultDetail(x, y, message, color, flow, location=location)

    def _conflict(self, conflict: StreamConflict) -> MachineFault:
        """Return a conflict as a fault: the link or ramp, and the colors that want it."""
        link = "the ramp to the core" if conflict.direction == "RAMP" else f"the link {conflict.direction}"
        y, x = divmod(conflict.router, self._machine.width)
        place = f"{link} of PE ({x}, {y})"
        if conflict.forgotten:
            what = f"a color wants {place} earlier than others of which it is not kept when they did"
        else:
            what = f"two colors want {place}, and playing the step again does not settle who waits"
        message = f"in cycle {conflict.cycle} {what}; only the wavelet engine decides"
        details = (self._place(conflict.router, f"wants {link}", conflict.server),)
        return MachineFault("conflict", message, details)

    def _lost(self, lost: LostWavelet) -> MachineFault:
        router = int(self._network.server_router[lost.server])
        detail = self._place(router, "sends a wavelet to a router that does not take it", lost.server)
        return MachineFault("lost-wavelet", f"a wavelet got lost in cycle {lost.cycle}", (detail,))

    def _deadlock(self, outcome: Outcome) -> MachineFault:
        """Return who waits for whom, and the circle if there is one."""
        machine, net_ = self._machine, outcome.streams.net
        routers = machine.pe_y * machine.width + machine.pe_x
        queues = StreamQueues(self._network, net_, outcome.ends, routers, machine.width)
        pcs = {int(pe): waiting.pc for waiting in outcome.stuck for pe in waiting.pes}
        first = sorted(pcs)[:_MAX_COLLECTED]
        circle = first_circle(queues, first)
        cores = list(dict.fromkeys([*circle, *first]))[:_MAX_COLLECTED]
        details = tuple(detail for pe in cores for detail in self._halves(queues, pe, pcs[pe]))
        wait = "1 PE waits" if len(pcs) == 1 else f"{len(pcs)} PEs wait"
        message = f"nothing can move any more: {wait} for ever{circle_text(queues, circle)}"
        return MachineFault("deadlock", message, details)

    def _halves(self, queues: StreamQueues, pe: int, pc: int) -> list[FaultDetail]:
        """Return what the halves of a PE that waits in instruction `pc` wait for."""
        waits = {wait.thread: wait for wait in waits_of(queues, pe)}
        details: list[FaultDetail] = []
        for half, queue in queues.halves(pe):
            (color, flow), count = queues.color_and_flow(queue), queues.to_go(pe, half)
            wait = waits.get(2 * pe + half)
            if wait is None:
                text = f"sending, {count} wavelets to go" if half else f"receiving, {count} to go"
            else:
                text = "no room to send, {} wavelets to go" if half else "waits for a wavelet, {} to go"
                text = f"{text.format(count)}; {whom_text(queues, wait, color, flow)}"
            details.append(self._blame(0).instruction_detail(pe, pc, text, color, flow))
        if details:
            return details
        row = self._wafer.rows[pc]
        color = self._blame(0).channel_color(pe, row.channel_in)
        return [self._blame(0).instruction_detail(pe, pc, "no route leads this color to it", color)]

    def _waiting_details(self, stuck: list[Waiting]) -> tuple[int, tuple[FaultDetail, ...]]:
        """Return how many PEs had not ended, and what the first of them were doing."""
        blame = self._blame(0)
        pcs = {int(pe): waiting.pc for waiting in stuck for pe in waiting.pes}
        details: list[FaultDetail] = []
        for pe in sorted(pcs)[:_MAX_COLLECTED]:
            row = self._wafer.rows[pcs[pe]]
            if row.opcode == bc.AWAIT:
                details.append(blame.instruction_detail(pe, row.pc, "awaits its streams"))
                continue
            receives = row.opcode in bc.RECEIVING
            color = blame.channel_color(pe, row.channel_in if receives else row.channel_out)
            table = self._network.sink_of if receives else self._network.source_of
            queue = int(table[pe, color]) if color is not None and color < table.shape[1] else -1
            if queue < 0:
                text, flow = "no route leads this color to it", ""
            else:
                text = "receiving" if receives else "sending"
                flow = self._network.flows[int(self._network.server_flow[self._network.server_of(queue)])]
            details.append(blame.instruction_detail(pe, row.pc, text, color, flow))
        return len(pcs), tuple(details)

    def _left_over(self, streams: Streams) -> MachineFault:
        network, levels = self._network, streams.levels
        details: list[FaultDetail] = []
        for queue in np.flatnonzero(levels)[:_MAX_COLLECTED].tolist():
            server = network.server_of(queue)
            place = "its router" if queue < network.lanes else "front of its core"
            text = f"{int(levels[queue])} left in {place}"
            details.append(self._place(int(network.server_router[server]), text, server))
        message = f"all programs have ended, but {int(levels.sum())} wavelets were never received"
        return MachineFault("lost-wavelet", message, tuple(details))
