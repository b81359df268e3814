"""Nested passes and aliases: where passes run, their text, and what is said about wrong pipelines."""

from dataclasses import dataclass
from typing import ClassVar

import pytest

from wsc.ir.diagnostics import DiagnosticError, render
from wsc.ir.lexer import MAX_NESTING
from wsc.ir.operation import Operation
from wsc.ir.parser import parse_module
from wsc.passes.aliases import ALIASES
from wsc.passes.base import Pass, PassContext
from wsc.passes.common.cse import CSE
from wsc.passes.common.dce import DCE
from wsc.passes.manager import PassManager
from wsc.passes.nn.fuse import Fuse
from wsc.passes.pipeline import (
    PASSES,
    PIPELINE_FILE,
    default_pipeline,
    parse_pipeline,
    pipeline_text,
    up_to_pass,
    without_passes,
)

MODULE = """\
"nn.func"() ({
^bb0(%x: tensor<4xf16>):
  %0 = "nn.exp"(%x) : (tensor<4xf16>) -> tensor<4xf16>
  %1 = "nn.fused"(%x) ({
  ^bb0(%a: tensor<4xf16>):
    %2 = "nn.add"(%a, %a) : (tensor<4xf16>, tensor<4xf16>) -> tensor<4xf32>
    %3 = "nn.neg"(%a) : (tensor<4xf16>) -> tensor<4xf16>
    %4 = "nn.relu"(%2) : (tensor<4xf32>) -> tensor<4xf16>
    "nn.yield"(%4) : (tensor<4xf16>) -> ()
  }) : (tensor<4xf16>) -> tensor<4xf16>
  "nn.return"(%1) : (tensor<4xf16>) -> ()
}) {function_type = (tensor<4xf16>) -> tensor<4xf16>, sym_name = "f"} : () -> ()
%9 = "nn.constant"() {value = dense<1.0> : tensor<f16>} : () -> tensor<f16>
"""


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("builtin.module(cse,nn.func(canonicalize,dce))", "cse,nn.func(canonicalize,dce)"),
        ("nn.func(cse), nn.func( dce )", "nn.func(cse,dce)"),
        ("nn.func(nn.fused(cse),dce),dce", "nn.func(nn.fused(cse),dce),dce"),
        ("any(cse)", "any(cse)"),
        ("builtin.module(builtin.module(cse))", "builtin.module(builtin.module(cse))"),
        ("builtin.module()", ""),
        ("nn.func(simplify)", "nn.func(canonicalize,cse,dce)"),
        ("simplify,place{effort=3}", "canonicalize,cse,dce,place{effort=3}"),
        ("to-pe", pipeline_text(default_pipeline())),
    ],
)
def test_the_text_of_what_was_read(text: str, same: str) -> None:
    passes = parse_pipeline(text)
    assert pipeline_text(passes) == same
    assert parse_pipeline(same) == passes


def test_a_module_in_the_module() -> None:
    assert parse_pipeline("builtin.module(builtin.module(cse))") == [CSE(nest=("builtin.module",))]


def names_left(pipeline: str) -> list[str]:
    module = parse_module(MODULE)
    PassManager(parse_pipeline(pipeline)).run(module)
    return [op.name.partition(".")[2] for op in module.walk()][1:]


def test_a_nested_pass_runs_where_it_is_told_to() -> None:
    inner = ["func", "exp", "fused", "add", "neg", "relu", "yield", "return"]
    assert names_left("") == [*inner, "constant"]
    assert names_left("nn.func(dce)") == ["func", "fused", "add", "relu", "yield", "return", "constant"]
    assert names_left("nn.func(nn.fused(dce))") == [name for name in inner if name != "neg"] + ["constant"]
    assert names_left("any(dce)") == names_left("nn.func(dce)")
    assert names_left("dist.func(dce)") == names_left("")
    assert names_left("nn.fused(dce)") == names_left("")  # it is not directly in the module


def test_a_pass_does_not_erase_what_it_runs_on() -> None:
    text = MODULE.replace('"nn.return"(%1)', '"nn.return"(%x)')
    module = parse_module(text)
    PassManager([DCE(nest=("nn.func", "nn.fused"))]).run(module)
    assert "nn.fused" in str(module)


