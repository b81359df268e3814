"""Differences of modules: small where little changed, whatever the values are called."""

from collections import Counter
from collections.abc import Callable

from hypothesis import given, settings

from wsc.ir import parse_module, print_operation
from wsc.ir.diff import Difference, Kind, difference
from wsc.ir.listing import list_operation
from wsc.ir.operation import Operation

from ..support.random_ir import modules

CHAIN = "".join(
    f'  %{i} = "t.step"(%{i - 1}) {{n = {i % 7} : i64}} : (f32) -> f32 loc("m.wdl":{i}:1)\n'
    for i in range(1, 99)
)
"""98 operations in a row, each with the value of the one before."""
HUNDRED = f"""\
"t.func"() ({{
  %0 = "t.start"() : () -> f32 loc("m.wdl":100:1)
{CHAIN}  "t.end"(%98) : (f32) -> () loc("m.wdl":101:1)
}}) {{sym_name = "f"}} : () -> ()
"""


def changed_by(text: str, change: Callable[[list[Operation]], object], **options: int) -> Difference:
    """What `change`, given all operations in the body of the first one in `text`, changes."""
    module = parse_module(text)
    old = list_operation(module)
    change(list(module.body.operations[0].body.operations))
    return difference(old, list_operation(module), **options)


def signed(found: Difference) -> list[str]:
    """The lines that are not the same in both."""
    return [str(line) for line in found.lines if line.sign != " "]


def erase(operation: Operation) -> None:
    operation.result.replace_all_uses_with(operation.operands[0])
    operation.erase()


def test_no_change() -> None:
    found = changed_by(HUNDRED, len)
    assert found == Difference((), ())
    assert (str(found), found.summary()) == ("", "no change")


def test_one_operation_less() -> None:
    found = changed_by(HUNDRED, lambda body: erase(body[50]), context=1)
    assert [line.rstrip() for line in str(found).splitlines()] == [
        ' "builtin.module"() ({',
        '   "t.func"() ({  // @f',
        "     // 49 operations unchanged",
        '     %49 = "t.step"(%48) {n = 0 : i64} : (f32) -> f32',
        '-    %old50 = "t.step"(%49) {n = 1 : i64} : (f32) -> f32',
        '-    %50 = "t.step"(%old50) {n = 2 : i64} : (f32) -> f32',
        '+    %50 = "t.step"(%49) {n = 2 : i64} : (f32) -> f32',
        '     %51 = "t.step"(%50) {n = 3 : i64} : (f32) -> f32',
        "     // 47 operations unchanged",
        "   })",
        " })",
    ]
    assert found.summary() == "1 operation erased, 1 changed"
    assert [(c.kind, c.operation.name, c.operation.places[0].line) for c in found.changes] == [
        (Kind.ERASED, "t.step", 50),
        (Kind.CHANGED, "t.step", 51),
    ]


def test_one_operation_more() -> None:
    def insert(body: list[Operation]) -> None:
        body[50].enclosing_block.insert_after(body[50], body[50].clone())

    found = changed_by(HUNDRED, insert)
    assert signed(found) == ['+    %51 = "t.step"(%49) {n = 1 : i64} : (f32) -> f32']
    assert found.summary() == "1 operation inserted"


def test_one_attribute() -> None:
    found = changed_by(HUNDRED, lambda body: body[50].attributes.update(body[53].attributes))
    assert signed(found) == [
        '-    %50 = "t.step"(%49) {n = 1 : i64} : (f32) -> f32',
        '+    %50 = "t.step"(%49) {n = 4 : i64} : (f32) -> f32',
    ]
    (change,) = found.changes
    assert (change.before, change.after) == (signed(found)[0][5:], signed(found)[1][5:])


def test_another_operand() -> None:
    found = changed_by(HUNDRED, lambda body: body[50].set_operand(0, body[0].result))
    assert signed(found) == [
        '-    %50 = "t.step"(%49) {n = 1 : i64} : (f32) -> f32',
        '+    %50 = "t.step"(%0) {n = 1 : i64} : (f32) -> f32',
    ]


def test_an_operation_that_moved_keeps_its_users() -> None:
    text = HUNDRED.replace('  "t.end"(%98)', '  %99 = "t.const"() : () -> f32\n  "t.end"(%99)')
    found = changed_by(text, lambda body: body[-2].move_before(body[0]), context=0)
    assert signed(found) == ['+    %0 = "t.const"() : () -> f32', '-    %0 = "t.const"() : () -> f32']
    assert found.summary() == "1 operation moved"


