"""A dialect for tests, registered only while a test runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from wsc.ir import Operation, load_dialects, spec
from wsc.ir.attributes import F16, F32, I32, IntegerAttr, StringAttr
from wsc.ir.spec import (
    SYMBOL_REF,
    Dialect,
    OpSpec,
    Report,
    Trait,
    is_a,
    one_of,
    operand,
    operands,
    optional,
    register_dialect,
    required,
    result,
    results,
    symbol_ref,
)

FLOAT = one_of("f16 or f32", F16, F32)
STRING = is_a("a string", StringAttr)


def _verify_positive(op: Operation, report: Report) -> None:
    if op.attribute("amount", IntegerAttr).value < 0:
        report("amount must not be negative")


def _verify_body(op: Operation, report: Report) -> None:
    report(f"body has {len(op.body.operations)} operations")


def lab() -> Iterator[None]:
    """Register `lab` for as long as the generator is held; for use in a fixture."""
    load_dialects()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spec, "_SPECS", dict(spec._SPECS))
        patch.setattr(spec, "_DIALECTS", dict(spec._DIALECTS))
        register_dialect(Dialect("lab", "For tests.")).add(_specs())
        yield


def _specs() -> list[OpSpec]:
    return [
        OpSpec("lab.value", "A value.", results=(result("value"),)),
        OpSpec("lab.use", "Uses values.", operands=(operands("values"),)),
        OpSpec("lab.add", "Adds.", (operand("lhs", FLOAT), operand("rhs", FLOAT)), (result("sum", FLOAT),)),
        OpSpec(
            "lab.some",
            "Takes at least one.",
            (operand("first"), operands("rest", FLOAT)),
            (results("r", FLOAT),),
        ),
        OpSpec(
            "lab.same",
            "One type.",
            operands=(operands("values"),),
            results=(results("more"),),
            traits=frozenset({Trait.SAME_TYPE}),
        ),
        OpSpec(
            "lab.keyed",
            "Has attributes.",
            attributes=(
                required("amount", is_a("an integer", IntegerAttr)),
                optional("name", STRING),
                optional("any"),
            ),
            verify=_verify_positive,
        ),
        OpSpec("lab.open", "Takes any attribute.", extra_attributes=True),
        OpSpec(
            "lab.end", "Ends a block.", operands=(operands("values"),), traits=frozenset({Trait.TERMINATOR})
        ),
        OpSpec("lab.loop", "Has a body.", (operands("in"),), (results("out"),), regions=("body",)),
        OpSpec(
            "lab.box",
            "A body that stands alone.",
            regions=("body",),
            traits=frozenset({Trait.ISOLATED, Trait.SINGLE_BLOCK, Trait.NO_TERMINATOR}),
        ),
        OpSpec("lab.counted", "Looks into its body.", regions=("body",), verify=_verify_body),
        OpSpec(
            "lab.table",
            "A table of symbols.",
            attributes=(optional("sym_name", STRING),),
            regions=("body",),
            traits=frozenset({Trait.SYMBOL_TABLE, Trait.SINGLE_BLOCK, Trait.NO_TERMINATOR}),
        ),
        OpSpec("lab.symbol", "A symbol.", traits=frozenset({Trait.SYMBOL}), extra_attributes=True),
        OpSpec(
            "lab.refer",
            "Refers to symbols.",
            attributes=(
                required("to", SYMBOL_REF),
                optional("table", symbol_ref("a table's name", "lab.table")),
            ),
        ),
        OpSpec("lab.int", "An i32.", results=(result("value", one_of("i32", I32)),)),
    ]
