"""Streams that a program starts and awaits: what is wrong whichever way its conditions and loops go.

A place in a program is reached with one of four sets of streams started: none, a send, a receive, both. Which
of them are possible there follows from the operations; one is wrong if it is so with every one of them.
"""

from __future__ import annotations

from .operation import Block, Operation

NONE, SEND, RECEIVE = 0, 1, 2
_STARTS = {"pe.start_send": SEND, "pe.start_recv": RECEIVE, "pe.start_recv_reduce": RECEIVE}
_BLOCKING = frozenset({"pe.send", "pe.recv", "pe.recv_reduce", "pe.recv_reduce_forward"})
_NAMES = {SEND: "send", RECEIVE: "receive"}

Problem = tuple[str, Operation]


def misused_streams(program: Operation) -> list[Problem]:
    """Return what a `pe.program` does wrong with streams, each with the operation that does."""
    walk = _Walk()
    walk.block(program.body, {NONE})
    return walk.problems


class _Walk:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.looking_ahead = 0
        """Loops whose rounds are gone through to find what may be started in them, not to report."""

    def block(self, block: Block, states: set[int]) -> set[int]:
        """Return what may be started behind `block` if `states` may be before it."""
        for op in block.operations:
            states = self.operation(op, states)
        return states

    def operation(self, op: Operation, states: set[int]) -> set[int]:
        """Return what may be started behind `op`, on the ways on which all has been right up to there."""
        if op.name == "pe.for":
            # Its body may run again behind itself.
            before = set(states)
            self.looking_ahead += 1
            while not (after := self.block(op.body, before)) <= before:
                before |= after
            self.looking_ahead -= 1
            return states | self.block(op.body, before)
        if op.regions:
            return states | self.block(op.body, states)
        half = _STARTS.get(op.name, NONE)
        right = {state for state in states if _is_right(op, half, state)}
        if states and not right:
            if self.looking_ahead:
                return set()
            self.problems.append((_problem(op, half, states), op))
            right = states
        return {NONE} if op.name == "pe.await" and right else {state | half for state in right}


def _is_right(op: Operation, half: int, state: int) -> bool:
    """Whether `op`, which starts `half`, may stand where `state` is started."""
    if op.name == "pe.await":
        return state != NONE
    if op.name == "pe.return" or op.name in _BLOCKING:
        return state == NONE
    return not state & half


def _problem(op: Operation, half: int, states: set[int]) -> str:
    """Say what is wrong with `op`."""
    if half:
        return f"a {_NAMES[half]} is started already and not awaited"
    if op.name == "pe.await":
        return "nothing is started that could be awaited"
    name = f"a {_NAMES[min(states)]}" if states in ({SEND}, {RECEIVE}) else "a stream"
    if op.name == "pe.return":
        return f"{name} is started and never awaited"
    return f"{name} is started and not awaited: nothing else may send or receive"
