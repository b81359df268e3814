"""Canonicalize, cse and dce change no bit of any result, do nothing twice, and keep the module valid."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from wsc.ir.attributes import F16, F32, I32, INDEX, IntegerAttr, StringAttr, i64, string
from wsc.ir.builder import Builder
from wsc.ir.dialects.pe import INTEGER_OPERATIONS, PREDICATES
from wsc.ir.operation import Block, Operation, Region, Value
from wsc.ir.verifier import verify
from wsc.passes.common.patterns.pe import COMPARE, FOLD
from wsc.passes.manager import PassManager
from wsc.passes.pipeline import parse_pipeline

from ...support.random_nn import modules, outputs

PIPELINES = ("canonicalize", "cse", "dce", "canonicalize,cse,dce")


def check_twice(module: Operation, pipeline: str) -> Operation:
    """Return a copy of `module` after `pipeline`, which must do nothing more to its own output."""
    after = module.clone()
    PassManager(parse_pipeline(pipeline)).run(after)
    text = str(after)
    PassManager(parse_pipeline(pipeline)).run(after)
    assert str(after) == text
    return after


@settings(max_examples=40)
@given(st.sampled_from([F16, F32]).flatmap(modules))
def test_tensors(module: Operation) -> None:
    assert verify(module) == []
    expected = outputs(module)
    for pipeline in PIPELINES:
        assert outputs(check_twice(module, pipeline)) == expected, pipeline


@st.composite
def programs(draw: st.DrawFn) -> Operation:
    """A program of integers, loops and conditions; what it stores is what it does."""
    block = Block()
    top = Builder(block)
    known = [top.create("pe.coord", (), [INDEX], {"axis": string("x")}).result]
    _fill(draw, top, known, depth=0)
    top.create("pe.return")
    body = Block()
    Builder(body).create("pe.program", attributes={"sym_name": string("p")}, regions=[Region([block])])
    return Operation("builtin.module", regions=[Region([body])])


def _fill(draw: st.DrawFn, builder: Builder, known: list[Value], depth: int) -> None:
    for _ in range(draw(st.integers(1, 8 - 2 * depth))):
        left, right = draw(st.sampled_from(known)), draw(st.sampled_from(known))
        kind = draw(st.sampled_from(["constant", "integer", "integer", "integer", "store", "for", "if"]))
        if kind == "constant":
            number = draw(st.one_of(st.integers(-3, 3), st.sampled_from([2**62, -(2**63), 2**63 - 1])))
            known.append(builder.create("pe.constant", (), [INDEX], {"value": i64(number)}).result)
        elif kind == "integer":
            name = draw(st.sampled_from(INTEGER_OPERATIONS))
            known.append(builder.create(f"pe.{name}", (left, right), [INDEX]).result)
        elif kind == "store" or depth == 2:
            builder.create("pe.store", (left, right), (), {"type": I32})
        else:
            block = Block([INDEX] if kind == "for" else [])
            inner = Builder(block)
            _fill(draw, inner, [*known, *block.arguments], depth + 1)
            inner.create("pe.yield")
            attributes = {"predicate": string(draw(st.sampled_from(PREDICATES)))} if kind == "if" else {}
            builder.create(f"pe.{kind}", (left, right), (), attributes, [Region([block])])


def _wrapped(number: int) -> int:
    return (number + 2**63) % 2**64 - 2**63


def run(block: Block, registers: dict[Value, int], stores: list[tuple[int, int]]) -> None:
    """Run a block as a core does, loops at most three times; append to `stores`."""
    for op in block.operations:
        inputs = [registers[operand] for operand in op.operands]
        if op.name == "pe.constant":
            registers[op.result] = op.attribute("value", IntegerAttr).value
        elif op.name == "pe.coord":
            registers[op.result] = 5
        elif op.name == "pe.store":
            stores.append((inputs[0], inputs[1]))
        elif op.name == "pe.for":
            for number in range(inputs[0], min(inputs[1], inputs[0] + 3)):
                registers[op.body.arguments[0]] = number
                run(op.body, registers, stores)
        elif op.name == "pe.if":
            if COMPARE[op.attribute("predicate", StringAttr).value](inputs[0], inputs[1]):
                run(op.body, registers, stores)
        elif op.name in FOLD:
            registers[op.result] = _wrapped(FOLD[op.name](inputs[0], inputs[1]))


def stored(module: Operation) -> list[tuple[int, int]] | None:
    """Return what the program stores; None if it divides by zero, which may be removed or come earlier."""
    stores: list[tuple[int, int]] = []
    try:
        run(module.body.operations[0].body, {}, stores)
    except ZeroDivisionError:
        return None
    return stores


@settings(max_examples=100)
@given(programs())
def test_integers(module: Operation) -> None:
    assert verify(module) == []
    expected = stored(module)
    for pipeline in PIPELINES:
        after = check_twice(module, pipeline)
        assert expected is None or stored(after) == expected, pipeline
