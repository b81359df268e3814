"""Targets: the built-in ones, files with a base, and every mistake at its line."""

from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsc.ir.attributes import DictAttr, i64, string
from wsc.ir.diagnostics import DiagnosticError, render
from wsc.ir.parser import parse_attribute
from wsc.ir.target import (
    NUMBERS,
    SOURCE_KINDS,
    Target,
    builtin_target_names,
    load_target,
    parse_target,
    source_kind,
)

HEAD = 'name = "mine"\nsummary = "a test"\nbase = "tiny"\n\n[numbers]\n'


def problems(text: str) -> list[str]:
    """The diagnostics of `text`, each as one line."""
    with pytest.raises(DiagnosticError) as caught:
        parse_target(text, "mine.toml")
    return [str(diagnostic) for diagnostic in caught.value.diagnostics]


def lines_of(name: str) -> dict[str, str]:
    """The lines of a complete target file by number."""
    target = load_target(name).target
    return {key: f'{key} = {{ value = {getattr(target, key)}, source = "here" }}' for key in NUMBERS}


# ---- built-in targets


@pytest.mark.parametrize("name", builtin_target_names())
def test_built_in(name: str) -> None:
    description = load_target(name)
    assert description.target.name == name
    assert description.summary
    assert set(description.sources) == set(NUMBERS)
    for number, source in description.sources.items():
        kind, text = source_kind(source)
        assert kind in SOURCE_KINDS, f"{number}: {source}"
        assert text


def test_the_kind_of_a_source() -> None:
    assert source_kind("fit: to two points") == ("fit", "to two points")
    assert source_kind("fitness: 3") == ("other", "fitness: 3")
    assert source_kind("assumed as elsewhere") == ("other", "assumed as elsewhere")


def test_their_grids_and_what_a_program_gets() -> None:
    assert builtin_target_names() == ["tiny", "wse2", "wse3"]
    wse2, wse3 = load_target("wse2").target, load_target("wse3").target
    assert (wse2.width, wse2.height, wse2.clock_hz) == (750, 994, 850_000_000)
    assert (wse3.width, wse3.height, wse3.clock_hz) == (755, 1170, 875_000_000)
    assert wse2.usable_colors == 21
    assert wse2.data_bytes == 48 * 1024 - 14848


def test_tiny_is_a_small_wse2() -> None:
    tiny, wse2 = load_target("tiny").target, load_target("wse2").target
    assert replace(tiny, name="wse2", width=750, height=994) == wse2


def test_another_grid() -> None:
    target = load_target("tiny").target
    other = target.with_grid(3, 5)
    assert (other.width, other.height) == (3, 5)
    assert other.with_grid(target.width, target.height) == target


# ---- files


def test_a_base_gives_what_is_not_said() -> None:
    text = HEAD + 'ramp_cycles = { value = 4, source = "what if" }\n'
    description = parse_target(text, "mine.toml")
    expected = replace(load_target("tiny").target, name="mine", ramp_cycles=4)
    assert description.target == expected
    assert description.summary == "a test"
    assert description.sources["ramp_cycles"] == "what if"
    assert description.sources["colors"] == load_target("tiny").sources["colors"]


def test_without_a_base_all_numbers_are_given() -> None:
    text = 'name = "mine"\n[numbers]\n' + "\n".join(lines_of("wse3").values())
    assert parse_target(text, "mine.toml").target == replace(load_target("wse3").target, name="mine")


def test_a_file_is_loaded_by_its_ending(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(HEAD, "utf-8")
    assert load_target(str(path)).target == replace(load_target("tiny").target, name="mine")


# ---- mistakes


def test_a_missing_number() -> None:
    lines = lines_of("tiny")
    del lines["colors"]
    text = 'name = "mine"\n\n[numbers]\n' + "\n".join(lines.values())
    assert problems(text) == ["mine.toml:3:2: error: missing number 'colors'"]


def test_no_numbers_at_all() -> None:
    found = problems('name = "mine"\n')
    assert found == [f"mine.toml:1:1: error: missing number '{key}'" for key in NUMBERS]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("width = { value = -1, source = 's' }", "'width' is -1; it must be at least 1"),
        ("width = { value = 0, source = 's' }", "'width' is 0; it must be at least 1"),
        ("ramp_cycles = { value = -1, source = 's' }", "'ramp_cycles' is -1; it must be at least 0"),
        (
            "clock_hz = { value = 1000000000001, source = 's' }",
            "'clock_hz' is 1000000000001; it must be at most 1000000000000",
        ),
        ("widht = { value = 3, source = 's' }", "unknown number 'widht'; did you mean 'width'?"),
        ("zzz = { value = 3, source = 's' }", "unknown number 'zzz'"),
        (
            "width = { value = 1.5, source = 's' }",
            "'width' must be an integer, written width = { value = ..., source = \"...\" }",
        ),
        (
            "width = { value = true, source = 's' }",
            "'width' must be an integer, written width = { value = ..., source = \"...\" }",
        ),
        (
            "width = { source = 's' }",
            "'width' must be an integer, written width = { value = ..., source = \"...\" }",
        ),
        ("width = 7", "'width' names no source: every number of a machine says where it comes from"),
        (
            "width = { value = 7, source = '' }",
            "'width' names no source: every number of a machine says where it comes from",
        ),
        (
            "width = { value = 7, source = 's', sauce = 't' }",
            "unknown key 'sauce' of 'width'; did you mean 'source'?",
        ),
        (
            "code_bytes = { value = 49152, source = 's' }",
            "'code_bytes' is 49152; it must be less than 'sram_bytes'",
        ),
        ("sram_bytes = { value = 49150, source = 's' }", "'sram_bytes' is 49150; it must be a multiple of 4"),
        (
            "reserved_colors = { value = 24, source = 's' }",
            "'reserved_colors' is 24; it must be less than 'colors'",
        ),
        (
            "router_queue_wavelets = { value = 1, source = 's' }",
            "'router_queue_wavelets' is 1; it must be at least 2 for a full-rate stream",
        ),
        (
            "core_input_queue_wavelets = { value = 2, source = 's' }",
            "'core_input_queue_wavelets' is 2; it must be at least ramp_cycles + 1 = 3 "
            "for a full-rate stream",
        ),
        (
            "core_output_queue_wavelets = { value = 3, source = 's' }",
            "'core_output_queue_wavelets' is 3; it must be at least ramp_cycles + 2 = 4 "
            "for a full-rate stream",
        ),
    ],
)
def test_a_wrong_number_at_its_line(line: str, message: str) -> None:
    text = HEAD + f"colors = {{ value = 20, source = 's' }}\n  {line}\n"
    assert problems(text) == [f"mine.toml:7:3: error: {message}"]


