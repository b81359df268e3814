"""Mixtures of experts, `top_k` and `pick` in the front end: what they become, and what is reported."""

from __future__ import annotations

import pytest

from wsc.compiler.frontend import compile_wdl
from wsc.ir.attributes import StringAttr, TensorType

from ...support.wdl import headlines, messages, replaced, small

MODEL = """model moe {
  const dim = 8, ffn = 6, experts = 5, layers = 3
  dtype f16 accumulate f32
  layer expert(x: [seq, dim]) -> [seq, dim] {
    weight up: [dim, ffn], down: [ffn, dim]
    return relu(x @ up) @ down
  }
  layer block(x: [seq, dim]) -> [seq, dim] {
    weight router: [dim, experts]
    return x + mixture(experts, expert, x, x @ router, k = 2)
  }
  weight norm: [dim]
  forward(x: [seq, dim]) -> [seq, dim] {
    y = repeat(layers, block, x)
    return rmsnorm(y, norm)
  }
  decode = forward
}
"""


def variables(text: str) -> dict[str, tuple[str, tuple[int, ...], list[str]]]:
    """Source, shape and the unit attributes of each variable, by name."""
    return {
        str(op.symbol_name): (
            op.attribute("source", StringAttr).value,
            op.attribute("type", TensorType).shape,
            [key for key in ("stacked", "experts") if key in op.attributes],
        )
        for op in compile_wdl(text, "m.wdl").body.operations
        if op.name == "nn.variable"
    }


def test_experts_of_a_repeated_layer_are_stacked_twice() -> None:
    assert messages(MODEL) == ""
    assert variables(MODEL) == {
        "norm": ("norm", (8,), []),
        "block.expert.up": ("block.{}.expert.{}.up", (3, 5, 8, 6), ["stacked", "experts"]),
        "block.expert.down": ("block.{}.expert.{}.down", (3, 5, 6, 8), ["stacked", "experts"]),
        "block.router": ("block.{}.router", (3, 8, 5), ["stacked"]),
    }
    module = compile_wdl(MODEL, "m.wdl")
    reads = {str(op.attributes["variable"]): op for op in module.walk() if op.name == "nn.read"}
    assert {name: len(op.operands) for name, op in reads.items()} == {
        "@block.expert.up": 2,
        "@block.expert.down": 2,
        "@block.router": 1,
        "@norm": 0,
    }
    (mixture,) = (op for op in module.walk() if op.name == "nn.mixture")
    assert str(mixture.location) == '"m.wdl":10:16'
    assert {key: str(value) for key, value in mixture.attributes.items()} == {
        "count": "5 : i64",
        "k": "2 : i64",
        "label": '"expert"',
    }


def test_experts_of_forward() -> None:
    text = replaced(
        MODEL,
        ("    weight router: [dim, experts]\n", ""),
        ("x + mixture(experts, expert, x, x @ router, k = 2)", "x"),
        ("weight norm: [dim]", "weight norm: [dim], router: [dim, experts]"),
        ("rmsnorm(y, norm)", "rmsnorm(mixture(experts, expert, y, y @ router), norm)"),
    )
    assert variables(text)["expert.up"] == ("expert.{}.up", (5, 8, 6), ["experts"])


def test_experts_of_a_layer_that_is_left_out_are_left_out() -> None:
    text = replaced(MODEL, ("repeat(layers, block, x)", "x + 1"))
    assert headlines(text) == ["8:9 warning: layer 'block' is never applied, so it is left out"]
    assert list(variables(text)) == ["norm"]