NESTED = """\
"t.func"() ({
^bb0(%a: f32):
  %0 = "t.loop"(%a) ({
  ^bb0(%b: f32):
    %1 = "t.if"(%b) ({
      %2 = "t.neg"(%b) : (f32) -> f32
      %3 = "t.neg"(%2) : (f32) -> f32
      "t.yield"(%3) : (f32) -> ()
    }, {
      "t.yield"(%b) : (f32) -> ()
    }) {likely} : (f32) -> f32
    "t.yield"(%1) : (f32) -> ()
  }) : (f32) -> f32
  "t.return"(%0) : (f32) -> ()
}) : () -> ()
"""


def nested(body: list[Operation], name: str) -> list[Operation]:
    return [op for top in body for op in top.walk() if op.name == name]


def test_nested_regions() -> None:
    found = changed_by(NESTED, lambda body: erase(nested(body, "t.neg")[0]))
    assert str(found).splitlines()[3:-3] == [
        '     %0 = "t.loop"(%arg0) ({',
        "     ^bb0(%arg1: f32):",
        '       %1 = "t.if"(%arg1) ({',
        '-        %old2 = "t.neg"(%arg1) : (f32) -> f32',
        '-        %2 = "t.neg"(%old2) : (f32) -> f32',
        '+        %2 = "t.neg"(%arg1) : (f32) -> f32',
        '         "t.yield"(%2) : (f32) -> ()',
        "       }, {",
        '         "t.yield"(%arg1) : (f32) -> ()',
        "       })",
        '       "t.yield"(%1) : (f32) -> ()',
        "     })",
    ]


def test_an_operation_around_others_changes_alone() -> None:
    found = changed_by(NESTED, lambda body: nested(body, "t.if")[0].attributes.clear())
    assert signed(found) == [
        '-      %1 = "t.if"(%arg1) ({...}, {...}) {likely} : (f32) -> f32',
        '+      %1 = "t.if"(%arg1) ({...}, {...}) : (f32) -> f32',
    ]


def test_an_argument_more() -> None:
    def add(body: list[Operation]) -> None:
        (loop,) = nested(body, "t.loop")
        loop.body.add_argument(loop.result.type)

    found = changed_by(NESTED, add)
    assert signed(found) == ["-    ^bb0(%arg1: f32):", "+    ^bb0(%arg1: f32, %arg2: f32):"]
    assert found.summary() == "1 operation changed"


def test_elements_that_are_not_shown() -> None:
    def listing(last: int) -> Difference:
        texts = [f'"t.a"() {{v = dense<[1, {n}]> : tensor<2xi8>}} : () -> ()' for n in (2, last)]
        old, new = (list_operation(parse_module(text), elide_large=1) for text in texts)
        return difference(old, new)

    assert listing(2).changes == ()
    assert signed(listing(3))[1].endswith("// differs in what is not shown")


def test_another_place_alone_is_no_change() -> None:
    text = '"t.a"() : () -> () loc("m":1:1)\n"t.a"() : () -> () loc("m":2:1)'
    swapped = text.replace("1:1", "3:1").replace("2:1", "1:1")
    old, new = (list_operation(parse_module(t)) for t in (text, swapped))
    assert difference(old, new).changes == ()


@given(modules(), modules())
@settings(max_examples=12, deadline=None)
def test_changes_account_for_every_operation(old: Operation, new: Operation) -> None:
    found = difference(list_operation(old), list_operation(new))
    kinds = Counter(change.kind for change in found.changes)
    grown = sum(1 for _ in new.walk()) - sum(1 for _ in old.walk())
    assert kinds[Kind.INSERTED] - kinds[Kind.ERASED] == grown
    assert (not found.changes) == (print_operation(old) == print_operation(new))
    assert difference(list_operation(old), list_operation(new)) == found


def test_a_broken_module_can_be_compared() -> None:
    found = changed_by(HUNDRED, lambda body: body[50].detach(), context=0)
    assert signed(found) == [
        '-    %old50 = "t.step"(%49) {n = 1 : i64} : (f32) -> f32',
        '-    %50 = "t.step"(%old50) {n = 2 : i64} : (f32) -> f32',
        '+    %50 = "t.step"(%<<unknown>>) {n = 2 : i64} : (f32) -> f32',
    ]
