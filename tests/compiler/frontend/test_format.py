"""The canonical layout: what it looks like, that it changes nothing else, and that it is its own layout."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wsc.compiler.frontend.format import format_wdl
from wsc.compiler.frontend.format.layout import Comment, Group, HardLine, Indent, Line, render

from ...docs.documents import blocks
from ...golden import Golden
from ...support.random_wdl import TOKEN, wdl_layouts, wdl_programs
from ...support.syntax_trees import syntax_tree
from ...support.wdl import EXAMPLES, LLAMA

ROOT = EXAMPLES.parent
MODELS = sorted(EXAMPLES.rglob("*.wdl"))
DOCUMENTS = sorted((ROOT / "docs").glob("*.md"))

UNTIDY = """// What it is for.

model   untidy{ // a name
  const dim=8,half = dim/2 // c
  const quite_a_long_name_for_a_number = 1000, another_long_name_for_a_number = 2000, the_last = 3, d = 4



  // numbers
  dtype f16   accumulate f32
  weight w:[dim,dim] weight scale: [dim]
  cache rows:[16,dim]
  // what is repeated
  // (twice)
  layer block(x:[seq,dim])->[seq,dim]{
    weight up:[dim , half] // narrow
    cache keys:[16,half]


    y=x@up+silu(x@up)*-0.5 -(((y)))
    z = attention(quite_a_long_name_for_a_number, another_long_name_for_a_number, the_last, causal = true)
    sum = quite_a_long_name_for_a_number @ another_long_name_for_a_number @ something + something_else // why
    u = f(a, // first
          b) + 2
    v = // below
      1
    return y
    // last words
  } // block
  f(x:[seq,dim],a_weight_with_a_name: [dim, 4*dim], another: [4*dim, dim]) -> [seq,dim] {return -x}
  f ( ) -> [ ] index { }
  forward(x:[seq,dim])->[seq,dim]{ // what it does
    return table[position]
  }
  decode=forward // d
  prefill = greedy(forward)

  train=minimize(cross_entropy(forward),adam(lr=1e-3))
  names{a="b"}
  names { a="b"[:,0:4]
    block.longer = transpose("q.{}")
    // apart
    c = reshape("c",[ 2,dim ])}
} // end
  // eof
