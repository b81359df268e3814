"""The module that the front end gives: operations, types, variables, places."""

import pytest

from wsc.compiler.frontend import compile_wdl
from wsc.compiler.frontend.operators import OPERATORS
from wsc.ir.attributes import StringAttr
from wsc.ir.dialects.nn import NN
from wsc.ir.location import FileLoc
from wsc.ir.operation import Operation
from wsc.ir.parser import parse_module
from wsc.ir.printer import print_operation
from wsc.ir.verifier import verify

from ...golden import Golden
from ...support.wdl import LLAMA, MLP, TALE, small

SMALL_TALE = {"vocab": "16", "dim": "8", "heads": "2", "kv_heads": "1", "ffn": "12", "context": "32"}


def operations(module: Operation, name: str) -> list[Operation]:
    return [op for op in module.walk() if op.name == name]


def places(module: Operation, name: str) -> list[str]:
    """Return `line:column` of all operations of a name, in order."""
    found: list[str] = []
    for op in operations(module, name):
        assert isinstance(op.location, FileLoc)
        found.append(f"{op.location.line}:{op.location.column}")
    return found


def test_tale(golden: Golden) -> None:
    golden(str(compile_wdl(TALE, "tale.wdl", SMALL_TALE)))


def test_mlp(golden: Golden) -> None:
    golden(str(compile_wdl(MLP, "mlp.wdl", {"inputs": "6", "hidden": "5", "classes": "3"})))


def test_mixed(golden: Golden) -> None:
    """Broadcasts, constants on either side, a value used twice, no greedy, float32."""
    text = small("y = 1 - x * scale\nz = b - y\nreturn -(z / 3 + y) @ w - b").replace("f16", "f32")
    golden(str(compile_wdl(text, "mixed.wdl")))


def test_a_text_of_other_dimensions_lowers_to_as_many_operations() -> None:
    tale, llama = compile_wdl(TALE, "m.wdl"), compile_wdl(LLAMA, "m.wdl")
    assert [op.name for op in tale.walk()] == [op.name for op in llama.walk()]


@pytest.mark.parametrize("text", [TALE, MLP, LLAMA])
def test_the_text_form_round_trips_with_places(text: str) -> None:
    module = compile_wdl(text, "m.wdl")
    printed = print_operation(module, locations=True)
    assert print_operation(parse_module(printed, "m.mlir"), locations=True) == printed


@pytest.mark.parametrize("text", [TALE, MLP, LLAMA])
def test_the_module_verifies(text: str) -> None:
    assert verify(compile_wdl(text, "m.wdl")) == []


def test_places() -> None:
    module = compile_wdl(TALE, "tale.wdl")
    assert places(module, "builtin.module") == ["2:7"]
    assert places(module, "nn.variable")[:4] == ["24:10", "24:31", "24:44", "8:12"]
    assert places(module, "nn.func") == ["32:3"]
    assert places(module, "nn.gather") == ["27:9"]
    assert places(module, "nn.repeat") == ["28:9"]
    assert places(module, "nn.rmsnorm") == ["14:9", "20:9", "29:12"]
    assert places(module, "nn.append") == ["16:9", "17:9"]
    # An infix operator is where its sign is.
    assert places(module, "nn.add") == ["19:11", "21:14"]
    assert places(module, "nn.matmul")[0] == "15:24"
    assert places(module, "nn.argmax") == ["32:3"]
    assert all(isinstance(op.location, FileLoc) for op in module.walk())


def test_variables() -> None:
    module = compile_wdl(TALE, "tale.wdl", SMALL_TALE)
    described = [
        (
            op.symbol_name,
            op.attribute("kind", StringAttr).value,
            op.attribute("source", StringAttr).value,
            str(op.attributes["type"]),
            "stacked" in op.attributes,
        )
        for op in operations(module, "nn.variable")
    ]
    assert ("embed", "weight", "embed", "tensor<16x8xf16>", False) in described
    assert ("block.wk", "weight", "block.{}.wk", "tensor<3x8x4xf16>", True) in described
    assert ("block.keys", "cache", "block.{}.keys", "tensor<3x32x1x4xf16>", True) in described
    assert len(described) == 14


def test_a_model_without_greedy_returns_its_rows() -> None:
    module = compile_wdl(small("return x @ w + b"), "m.wdl")
    (function,) = operations(module, "nn.func")
    assert str(function.attributes["function_type"]) == "(tensor<?x4xf16>) -> tensor<?x4xf16>"
    assert not operations(module, "nn.argmax")


def test_a_cache_of_forward_has_no_iteration() -> None:
    text = small("k = append(c, x)\nreturn x + 0 * x", "cache c: [8, 4]")
    (append,) = operations(compile_wdl(text, "m.wdl"), "nn.append")
    assert len(append.operands) == 1
    assert str(append.result.type) == "tensor<?x4xf16>"


def test_defaults_of_options() -> None:
    body = (
        "h = reshape(layernorm(rmsnorm(x, b), b, b), [seq, 2, 2])\n"
        "a = attention(rope(h), rope(h, theta = 5e5), h, causal = false) + attention(h, h, h)\n"
        "return reshape(a, [seq, 4])"
    )
    module = compile_wdl(small(body), "m.wdl")
    assert [str(op.attributes["eps"]) for op in operations(module, "nn.rmsnorm")] == ["1.0e-05 : f32"]
    assert [str(op.attributes["eps"]) for op in operations(module, "nn.layernorm")] == ["1.0e-05 : f32"]
    thetas = [str(op.attributes["theta"]) for op in operations(module, "nn.rope")]
    assert thetas == ["10000.0 : f32", "500000.0 : f32"]
    assert [str(op.attributes["causal"]) for op in operations(module, "nn.attention")] == ["false", "true"]


@pytest.mark.parametrize(
    "name",
    [name for name, op in OPERATORS.items() if len(op.operands) == 1 and not op.special and not op.reduces],
)
def test_elementwise_operators(name: str) -> None:
    text = small(f"y = reshape(x, [seq, 2, 2])\nreturn reshape({name}(y), [seq, 4]) @ w + b")
    (op,) = operations(compile_wdl(text, "m.wdl"), f"nn.{OPERATORS[name].op}")
    assert str(op.result.type) == "tensor<?x2x2xf16>"


def test_every_operator_is_an_operation() -> None:
    assert {f"nn.{operator.op}" for operator in OPERATORS.values()} <= set(NN.operations)


def test_the_same_text_gives_the_same_bytes() -> None:
    assert str(compile_wdl(TALE, "m.wdl")) == str(compile_wdl(TALE, "m.wdl"))
