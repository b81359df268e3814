"""Syntax errors: what was expected, where, and going on after them; the syntax tree's places."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wsc.compiler.frontend import compile_wdl
from wsc.compiler.frontend.ast import Assignment, BinaryExpr, CallExpr, IndexExpr, Return, Span
from wsc.compiler.frontend.parse import parse_wdl
from wsc.ir.diagnostics import Diagnostic, DiagnosticError, render
from wsc.ir.verifier import verify

from ...support.wdl import TALE, headlines, messages, replaced, small


def test_a_missing_operand_is_reported_where_it_is_missing() -> None:
    text = replaced(TALE, ("y = x + reshape(a, [seq, dim]) @ wo", "y = x +"))
    assert messages(text) == (
        "error: expected an expression after '+'\n"
        "  --> m.wdl:19:12\n"
        "   |\n"
        "19 |     y = x +\n"
        "   |            ^"
    )


def test_an_unclosed_bracket_is_named() -> None:
    text = replaced(TALE, ("reshape(a, [seq, dim]) @ wo", "reshape(a, [seq, dim] @ wo"))
    assert messages(text) == (
        "error: expected an operator, ',' or ')' after 'wo'\n"
        "  --> m.wdl:19:39\n"
        "   |\n"
        "19 |     y = x + reshape(a, [seq, dim] @ wo\n"
        "   |                                       ^\n"
        "note: this '(' is not closed\n"
        "  --> m.wdl:19:20\n"
        "   |\n"
        "19 |     y = x + reshape(a, [seq, dim] @ wo\n"
        "   |                    ^"
    )


def test_several_errors_at_a_time_and_none_that_follows_from_another() -> None:
    text = replaced(
        TALE,
        ("dim = 64", "dim 64"),
        ("[seq, dim]) @ wo", "[seq, dim]) $ wo"),
        ("rmsnorm(y, norm2", "rmsnrm(y, norm2"),
        ("embed[tokens]", "embed[tokens"),
        ("@ head", "@ heat"),
    )
    assert headlines(text) == [
        "3:26 error: unexpected '64'; expected '='",
        "19:36 error: unexpected character '$'; expected an operator, a new statement or '}'",
        "20:9 error: unknown operator 'rmsnrm'; did you mean 'rmsnorm'?",
        "27:21 error: expected an operator, ',' or ']' after 'tokens'",
        "29:43 error: unknown name 'heat'; did you mean 'head'?",
    ]


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (("[seq, dim]) -> [seq, dim] {", "[seq, dim) -> [seq, dim] {"), "7:27 error: unexpected ')'"),
        (("dtype f16", "dtype float16"), "5:9 error: unexpected 'float16'; expected an element type"),
        (("return rmsnorm", "retrun rmsnorm"), "29:12 error: unexpected 'rmsnorm'; expected '='"),
        (("model tale", "modell tale"), "2:1 error: unexpected 'modell'; expected 'model'"),
        (("forward(tokens: [seq] index)", "forward(tokens [seq] index)"), "26:18 error: unexpected '['"),
        (("theta = 10000.0", "theta == 10000.0"), "15:62 error: unexpected '='; expected an expression"),
        (("cache  keys:", "cache  keys"), "12:17 error: unexpected '['; expected ':'"),
    ],
)
def test_one_mistake_is_one_error(edit: tuple[str, str], expected: str) -> None:
    found = headlines(replaced(TALE, edit))
    assert len(found) == 1
    assert found[0].startswith(expected)


def test_a_reserved_word_for_a_name() -> None:
    found = headlines(replaced(TALE, ("norm2: [dim]", "index: [dim]"), ("norm2", "norm1")))
    assert found == ["8:26 error: unexpected 'index', a reserved word; expected a name"]


def test_a_misspelt_keyword() -> None:
    text = replaced(TALE, ("weight embed", "wieght embed"), ("return rmsnorm", "retrun rmsnorm"))
    assert messages(text) == (
        "error: unexpected 'embed'; expected '=' or '('\n"
        "  --> m.wdl:24:10\n"
        "   |\n"
        "24 |   wieght embed: [vocab, dim], norm: [dim], head: [dim, vocab]\n"
        "   |          ^^^^^\n"
        "   = note: did you mean 'weight' instead of 'wieght'?\n"
        "\n"
        "error: unexpected 'rmsnorm'; expected '='\n"
        "  --> m.wdl:29:12\n"
        "   |\n"
        "29 |     retrun rmsnorm(x, norm, eps = 1e-5) @ head\n"
        "   |            ^^^^^^^\n"
        "   = note: did you mean 'return' instead of 'retrun'?"
    )


def test_a_body_that_is_not_closed() -> None:
    text = replaced(TALE, ("@ down\n  }", "@ down\n"))
    assert messages(text) == (
        "error: unexpected '('; expected '='\n"
        "  --> m.wdl:26:10\n"
        "   |\n"
        "26 |   forward(tokens: [seq] index) -> [seq, vocab] {\n"
        "   |          ^\n"
        "note: this '{' is not closed\n"
        " --> m.wdl:7:44\n"
        "  |\n"
        "7 |   layer block(x: [seq, dim]) -> [seq, dim] {\n"
        "  |                                            ^"
    )


def test_a_model_that_is_closed_too_early() -> None:
    text = replaced(TALE, ("@ down\n  }", "@ down\n  }}"))
    assert messages(text).splitlines()[0] == "error: unexpected 'weight'; expected the end of the file"
    assert "note: this '}' closes the model\n  --> m.wdl:22:4\n" in messages(text)
    assert len(headlines(text)) == 1


@pytest.mark.parametrize("text", ["", "\n", "// only a comment", "model", "model m", "model m {", "\ufeff"])
def test_text_that_ends_too_early(text: str) -> None:
    found = headlines(text)
    assert len(found) == 1
    assert "expected" in found[0]


@pytest.mark.parametrize(
    "text", ["} = x", "model m {\n} = x", "model m {\n= = x\n}", "model m {\nx = = x\n= 1 }"]
)
def test_an_equal_sign_out_of_place(text: str) -> None:
    assert 1 <= len(headlines(text)) <= 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("model m {\nk.", ["2:2 error: unexpected '.'; expected '=' or '('"]),
        (
            "model m {\n  dtype f16\n  a.b = 3\n"
            "  forward(x: [seq, 4]) -> [seq, 4] {\n    y.z = x +\n    w.v\n  }\n}",
            [
                "3:4 error: unexpected '.'; expected '=' or '('",
                "5:6 error: unexpected '.'; expected '='",
                "6:6 error: unexpected '.'; expected '='",
            ],
        ),
    ],
)
def test_a_dot_after_a_name_out_of_place(text: str, expected: list[str]) -> None:
    assert headlines(text)[: len(expected)] == expected


def test_a_keyword_among_names_of_tensors() -> None:
    text = 'model m {\n  names {\n    weight w: [4]\n    a = b = "c"\n  }\n'
    assert headlines(text)[0].startswith("3:5 error: unexpected 'weight'")


def test_comments_and_line_ends_mean_nothing() -> None:
    flat = " ".join(line.partition("//")[0] for line in TALE.splitlines())
    assert str(compile_wdl(flat, "m.wdl")) == str(compile_wdl(TALE, "m.wdl"))
    assert str(compile_wdl(TALE.replace("\n", "\r\n"), "m.wdl")) == str(compile_wdl(TALE, "m.wdl"))


def test_precedence() -> None:
    """`@`, `*` and `/` bind alike and tighter than `+` and `-`; all group to the left."""
    for plain, grouped in [
        ("x + x @ w * b", "x + ((x @ w) * b)"),
        ("x - x - x * 2 / 4", "(x - x) - ((x * 2) / 4)"),
        ("-x @ w", "(-x) @ w"),
    ]:
        with_parentheses = compile_wdl(small(f"return {grouped}"), "m.wdl")
        assert str(compile_wdl(small(f"return {plain}"), "m.wdl")) == str(with_parentheses)


def test_places_of_the_tree() -> None:
    model = parse_wdl(TALE, "m.wdl").model
    assert model is not None
    forward = model.definitions[1]
    assert (forward.kind, forward.name.span, forward.end) == ("function", Span(26, 3, 7), Span(30, 3, 1))
    lookup, again, result = forward.body
    assert isinstance(lookup, Assignment)
    assert isinstance(lookup.value, IndexExpr)
    assert lookup.value.span == Span(27, 9, len("embed[tokens]"))
    assert isinstance(again, Assignment)
    assert isinstance(again.value, CallExpr)
    assert again.value.callee.span == Span(28, 9, len("repeat"))
    assert isinstance(result, Return)
    assert isinstance(result.value, BinaryExpr)
    assert result.value.span == Span(29, 41, 1)


def test_a_node_that_spans_lines_is_marked_to_the_end_of_its_first() -> None:
    text = small("y = rmsnorm(x,\n            c, eps = 1e-6)\nreturn x")
    assert headlines(text) == ["7:17 error: unknown name 'c'"]
    model = parse_wdl(text, "m.wdl").model
    assert model is not None
    statement = model.definitions[0].body[0]
    assert isinstance(statement, Assignment)
    assert statement.value.span == Span(6, 9, len("rmsnorm(x,"))


@pytest.mark.parametrize("expression", ["-" * 300 + "x", "x" + "+x" * 300, "silu(" * 300 + "x" + ")" * 300])
def test_deep_nesting_is_an_error_and_not_a_crash(expression: str) -> None:
    found = headlines(small(f"return {expression}"))
    assert len(found) == 1
    assert "error: this expression is nested more than 100 deep" in found[0]


def test_parentheses_nest_without_limit() -> None:
    text = small(f"return {'(' * 300}x @ w + b{')' * 300}")
    assert str(compile_wdl(text, "m.wdl")) == str(compile_wdl(small("return x @ w + b"), "m.wdl"))


def test_numbers() -> None:
    found = headlines(small(f"return x * {'1' * 50}"))
    assert found == ["6:16 error: a number has at most 40 digits"]
    found = headlines(small("return x * 1e999"))
    assert found == ["6:16 error: this number is too large for a float"]
    found = headlines(small(f"return x * {'9' * 30}"))
    assert found == ["6:16 error: this integer does not fit in 64 bits"]


WORDS = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "=",
    ",",
    ":",
    "->",
    "@",
    "-",
    "x",
    "1",
    "layer",
    "weight",
    "\n",
    "$",
    "é",
]


def check_that_it_is_a_module_or_diagnostics(text: str) -> None:
    warnings: list[Diagnostic] = []
    try:
        assert verify(compile_wdl(text, "m.wdl", warnings=warnings)) == []
        found = warnings
    except DiagnosticError as error:
        found = error.diagnostics
        assert found
    shown = render(found, {"m.wdl": text})
    assert shown.count(" | ") >= 2 * len(found)


@settings(max_examples=50)
@given(st.integers(0, len(TALE)), st.integers(0, 12), st.lists(st.sampled_from(WORDS), max_size=3))
def test_spoilt_text_gives_diagnostics_only(position: int, length: int, words: list[str]) -> None:
    """Whatever is cut out and put in, there is a module, or diagnostics that point into the text."""
    check_that_it_is_a_module_or_diagnostics(TALE[:position] + " ".join(words) + TALE[position + length :])


TOKENS = re.findall(r"\w+|->|\s+|.", TALE)
WORD_POSITIONS = [i for i, token in enumerate(TOKENS) if re.match(r"\w", token)]


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from(WORD_POSITIONS), st.sampled_from(WORD_POSITIONS)), max_size=3))
def test_swapped_words_give_diagnostics_only(swaps: list[tuple[int, int]]) -> None:
    tokens = list(TOKENS)
    for i, j in swaps:
        tokens[i], tokens[j] = tokens[j], tokens[i]
    check_that_it_is_a_module_or_diagnostics("".join(tokens))


LINES = TALE.splitlines()
LINE_NUMBERS = st.integers(0, len(LINES) - 1)


@settings(max_examples=50)
@given(st.lists(st.tuples(LINE_NUMBERS, LINE_NUMBERS), max_size=2), st.lists(LINE_NUMBERS, max_size=2))
def test_lines_moved_about_give_diagnostics_only(copies: list[tuple[int, int]], gone: list[int]) -> None:
    lines: list[str] = list(LINES)
    for source, target in copies:
        lines.insert(target, LINES[source])
    for number in gone:
        del lines[number]
    check_that_it_is_a_module_or_diagnostics("\n".join(lines))