"""


def code_and_comments(text: str) -> tuple[list[str], list[str]]:
    """Return the tokens of a text and its comments."""
    found = [token.rstrip() for token in TOKEN.findall(text)]
    comments = [token for token in found if token.startswith("//")]
    return [token for token in found if not token.startswith("//")], comments


def check(text: str) -> str:
    """Format `text`, check that only its layout changed, and return it."""
    formatted = format_wdl(text)
    assert syntax_tree(formatted) == syntax_tree(text)
    assert code_and_comments(formatted) == code_and_comments(text)
    assert format_wdl(formatted) == formatted
    assert not re.search(r"[ \t]$|\n\n\n|\{\n\n|\n\n *\}|\t|\r", formatted, re.MULTILINE)
    return formatted


def test_untidy(golden: Golden) -> None:
    golden(check(UNTIDY), suffix=".wdl")


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.name)
def test_the_examples_are_formatted(path: Path) -> None:
    text = path.read_text("utf-8")
    assert check(text) == text, f"wsc fmt {path.relative_to(ROOT)} lays it out"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_the_models_of_the_documents_mean_the_same(path: Path) -> None:
    for block in blocks(path.read_text("utf-8")):
        if block.language == "wdl" and "error" not in block.flags:
            check(block.text)


def test_the_sketch_of_a_llama_only_loses_a_blank_or_two() -> None:
    assert " ".join(check(LLAMA).split()) == " ".join(LLAMA.split())


@settings(max_examples=15)
@given(st.data())
def test_random_models_in_random_layouts(data: st.DataObject) -> None:
    text = data.draw(wdl_layouts(data.draw(wdl_programs())))
    for line in check(text).splitlines():
        code = line.partition("//")[0].rstrip()
        # Only what is indented out of sight may be longer.
        assert len(code) <= 100 or len(code.strip()) <= 40, line


def test_what_has_a_body_opens_the_block_around_it() -> None:
    assert check("model m { layer b(x: [4]) -> [4] { y = x return y } }") == (
        "model m {\n  layer b(x: [4]) -> [4] {\n    y = x\n    return y\n  }\n}\n"
    )
    assert check('model m { names { a = "b" } }') == 'model m {\n  names { a = "b" }\n}\n'
    assert check("model m { names { } }") == "model m {\n  names {}\n}\n"
    assert check("model m{}") == "model m {}\n"


EVERYTHING = """model m { const n = 2 * 4 dtype f16 accumulate f32 weight w: [n, n], v: [n]
cache c: [4, n] f(x: [n], i: [seq] index) -> [n] { return (-x + v) }
layer b(x: [n]) -> [n] { y = t[i] return relu(y, eps = 1.0) @ w } forward() -> [n] {}
decode = greedy(forward) names { b.w = transpose("h"[:, 0 : 4]) } }
"""


@pytest.mark.parametrize("gap", [" // behind\n", "\n// above\n", "\n\n// apart\n\n"])
def test_a_comment_stays_wherever_it_stands(gap: str) -> None:
    for token in TOKEN.finditer(EVERYTHING):
        check(EVERYTHING[: token.start()] + gap + EVERYTHING[token.start() :])


def test_comments_above_a_brace_stay() -> None:
    text = "model m {\n  f(x: [4]) -> [4]\n  // why\n  { return x }\n}\n"
    assert check(text) == ("model m {\n  f(x: [4]) -> [4]\n  // why\n  {\n    return x\n  }\n}\n")


def test_comments_alone_in_a_body() -> None:
    assert check("model m {\n\n// a\n\n// b\n\n}") == "model m {\n  // a\n\n  // b\n}\n"


def test_parentheses_without_limit() -> None:
    text = f"model m {{ decode = {'(' * 3000}forward{')' * 3000} }}"
    formatted = format_wdl(text)
    assert formatted.count("(") == 3000
    assert format_wdl(formatted) == formatted


# ---- documents


def test_a_group_is_flat_where_it_fits() -> None:
    inner = Group(("g(", Indent(2, (Line(""), "a,", Line(), "b")), Line(""), ")"))
    outer = Group(("f(", Indent(2, (Line(""), inner, ",", Line(), "c")), Line(""), ")"))
    assert render(outer, 13) == "f(g(a, b), c)\n"
    assert render(outer, 12) == "f(\n  g(a, b),\n  c\n)\n"
    assert render(outer, 9) == "f(\n  g(\n    a,\n    b\n  ),\n  c\n)\n"


def test_what_follows_a_group_counts_up_to_the_next_break() -> None:
    group = Group(("(", Line(""), "ab", Line(""), ")"))
    assert render((group, " {", HardLine(), "}"), 6) == "(ab) {\n}\n"
    assert render((group, " {", HardLine(), "}"), 5) == "(\nab\n) {\n}\n"


def test_a_comment_ends_its_line() -> None:
    group = Group(("a", Comment("// x", own_line=False), Line(), "b"))
    assert render(group, 80) == "a  // x\nb\n"
    assert render(("a", Comment("// x", own_line=True), "b"), 80) == "a\n// x\nb\n"


def test_comments_of_neighbouring_lines_stand_in_one_column() -> None:
    def line(code: str, comment: str) -> tuple[str, Comment, HardLine]:
        return code, Comment(comment, own_line=False), HardLine()

    doc = (*line("a", "// 1"), *line("bcd", "// 2"), Indent(2, (HardLine(), *line("e", "// 3"))))
    assert render(doc, 80) == "a    // 1\nbcd  // 2\n  e  // 3\n"