CALL = "mixture(experts, expert, x, x @ router, k = 2)"


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ([("k = 2", "k = 6")], ["10:16 error: 'mixture' cannot choose 6 of 5 experts"]),
        ([("k = 2", "k = 0")], ["10:16 error: 'mixture' cannot choose 0 of 5 experts"]),
        ([("k = 2", "k = 2.0")], ["10:60 error: option 'k' must be an integer constant, not 2.0"]),
        ([("k = 2", "k = true")], ["10:60 error: option 'k' must be an integer constant"]),
        ([("k = 2", "n = 2")], ["10:56 error: unknown option 'n' of 'mixture'"]),
        (
            [("(experts, expert,", "(-experts, expert,")],
            ["10:24 error: the number of experts of 'mixture' must be a positive integer, not -5"],
        ),
        (
            [("x, x @ router, k", "x, x, k")],
            ["10:44 error: the scores of 'mixture' must be [seq, 5], not [seq, 8]"],
        ),
        (
            [("expert, x, x @", "expert, x @ router, x @")],
            ["10:43 error: layer 'expert' takes [seq, 8], not [seq, 5]"],
        ),
        (
            [("experts, expert,", "experts, exprt,")],
            [
                "10:33 error: the second operand of 'mixture' must be the name of a layer, not 'exprt'; did "
                "you mean 'expert'?"
            ],
        ),
        (
            [(f"x + {CALL}", f"{CALL} + {CALL}")],
            ["10:78 error: layer 'expert' is used twice; its weights can belong to one use only"],
        ),
        (
            [("experts, expert,", "experts, block,")],
            ["10:33 error: layer 'block' cannot be an expert inside of itself"],
        ),
        (
            [("return relu(x @ up) @ down", f"return {CALL.replace('@ router', '')} @ up @ down")],
            ["6:29 error: layer 'expert' cannot be an expert inside of itself"],
        ),
        (
            [("return relu(x @ up) @ down", "return relu(mixture(6, expert, x, x @ up)) @ down")],
            ["6:28 error: layer 'expert' cannot be an expert inside of itself"],
        ),
        (
            [
                ("return relu(x @ up)", "return mixture(6, other, x, relu(x @ up)) @ up"),
                (
                    "layer block",
                    "layer other(x: [seq, 8]) -> [seq, 8] { return mixture(8, expert, x, x) }\n  layer block",
                ),
            ],
            [
                "6:12 error: 'mixture' cannot be used in an expert, and 'expert' is one",
                "8:60 error: layer 'expert' cannot be an expert inside of itself",
            ],
        ),
        (
            [("repeat(layers, block, x)", "mixture(dim, block, x, x)")],
            ["10:16 error: 'mixture' cannot be used in an expert, and 'block' is one"],
        ),
        (
            [("weight up:", "cache rows: [4, dim]  weight up:"), ("x @ up", "append(rows, x) @ up")],
            [
                "5:11 error: an expert has no caches, but 'expert' has 'rows'",
                "6:5 error: 'expert' must return [seq, 8], not [position + seq, 8]",
            ],
        ),
        (
            [
                (
                    "return relu(x @ up)",
                    "h = reshape(x, [seq, 2, 4])\n    return reshape(attention(h, h, h), [seq, dim]) @ up",
                )
            ],
            ["7:20 error: 'attention' cannot be used in an expert, and 'expert' is one"],
        ),
        (
            [("expert(x: [seq, dim])", "expert(x: [seq, dim], y: [seq])")],
            ["10:33 error: 'mixture' needs a layer with one parameter; 'expert' has 2"],
        ),
        (
            [
                ("-> [seq, dim] {\n    weight up", "-> [seq, 4, 2] {\n    weight up"),
                ("relu(x @ up) @ down", "reshape(relu(x @ up) @ down, [seq, 4, 2])"),
            ],
            ["10:33 error: layer 'expert' cannot be an expert: it takes [seq, 8] and returns [seq, 4, 2]"],
        ),
    ],
)
def test_what_cannot_be(edits: list[tuple[str, str]], expected: list[str]) -> None:
    found = [line for line in headlines(replaced(MODEL, *edits)) if "warning" not in line]
    assert sorted(found) == sorted(expected)


def test_top_k_and_pick() -> None:
    text = small("i = top_k(x @ w, k = 3)\nreturn pick(x, i) + b", result="[seq, 3]").replace(
        "b: [4]", "b: [3]"
    )
    assert messages(text) == ""
    ops = [(op.name, str(op.result.type)) for op in compile_wdl(text, "m.wdl").walk() if len(op.results) == 1]
    assert ("nn.top_k", "tensor<?x3xi32>") in ops
    assert ("nn.pick", "tensor<?x3xf16>") in ops


def test_a_lookup_with_several_indices_for_each_row() -> None:
    text = small("return reshape(w[top_k(x)], [seq, 8]) + b", result="[seq, 8]").replace("b: [4]", "b: [8]")
    assert messages(text) == ""
    (gather,) = (op for op in compile_wdl(text, "m.wdl").walk() if op.name == "nn.gather")
    assert str(gather.result.type) == "tensor<?x2x4xf16>"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return x @ w + top_k(x)", "6:20 error: '+' takes a tensor of floats, not of indices"),
        ("return x @ w + pick(x, top_k(x, k = 5))", "6:28 error: 'top_k' cannot choose 5 of 4 elements"),
        ("return x @ w + pick(x, x)", "6:28 error: 'pick' takes a tensor of indices here, not of floats"),
        ("return x @ w + pick(b, top_k(x))", "6:28 error: shapes do not agree in 'pick'"),
        (
            "return x @ w + pick(x, top_k(top_k(x)))",
            "6:34 error: 'top_k' takes a tensor of floats, not of indices",
        ),
    ],
)
def test_wrong_choices(body: str, expected: str) -> None:
    assert expected in headlines(small(body))
