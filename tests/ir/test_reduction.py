"""The reducer: each kind of edit, bounds, and what it never does."""

import pytest

from wsc.ir.operation import Operation, Value
from wsc.ir.parser import parse_module
from wsc.ir.printer import print_operation
from wsc.ir.reduction import Reducer
from wsc.ir.verifier import verify

T = "tensor<4xf16>"
CHAIN = f"""\
"nn.variable"() {{kind = "weight", source = "w", sym_name = "w", type = {T}}} : () -> ()
"nn.func"() ({{
^bb0(%x: {T}, %y: {T}):
  %w = "nn.read"() {{variable = @w}} : () -> {T}
  %0 = "nn.exp"(%x) : ({T}) -> {T}
  %1 = "nn.mul"(%0, %w) : ({T}, {T}) -> {T}
  %2 = "nn.neg"(%1) : ({T}) -> {T}
  %3 = "nn.add"(%2, %y) : ({T}, {T}) -> {T}
  %c = "nn.constant"() {{value = dense<[1.0, 2.0, 3.0, 4.0]> : {T}}} : () -> {T}
  %4 = "nn.mul"(%3, %c) : ({T}, {T}) -> {T}
  "nn.return"(%4, %3) : ({T}, {T}) -> ()
}}) {{arg_names = ["x", "y"], function_type = ({T}, {T}) -> ({T}, {T}), sym_name = "f"}} : () -> ()
"nn.func"() ({{
^bb0(%x: {T}):
  %0 = "nn.exp"(%x) : ({T}) -> {T}
  "nn.return"(%0) : ({T}) -> ()
}}) {{function_type = ({T}) -> {T}, sym_name = "g"}} : () -> ()
"""
FUSED = f"""\
"nn.func"() ({{
^bb0(%x: {T}):
  %0 = "nn.fused"(%x, %x) ({{
  ^bb0(%a: {T}, %b: {T}):
    %1 = "nn.neg"(%a) : ({T}) -> {T}
    %2 = "nn.exp"(%1) : ({T}) -> {T}
    "nn.yield"(%2) : ({T}) -> ()
  }}) : ({T}, {T}) -> {T}
  "nn.return"(%0) : ({T}) -> ()
}}) {{function_type = ({T}) -> {T}, sym_name = "f"}} : () -> ()
"""
REPEAT = f"""\
"nn.func"() ({{
^bb0(%x: {T}, %y: {T}):
  %0, %1 = "nn.repeat"(%x, %y) ({{
  ^bb0(%i: index, %a: {T}, %b: {T}):
    %2 = "nn.neg"(%a) : ({T}) -> {T}
    %3 = "nn.exp"(%b) : ({T}) -> {T}
    "nn.yield"(%2, %3) : ({T}, {T}) -> ()
  }}) {{count = 12 : i64, label = "r"}} : ({T}, {T}) -> ({T}, {T})
  "nn.return"(%0) : ({T}) -> ()
}}) {{function_type = ({T}, {T}) -> {T}, sym_name = "f"}} : () -> ()
"""


def is_valid(module: Operation) -> bool:
    return not verify(module, allow_unregistered=False)


def reduce(text: str, *needed: str, max_tests: int | None = None) -> Reducer:
    """Reduce for as long as all of `needed` stand in the module's text."""

    def interesting(module: Operation) -> bool:
        assert is_valid(module)
        return all(part in print_operation(module) for part in needed)

    reducer = Reducer(parse_module(text), interesting, valid=is_valid, max_tests=max_tests)
    reducer.run()
    assert is_valid(reducer.best)
    assert all(part in print_operation(reducer.best) for part in needed)
    return reducer


def names(reducer: Reducer) -> list[str]:
    return [op.name.partition(".")[2] for op in reducer.best.walk()][1:]


