"""The rewriter: patterns, the worklist, locations, and the end of endless rewriting."""

from __future__ import annotations

import pytest

from wsc.ir import (
    DiagnosticError,
    FileLoc,
    FusedLoc,
    Operation,
    Region,
    Rewriter,
    apply_patterns,
    parse_module,
    print_operation,
    rewrites,
    verify,
)
from wsc.ir.attributes import F32, IntegerAttr, i64
from wsc.ir.operation import Block


def lines(module: Operation) -> list[str]:
    return [line.strip() for line in print_operation(module).splitlines()[1:-1]]


@rewrites("t.add")
def fold(op: Operation, rewriter: Rewriter) -> bool:
    """Adds constants."""
    sources = [value.defining_op for value in op.operands]
    if any(source is None or source.name != "t.const" for source in sources):
        return False
    total = sum(source.attribute("v", IntegerAttr).value for source in sources if source is not None)
    rewriter.replace(op, rewriter.create("t.const", (), [F32], {"v": i64(total)}))
    return True


@rewrites("t.const")
def drop(op: Operation, rewriter: Rewriter) -> bool:
    """Erases unused constants."""
    if op.result.uses:
        return False
    rewriter.erase(op)
    return True


def chain(length: int) -> str:
    text = '%0 = "t.const"() {v = 1} : () -> f32\n'
    for index in range(1, length):
        text += f'%{index} = "t.add"(%{index - 1}, %0) : (f32, f32) -> f32\n'
    return text + f'"t.use"(%{length - 1}) : (f32) -> ()'


def test_rewriting_goes_on_until_nothing_matches() -> None:
    module = parse_module(chain(50))
    assert apply_patterns(module, [fold, drop])
    assert lines(module) == ['%0 = "t.const"() {v = 50 : i64} : () -> f32', '"t.use"(%0) : (f32) -> ()']
    assert not apply_patterns(module, [fold, drop])
    assert not verify(module, allow_unregistered=True)


def test_users_of_what_changed_are_tried_again() -> None:
    text = '"t.r"() ({\n"t.use"(%s) : (f32) -> ()\n}) : () -> ()\n%c = "t.late"() : () -> f32\n'
    text += '%s = "t.add"(%c, %c) : (f32, f32) -> f32'

    @rewrites("t.late")
    def become_constant(op: Operation, rewriter: Rewriter) -> bool:
        rewriter.replace(op, rewriter.create("t.const", (), [F32], {"v": i64(2)}))
        return True

    module = parse_module(text)
    apply_patterns(module, [fold, become_constant, drop])
    assert '"t.const"() {v = 4 : i64}' in print_operation(module)
    assert "t.add" not in print_operation(module)


def test_new_operations_get_the_locations_of_what_they_replace() -> None:
    module = parse_module("""
      %x = "t.x"() : () -> f32 loc("x.wdl":1:1)
      %m = "t.mul"(%x, %x) : (f32, f32) -> f32 loc("m.wdl":2:2)
      %a = "t.add"(%m, %x) : (f32, f32) -> f32 loc("a.wdl":3:3)
      "t.use"(%a) : (f32) -> () loc("u.wdl":4:4)
    """)
    given = FileLoc("given", 9, 9)

    @rewrites("t.add")
    def fuse(op: Operation, rewriter: Rewriter) -> bool:
        product = op.operands[0].defining_op
        assert product is not None
        inner = Block()
        inner.append(Operation("t.inner"))
        fused = rewriter.create(
            "t.fma", [*product.operands, op.operands[1]], [F32], regions=[Region([inner])]
        )
        assert fused.location == op.location
        rewriter.create("t.mark", location=given)
        rewriter.replace(op, fused)
        rewriter.erase(product)
        return True

    @rewrites("t.use")
    def announce(op: Operation, rewriter: Rewriter) -> bool:
        if "seen" in op.attributes:
            return False
        op.attributes["seen"] = i64(1)
        rewriter.modify(op)
        rewriter.create("t.note")
        return True

    apply_patterns(module, [fuse, announce])
    ops = {op.name: op.location for op in module.walk()}
    both = FusedLoc((FileLoc("a.wdl", 3, 3), FileLoc("m.wdl", 2, 2)))
    assert ops["t.fma"] == ops["t.inner"] == both
    assert ops["t.mark"] == given
    assert ops["t.note"] == FileLoc("u.wdl", 4, 4)


