"""Scopes: what concerns a symbol or layer, in text that can be read alone."""

import pytest

from wsc.ir import parse_module, print_operation
from wsc.ir.scope import scope_names, scoped

TEXT = """\
"builtin.module"() ({
  "nn.variable"() {sym_name = "w", type = tensor<4xf16>} : () -> ()
  "nn.variable"() {sym_name = "v", type = tensor<4xf16>} : () -> ()
  "nn.func"() ({
  ^bb0(%arg0: f16):
    %0 = "t.step"(%arg0) : (f16) -> f16
    %1 = "t.const"() {n = 1 : i64} : () -> index
    %2 = "nn.repeat"(%0) ({
    ^bb0(%arg1: index, %arg2: f16):
      %3 = "nn.read"(%arg1) {variable = @w} : (index) -> tensor<4xf16>
      %4 = "t.step"(%arg2) : (f16) -> f16
      "t.assign"(%4, %3, %1) {to = [@v]} : (f16, tensor<4xf16>, index) -> ()
      "nn.yield"(%4) : (f16) -> ()
    }) {count = 3 : i64, label = "block"} : (f16) -> f16
    "nn.return"(%2) : (f16) -> ()
  }) {function_type = (f16) -> f16, sym_name = "decode"} : () -> ()
  "fabric.region"() ({
    "pe.buffer"() {sym_name = "w"} : () -> ()
    "pe.buffer"() {sym_name = "x"} : () -> ()
  }) {sym_name = "io"} : () -> ()
  "t.user"() {a = {b = @io::@x}} : () -> ()
}) {big = "attribute"} : () -> ()
"""


def lines(name: str) -> list[str]:
    """What is in the scope, line by line."""
    part = scoped(parse_module(TEXT), name)
    assert part is not None
    text = print_operation(part)
    assert print_operation(parse_module(text)) == text
    return [line.strip() for line in text.splitlines()[1:-1]]


def test_an_operation_that_refers_gets_what_is_around_it_and_its_operands() -> None:
    assert lines("v") == [
        '"nn.variable"() {sym_name = "v", type = tensor<4xf16>} : () -> ()',
        '"nn.func"() ({',
        "^bb0(%arg0: f16):",
        '%0 = "builtin.unrealized_conversion_cast"() : () -> f16',
        '%1 = "nn.repeat"(%0) ({',
        "^bb0(%arg1: index, %arg2: f16):",
        '%2 = "builtin.unrealized_conversion_cast"() : () -> f16',
        '%3 = "builtin.unrealized_conversion_cast"() : () -> tensor<4xf16>',
        '%4 = "t.const"() {n = 1 : i64} : () -> index',
        '"t.assign"(%2, %3, %4) {to = [@v]} : (f16, tensor<4xf16>, index) -> ()',
        '}) {count = 3 : i64, label = "block"} : (f16) -> f16',
        '}) {function_type = (f16) -> f16, sym_name = "decode"} : () -> ()',
    ]


def test_a_layer_is_shown_as_a_whole() -> None:
    shown = lines("block")
    assert '"nn.yield"(%4) : (f16) -> ()' in shown
    assert sum("t.step" in line for line in shown) == 1
    assert '%1 = "t.const"() {n = 1 : i64} : () -> index' in shown


def test_a_function_is_shown_as_a_whole() -> None:
    assert lines("@decode") == [line.strip() for line in TEXT.splitlines()[3:16]]


def test_symbols_inside_of_others() -> None:
    assert lines("@io::@x") == lines("x") == lines("io::x")
    assert lines("x")[-1] == '"t.user"() {a = {b = @io::@x}} : () -> ()'
    assert '"pe.buffer"() {sym_name = "w"} : () -> ()' not in lines("x")
    assert lines("io")[-1] == lines("x")[-1]


def test_one_name_may_mean_several() -> None:
    shown = lines("w")
    assert '"nn.variable"() {sym_name = "w", type = tensor<4xf16>} : () -> ()' in shown
    assert '"pe.buffer"() {sym_name = "w"} : () -> ()' in shown
    assert "nn.variable" not in "".join(lines("io::w"))


@pytest.mark.parametrize("name", ["y", "io::v", "", "decode::"])
def test_an_unknown_name(name: str) -> None:
    assert scoped(parse_module(TEXT), name) is None


def test_the_names_there_are() -> None:
    names = scope_names(parse_module(TEXT))
    assert names == ["block", "w", "v", "decode", "io", "io::@w", "x", "io::@x"]


def test_the_module_stays_as_it_is() -> None:
    module = parse_module(TEXT)
    for name in ("w", "block", "x"):
        scoped(module, name)
    assert print_operation(module) + "\n" == TEXT


def test_operations_that_jump() -> None:
    module = parse_module(
        '"t.func"() ({\n  "t.jump"()[^bb1] {to = @a} : () -> ()\n^bb1:\n  "t.end"() : () -> ()\n})'
        ' {sym_name = "f"} : () -> ()\n"t.a"() {sym_name = "a"} : () -> ()'
    )
    part = scoped(module, "a")
    assert part is not None
    text = print_operation(part)
    assert '"t.jump"()[^bb1] {to = @a}' in text
    assert print_operation(parse_module(text)) == text
