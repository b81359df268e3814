"""Diagnosis: from the state in which the engine stopped to a fault that names PEs, colors and lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from . import bytecode as bc
from .arithmetic import vector
from .bytecode import Site
from .fault import FaultDetail, MachineFault
from .route import OFFSETS
from .waits import circle_text, first_circle, waits_of, whom_text
from .wavelet import state as st
from .wavelet.state import Cores, Run
from .wavelet_queues import WaveletQueues
from .wiring import Wiring

_MAX_COLLECTED = 64
"""Details that a fault carries at most; the message has the full count."""

_MEMORY = {
    vector.OUTSIDE: "reaches outside of the PE's memory",
    vector.MISALIGNED: "is not aligned to its elements",
    vector.NEGATIVE_EXTENT: "has a negative extent",
    vector.EXTENTS_DIFFER: "has other extents than the first one",
}


_THREAD = {
    st.THREAD_BLOCKED: "a stream is started and not awaited yet: nothing else may send or receive",
    st.THREAD_TWICE: "a stream of this direction is started and not awaited yet",
    st.THREAD_NOTHING: "nothing is started that could be awaited",
    st.THREAD_UNAWAITED: "a stream is started and never awaited",
    st.THREAD_OVERLAP: "the memory of the started send and that of the started receive overlap",
}


@dataclass(frozen=True, slots=True)
class Blame:
    """Where to look for what went wrong: the machine's tables and the state it stopped in."""

    width: int
    sites: Sequence[tuple[str, Site]]
    """Program and origin of each instruction."""
    wiring: Wiring
    channels: NDArray[np.int32]
    code: NDArray[np.int64]
    cores: Cores
    run: Run

    def state(self, core: int) -> NDArray[np.int32]:
        """Return the fields of a core, or of a stream of one."""
        return self.cores.state.reshape(-1, st.CORE_FIELDS)[core]

    def core_detail(self, core: int, message: str, color: int | None = None, flow: str = "") -> FaultDetail:
        """Return what there is to say about the instruction that `core` is at."""
        return self.instruction_detail(core, int(self.state(core)[st.PC]), message, color, flow)

    def instruction_detail(
        self, core: int, pc: int, message: str, color: int | None = None, flow: str = ""
    ) -> FaultDetail:
        """Return what there is to say about instruction `pc` of `core`."""
        router = int(self.cores.router[core])
        program, site = self.sites[pc]
        operation = f"{site.operation} in '{program}'"
        return FaultDetail(
            router % self.width, router // self.width, message, color, flow, operation, site.location
        )

    def queue_detail(self, queue: int, message: str) -> FaultDetail:
        """Return what there is to say about a queue."""
        router = int(self.wiring.network.router[queue])
        flow = self.wiring.flow_of(queue)
        return FaultDetail(
            router % self.width,
            router // self.width,
            message,
            int(self.wiring.network.color[queue]),
            flow,
            location=self.wiring.locations[flow],
        )

    def color_of(self, core: int, pc: int) -> int | None:
        """Return the color that communication `pc` of a core sends to, or receives from; None for others."""
        opcode = int(self.code[pc, bc.OPCODE])
        if opcode in bc.SENDING:
            return self.channel_color(core, int(self.code[pc, bc.CHANNEL_OUT]))
        if opcode in bc.RECEIVING:
            return self.channel_color(core, int(self.code[pc, bc.CHANNEL_IN]))
        return None

    def flow_at(self, core: int, color: int | None) -> str:
        """Return the flow of a color at the router of a core, '' if it has none."""
        router = int(self.cores.router[core])
        lanes = range(int(self.wiring.first_route[router]), int(self.wiring.first_route[router + 1]))
        return next(
            (self.wiring.flow_of(lane) for lane in lanes if self.wiring.network.color[lane] == color), ""
        )

    def channel_color(self, core: int, channel: int) -> int | None:
        """Return the color of a channel of the core's program, None if it has none."""
        row = self.channels[self.cores.tile[core]]
        color = int(row[channel]) if channel < row.size else -1
        return color if color >= 0 else None


