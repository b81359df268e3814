"""Fusing: what it computes, what it rounds, and where its operations come from."""

import numpy as np
import pytest
from hypothesis import given, settings

from wsc.compiler.frontend import compile_wdl
from wsc.ir.attributes import F32
from wsc.ir.dialects.nn import tensor_type
from wsc.ir.interpreter.nn import NnInterpreter
from wsc.ir.location import FileLoc, FusedLoc
from wsc.ir.operation import Operation
from wsc.ir.parser import parse_module
from wsc.ir.verifier import verify
from wsc.passes.manager import PassManager
from wsc.passes.nn.fuse import Fuse, elementwise_groups
from wsc.passes.pipeline import parse_pipeline

from ...support.random_nn import modules, outputs
from ...support.wdl import MLP, TALE, small


def fused(text: str) -> Operation:
    module = compile_wdl(text, "m.wdl")
    PassManager([Fuse()]).run(module)
    return module


def groups(module: Operation) -> list[Operation]:
    return [op for op in module.walk() if op.name == "nn.fused"]


@settings(max_examples=40)
@given(modules(F32))
def test_in_f32_no_bit_changes_and_nothing_is_left_to_fuse(module: Operation) -> None:
    after = module.clone()
    PassManager([Fuse()]).run(after)
    assert outputs(after) == outputs(module)
    text = str(after)
    PassManager([Fuse()]).run(after)
    assert str(after) == text
    PassManager(parse_pipeline("canonicalize,cse,dce")).run(after)
    assert outputs(after) == outputs(module)


def test_a_group_rounds_once() -> None:
    """2048 + 1 is no f16: a group keeps it, and so x + 1 - 1 is x."""
    module = compile_wdl(small("return (x + b) - b"), "m.wdl")
    weights = {"w": np.zeros((4, 4), np.float16), "b": np.ones(4, np.float16)}
    row = np.array([[2048, 4096, 1, 0]], np.float16)
    (apart,) = NnInterpreter(module, weights).step("decode", row, 0)
    PassManager([Fuse()]).run(module)
    (together,) = NnInterpreter(module, weights).step("decode", row, 0)
    assert apart.tolist() == [[2047.0, 4096.0, 1.0, 0.0]]
    assert together.tolist() == row.tolist()


def test_locations_name_every_operation_of_the_group() -> None:
    (group,) = groups(fused(small("return silu(x @ w + b) * x")))
    assert isinstance(group.location, FusedLoc)
    inner = [op.location for op in group.body.operations]
    assert group.location.locations == tuple(inner[:-1])
    assert all(isinstance(location, FileLoc) and location.line == 6 for location in inner[:-1])


@pytest.mark.parametrize(
    ("expression", "sizes"),
    [
        ("x @ w + b", []),
        ("relu(x @ w + b)", [2]),
        ("x + relu(x @ w + b) @ w", [2]),
        ("relu(x @ w) * relu(x @ w + b)", [4]),
        ("exp(x) / (exp(-x) + 1.0)", [5]),
        ("silu(x * 0.5 - 1.0)", [3]),
    ],
)
def test_which_operations_belong_together(expression: str, sizes: list[int]) -> None:
    module = compile_wdl(small(f"return {expression}"), "m.wdl")
    (function,) = (op for op in module.walk() if op.name == "nn.func")
    assert [len(group) for group in elementwise_groups(function.body)] == sizes
    PassManager([Fuse()]).run(module)
    assert len(groups(module)) == len(sizes)


def test_the_examples_activations_are_fused() -> None:
    assert [len(op.body.operations) for op in groups(fused(MLP))] == [3, 3]
    (gate,) = groups(fused(TALE))
    assert [op.name for op in gate.body.operations] == ["nn.silu", "nn.mul", "nn.yield"]
    types = [str(tensor_type(op.result).element) for op in gate.body.operations if op.results]
    assert types == ["f32", "f16"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            '"nn.yield"(%a) : (tensor<4xf16>) -> ()',
            "nn.yield's types differ from the results'",
        ),
        (
            '%0 = "nn.argmax"(%a) : (tensor<4xf16>) -> tensor<i32>\n"nn.yield"(%a) : (tensor<4xf16>) -> ()',
            "only elementwise operations and constants may be fused, not 'nn.argmax'",
        ),
    ],
)
def test_the_verifier_knows_groups(body: str, expected: str) -> None:
    text = f"""
"nn.func"() ({{
^bb0(%x: tensor<4xf16>):
  %1 = "nn.fused"(%x) ({{
  ^bb0(%a: tensor<4xf16>):
    {body}
  }}) : (tensor<4xf16>) -> tensor<4xf32>
  "nn.return"(%1) : (tensor<4xf32>) -> ()
}}) {{function_type = (tensor<4xf16>) -> tensor<4xf32>, sym_name = "decode"}} : () -> ()
"""
    assert f"'nn.fused' {expected}" in [problem.message for problem in verify(parse_module(text))]
