"""The verifier: every rule it checks, broken once, in text where text can say it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from wsc.ir import (
    Block,
    DiagnosticError,
    FileLoc,
    Operation,
    Region,
    parse_module,
    render,
    spec,
    verify,
    verify_or_raise,
)
from wsc.ir.attributes import F32, I32

from ..support.lab import lab


@pytest.fixture(autouse=True)
def _lab() -> Iterator[None]:
    yield from lab()


def problems(text: str) -> list[str]:
    """What is wrong with the module in `text`, as `line: message`."""
    found = verify(parse_module(text, "f.mlir"))
    for diagnostic in found:
        assert isinstance(diagnostic.location, FileLoc)
    return [f"{d.location.line}: {d.message}" for d in found if isinstance(d.location, FileLoc)]


VALUE = '%v = "lab.value"() : () -> f32'

WRONG: list[tuple[str, ...]] = [
    (
        '"lab.vlaue"() : () -> ()',
        "1: 'lab.vlaue' is not an operation of any dialect; did you mean 'lab.value'?",
    ),
    # operands, results and regions
    ('"lab.value"() : () -> ()', "1: 'lab.value' has 0 results, but takes 1 result ('value')"),
    (
        f'{VALUE}\n"lab.keyed"(%v) {{amount = 1}} : (f32) -> ()',
        "2: 'lab.keyed' has 1 operands, but takes no operands",
    ),
    (
        '"lab.some"() : () -> ()',
        "1: 'lab.some' has 0 operands, but takes at least 1 operand ('first', 'rest')",
    ),
    (
        f'{VALUE}\n%i = "lab.int"() : () -> i32\n%s = "lab.add"(%v, %i) : (f32, i32) -> f32',
        "3: 'lab.add' operand 1 ('rhs') must be f16 or f32, not i32",
    ),
    (
        f'{VALUE}\n%i = "lab.int"() : () -> i32\n"lab.some"(%v, %v, %i) : (f32, f32, i32) -> ()',
        "3: 'lab.some' operand 2 ('rest') must be f16 or f32, not i32",
    ),
    (
        '%x:2 = "lab.some"(%x#0) : (f32) -> (f32, i8)',
        "1: 'lab.some' uses operand 0 ('first') before it is defined",
        "1: 'lab.some' result 1 ('r') must be f16 or f32, not i8",
    ),
    ('%i = "lab.int"() : () -> f32', "1: 'lab.int' result 0 ('value') must be i32, not f32"),
    (
        f'{VALUE}\n%r = "lab.same"(%v) : (f32) -> i8',
        "2: 'lab.same' operands and results must have one type, not f32, i8",
    ),
    ('"lab.box"() : () -> ()', "1: 'lab.box' has 0 regions, but takes 1 region ('body')"),
    (
        '"lab.int"() ({}) : () -> ()',
        "1: 'lab.int' has 0 results, but takes 1 result ('value')",
        "1: 'lab.int' has 1 regions, but takes no regions",
    ),
    # attributes
    ('"lab.keyed"() : () -> ()', "1: 'lab.keyed' needs the attribute 'amount', an integer"),
    (
        '"lab.keyed"() {amount = "x"} : () -> ()',
        "1: 'lab.keyed' attribute 'amount' must be an integer, not \"x\"",
    ),
    (
        '"lab.keyed"() {amount = 1, nmae = "x"} : () -> ()',
        "1: 'lab.keyed' has no attribute 'nmae'; did you mean 'name'?",
    ),
    ('"lab.keyed"() {amount = -1} : () -> ()', "1: 'lab.keyed' amount must not be negative"),
    (
        '"lab.counted"() ({}) : () -> ()',
        "1: 'lab.counted' is malformed: 'lab.counted' has no single region with a block",
    ),
    # blocks
    ('"lab.box"() ({}) : () -> ()', "1: 'lab.box' region 0 must have one block, but has 0"),
    ('"lab.loop"() ({^bb0:}) : () -> ()', "1: 'lab.loop' has an empty block, which needs a terminator"),
    (
        f'"lab.loop"() ({{\n{VALUE}\n}}) : () -> ()',
        "2: 'lab.value' ends a block of 'lab.loop', but is not a terminator",
    ),
    (
        '"lab.box"() ({\n"lab.end"() : () -> ()\n"lab.use"() : () -> ()\n}) : () -> ()',
        "2: 'lab.end' is a terminator, but not the last operation of its block",
    ),
    (
        '"lab.loop"() ({\n"lab.end"()[^a] : () -> ()\n^a:\n"lab.use"()[^a] : () -> ()\n}) : () -> ()',
        "4: 'lab.use' ends a block of 'lab.loop', but is not a terminator",
        "4: 'lab.use' has successors, but only a terminator, last in its block, may",
    ),
    (
        '"lab.loop"() ({\n^a:\n"lab.end"()[^a] : () -> ()\n}) : () -> ()',
        "3: 'lab.end' has the first block of the region as a successor",
    ),
    # values
    ('"lab.use"(%v) : (f32) -> ()\n' + VALUE, "1: 'lab.use' uses operand 0 ('values') before it is defined"),
    ('%v = "lab.same"(%v) : (f32) -> f32', "1: 'lab.same' uses operand 0 ('values') before it is defined"),
    (
        '%v = "lab.loop"() ({\n"lab.end"(%v) : (f32) -> ()\n}) : () -> f32',
        "2: 'lab.end' uses operand 0 ('values') before it is defined",
    ),
    (
        '"lab.loop"() ({\n"lab.end"()[^a, ^b] : () -> ()\n'
        f'^a:\n{VALUE}\n"lab.end"()[^b] : () -> ()\n^b:\n"lab.end"(%v) : (f32) -> ()\n}}) : () -> ()',
        "7: 'lab.end' uses operand 0 ('values'), which is not defined on every way to it",
    ),
    # symbols
    (
        '"lab.refer"() {to = @nowhere} : () -> ()',
        "1: 'lab.refer' attribute 'to' refers to @nowhere, which is not defined",
    ),
    (
        '"lab.symbol"() {sym_name = "weights"} : () -> ()\n"lab.refer"() {to = @wieghts} : () -> ()',
        "2: 'lab.refer' attribute 'to' refers to @wieghts, which is not defined; did you mean 'weights'?",
    ),
    (
        '"lab.table"() ({\n"lab.symbol"() {sym_name = "in"} : () -> ()\n}) {sym_name = "t"} : () -> ()\n'
        '"lab.refer"() {to = @t::@out} : () -> ()',
        "4: 'lab.refer' attribute 'to' refers to @t::@out, which is not defined",
    ),
    (
        '"lab.symbol"() {sym_name = "s"} : () -> ()\n"lab.refer"() {table = @s, to = @s} : () -> ()',
        "2: 'lab.refer' attribute 'table' must refer to 'lab.table', but @s is 'lab.symbol'",
    ),
    (
        '"lab.symbol"() {sym_name = "s"} : () -> ()\n"lab.symbol"() {sym_name = "s"} : () -> ()',
        "2: 'lab.symbol' defines symbol '@s' again",
    ),
    ('"lab.symbol"() : () -> ()', "1: 'lab.symbol' needs the attribute 'sym_name', a string"),
    (
        '"lab.box"() ({\n"lab.symbol"() {sym_name = "s"} : () -> ()\n}) : () -> ()',
        "2: 'lab.symbol' defines a symbol, but 'lab.box' around it has no symbol table",
    ),
    ("module attributes {odd = 1} {}", "1: 'builtin.module' has no attribute 'odd'"),
]


@pytest.mark.parametrize("case", WRONG, ids=range(len(WRONG)))
def test_each_broken_rule_is_reported(case: tuple[str, ...]) -> None:
    text, *messages = case
    assert problems(text) == messages


RIGHT = f"""
{VALUE}
%s = "lab.add"(%v, %v) : (f32, f32) -> f32
%m:2 = "lab.some"(%s, %v) : (f32, f32) -> (f16, f32)
%r = "lab.loop"(%s) ({{
^entry(%a: f32):
  %x = "lab.same"(%a, %v) : (f32, f32) -> f32
  "lab.end"(%x)[^left, ^right] : (f32) -> ()
^left:
  "lab.end"(%x)[^join] : (f32) -> ()
^right:
  "lab.end"(%a)[^join] : (f32) -> ()
^unreachable:
  "lab.end"(%z)[^join] : (f32) -> ()
^join:
  %z = "lab.value"() : () -> f32
  "lab.end"(%x, %a, %s) : (f32, f32, f32) -> ()
}}) : (f32) -> f32
"lab.table"() ({{
  "lab.symbol"() {{sym_name = "s"}} : () -> ()
  "lab.refer"() {{to = @s}} : () -> ()
  "lab.refer"() {{table = @t, to = @u::@s}} : () -> ()
}}) {{sym_name = "t"}} : () -> ()
"lab.table"() ({{
  "lab.symbol"() {{sym_name = "s"}} : () -> ()
}}) {{sym_name = "u"}} : () -> ()
"lab.keyed"() {{amount = 1, any = [], some.thing = 1}} : () -> ()
"lab.open"() {{what = 1}} : () -> ()
"""


def test_a_right_module_has_no_problems() -> None:
    assert problems(RIGHT) == []
    verify_or_raise(parse_module(RIGHT))


def test_all_errors_are_reported_at_once() -> None:
    found = problems("\n".join('"lab.keyed"() {amount = -1} : () -> ()' for _ in range(5)))
    assert found == [f"{line}: 'lab.keyed' amount must not be negative" for line in range(1, 6)]
    with pytest.raises(DiagnosticError) as caught:
        verify_or_raise(parse_module('"a.b"() : () -> ()\n"c.d"() : () -> ()'))
    assert len(caught.value.diagnostics) == 2


def test_unregistered_operations_can_be_allowed() -> None:
    text = '"lab.value"() : () -> ()\n"c.d"(%x) : (f32) -> ()\n%x = "c.e"() : () -> f32'
    module = parse_module(f'"a.b"() ({{\n{text}\n}}) : () -> ()')
    messages = [d.message for d in verify(module, allow_unregistered=True)]
    assert messages == [
        "'lab.value' has 0 results, but takes 1 result ('value')",
        "'c.d' uses operand 0 before it is defined",
    ]


def test_notes_show_the_definition() -> None:
    text = f'"lab.use"(%v) : (f32) -> ()\n{VALUE}'
    shown = render(verify(parse_module(text, "f.mlir")), {"f.mlir": text})
    assert "note: defined here by 'lab.value'\n --> f.mlir:2:6" in shown


# ---- what no text can say


def test_values_from_outside_of_an_isolated_region() -> None:
    inner = Block()
    box = Operation("lab.box", regions=[Region([inner])])
    module = parse_module(VALUE)
    module.body.append(box)
    inner.append(Operation("lab.use", module.body.operations[0].results))
    (problem,) = verify(module)
    assert problem.message.endswith("a value from outside of 'lab.box', which is isolated")


def test_values_of_operations_that_are_gone() -> None:
    module = parse_module(VALUE)
    value = module.body.operations[0]
    user = module.body.append(Operation("lab.use", value.results))
    value.detach()
    assert [d.message for d in verify(module)] == [
        "'lab.use' uses as operand 0 ('values') a value that no region holds"
    ]
    module.body.insert(0, value)
    assert not verify(module)
    user.detach()
    assert [d.message for d in verify(module)] == [
        "'lab.value' has a value that 'lab.use' uses, which is in no block"
    ]


def test_values_of_a_region_that_does_not_enclose() -> None:
    module = parse_module(f'"lab.box"() ({{\n{VALUE}\n}}) : () -> ()')
    value = module.body.operations[0].body.operations[0]
    module.body.append(Operation("lab.use", value.results))
    (problem,) = verify(module)
    assert problem.message.endswith("a value of a region that does not enclose it")


def test_use_lists_that_are_wrong() -> None:
    module = parse_module(f'{VALUE}\n"lab.use"(%v) : (f32) -> ()')
    value, user = module.body.operations
    value.result.uses.clear()
    assert [d.message for d in verify(module)] == ["'lab.use' is not in the use list of its operand 0"]
    value.result.uses[(user, 0)] = None
    value.result.uses[(user, 1)] = None
    assert [d.message for d in verify(module)] == [
        "'lab.value' has 'lab.use' in a use list, which does not use that value"
    ]


def test_successors_in_other_regions() -> None:
    block = Block()
    module = Operation("builtin.module", regions=[Region([Block()])])
    module.body.append(Operation("lab.loop", regions=[Region([block])]))
    block.append(Operation("lab.end", successors=[module.body]))
    assert [d.message for d in verify(module)] == ["'lab.end' has a successor in another region"]


def test_a_part_of_a_module_can_be_verified() -> None:
    module = parse_module(RIGHT)
    for operation in module.walk():
        assert not verify(operation)
    loose = Block()
    value = loose.append(Operation("lab.value", (), [F32]))
    user = loose.append(Operation("lab.loop", regions=[Region([Block()])]))
    user.body.append(Operation("lab.end", value.results))
    assert not verify(user)
    assert not verify(Operation("lab.int", (), [I32]))


def test_dialects_refuse_wrong_and_taken_names() -> None:
    dialect = spec.Dialect("lab", "Again.")
    with pytest.raises(ValueError, match="registered already"):
        spec.register_dialect(dialect)
    with pytest.raises(ValueError, match="wrong or taken"):
        dialect.add([spec.OpSpec("other.op", "x")])
    assert "lab.add" in [op.name for op in spec.registered_operations()]
    assert spec.has_trait(Operation("lab.end"), spec.Trait.TERMINATOR)
    assert not spec.has_trait(Operation("lab.nothing"), spec.Trait.TERMINATOR)