def test_a_changed_number_may_break_a_rule_with_the_base() -> None:
    found = problems(HEAD + "ramp_cycles = { value = 5, source = 's' }\n")
    assert found == [
        "mine.toml:3:1: error: 'core_output_queue_wavelets' is 6; it must be at least "
        "ramp_cycles + 2 = 7 for a full-rate stream"
    ]


def test_several_mistakes_at_once() -> None:
    text = 'summary = "x"\n' + HEAD.split("\n", 2)[2] + "width = 3\nhight = { value = 1, source = 's' }\n"
    assert problems(text) == [
        "mine.toml:1:1: error: a target needs a 'name'",
        "mine.toml:5:1: error: 'width' names no source: every number of a machine says where it comes from",
        "mine.toml:6:1: error: unknown number 'hight'; did you mean 'height'?",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'name = "m"\nbase = "tinny"\n',
            "mine.toml:2:1: error: 'base' must be one of tiny, wse2, wse3; did you mean 'tiny'?",
        ),
        ('name = "m"\nbase = 3\n', "mine.toml:2:1: error: 'base' must be one of tiny, wse2, wse3"),
        ('name = "m"\nbase = "tiny"\nwidth = 3\n', "mine.toml:3:1: error: unknown key 'width'; "
         "it belongs into [numbers]"),
        ('name = "m"\nbase = "tiny"\n[number]\n', "mine.toml:3:2: error: unknown key 'number'; "
         "did you mean 'numbers'?"),
        ('name = ""\nbase = "tiny"\n', "mine.toml:1:1: error: a target needs a 'name'"),
        ('name = "m"\nsummary = 1\nbase = "tiny"\n', "mine.toml:2:1: error: 'summary' must be a string"),
        ('name = "m"\nbase = "tiny"\nnumbers = 3\n', "mine.toml:3:1: error: 'numbers' must be a table of "
         'key = { value = ..., source = "..." }'),
    ],
)  # fmt: skip
def test_a_wrong_key(text: str, message: str) -> None:
    assert message in problems(text)


def test_not_toml() -> None:
    with pytest.raises(DiagnosticError) as caught:
        parse_target('name = "m"\nwidth = = 3\n', "mine.toml")
    shown = render(caught.value.diagnostics, {"mine.toml": 'name = "m"\nwidth = = 3\n'})
    assert shown.startswith("error: not TOML: ")
    assert "--> mine.toml:2:9" in shown


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"name = {'9' * 5000}", "not TOML: a number has too many digits"),
        (f"name = {'[' * 5000}", "not TOML: nested too deeply"),
    ],
)
def test_more_than_the_reader_of_toml_takes(text: str, message: str) -> None:
    with pytest.raises(DiagnosticError) as caught:
        parse_target(text, "t.toml")
    (found,) = caught.value.diagnostics
    assert found.message == message


def test_an_unknown_target() -> None:
    with pytest.raises(DiagnosticError) as caught:
        load_target("wse_2")
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.message == "unknown target 'wse_2'; did you mean 'wse2'?"
    assert diagnostic.notes == ("targets: tiny, wse2, wse3, or a FILE.toml",)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "gone.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DiagnosticError, match="cannot read the target file"):
        load_target(str(path))


# ---- as an attribute


@given(st.sampled_from(builtin_target_names()), st.integers(1, 1000), st.integers(1, 1000))
def test_attribute_round_trip(name: str, width: int, height: int) -> None:
    target = load_target(name).target.with_grid(width, height)
    attribute = target.to_attribute()
    assert Target.from_attribute(attribute) == target
    assert parse_attribute(str(attribute)) == attribute


def changed(**entries: int | None) -> DictAttr:
    """The attribute of the tiny target with other entries; None takes one out."""
    values = dict(load_target("tiny").target.to_attribute().entries)
    for key, value in entries.items():
        if value is None:
            del values[key]
        else:
            values[key] = i64(value)
    return DictAttr.of(values)


@pytest.mark.parametrize(
    ("attribute", "reason"),
    [
        (changed(name=None), "the target has no name"),
        (changed(width=None), "the target is not usable: missing 'width'"),
        (changed(wide=3), "the target is not usable: unknown 'wide'"),
        (changed(width=0), "the target is not usable: 'width' is 0; it must be at least 1"),
        (changed(sram_bytes=3), "must be less than 'sram_bytes'"),
        (DictAttr.of(dict(changed().entries) | {"width": string("3")}), "'width' is not an integer"),
    ],
)
def test_what_is_no_target(attribute: DictAttr, reason: str) -> None:
    with pytest.raises(ValueError, match=reason.replace("[", r"\[")):
        Target.from_attribute(attribute)


def test_every_other_field_is_a_number() -> None:
    assert set(NUMBERS) | {"name", "defects"} == {field.name for field in fields(Target)}
