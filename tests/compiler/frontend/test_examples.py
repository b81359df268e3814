"""Models that must be without fault: all examples, and a llama at its full size with every entry."""

from pathlib import Path

import pytest

from wsc.compiler.frontend.entries import COMPILED_ENTRIES

from ...support.wdl import EXAMPLES, LLAMA, headlines, messages, replaced


@pytest.mark.parametrize("path", sorted(EXAMPLES.rglob("*.wdl")), ids=lambda path: path.name)
def test_the_examples_are_without_fault(path: Path) -> None:
    text = path.read_text("utf-8")
    entries = [name for name in COMPILED_ENTRIES if f"  {name} " in text]
    assert entries
    assert messages(text, entries=entries) == ""


@pytest.mark.parametrize("overrides", [{}, {"dim": "64", "heads": "4", "kv_heads": "2", "layers": "2"}])
def test_a_llama_with_all_its_entries(overrides: dict[str, str]) -> None:
    """`prefill` and `train` can be said, and are checked."""
    assert messages(LLAMA, overrides) == ""
    spoilt = replaced(LLAMA, ("prefill = greedy", "prefill = gredy"), ("= minimize", "= minimise"))
    assert [line.partition(" ")[2] for line in headlines(spoilt, overrides)] == [
        "error: unknown function 'gredy'; did you mean 'greedy'?",
        "error: unknown function 'minimise'; did you mean 'minimize'?",
    ]
    assert headlines(replaced(LLAMA, ("adam(lr", "adam(rl")), overrides) == [
        "35:51 error: unknown option 'rl' of 'adam'"
    ]
    for entry in ("prefill", "train"):
        (found,) = headlines(LLAMA, overrides, (entry,))
        assert f"entry '{entry}' cannot be compiled yet" in found