def fault_of(blame: Blame) -> MachineFault:
    """Return the fault that the engine ran into."""
    counters = blame.run.counters
    kind, subject = int(counters[st.FAULT]), int(counters[st.FAULT_SUBJECT])
    pc, detail = int(counters[st.FAULT_PC]), int(counters[st.FAULT_DETAIL])
    cycle = int(counters[st.CYCLE])
    if kind == st.FAULT_LOST:
        return _lost(blame, subject, detail, cycle)
    if kind == st.FAULT_NO_SEND_ROUTE:
        text = "its router takes nothing of this color from its core"
        return MachineFault(
            "lost-wavelet",
            "a wavelet was sent where no route begins",
            (blame.instruction_detail(subject, pc, text, detail),),
        )
    if kind == st.FAULT_CHANNEL:
        message, text, word = (
            "a program uses a channel without color",
            f"channel {detail} has no color",
            "channel",
        )
    elif kind == st.FAULT_MEMORY:
        what = _MEMORY[detail % 8]
        opcode = int(blame.code[pc, bc.OPCODE])
        subject_name = "the address" if opcode in (bc.LOAD, bc.STORE) else f"descriptor {detail // 8}"
        message, text, word = "a memory access is wrong", f"{subject_name} {what}", "memory"
    elif kind == st.FAULT_DIVISION:
        message, text, word = "a division by zero", "the divisor is 0", "arithmetic"
    elif kind == st.FAULT_OVERFLOW:
        message, text, word = (
            "an integer overflow",
            f"the result {detail} does not fit into 32 bits",
            "arithmetic",
        )
    elif kind == st.FAULT_THREAD:
        return _misused_threads(blame, subject, pc, detail)
    else:
        limit = int(blame.run.configuration[st.CYCLE_LIMIT])
        message, text, word = f"a program ran past cycle {limit}", "still computing", "cycle-limit"
    return MachineFault(word, message, (blame.instruction_detail(subject, pc, text),))


def _misused_threads(blame: Blame, core: int, pc: int, detail: int) -> MachineFault:
    """Return the fault of a core that started or awaited streams wrongly at `pc`."""
    color = blame.color_of(core, pc)
    details = [blame.instruction_detail(core, pc, _THREAD[detail], color, blame.flow_at(core, color))]
    started = int(blame.state(core)[st.STARTED])
    for half in range(2):
        if started >> half & 1:
            start = int(blame.state(blame.cores.end.size + 2 * core + half)[st.PC])
            color = blame.color_of(core, start)
            flow = blame.flow_at(core, color)
            details.append(blame.instruction_detail(core, start, "started here", color, flow))
    return MachineFault("thread", "a program starts or awaits streams wrongly", tuple(details))


def _lost(blame: Blame, queue: int, output: int, cycle: int) -> MachineFault:
    """Return the fault of a wavelet that left `queue` through its output number `output`."""
    row = blame.wiring.queues[queue]
    links = [direction for direction in range(5) if int(row[st.SHAPE]) >> st.LINKS_SHIFT + direction & 1]
    direction = st.DIRECTIONS[links[output]]
    details = [blame.queue_detail(queue, f"sends a wavelet {direction}")]
    if int(row[st.DOWN + output]) == st.OTHER_INPUT:
        dx, dy = OFFSETS[links[output]]
        router = int(blame.wiring.network.router[queue]) + dx + dy * blame.width
        first, end = int(blame.wiring.first_route[router]), int(blame.wiring.first_route[router + 1])
        for other in range(first, end):
            if blame.wiring.network.color[other] == blame.wiring.network.color[queue]:
                source = st.DIRECTIONS[int(blame.wiring.input[other])]
                details.append(blame.queue_detail(other, f"takes this color from {source} only"))
        reason = "the next router takes the color from another direction"
    else:
        reason = "the next router has no route for the color"
    return MachineFault("lost-wavelet", f"a wavelet got lost in cycle {cycle}: {reason}", tuple(details))


def stuck_fault(blame: Blame, status: int) -> MachineFault:
    """Return why nothing moves any more (or why the cycle limit came first): who waits for what."""
    cycle = int(blame.run.counters[st.CYCLE])
    waiting = np.flatnonzero(blame.cores.end < 0)
    if status == st.STATUS_STUCK and waiting.size == 0:
        return _left_over(blame)
    queues = WaveletQueues(blame.wiring, blame.cores, blame.width) if status == st.STATUS_STUCK else None
    first = waiting[:_MAX_COLLECTED].tolist()
    circle = [] if queues is None else first_circle(queues, first)
    # Those of a circle first, each before the one that it waits for.
    cores = list(dict.fromkeys([*circle, *first]))[:_MAX_COLLECTED]
    details = tuple(detail for core in cores for detail in _waiting_details(blame, queues, core))
    count = f"{waiting.size} PE{'s' if waiting.size != 1 else ''}"
    if status == st.STATUS_CYCLE_LIMIT:
        limit = int(blame.run.configuration[st.CYCLE_LIMIT])
        return MachineFault("cycle-limit", f"{count} had not ended at cycle {limit}", details)
    verb = "wait" if waiting.size != 1 else "waits"
    message = f"nothing can move after cycle {cycle}: {count} {verb} for ever"
    circle_of = "" if queues is None else circle_text(queues, circle)
    return MachineFault("deadlock", message + circle_of, details)


