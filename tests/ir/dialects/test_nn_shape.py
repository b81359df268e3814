"""Dialect nn: the rules of operations along an axis and of those that move elements."""

import pytest

from ...support.verified import problems_of

X = "tensor<?x4xf16>"


def problems(operation: str, *inputs: str) -> list[str]:
    made = "\n".join(
        f'%{name} = "test.make"() : () -> {kind}' for name, kind in zip("xyz", inputs, strict=False)
    )
    return problems_of(f"{made}\n%r = {operation}")


@pytest.mark.parametrize(
    ("operation", "inputs"),
    [
        (f'"nn.softmax"(%x) {{axis = 1 : i64}} : ({X}) -> {X}', [X]),
        (f'"nn.sum"(%x) {{axis = 1 : i64}} : ({X}) -> tensor<?x1xf16>', [X]),
        (f'"nn.mean"(%x) {{axis = 0 : i64}} : ({X}) -> tensor<1x4xf16>', [X]),
        (f'"nn.transpose"(%x) : ({X}) -> tensor<4x?xf16>', [X]),
        (f'"nn.concat"(%x, %y) {{axis = 1 : i64}} : ({X}, {X}) -> tensor<?x8xf16>', [X, X]),
        (
            f'"nn.slice"(%x) {{axis = 1 : i64, end = 3 : i64, start = 1 : i64}} : ({X}) -> tensor<?x2xf16>',
            [X],
        ),
        (f'"nn.div"(%x, %y) : (tensor<f16>, {X}) -> {X}', ["tensor<f16>", X]),
        (f'"nn.sub"(%x, %y) : ({X}, tensor<?x1xf16>) -> {X}', [X, "tensor<?x1xf16>"]),
        ('"nn.position"() : () -> tensor<?xi32>', []),
    ],
)
def test_what_is_right(operation: str, inputs: list[str]) -> None:
    assert problems(operation, *inputs) == []


@pytest.mark.parametrize(
    ("operation", "inputs", "message"),
    [
        (f'"nn.softmax"(%x) {{axis = 2 : i64}} : ({X}) -> {X}', [X], "[seq, 4] has no axis 2"),
        (f'"nn.max"(%x) {{axis = -1 : i64}} : ({X}) -> {X}', [X], "[seq, 4] has no axis -1"),
        (
            f'"nn.sum"(%x) {{axis = 1 : i64}} : ({X}) -> tensor<?xf16>',
            [X],
            "result must be [seq, 1], not [seq]",
        ),
        (
            '"nn.transpose"(%x) : (tensor<3x4xf16>) -> tensor<3x4xf16>',
            ["tensor<3x4xf16>"],
            "result must be [4, 3], not [3, 4]",
        ),
        (
            '"nn.transpose"(%x) : (tensor<4xf16>) -> tensor<4xf16>',
            ["tensor<4xf16>"],
            "operand must have two dimensions at least, not [4]",
        ),
        (
            f'"nn.concat"(%x, %y) {{axis = 0 : i64}} : ({X}, {X}) -> {X}',
            [X, X],
            "[seq, 4] cannot stand beside [seq, 4] along axis 0",
        ),
        (
            f'"nn.concat"(%x, %y) {{axis = 1 : i64}} : ({X}, {X}) -> {X}',
            [X, X],
            "result must be [seq, 8], not [seq, 4]",
        ),
        (f'"nn.concat"() {{axis = 1 : i64}} : () -> {X}', [], "there is nothing to put together"),
        (
            f'"nn.slice"(%x) {{axis = 1 : i64, end = 5 : i64, start = 1 : i64}} : ({X}) -> {X}',
            [X],
            "1 to 5 along axis 1 does not fit [seq, 4]",
        ),
        (
            f'"nn.slice"(%x) {{axis = 1 : i64, end = 4 : i64, start = 1 : i64}} : ({X}) -> {X}',
            [X],
            "result must be [seq, 3], not [seq, 4]",
        ),
        ('"nn.position"() : () -> tensor<?x1xi32>', [], "result must be [seq], not [seq, 1]"),
        (
            f'"nn.add"(%x, %y) : ({X}, tensor<3xf16>) -> {X}',
            [X, "tensor<3xf16>"],
            "shapes [seq, 4] and [3] do not broadcast",
        ),
        (
            f'"nn.div"(%x, %y) : (tensor<4xf16>, {X}) -> tensor<4xf16>',
            ["tensor<4xf16>", X],
            "result shape [4] differs from [seq, 4]",
        ),
    ],
)
def test_what_is_wrong(operation: str, inputs: list[str], message: str) -> None:
    (found,) = problems(operation, *inputs)
    assert found.partition("' ")[2] == message
