"""Pipelines: the default one, their text, and what is said about a wrong one."""

from dataclasses import dataclass
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsc.ir.diagnostics import DiagnosticError, render
from wsc.ir.operation import Operation
from wsc.passes.base import Pass, PassContext, choice
from wsc.passes.fabric.place import Place
from wsc.passes.pipeline import (
    PASSES,
    PIPELINE_FILE,
    default_pipeline,
    parse_pipeline,
    pipeline_text,
    up_to_pass,
    without_passes,
)
from wsc.passes.pipeline_parser import PipelineParser


@dataclass(frozen=True, slots=True)
class Sample(Pass):
    """Has an option of each type."""

    name: ClassVar[str] = "sample"

    some_text: str = "a"
    number: int = 1
    ratio: float = 0.5
    flag: bool = False
    mode: str = choice("slow", "fast")

    def run(self, module: Operation, context: PassContext) -> None:
        context.warn("ran", module.location)


@dataclass(frozen=True, slots=True)
class Plain(Pass):
    """Has no options."""

    name: ClassVar[str] = "plain"

    def run(self, module: Operation, context: PassContext) -> None:
        context.warn("ran", module.location)


REGISTRY: dict[str, type[Pass]] = {"sample": Sample, "plain": Plain}


def parse(text: str) -> list[Pass]:
    return PipelineParser(text, REGISTRY).parse()


def message(text: str) -> str:
    with pytest.raises(DiagnosticError) as caught:
        parse(text)
    return render(caught.value.diagnostics, {PIPELINE_FILE: text})


def test_the_default_pipeline_is_text_and_back() -> None:
    passes = default_pipeline("decode", "auto")
    text = pipeline_text(passes)
    assert parse_pipeline(text) == passes
    assert text == (
        "inline,specialize,canonicalize,cse,dce,fuse,partition,canonicalize,cse,dce,combine-collectives,"
        "place,route,schedule,allocate,emit,canonicalize,cse,dce,certify"
    )


def test_the_default_pipeline_takes_entry_and_strategy() -> None:
    assert pipeline_text(default_pipeline("prefill", "gemv-2d")).startswith(
        "inline,specialize{entry=prefill},"
    )
    with pytest.raises(DiagnosticError, match="unknown strategy 'gemv-3d'; did you mean 'gemv-2d'"):
        default_pipeline("decode", "gemv-3d")


def test_the_registry_knows_each_pass_by_its_name() -> None:
    assert all(kind.name == name and kind.__doc__ for name, kind in PASSES.items())
    assert {pass_.name for pass_ in default_pipeline()} <= set(PASSES)


passes_strategy = st.lists(
    st.one_of(
        st.just(Plain()),
        st.builds(
            Sample,
            some_text=st.text(),
            number=st.integers(),
            ratio=st.floats(allow_nan=False),
            flag=st.booleans(),
            mode=st.sampled_from(["slow", "fast"]),
        ),
    )
)


@given(passes_strategy)
def test_passes_become_text_and_the_same_passes(passes: list[Pass]) -> None:
    text = pipeline_text(passes)
    assert parse(text) == passes
    assert pipeline_text(parse(text)) == text


def test_white_space_does_not_matter() -> None:
    assert parse(" \n plain ,\tsample { number = 3\n  flag=true } ") == [Plain(), Sample(number=3, flag=True)]
    assert parse("") == []
    assert parse("sample{}") == [Sample()]


def test_only_what_differs_from_the_default_is_written() -> None:
    assert pipeline_text([Sample(number=2, some_text='x "y"')]) == r'sample{some-text="x \"y\"" number=2}'
    assert Place(effort=3).specification() == "place{effort=3}"


