"""What programs do wrong with streams that they start: found exactly where no way through is right."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from wsc.ir.attributes import INDEX
from wsc.ir.operation import Block, Operation, Region
from wsc.ir.thread_check import misused_streams

SIMPLE = (
    "pe.start_send",
    "pe.start_recv",
    "pe.start_recv_reduce",
    "pe.await",
    "pe.send",
    "pe.recv",
    "pe.fill",
)


def operation(name: str, *body: Operation) -> Operation:
    if name not in ("pe.for", "pe.if"):
        return Operation(name)
    block = Block([INDEX] if name == "pe.for" else [])
    for op in (*body, Operation("pe.yield")):
        block.append(op)
    return Operation(name, regions=[Region([block])])


def program(*body: Operation) -> Operation:
    block = Block()
    for op in (*body, Operation("pe.return")):
        block.append(op)
    return Operation("pe.program", regions=[Region([block])])


def names(*words: str) -> list[str]:
    """What is found in a program of these operations in a row."""
    return [text for text, _ in misused_streams(program(*(operation(f"pe.{word}") for word in words)))]


@pytest.mark.parametrize(
    ("words", "problems"),
    [
        ("start_send await", []),
        ("start_send fill start_recv_reduce fill await send", []),
        ("start_send start_send await", ["a send is started already and not awaited"]),
        ("start_recv start_recv_reduce await", ["a receive is started already and not awaited"]),
        ("fill await", ["nothing is started that could be awaited"]),
        ("start_send await await", ["nothing is started that could be awaited"]),
        ("start_send", ["a send is started and never awaited"]),
        ("start_send start_recv", ["a stream is started and never awaited"]),
        (
            "start_recv recv await",
            ["a receive is started and not awaited: nothing else may send or receive"],
        ),
        (
            "await start_send send recv_reduce_forward",
            [
                "nothing is started that could be awaited",
                "a send is started and not awaited: nothing else may send or receive",
                "a send is started and not awaited: nothing else may send or receive",
                "a send is started and never awaited",
            ],
        ),
    ],
)
def test_in_a_row(words: str, problems: list[str]) -> None:
    assert names(*words.split()) == problems


def test_a_loop_that_starts_twice() -> None:
    start = operation("pe.start_send")
    # Once would be right, and the loop may run once.
    assert misused_streams(program(operation("pe.for", start), operation("pe.await"))) == []
    start, wait = operation("pe.start_send"), operation("pe.await")
    assert misused_streams(program(operation("pe.for", start, wait))) == []
    start, again, wait = (operation(f"pe.{word}") for word in ("start_send", "start_send", "await"))
    ((text, op),) = misused_streams(program(operation("pe.for", start, again, wait)))
    assert text == "a send is started already and not awaited"
    assert op is again


def ways(ops: list[Operation], started: frozenset[str]) -> Iterator[tuple[frozenset[str], list[Operation]]]:
    """All ways through operations, a loop's body at most twice: what is started then, what went wrong."""
    if not ops:
        yield started, []
        return
    op, *rest = ops
    wrong: list[Operation] = []
    if op.regions:
        for times in range(3 if op.name == "pe.for" else 2):
            for after, found in ways(list(op.body.operations) * times, started):
                for end, more in ways(rest, after):
                    yield end, found + more
        return
    half = "receive" if "recv" in op.name else "send"
    if op.name.startswith("pe.start"):
        wrong = [op] if half in started else []
        started |= {half}
    elif op.name == "pe.await":
        wrong = [] if started else [op]
        started = frozenset()
    elif op.name in ("pe.send", "pe.recv", "pe.return"):
        wrong = [op] if started else []
    for end, more in ways(rest, started):
        yield end, wrong + more


def random_body(rng: random.Random, depth: int) -> list[Operation]:
    """A few operations, some nested."""
    result: list[Operation] = []
    for _ in range(rng.randint(1, 3)):
        if depth < 2 and rng.random() < 0.3:
            body = random_body(rng, depth + 1)
            result.append(operation(rng.choice(["pe.for", "pe.if"]), *body))
        else:
            result.append(operation(rng.choice(SIMPLE)))
    return result


def test_random_programs() -> None:
    """What is reported first is the first mistake on every way that comes there, and if nothing is, some way
    is right.
    """
    reported = right = 0
    for seed in range(400):
        whole = program(*random_body(random.Random(seed), 0))
        found = misused_streams(whole)
        mistakes = [wrong for _, wrong in ways(list(whole.body.operations), frozenset())]
        if found:
            assert any(wrong and wrong[0] is found[0][1] for wrong in mistakes)
            reported += 1
        else:
            assert not all(mistakes)
            right += 1
    assert min(reported, right) > 50