@pytest.mark.parametrize(
    ("text", "needed", "left"),
    [
        (CHAIN, ["nn.neg"], ["func", "neg", "return"]),
        (CHAIN, ["@w"], ["variable", "func", "read", "return"]),
        (CHAIN, ["nn.constant"], ["func", "constant", "return"]),
        (CHAIN, ["nn.add", "nn.exp"], ["func", "exp", "add", "return"]),
        (CHAIN, ['"g"'], ["func", "return"]),
        (CHAIN, [], []),
        (FUSED, ["nn.exp"], ["func", "exp", "return"]),
        (FUSED, ["nn.yield", "nn.exp"], ["func", "fused", "exp", "yield", "return"]),
        (REPEAT, ["nn.neg"], ["func", "neg", "return"]),
        (REPEAT, ["nn.repeat", "nn.neg"], ["func", "repeat", "neg", "yield", "return"]),
    ],
)
def test_what_is_left(text: str, needed: list[str], left: list[str]) -> None:
    assert names(reduce(text, *needed)) == left


def test_arguments_results_and_attributes_go_too() -> None:
    reducer = reduce(CHAIN, "nn.exp")
    func = next(op for op in reducer.best.walk() if op.name == "nn.func")
    assert "arg_names" not in func.attributes
    assert str(func.attributes["function_type"]) == f"({T}) -> ()"
    reducer = reduce(REPEAT, "nn.repeat", "nn.neg")
    assert "count = 1 :" in print_operation(reducer.best)
    repeat = next(op for op in reducer.best.walk() if op.name == "nn.repeat")
    assert len(repeat.operands) == len(repeat.results) == 0


def test_a_constant_becomes_a_splat() -> None:
    assert f"dense<1.0> : {T}" in print_operation(reduce(CHAIN, "nn.constant").best)


def test_the_input_stays_as_it_is_and_the_result_repeats() -> None:
    module = parse_module(CHAIN)
    before = print_operation(module)
    results = [
        print_operation(Reducer(module, lambda m: "nn.mul" in print_operation(m), valid=is_valid).run())
        for _ in range(2)
    ]
    assert print_operation(module) == before
    assert results[0] == results[1]


def test_the_number_of_tests_is_bounded() -> None:
    whole = reduce(CHAIN, "nn.neg")
    assert not whole.exhausted
    some = reduce(CHAIN, "nn.neg", max_tests=3)
    assert some.exhausted
    assert some.tests == 3
    assert some.operations > whole.operations


def test_an_exception_leaves_the_best_so_far() -> None:
    found: list[int] = []

    def interesting(module: Operation) -> bool:
        if len(found) == 2:
            raise KeyboardInterrupt
        if "nn.neg" in print_operation(module):
            found.append(sum(1 for _ in module.walk()) - 1)
        return "nn.neg" in print_operation(module)

    reducer = Reducer(parse_module(CHAIN), interesting, valid=is_valid)
    with pytest.raises(KeyboardInterrupt):
        reducer.run()
    assert "nn.neg" in print_operation(reducer.best)
    assert is_valid(reducer.best)
    assert reducer.operations == found[-1]


def test_a_large_module_takes_few_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be erased from a chain one by one, so that must not be tried before all else."""
    body = [f'%{n + 1} = "nn.{"neg" if n == 700 else "exp"}"(%{n}) : ({T}) -> {T}' for n in range(1000)]
    text = "\n".join(
        (
            f'"nn.func"() ({{\n^bb0(%0: {T}):',
            *body,
            f'"nn.return"(%1000) : ({T}) -> ()',
            f'}}) {{function_type = ({T}) -> {T}, sym_name = "f"}} : () -> ()\n',
        )
    )
    clones = 0
    clone = Operation.clone

    def counted(self: Operation, mapping: dict[Value, Value] | None = None) -> Operation:
        nonlocal clones
        clones += 1
        return clone(self, mapping)

    monkeypatch.setattr(Operation, "clone", counted)
    reducer = reduce(text, "nn.neg")
    assert names(reducer) == ["func", "neg", "return"]
    assert clones < 200


def test_invalid_modules_are_tested_where_they_are_allowed() -> None:
    reducer = Reducer(
        parse_module(CHAIN), lambda module: "nn.return" in print_operation(module), valid=lambda module: True
    )
    reducer.run()
    assert names(reducer) == ["func", "return"]
    assert "sym_name" not in print_operation(reducer.best)


def test_progress_is_told() -> None:
    told: list[str] = []
    Reducer(
        parse_module(FUSED),
        lambda module: "nn.exp" in print_operation(module),
        valid=is_valid,
        progress=told.append,
    ).run()
    assert "unwrap regions" in told
