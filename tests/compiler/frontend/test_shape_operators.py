"""Operators along an axis and operators that move elements: shapes, attributes, messages."""

import pytest

from wsc.compiler.frontend import compile_wdl
from wsc.ir.attributes import i64
from wsc.ir.operation import Operation
from wsc.ir.verifier import verify

from ...support.wdl import headlines, messages, small


def lowered(expression: str, result: str, declarations: str = "") -> Operation:
    """The operation that gives the result of a model of x: [seq, 4] with weights w: [4, 4] and b: [4]."""
    module = compile_wdl(small(f"return {expression}", declarations, result), "m.wdl")
    assert verify(module) == []
    (function,) = (op for op in module.body.operations if op.name == "nn.func")
    maker = function.body.operations[-1].operands[0].defining_op
    assert maker is not None
    return maker


@pytest.mark.parametrize(
    ("expression", "result", "operation", "attributes"),
    [
        ("softmax(x)", "[seq, 4]", "nn.softmax", {"axis": 1}),
        ("softmax(x, axis = 0)", "[seq, 4]", "nn.softmax", {"axis": 0}),
        ("sum(x)", "[seq, 1]", "nn.sum", {"axis": 1}),
        ("mean(x, axis = -2)", "[1, 4]", "nn.mean", {"axis": 0}),
        ("max(reshape(x, [seq, 2, 2]), axis = 1)", "[seq, 1, 2]", "nn.max", {"axis": 1}),
        ("transpose(x)", "[4, seq]", "nn.transpose", {}),
        ("transpose(reshape(x, [seq, 4, 1]))", "[seq, 1, 4]", "nn.transpose", {}),
        ("concat(x, x @ w)", "[seq, 8]", "nn.concat", {"axis": 1}),
        ("concat(b, b, b, axis = 0)", "[12]", "nn.concat", {"axis": 0}),
        ("slice(x, 1, 3)", "[seq, 2]", "nn.slice", {"axis": 1, "start": 1, "end": 3}),
        ("slice(w, 0, half, axis = 0)", "[2, 4]", "nn.slice", {"axis": 0, "start": 0, "end": 2}),
        ("x - mean(x)", "[seq, 4]", "nn.sub", {}),
        ("mean(x) * x", "[seq, 4]", "nn.mul", {}),
        ("sum(x) / x", "[seq, 4]", "nn.div", {}),
        ("b / x", "[seq, 4]", "nn.div", {}),
        ("2 / x", "[seq, 4]", "nn.div", {}),
        ("w[position]", "[seq, 4]", "nn.gather", {}),
    ],
)
def test_what_an_operator_becomes(
    expression: str, result: str, operation: str, attributes: dict[str, int]
) -> None:
    op = lowered(expression, result)
    assert op.name == operation
    assert op.attributes == {name: i64(value) for name, value in attributes.items()}


def test_the_smaller_operand_stays_where_order_matters() -> None:
    shapes = [str(value.type) for value in lowered("1 / x", "[seq, 4]").operands]
    assert shapes == ["tensor<f16>", "tensor<?x4xf16>"]
    negated = lowered("mean(x) - x", "[seq, 4]")
    assert [str(value.type) for value in negated.operands] == ["tensor<?x4xf16>", "tensor<?x1xf16>"]
    assert negated.name == "nn.add"


def test_position_is_one_value_of_a_body() -> None:
    module = compile_wdl(small("y = w[position] + w[position]\nreturn x + y"), "m.wdl")
    (position,) = (op for op in module.walk() if op.name == "nn.position")
    assert str(position.result.type) == "tensor<?xi32>"
    assert str(position.location) == '"m.wdl":6:11'


@pytest.mark.parametrize(
    ("expression", "column", "expected"),
    [
        ("softmax(x, axis = 2)", 12, "'softmax' of [seq, 4] has no axis 2"),
        ("sum(x, axis = 1.0)", 26, "option 'axis' must be an integer constant, not 1.0"),
        ("sum(x, axis = true)", 26, "option 'axis' must be an integer constant"),
        ("sum(x, axis = x)", 26, "option 'axis' must be an integer constant"),
        ("max(position)", 16, "'max' takes a tensor of floats, not of indices"),
        ("transpose(b)", 22, "x of 'transpose' must be [..., m, n], not [4]"),
        ("slice(x, 1, 5)", 12, "'slice' from 1 to 5 does not fit 4 elements"),
        ("slice(x, 2, half)", 12, "'slice' from 2 to 2 does not fit 4 elements"),
        ("slice(x, -1, 4)", 12, "'slice' from -1 to 4 does not fit 4 elements"),
        ("slice(x, 0.0, 4)", 21, "start of 'slice' must be an integer constant"),
        ("slice(x, 0, x)", 24, "end of 'slice' must be an integer constant"),
        ("slice(x, 0, 1, axis = 0)", 12, "'slice' works along a fixed extent, not along 'seq'"),
        ("slice(x, 0)", 12, "'slice' takes 3 operands, not 2"),
        ("concat(x)", 12, "'concat' takes at least 2 operands, not 1"),
        ("concat(x, b)", 12, "'concat' cannot put [4] behind [seq, 4] along axis 1"),
        ("concat(x, x, axis = 0)", 12, "'concat' works along a fixed extent, not along 'seq'"),
        ("concat(w, slice(w, 0, 2))", None, None),
        ("concat(w, slice(w, 0, 2), axis = 0)", 12, "'concat' cannot put [4, 2] behind [4, 4] along axis 0"),
        ("mean(x) * b", 20, "shapes do not agree in '*'"),
        ("concat(x, 2)", 22, "an operand of 'concat' must be a tensor, not a constant"),
    ],
)
def test_what_does_not_fit(expression: str, column: int | None, expected: str | None) -> None:
    found = [
        line for line in headlines(small(f"return {expression}", result="[4, 6]")) if "return" not in line
    ]
    wrong = [line for line in found if "warning" not in line]
    assert wrong == ([f"6:{column} error: {expected}"] if expected is not None else [])


def test_messages_show_the_shapes() -> None:
    assert messages(small("y = slice(w, 1, n + 1, axis = 0)\nreturn x @ y + b", result="[seq, 4]")) == (
        "error: 'slice' from 1 to 5 does not fit 4 elements\n"
        " --> m.wdl:6:9\n"
        "  |\n"
        "6 |     y = slice(w, 1, n + 1, axis = 0)\n"
        "  |         ^^^^^ x is [4, 4], axis 0\n"
        "  = note: 0 <= start < end <= 4"
    )


def test_an_unknown_extent_is_no_ground_for_another_error() -> None:
    body = "y = x @ nowhere\nz = concat(y, x, axis = 7)\nreturn slice(z, 0, 9) + w + b"
    assert headlines(small(body)) == ["6:13 error: unknown name 'nowhere'"]