def test_all_wrong_names_and_values_are_reported_at_once() -> None:
    text = "plian,sample{nmber=1 number=x flag=yes mode=fats number=1 number=2},plain{x=1}"
    assert (
        message(text)
        == """\
error: unknown pass 'plian'; did you mean 'plain'?
 --> <pipeline>:1:1
  |
1 | plian,sample{nmber=1 number=x flag=yes mode=fats number=1 number=2},plain{x=1}
  | ^^^^^

error: pass 'sample' has no option 'nmber'; did you mean 'number'?
 --> <pipeline>:1:14
  |
1 | plian,sample{nmber=1 number=x flag=yes mode=fats number=1 number=2},plain{x=1}
  |              ^^^^^

error: option 'number' is an integer, not 'x'
 --> <pipeline>:1:29
  |
1 | plian,sample{nmber=1 number=x flag=yes mode=fats number=1 number=2},plain{x=1}
  |                             ^

error: option 'flag' is true or false, not 'yes'
 --> <pipeline>:1:36
  |
1 | plian,sample{nmber=1 number=x flag=yes mode=fats number=1 number=2},plain{x=1}
  |                                    ^^^

error: option 'mode' cannot be 'fats'; did you mean 'fast'?
 --> <pipeline>:1:45
  |
1 | plian,sample{nmber=1 number=x flag=yes mode=fats number=1 number=2},plain{x=1}
  |                                             ^^^^

error: option 'number' is given twice
 --> <pipeline>:1:59
  |
1 | plian,sample{nmber=1 number=x flag=yes mode=fats number=1 number=2},plain{x=1}
  |                                                           ^^^^^^

error: pass 'plain' has no option 'x'; it has none
 --> <pipeline>:1:75
  |
1 | plian,sample{nmber=1 number=x flag=yes mode=fats number=1 number=2},plain{x=1}
  |                                                                           ^"""
    )


@pytest.mark.parametrize(
    ("text", "expected", "column"),
    [
        ("plain,", "expected the name of a pass, found the end", 7),
        ("plain plain", "expected ',', found 'p'", 7),
        ("sample{number}", "expected '=', found '}'", 14),
        ("sample{number=}", "expected a value for option 'number', found '}'", 15),
        ("sample{number=1", "expected the name of an option or '}', found the end", 16),
        ("plain}", "expected ',', found '}'", 6),
        (",plain", "expected the name of a pass, found ','", 1),
        ('sample{some-text="x', "expected a value for option 'some-text', found '\"'", 18),
        ('sample{some-text="\\q"}', 'not a string in the form of JSON: "\\q"', 18),
        ("sample{mode=x}", "option 'mode' cannot be 'x'; it is one of: slow, fast", 13),
        ("sample{ratio=half}", "option 'ratio' is a number, not 'half'", 14),
    ],
)
def test_what_is_said_about_a_wrong_form(text: str, expected: str, column: int) -> None:
    assert f"error: {expected}\n --> {PIPELINE_FILE}:1:{column}\n" in message(text)


def test_optional_passes_can_be_left_out() -> None:
    passes = without_passes(default_pipeline(), ["cse", "fuse"])
    names = [pass_.name for pass_ in passes]
    assert "cse" not in names
    assert "fuse" not in names
    assert len(names) == len(default_pipeline()) - 4


def test_required_and_unknown_passes_cannot_be_left_out() -> None:
    with pytest.raises(DiagnosticError) as caught:
        without_passes(default_pipeline(), ["place", "fsue", "cse"])
    text = render(caught.value.diagnostics)
    assert "pass 'place' cannot be disabled: no program comes out without it" in text
    assert "passes that can: inline, canonicalize, cse, dce, fuse, combine-collectives, schedule" in text
    assert "unknown pass 'fsue'; did you mean 'fuse'?" in text


def test_stopping_after_a_pass() -> None:
    passes = up_to_pass(default_pipeline(), "cse")
    assert [pass_.name for pass_ in passes] == ["inline", "specialize", "canonicalize", "cse"]
    with pytest.raises(DiagnosticError, match="pass 'fuse' is not in the pipeline"):
        up_to_pass(passes, "fuse")
    with pytest.raises(DiagnosticError, match="unknown pass 'fsue'; did you mean 'fuse'"):
        up_to_pass(default_pipeline(), "fsue")