def _left_over(blame: Blame) -> MachineFault:
    queues = np.flatnonzero(blame.wiring.queues[:, st.LEVEL] & st.LEVEL_MASK)
    details: list[FaultDetail] = []
    for queue in queues[:_MAX_COLLECTED].tolist():
        count = int(blame.wiring.queues[queue, st.LEVEL]) & st.LEVEL_MASK
        place = "its router" if queue < blame.wiring.routes else "front of its core"
        details.append(blame.queue_detail(queue, f"{count} left in {place}"))
    total = int(blame.run.counters[st.IN_FLIGHT])
    return MachineFault(
        "lost-wavelet", f"all programs have ended, but {total} wavelets were never received", tuple(details)
    )


def _waiting_details(blame: Blame, queues: WaveletQueues | None, core: int) -> list[FaultDetail]:
    """Return what a core, or the streams that it awaits, are doing, and whom they wait for."""
    opcode = int(blame.state(core)[st.OPCODE])
    if opcode == st.CONTINUE:
        return [blame.core_detail(core, "not started")]
    first = blame.cores.end.size + 2 * core
    threads = [core] if opcode != bc.AWAIT else [first, first + 1]
    waits = {} if queues is None else {wait.thread: wait for wait in waits_of(queues, core)}
    details: list[FaultDetail] = []
    for thread in threads:
        if thread == core or int(blame.state(thread)[st.WAVELETS]) > 0:
            detail, wait = _thread_detail(blame, core, thread), waits.get(thread)
            if queues is not None and wait is not None:
                whom = whom_text(queues, wait, detail.color, detail.flow)
                detail = replace(detail, message=f"{detail.message}; {whom}")
            details.append(detail)
    return details


def _thread_detail(blame: Blame, core: int, thread: int) -> FaultDetail:
    """Return what a thread of `core` is doing."""
    state = blame.state(thread)
    pc = int(state[st.PC])
    queue = int(state[st.WAITING])
    left = int(state[st.WAVELETS])
    if queue >= 0 and queue == int(state[st.QUEUE_OUT]):
        color = int(blame.wiring.network.color[queue])
        text = f"no room to send, {left} wavelets to go{_switch_text(blame, queue)}"
        return blame.instruction_detail(core, pc, text, color, blame.wiring.flow_of(queue))
    if int(state[st.OPCODE]) != bc.SEND:
        source = int(state[st.QUEUE_IN])
        color = blame.channel_color(core, int(blame.code[pc, bc.CHANNEL_IN]))
        if source < 0:
            return blame.instruction_detail(core, pc, "no route leads this color to it", color)
        text = "waits for a wavelet" if queue == source else "receiving"
        flow = blame.wiring.flow_of(source)
        return blame.instruction_detail(core, pc, f"{text}, {left} to go", color, flow)
    color = blame.channel_color(core, int(blame.code[pc, bc.CHANNEL_OUT]))
    flow = blame.wiring.flow_of(int(state[st.QUEUE_OUT]))
    return blame.instruction_detail(core, pc, f"sending, {left} wavelets to go", color, flow)


def _switch_text(blame: Blame, lane: int) -> str:
    """Return what the switch of a lane that cannot go on waits for, '' if it has none."""
    network = blame.wiring.network
    if not int(blame.wiring.queues[lane, st.SHAPE]) & st.SWITCHED:
        return ""
    switch = network.switches.reshape(-1, 1 << st.SWITCH_SHIFT)[int(network.switch[lane])]
    position, left = int(switch[st.POSITION]), int(switch[st.MESSAGES_LEFT])
    setting = network.settings.reshape(-1, 1 << st.SETTING_SHIFT)[int(switch[st.FIRST_SETTING]) + position]
    source = st.DIRECTIONS[int(blame.wiring.input[int(setting[st.SETTING_LANE])])]
    more = f"{left} more message{'s' if left != 1 else ''} from {source}"
    return f"; its router's switch is in position {position}, for {more}"
