"""`wsc passes`, `wsc targets`, `wsc ops`: what there is, complete and in a few lines."""

from pathlib import Path

import pytest

from wsc.ir.dialects import load_dialects
from wsc.ir.spec import registered_dialects, registered_operations
from wsc.ir.target import NUMBERS, builtin_target_names, load_target, source_kind
from wsc.passes.aliases import ALIASES
from wsc.passes.pipeline import PASSES, parse_pipeline

from .conftest import Command

ROOT = Path(__file__).resolve().parents[3]


def test_passes(wsc: Command) -> None:
    done = wsc("passes")
    assert done.status == 0
    lines = done.out.splitlines()
    assert [line.split()[0] for line in lines[: len(PASSES)]] == list(PASSES)
    pipeline = lines[-1].split("'")[1]
    assert [pass_.name for pass_ in parse_pipeline(pipeline)][-1] in PASSES


def test_aliases_and_anchors(wsc: Command) -> None:
    lines = wsc("passes").out.splitlines()
    rows = {line.split()[0]: line.split()[-1] for line in lines[lines.index("aliases") + 1 : -2]}
    assert rows == {name: alias.text for name, alias in ALIASES.items()}
    assert "It stands for canonicalize,cse,dce\n" in wsc("passes", "simplify").out
    assert "did you mean 'simplify'?" in wsc("passes", "simplfy").err
    assert "It runs on builtin.module." in wsc("passes", "route").out
    assert "any isolated operation: builtin.module, dist.func," in wsc("passes", "dce").out


@pytest.mark.parametrize("name", list(PASSES))
def test_every_pass_describes_itself_and_its_options(wsc: Command, name: str) -> None:
    done = wsc("passes", name)
    assert done.status == 0
    lines = done.out.splitlines()
    assert lines[0] == name
    assert len(lines[1].split()) > 3
    for option, _ in PASSES[name].option_fields():
        assert any(line.split()[:1] == [option] for line in lines), option


def test_options_come_with_type_default_and_meaning(wsc: Command) -> None:
    line = next(line for line in wsc("passes", "place").out.splitlines() if line.split()[:1] == ["effort"])
    assert "int, default 10" in line
    assert "deterministic" in line


def test_targets(wsc: Command) -> None:
    done = wsc("targets")
    assert [line.split()[0] for line in done.out.splitlines()] == builtin_target_names()


@pytest.mark.parametrize("name", builtin_target_names())
def test_every_number_of_a_target_has_its_source(wsc: Command, name: str) -> None:
    done = wsc("targets", name)
    description = load_target(name)
    *rows, last = done.out.splitlines()[1:]
    for row, key in zip(rows, NUMBERS, strict=True):
        kind, source = source_kind(description.sources[key])
        value = f"{getattr(description.target, key):,}"
        assert row.split(None, 2)[:2] == [key, value]
        assert row.split(value, 1)[1].strip().startswith(f"{kind} ")
        assert row.endswith(f"  {source}")
    assert sum(int(part.split()[0]) for part in last.split(", ")) == len(NUMBERS)


def test_a_target_file(wsc: Command, folder: Path) -> None:
    (folder / "t.toml").write_text(
        'name = "mine"\nsummary = "my own"\nbase = "tiny"\n'
        '[numbers]\ncolors = { value = 9, source = "a guess" }\n',
        "utf-8",
    )
    done = wsc("targets", "t.toml")
    assert done.out.startswith("mine: my own\n")
    assert "a guess" in done.out


def test_the_defects_of_a_target_file(wsc: Command, folder: Path) -> None:
    (folder / "t.toml").write_text(
        'name = "mine"\nbase = "tiny"\n'
        '[defects]\npes = [[3, 4]]\nlinks = [[5, 6, "S"]]\nsource = "test map 12"\n',
        "utf-8",
    )
    row = wsc("targets", "t.toml").out.splitlines()[-2]
    assert row.split(None, 3) == ["defects", "2", "other", "test map 12: PE (3, 4), link (5, 6) S"]


def test_ops(wsc: Command) -> None:
    done = wsc("ops")
    load_dialects()
    for dialect in registered_dialects():
        assert f"{dialect.name}: {dialect.summary}" in done.out
    assert len(done.out.splitlines()) < 40
    assert max(map(len, done.out.splitlines())) <= 100


def test_a_dialect_and_an_operation(wsc: Command) -> None:
    assert "pe.recv_reduce " in wsc("ops", "pe").out
    out = wsc("ops", "pe.map").out
    assert "operands" in out
    assert "a descriptor (any number)" in out
    assert "(optional)" in out


def test_the_dialect_reference_is_what_the_definitions_say(wsc: Command) -> None:
    done = wsc("ops", "--markdown")
    assert done.status == 0
    page = (ROOT / "docs" / "dialects.md").read_text("utf-8")
    assert page == done.out, "wsc ops --markdown > docs/dialects.md writes what the definitions say now"
    for spec in registered_operations():
        assert f"### `{spec.name}`\n\n{spec.summary}\n" in page
    assert page.count("### `!dist.tensor`") == page.count("### `#dist.split`") == 1


def test_the_reference_is_whole(wsc: Command) -> None:
    done = wsc("ops", "--markdown", "nn")
    assert done.status == 2
    assert "it does not go with a name" in done.err


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["passes", "plac"], "did you mean 'place'?"),
        (["targets", "wse"], "wse2, wse3"),
        (["ops", "pe.mapp"], "did you mean 'pe.map'?"),
    ],
)
def test_unknown_names(wsc: Command, arguments: list[str], hint: str) -> None:
    done = wsc(*arguments)
    assert done.status == 2
    assert hint in done.err