def test_fuse_finds_the_accumulate_type_of_the_module_around() -> None:
    text = """
"builtin.module"() ({
  "nn.func"() ({
  ^bb0(%x: tensor<4xf16>):
    %0 = "nn.exp"(%x) : (tensor<4xf16>) -> tensor<4xf16>
    %1 = "nn.relu"(%0) : (tensor<4xf16>) -> tensor<4xf16>
    "nn.return"(%1) : (tensor<4xf16>) -> ()
  }) {function_type = (tensor<4xf16>) -> tensor<4xf16>, sym_name = "f"} : () -> ()
}) {nn.accumulate = f16} : () -> ()
"""
    inside, outside = parse_module(text), parse_module(text)
    PassManager(parse_pipeline("nn.func(fuse)")).run(inside)
    PassManager([Fuse()]).run(outside)
    assert str(inside) == str(outside)
    assert "f32" not in str(inside)


def message(text: str) -> str:
    with pytest.raises(DiagnosticError) as caught:
        parse_pipeline(text)
    return render(caught.value.diagnostics, {PIPELINE_FILE: text})


@pytest.mark.parametrize(
    ("text", "expected", "carets"),
    [
        ("nn.func(place)", "pass 'place' runs on builtin.module, not on nn.func", "        ^^^^^"),
        (
            "nn.func(to-fabric)",
            "pass 'specialize' runs on builtin.module, not on nn.func",
            "        ^^^^^^^^^",
        ),
        ("nn.fnuc(cse)", "unknown operation 'nn.fnuc'; did you mean 'nn.func'?", "^^^^^^^"),
        ("nn.add(cse)", "no pass nests on 'nn.add', which is not isolated from above", "^^^^^^"),
        ("simplify(cse)", "'simplify' is a pass, in which no others nest", "^^^^^^^^"),
        ("nn.func(cse", "expected ',' or ')', found the end", "           ^"),
        ("nn.func(cse dce)", "expected ',' or ')', found 'd'", "            ^"),
        ("nn.func(cse,)", "expected the name of a pass, found ')'", "            ^"),
        ("nn.func)", "unknown pass 'nn.func'", "^^^^^^^"),
        ("simplfy", "unknown pass 'simplfy'; did you mean 'simplify'?", "^^^^^^^"),
        ("simplify{a=1}", "alias 'simplify' takes no options: expected ',', found '{'", "        ^"),
    ],
)
def test_a_wrong_pipeline_gets_carets(text: str, expected: str, carets: str) -> None:
    said = message(text)
    assert expected in said
    assert f"1 | {text}\n  | {carets}" in said.split("\n\n")[0]


def test_every_alias_can_be_read() -> None:
    for name, alias in ALIASES.items():
        assert parse_pipeline(name) == parse_pipeline(alias.text)


def test_an_alias_names_all_its_passes_to_be_left_out() -> None:
    left = without_passes(default_pipeline(), ["simplify"])
    assert not {"canonicalize", "cse", "dce"} & {pass_.name for pass_ in left}
    with pytest.raises(DiagnosticError, match="'simplify' is an alias, not one pass"):
        up_to_pass(default_pipeline(), "simplify")
    with pytest.raises(DiagnosticError, match="pass 'fuse' is not in the pipeline"):
        without_passes(left[:1], ["fuse"])


def test_the_default_pipeline_takes_what_replaced_a_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    @dataclass(frozen=True, slots=True)
    class Other(Pass):
        """Has no options."""

        name: ClassVar[str] = "partition"

        def run(self, module: Operation, context: PassContext) -> None:
            context.warn("ran", module.location)

    monkeypatch.setitem(PASSES, "partition", Other)
    with pytest.raises(DiagnosticError, match="pass 'partition' has no option 'strategy'"):
        default_pipeline()


def test_nesting_is_bounded() -> None:
    deepest = "any(" * MAX_NESTING + "cse" + ")" * MAX_NESTING
    (pass_,) = parse_pipeline(deepest)
    assert pass_.nest == ("any",) * MAX_NESTING
    with pytest.raises(DiagnosticError) as caught:
        parse_pipeline(f"any({deepest})")
    (found,) = caught.value.diagnostics
    assert found.message == "nested too deeply (more than 128 levels)"
    with pytest.raises(DiagnosticError, match="nested too deeply"):
        parse_pipeline("any(" * 100_000)
