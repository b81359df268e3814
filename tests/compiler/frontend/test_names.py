"""The table of names: what weights are called in the file, what is done to them, and mistakes in it."""

import pytest

from wsc.compiler.frontend import compile_wdl
from wsc.ir.attributes import StringAttr
from wsc.ir.location import FileLoc, FusedLoc
from wsc.ir.operation import Operation
from wsc.ir.parser import parse_module
from wsc.ir.printer import print_operation
from wsc.ir.stored import Cut, Reshape, Transpose, steps_of
from wsc.ir.verifier import verify
from wsc.ir.weights import own_names, sources

from ...support.wdl import headlines, messages


def named(*lines: str) -> str:
    """Return a model with a table of these lines, the first of which is line 10."""
    table = "\n".join(f"    {line}" for line in lines)
    return f"""model m {{
  const n = 4
  dtype f16
  weight embed: [8, n], head: [n, 8]
  layer block(x: [seq, n]) -> [seq, n] {{
    weight wq: [n, n], wk: [n, n], bias: [n]
    return relu(x @ wq) @ wk + x + bias
  }}
  names {{
{table}
  }}
  forward(t: [seq] index) -> [seq, 8] {{ return repeat(2, block, embed[t]) @ head }}
  decode = greedy(forward)
}}
"""


def variables(text: str) -> dict[str, Operation]:
    module = compile_wdl(text, "m.wdl")
    assert verify(module) == []
    printed = print_operation(module, locations=True)
    assert print_operation(parse_module(printed, "m.mlir"), locations=True) == printed
    return {str(op.symbol_name): op for op in module.walk() if op.name == "nn.variable"}


def test_what_a_line_gives() -> None:
    found = variables(
        named(
            'embed = "model.embed.weight"',
            'head = transpose("lm_head.weight")',
            'block.wq = "layers.{}.attn.weight"[:, 0 : n]',
            'block.wk = reshape(reshape("layers.{}.attn.weight", [2, n, n])[1 : 2, :, 0 : n], [n, n])',
        )
    )
    assert sources(found["embed"]) == ["model.embed.weight"]
    assert steps_of(found["embed"]) == ()
    assert steps_of(found["head"]) == (Transpose(),)
    assert sources(found["block.wq"]) == ["layers.0.attn.weight", "layers.1.attn.weight"]
    assert steps_of(found["block.wq"]) == (Cut(1, 0, 4),)
    assert steps_of(found["block.wk"]) == (Reshape((2, 4, 4)), Cut(0, 1, 2), Cut(2, 0, 4), Reshape((4, 4)))
    # What the table does not name keeps its name.
    assert found["block.bias"].attribute("source", StringAttr).value == "block.{}.bias"
    assert own_names(found["block.wq"]) == ["block.0.wq", "block.1.wq"]


def test_places() -> None:
    found = variables(named('embed = "e"'))
    assert found["embed"].location == FusedLoc((FileLoc("m.wdl", 4, 10), FileLoc("m.wdl", 10, 5)))
    assert found["head"].location == FileLoc("m.wdl", 4, 25)


