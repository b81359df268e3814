"""The rewriter on random modules: whatever patterns do, links and use lists stay right and SSA form holds."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wsc.ir import (
    DiagnosticError,
    Operation,
    Rewriter,
    apply_patterns,
    parse_module,
    print_operation,
    verify,
)
from wsc.ir.attributes import F32, i64
from wsc.ir.operation import Value

from ..support.ir_invariants import check_invariants
from ..support.random_ir import modules

SEEDS = st.integers(0, 1 << 30)


class RandomRewrites:
    """Does one of many things to an operation, as random numbers say, until `budget` rewrites are done."""

    def __init__(self, seed: int, budget: int = 25) -> None:
        self.random = Random(seed)
        self.budget = budget
        self.log: list[str] = []

    def match_and_rewrite(self, operation: Operation, rewriter: Rewriter, /) -> bool:
        if self.budget == 0 or self.random.random() < 0.2:
            return False
        actions = list(ACTIONS)
        self.random.shuffle(actions)
        for action in actions:
            name = operation.name
            if action(self, operation, rewriter):
                self.budget -= 1
                self.log.append(f"{action.__name__} {name}")
                return True
        return False


def mark(self: RandomRewrites, op: Operation, rewriter: Rewriter) -> bool:
    op.attributes["mark"] = i64(self.budget)
    rewriter.modify(op)
    return True


def insert(self: RandomRewrites, op: Operation, rewriter: Rewriter) -> bool:
    rewriter.create("zoo.extra", op.operands[:1], [F32])
    return True


def exchange(self: RandomRewrites, op: Operation, rewriter: Rewriter) -> bool:
    """Put a copy in the place of the operation."""
    if op.successors:
        return False
    rewriter.replace(op, rewriter.insert(op.clone()))
    return True


def erase(self: RandomRewrites, op: Operation, rewriter: Rewriter) -> bool:
    if op.successors or any(value.uses for value in op.results):
        return False
    rewriter.erase(op)
    return True


def forward(self: RandomRewrites, op: Operation, rewriter: Rewriter) -> bool:
    """Let operands of the same types stand for the results."""
    values: list[Value] = []
    for result in op.results:
        alike = [value for value in op.operands if value.type == result.type]
        if not alike:
            return False
        values.append(self.random.choice(alike))
    if op.successors:
        return False
    rewriter.replace(op, values)
    return True


def change_operand(self: RandomRewrites, op: Operation, rewriter: Rewriter) -> bool:
    if len(op.operands) < 2:
        return False
    op.set_operand(0, op.operands[1])
    rewriter.modify(op)
    return True


def inline(self: RandomRewrites, op: Operation, rewriter: Rewriter) -> bool:
    """Take the only block of an operation out of it."""
    if len(op.regions) != 1 or len(op.regions[0].blocks) != 1 or any(value.uses for value in op.results):
        return False
    if op.successors or len(op.body.arguments) > len(op.operands):
        return False
    rewriter.inline(op.body, op.operands[: len(op.body.arguments)])
    rewriter.erase(op)
    return True


ACTIONS: tuple[Callable[[RandomRewrites, Operation, Rewriter], bool], ...] = (
    *(mark, insert, exchange, erase, forward, change_operand, inline),
)


@given(modules(), SEEDS)
@settings(max_examples=25)
def test_links_and_ssa_form_hold_after_any_rewrites(module: Operation, seed: int) -> None:
    check_invariants(module)
    pattern = RandomRewrites(seed)
    changed = apply_patterns(module, [pattern])
    assert changed == bool(pattern.log)
    check_invariants(module)
    assert verify(module, allow_unregistered=True) == []
    text = print_operation(module)
    assert print_operation(parse_module(text)) == text


@given(modules(), SEEDS)
@settings(max_examples=10)
def test_the_same_rewrites_come_in_the_same_order(module: Operation, seed: int) -> None:
    text = print_operation(module, locations=True)
    results: list[tuple[list[str], str]] = []
    for _ in range(2):
        copy = parse_module(text)
        pattern = RandomRewrites(seed)
        apply_patterns(copy, [pattern])
        results.append((pattern.log, print_operation(copy, locations=True)))
    assert results[0] == results[1]


@given(modules(), SEEDS, st.integers(1, 30))
@settings(max_examples=10)
def test_the_driver_ends_or_says_that_it_does_not(module: Operation, seed: int, limit: int) -> None:
    pattern = RandomRewrites(seed, budget=limit + 1)
    text = print_operation(module)
    apply_patterns(module, [pattern], max_rewrites=limit + 1)
    if pattern.budget:
        return  # it came to an end by itself
    check_invariants(module)
    endless = RandomRewrites(seed, budget=limit + 1)
    with pytest.raises(DiagnosticError, match=f"stopped after {limit} rewrites"):
        apply_patterns(parse_module(text), [endless], max_rewrites=limit)
    assert endless.log == pattern.log


def test_every_action_happens() -> None:
    """The patterns above do what they are there for on a module that has something for each of them."""
    text = """
      %a = "zoo.a"() : () -> f32
      %b = "zoo.b"(%a, %a) : (f32, f32) -> f32
      "zoo.box"(%b) ({
      ^bb0(%x: f32):
        %c = "zoo.c"(%x, %a) : (f32, f32) -> f32
      }) : (f32) -> ()
    """
    seen: set[str] = set()
    for seed in range(40):
        pattern = RandomRewrites(seed)
        apply_patterns(parse_module(text), [pattern])
        seen.update(line.split()[0] for line in pattern.log)
    assert seen == {action.__name__ for action in ACTIONS}


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda ops: ops[0].result.uses.clear(), "is not in the use list"),
        (lambda ops: ops[1].erase(), "uses a value that is not in the module"),
        (lambda ops: setattr(ops[1], "parent", None), "says it is in another block"),
        (lambda ops: setattr(ops[0].result, "index", 3), "says it is number 3"),
    ],
)
def test_the_checker_sees_what_is_wrong(spoil: Callable[[list[Operation]], object], message: str) -> None:
    module = parse_module('%a = "t.a"() : () -> f32\n%b = "t.b"(%a) : (f32) -> f32\n"t.c"(%b) : (f32) -> ()')
    ops = list(module.body.operations)
    check_invariants(module)
    if message.startswith("uses a value"):
        ops[1].results[0].uses.clear()
    spoil(ops)
    with pytest.raises(AssertionError, match=message):
        check_invariants(module)