def test_a_body_can_be_inlined() -> None:
    module = parse_module("""
      %x = "t.x"() : () -> f32
      %r = "t.run"(%x) ({
      ^bb0(%a: f32):
        %b = "t.add"(%a, %a) : (f32, f32) -> f32
        "t.yield"(%b) : (f32) -> ()
      }) : (f32) -> f32
      "t.use"(%r) : (f32) -> ()
    """)

    @rewrites("t.run")
    def inline(op: Operation, rewriter: Rewriter) -> bool:
        terminator = op.body.operations[-1]
        results = list(terminator.operands)
        rewriter.erase(terminator)
        with pytest.raises(ValueError, match="takes 1 arguments, not 0"):
            rewriter.inline(op.body, [])
        rewriter.inline(op.body, op.operands)
        rewriter.replace(op, results)
        return True

    assert apply_patterns(module, [inline])
    assert lines(module) == [
        '%0 = "t.x"() : () -> f32',
        '%1 = "t.add"(%0, %0) : (f32, f32) -> f32',
        '"t.use"(%1) : (f32) -> ()',
    ]
    assert not verify(module, allow_unregistered=True)


def test_erasing_a_region_takes_its_operations_from_the_worklist() -> None:
    module = parse_module('"t.box"() ({\n"t.a"() : () -> ()\n"t.b"() : () -> ()\n}) : () -> ()')

    @rewrites("t.box")
    def erase(op: Operation, rewriter: Rewriter) -> bool:
        rewriter.erase(op)
        return True

    @rewrites("t.a", "t.b")
    def never(op: Operation, rewriter: Rewriter) -> bool:
        raise AssertionError("visited an erased operation")

    assert apply_patterns(module, [erase, never])
    assert len(module.body.operations) == 0


def test_endless_rewriting_is_an_error() -> None:
    class Flip:
        """Any operation becomes another one."""

        def match_and_rewrite(self, operation: Operation, rewriter: Rewriter, /) -> bool:
            rewriter.replace(operation, rewriter.create("t.b" if operation.name == "t.a" else "t.a"))
            return True

    module = parse_module('"t.a"() : () -> () loc("f.wdl":1:1)')
    with pytest.raises(DiagnosticError) as caught:
        apply_patterns(module, [Flip()], max_rewrites=7)
    (problem,) = caught.value.diagnostics
    assert problem.message == "rewriting does not come to an end: stopped after 7 rewrites"
    assert "by pattern 'Flip'" in str(problem.notes)
    with pytest.raises(DiagnosticError, match="stopped after 1032 rewrites"):
        apply_patterns(parse_module('"t.a"() : () -> ()'), [Flip()])


def test_a_pattern_must_say_what_it_did() -> None:
    @rewrites("t.a")
    def silent(op: Operation, rewriter: Rewriter) -> bool:
        rewriter.create("t.b")
        return False

    with pytest.raises(RuntimeError, match=r"pattern 'silent' changed 't\.a' and says it did not"):
        apply_patterns(parse_module('"t.a"() : () -> ()'), [silent])


def test_the_number_of_values_must_fit() -> None:
    @rewrites("t.a")
    def wrong(op: Operation, rewriter: Rewriter) -> bool:
        rewriter.replace(op, [])
        return True

    with pytest.raises(ValueError, match="has 1 results, but 0 are to replace them"):
        apply_patterns(parse_module('%0 = "t.a"() : () -> f32'), [wrong])


def test_patterns_are_tried_in_order_and_the_root_is_left_alone() -> None:
    tried: list[str] = []

    def note(name: str, *names: str) -> object:
        def function(op: Operation, rewriter: Rewriter) -> bool:
            tried.append(f"{name} {op.name}")
            return False

        return rewrites(*names)(function)

    patterns = [note("1", "t.a"), note("2", "t.a", "t.b", "builtin.module"), note("3", "t.b")]
    text = '"t.b"() ({ "t.a"() : () -> () }) : () -> ()\n"t.a"() : () -> ()'
    assert not apply_patterns(parse_module(text), patterns)  # type: ignore[arg-type]
    assert tried == ["2 t.b", "3 t.b", "1 t.a", "2 t.a", "1 t.a", "2 t.a"]
