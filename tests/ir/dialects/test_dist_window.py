"""Dialect dist with rows: the rules of operations on a whole window."""

import pytest

from ...support.verified import problems_of

X = "!dist.tensor<@g, [6 x, 4], f32>"
XS = "!dist.tensor<@g, [6 x, 4 y], f32>"
OTHER_ROWS = "!dist.tensor<@g, [6 x, 5], f32>"
FEATURES = "!dist.tensor<@g, [6 x], f32>"
ROWS = "!dist.tensor<@g, [4], f32>"
NUMBER = "!dist.tensor<@g, [], f32>"
MATRIX = "!dist.tensor<@g, [6 x, 3 y], f16>"
PRODUCT = "!dist.tensor<@g, [3 y, 4], f32, partial add over x>"
SPREAD = "!dist.tensor<@g, [6 x, 4], f32, partial add over y>"
MADE = f"""
      %x, %xs, %o, %m = "t.make"() : () -> ({X}, {XS}, {OTHER_ROWS}, {MATRIX})
      %f, %r, %n = "t.make"() : () -> ({FEATURES}, {ROWS}, {NUMBER})
"""


def test_right_operations_pass() -> None:
    assert (
        problems_of(f"""{MADE}
      %p = "dist.matvec"(%x, %m) : ({X}, {MATRIX}) -> {PRODUCT}
      %a = "dist.map"(%x, %f) {{fn = "add"}} : ({X}, {FEATURES}) -> {X}
      %b = "dist.map"(%x, %r) {{fn = "sub"}} : ({X}, {ROWS}) -> {X}
      %c = "dist.map"(%f, %r) {{fn = "mul"}} : ({FEATURES}, {ROWS}) -> {X}
      %d = "dist.map"(%x, %n) {{fn = "mul"}} : ({X}, {NUMBER}) -> {X}
      %s = "dist.spread"(%xs) : ({XS}) -> {SPREAD}
    """)
        == []
    )


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        (
            f'%e = "dist.map"(%x, %o) {{fn = "add"}} : ({X}, {OTHER_ROWS}) -> {X}',
            "'dist.map' operand 1 is split otherwise than the result",
        ),
        (
            f'%e = "dist.map"(%x, %f) {{fn = "add"}} : ({X}, {FEATURES}) -> {FEATURES}',
            "'dist.map' operand 0 is split otherwise than the result",
        ),
        (
            f'%e = "dist.matvec"(%x, %m) : ({X}, {MATRIX}) -> '
            "!dist.tensor<@g, [3 y, 5], f32, partial add over x>",
            "'dist.matvec' the result's rows differ from the vector's",
        ),
        (
            f'%e = "dist.matvec"(%x, %m) : ({X}, {MATRIX}) -> '
            "!dist.tensor<@g, [3 y], f32, partial add over x>",
            "'dist.matvec' the result's rows differ from the vector's",
        ),
        (
            f'%e = "dist.spread"(%x) : ({X}) -> {SPREAD}',
            "'dist.spread' the operand must be [features, rows] with rows that are split over an axis",
        ),
        (
            f'%e = "dist.spread"(%f) : ({FEATURES}) -> {SPREAD}',
            "'dist.spread' the operand must be [features, rows] with rows that are split over an axis",
        ),
        (
            f'%e = "dist.spread"(%xs) : ({XS}) -> !dist.tensor<@g, [6 x, 5], f32, partial add over y>',
            "'dist.spread' only the split of the rows may change",
        ),
        (
            f'%e = "dist.spread"(%xs) : ({XS}) -> !dist.tensor<@g, [6 x, 4], f16, partial add over y>',
            "'dist.spread' only the split of the rows may change",
        ),
        (f'%e = "dist.spread"(%xs) : ({XS}) -> {X}', "'dist.spread' the result must be partial over y"),
    ],
)
def test_a_broken_rule(operation: str, message: str) -> None:
    found = problems_of(f"{MADE}\n      {operation}\n")
    assert len(found) == 1
    assert message in found[0]