def test_experts_have_numbers_of_their_own() -> None:
    text = """model m {
  dtype f16
  layer expert(x: [seq, 4]) -> [seq, 4] { weight up: [4, 4] return x @ up }
  layer block(x: [seq, 4]) -> [seq, 4] {
    weight router: [4, 3]
    return mixture(3, expert, x, x @ router, k = 2)
  }
  forward(x: [seq, 4]) -> [seq, 4] { return repeat(2, block, x) }
  decode = forward
  names {
    block.router = transpose("layers.{}.gate.weight")
    block.expert.up = transpose("layers.{}.experts.{}.w1.weight")
  }
}
"""
    found = variables(text)
    assert sources(found["block.expert.up"])[:4] == [
        "layers.0.experts.0.w1.weight",
        "layers.0.experts.1.w1.weight",
        "layers.0.experts.2.w1.weight",
        "layers.1.experts.0.w1.weight",
    ]
    assert own_names(found["block.expert.up"])[-1] == "block.1.expert.2.up"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('embde = "e"', "10:5 error: the model has no weight 'embde'; did you mean 'embed'?"),
        (
            'wq = "e"',
            "10:5 error: the model has no weight 'wq'; a layer's weight is named with its layer: 'block.wq'",
        ),
        ('block.wk2 = "e.{}"', "10:5 error: the model has no weight 'block.wk2'; did you mean 'block.wk'?"),
        ('embed = "e.{}"', "10:13 error: 'embed' needs no '{}' in its tensor's name, not 1 '{}'"),
        ('block.wq = "e"', "10:16 error: 'block.wq' needs 1 '{}' in its tensor's name, not no '{}'"),
        ('block.wq = "e.{i}"', "10:16 error: braces in a tensor's name stand for a number: write '{}'"),
        ('embed = ""', "10:13 error: a tensor has a name"),
        (
            'embed = "e"[3 : 3]',
            "10:17 error: a part goes from a first element up to a later one, not from 3 to 3",
        ),
        ('embed = "e"[:, 0 : 2]', "10:13 error: weight 'embed' is [8, 4], but this gives [?, 2]"),
        ('embed = "e"[:, :, 0 : 2]', "10:13 error: weight 'embed' is [8, 4], but this gives [?, ?, 2]"),
        ('embed = "e"[0 : x]', "10:21 error: unknown const 'x'"),
        ('embed = reshape("e", [4, 8])', "10:13 error: weight 'embed' is [8, 4], but this gives [4, 8]"),
        ('embed = reshape("e", [seq, 8])', "10:26 error: a tensor of a file has a fixed shape"),
        ('embed = reshape("e")', "10:13 error: 'reshape' needs a shape"),
        ('embed = transpose("e", [4, 8])', "10:13 error: 'transpose' takes no shape"),
        ('embed = transposed("e")', "10:13 error: unknown function 'transposed'; did you mean 'transpose'?"),
        (
            'embed = transpose("e"[:, :, 0 : 2])',
            "10:13 error: only a matrix can be transposed, not [?, ?, 2]",
        ),
        ('embed = reshape("e", [4, 8])[0 : 5]', "10:34 error: 0 : 5 reaches behind the 4 elements of axis 0"),
        ('embed = reshape("e", [4, 8])[:, :, 0 : 1]', "10:40 error: [4, 8] has no axis 2"),
        ('embed = "e', "10:13 error: a name in quotes must end on its line"),
        ("embed = e", "10:14 error: expected '(' after 'e'"),
    ],
)
def test_mistakes(line: str, expected: str) -> None:
    assert headlines(named(line)) == [expected]


def test_a_weight_is_named_once() -> None:
    assert messages(named('embed = "a"', 'embed = "b"')) == (
        "error: weight 'embed' is named twice\n"
        "  --> m.wdl:11:5\n"
        "   |\n"
        '11 |     embed = "b"\n'
        "   |     ^^^^^^^^^^^\n"
        "note: it is named here first\n"
        "  --> m.wdl:10:5\n"
        "   |\n"
        '10 |     embed = "a"\n'
        "   |     ^^^^^^^^^^^"
    )


def test_a_cache_is_in_no_file() -> None:
    text = named('block.keys = "k.{}"').replace("bias: [n]", "bias: [n] cache keys: [8, n]")
    assert "10:5 error: 'block.keys' is a cache, which is in no file" in headlines(text)


def test_mistakes_of_several_lines_come_at_once() -> None:
    text = named("embed = ", 'head = "h"[;]', 'block.wq = "q.{}"', 'block.wx = "x.{}"')
    assert headlines(text) == [
        "10:12 error: expected a name or a tensor's name in double quotes after '='",
        "11:16 error: unexpected character ';'; expected an expression or ':'",
        "13:5 error: the model has no weight 'block.wx'; did you mean 'block.wk'?",
    ]
