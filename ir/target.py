"""Targets: every number of the simulated machine, each with its source, read from TOML.

A target is an attribute on the module (`Target.to_attribute`), so that a dump alone reproduces a run.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from importlib import resources
from pathlib import Path
from typing import cast

from .attributes import Attribute, DictAttr, IntegerAttr, StringAttr, i64
from .defects import NO_DEFECTS, Defects, entry_position, read_defects
from .diagnostics import Diagnostic, DiagnosticError, Severity, did_you_mean
from .location import FileLoc


@dataclass(frozen=True, slots=True)
class Target:
    """A wafer. All numbers are integers; cycles are cycles of `clock_hz`; the TOML files say what each means.

    Costs of the core: a vector operation of n0 calls on n1 elements each takes
    `n0 * (vector_call_cycles + ceil(n1 / rate))` cycles, where the rate is one of the `*_elements_per_cycle`
    numbers, or what the SRAM's ports allow (`sram_*_bytes_per_cycle`) where that is less. A descriptor whose
    elements in a call are known to be one and the same does not count at the ports.
    """

    name: str
    width: int
    height: int
    clock_hz: int
    sram_bytes: int
    code_bytes: int
    colors: int
    reserved_colors: int
    switch_positions: int
    hop_cycles: int
    turn_cycles: int
    ramp_cycles: int
    router_queue_wavelets: int
    core_input_queue_wavelets: int
    core_output_queue_wavelets: int
    f16_elements_per_cycle: int
    mixed_fma_per_cycle: int
    f32_elements_per_cycle: int
    vector_call_cycles: int
    special_function_cycles: int
    compare_cycles: int
    scalar_cycles: int
    branch_cycles: int
    comm_setup_cycles: int
    await_cycles: int
    sram_read_bytes_per_cycle: int
    sram_write_bytes_per_cycle: int
    defects: Defects = NO_DEFECTS

    @property
    def data_bytes(self) -> int:
        """Bytes of each PE's SRAM that a program's data may take."""
        return self.sram_bytes - self.code_bytes

    @property
    def usable_colors(self) -> int:
        """Colors that a program may use, numbered from 0."""
        return self.colors - self.reserved_colors

    def with_grid(self, width: int, height: int) -> Target:
        """Return this target with another rectangle of PEs; defects outside of it are none of it."""
        return replace(self, width=width, height=height, defects=self.defects.within(width, height))

    def to_attribute(self) -> DictAttr:
        """Return the target as a dictionary attribute."""
        entries: dict[str, Attribute] = {name: i64(getattr(self, name)) for name in NUMBERS}
        entries["name"] = StringAttr(self.name)
        if self.defects:
            entries["defects"] = self.defects.to_attribute()
        return DictAttr.of(entries)

    @staticmethod
    def from_attribute(attribute: DictAttr) -> Target:
        """Read what `to_attribute` wrote. Raises `ValueError` naming what is missing, unknown or
        impossible.
        """
        entries = dict(attribute.entries)
        name = entries.pop("name", None)
        if not isinstance(name, StringAttr):
            raise ValueError("the target has no name")
        defects = entries.pop("defects", None)
        values: dict[str, int] = {}
        for key, value in entries.items():
            if not isinstance(value, IntegerAttr):
                raise ValueError(f"the target's '{key}' is not an integer")
            values[key] = value.value
        problems = [f"missing '{key}'" for key in NUMBERS if key not in values]
        problems += [f"unknown '{key}'" for key in values if key not in NUMBERS]
        problems += _impossible(values)
        if problems:
            raise ValueError("the target is not usable: " + "; ".join(problems))
        target = Target(name=name.value, defects=NO_DEFECTS, **values)
        if defects is None:
            return target
        return replace(target, defects=Defects.from_attribute(defects, target.width, target.height))


NUMBERS = tuple(field.name for field in fields(Target) if field.name not in ("name", "defects"))
_MAY_BE_ZERO = frozenset(
    {
        "code_bytes",
        "reserved_colors",
        "turn_cycles",
        "ramp_cycles",
        "vector_call_cycles",
        "scalar_cycles",
        "branch_cycles",
        "comm_setup_cycles",
        "await_cycles",
    }
)

_LARGEST = 10**12
"""Sums and products of a few numbers must fit 64 bits."""
_KEYS = ("name", "summary", "base", "numbers", "defects")
_ENTRY_KEYS = ("value", "source")


_MOST = {
    "width": 10_000,
    "height": 10_000,
    "colors": 1024,
    "sram_bytes": 1 << 24,
    **dict.fromkeys(("hop_cycles", "turn_cycles", "switch_positions"), 1024),
    **dict.fromkeys(
        ("router_queue_wavelets", "core_input_queue_wavelets", "core_output_queue_wavelets"), 4096
    ),
    **dict.fromkeys(
        (
            "ramp_cycles",
            "await_cycles",
            "vector_call_cycles",
            "special_function_cycles",
            "compare_cycles",
            "scalar_cycles",
            "branch_cycles",
            "comm_setup_cycles",
        ),
        1_000_000,
    ),
}
"""Less than `_LARGEST`: what the engine's counters hold, still far more than any machine has."""


def _impossible(values: Mapping[str, int]) -> list[str]:
    """Return one message per number that no machine can have, and per rule between numbers that is broken."""
    problems: list[str] = []
    for key, value in values.items():
        least = 0 if key in _MAY_BE_ZERO else 1
        if key in NUMBERS and value < least:
            problems.append(f"'{key}' is {value}; it must be at least {least}")
        most = _MOST.get(key, _LARGEST)
        if key in NUMBERS and value > most:
            problems.append(f"'{key}' is {value}; it must be at most {most}")
    if problems or any(key not in values for key in NUMBERS):
        return problems
    ramp = values["ramp_cycles"]
    rules = (
        ("code_bytes", values["code_bytes"] < values["sram_bytes"], "must be less than 'sram_bytes'"),
        ("sram_bytes", values["sram_bytes"] % 4 == 0, "must be a multiple of 4"),
        ("reserved_colors", values["reserved_colors"] < values["colors"], "must be less than 'colors'"),
        # The credit loops must be covered, or a stream does not keep its full rate.
        (
            "router_queue_wavelets",
            values["router_queue_wavelets"] >= 2,
            "must be at least 2 for a full-rate stream",
        ),
        (
            "core_input_queue_wavelets",
            values["core_input_queue_wavelets"] >= ramp + 1,
            f"must be at least ramp_cycles + 1 = {ramp + 1} for a full-rate stream",
        ),
        (
            "core_output_queue_wavelets",
            values["core_output_queue_wavelets"] >= ramp + 2,
            f"must be at least ramp_cycles + 2 = {ramp + 2} for a full-rate stream",
        ),
    )
    problems.extend(f"'{key}' is {values[key]}; it {rule}" for key, holds, rule in rules if not holds)
    return problems


SOURCE_KINDS = ("published", "secondary source", "third party", "fit", "derived", "assumed", "chosen")
"""What a number's source may begin with, before a colon: read in a primary source; in another one;
measured by others; fitted by us; computed from other numbers; known by nobody; chosen to see what happens."""


def source_kind(source: str) -> tuple[str, str]:
    """Return the kind that a source begins with, `other` if it is none of `SOURCE_KINDS`, and the rest."""
    kind, separator, rest = source.partition(": ")
    return (kind, rest) if separator and kind in SOURCE_KINDS else ("other", source)


@dataclass(frozen=True, slots=True)
class TargetDescription:
    """A target with what its file says about it."""

    target: Target
    summary: str
    sources: Mapping[str, str]
    """By number; of a target with defects also `defects`."""


def builtin_target_names() -> list[str]:
    """Return the names of the targets that come with wsc, sorted."""
    folder = resources.files(__name__.rpartition(".")[0]).joinpath("targets")
    return sorted(
        entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")
    )


def load_target(name_or_path: str) -> TargetDescription:
    """Return the target of that name, or the one described in a `.toml` file.

    Raises `DiagnosticError` with every problem of the file, each pointing at its line.
    """
    if name_or_path.endswith(".toml"):
        path = Path(name_or_path)
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise _error(f"cannot read the target file: {error}", FileLoc(name_or_path, 1, 1)) from error
        return parse_target(text, name_or_path)
    names = builtin_target_names()
    if name_or_path not in names:
        hint = did_you_mean(name_or_path, names)
        raise _error(
            f"unknown target '{name_or_path}'{hint}",
            FileLoc("command line", 1, 1),
            f"targets: {', '.join(names)}, or a FILE.toml",
        )
    file = resources.files(__name__.rpartition(".")[0]).joinpath("targets", f"{name_or_path}.toml")
    return parse_target(file.read_text(encoding="utf-8"), f"{name_or_path}.toml")


def parse_target(text: str, filename: str) -> TargetDescription:
    """Read a target from TOML `text`.

    It has `name`, `summary`, optionally `base` (a built-in target to start from) and a table `numbers` of
    `key = { value, source }`; optionally a table `defects` (see `read_defects`).

    Raises `DiagnosticError` with every problem, each pointing at its line of `filename`.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = (int(match[1]), int(match[2])) if match else (1, 1)
        raise _error(f"not TOML: {error}", FileLoc(filename, line, column)) from error
    except (ValueError, RecursionError) as error:
        why = "nested too deeply" if isinstance(error, RecursionError) else "a number has too many digits"
        raise _error(f"not TOML: {why}", FileLoc(filename, 1, 1)) from error
    problems: list[Diagnostic] = []

    def report(message: str, key: str, entry: int | None = None) -> None:
        where = _find_key(text, filename, key, entry)
        length = len(key) if entry is None else 1
        problems.append(Diagnostic(Severity.ERROR, message, where, length=length))

    values: dict[str, int] = {}
    sources: dict[str, str] = {}
    for key in data:
        if key not in _KEYS:
            hint = "; it belongs into [numbers]" if key in NUMBERS else did_you_mean(key, _KEYS)
            report(f"unknown key '{key}'{hint}", key)
    base = data.get("base")
    if isinstance(base, str) and base in builtin_target_names():
        description = load_target(base)
        values = {key: getattr(description.target, key) for key in NUMBERS}
        sources = dict(description.sources)
    elif base is not None:
        hint = did_you_mean(base, builtin_target_names()) if isinstance(base, str) else ""
        report(f"'base' must be one of {', '.join(builtin_target_names())}{hint}", "base")
    name = data.get("name")
    if not isinstance(name, str) or not name:
        report("a target needs a 'name'", "name")
    summary = data.get("summary", "")
    if not isinstance(summary, str):
        report("'summary' must be a string", "summary")
    raw_numbers = data.get("numbers", {})
    numbers = cast("dict[str, object]", raw_numbers) if isinstance(raw_numbers, dict) else {}
    if not isinstance(raw_numbers, dict):
        report("'numbers' must be a table of key = { value = ..., source = \"...\" }", "numbers")
    for key, entry in numbers.items():
        if key not in NUMBERS:
            report(f"unknown number '{key}'{did_you_mean(key, NUMBERS)}", key)
            continue
        fields_of_entry = cast("dict[str, object]", entry) if isinstance(entry, dict) else {"value": entry}
        value, source = fields_of_entry.get("value"), fields_of_entry.get("source")
        for unknown in [name for name in fields_of_entry if name not in _ENTRY_KEYS]:
            report(f"unknown key '{unknown}' of '{key}'{did_you_mean(unknown, _ENTRY_KEYS)}", key)
        if isinstance(value, bool) or not isinstance(value, int):
            report(f"'{key}' must be an integer, written {key} = {{ value = ..., source = \"...\" }}", key)
            continue
        if not isinstance(source, str) or not source:
            report(f"'{key}' names no source: every number of a machine says where it comes from", key)
        values[key] = value
        sources[key] = str(source)
    for key in NUMBERS:
        if key not in values and key not in numbers:
            report(f"missing number '{key}'", "numbers")
    for message in _impossible(values):
        match = re.match(r"'(\w+)'", message)
        assert match is not None, "every message begins with the number's name"
        report(message, match[1] if match[1] in numbers else "base")
    defects = NO_DEFECTS
    if "defects" in data and "width" in values and "height" in values:
        defects, sources["defects"] = read_defects(data["defects"], values["width"], values["height"], report)
    if problems:
        raise DiagnosticError(problems)
    return TargetDescription(Target(name=str(name), **values, defects=defects), str(summary), sources)


def _find_key(text: str, filename: str, key: str, entry: int | None = None) -> FileLoc:
    """Return where `key` is set in TOML `text` (as a key or a table's name), or where that entry of its
    list begins; the first line if it is not there.
    """
    match = re.search(rf"^[ \t]*\[?({re.escape(key)})\b", text, re.MULTILINE)
    if match is None:
        return FileLoc(filename, 1, 1)
    start = match.start(1)
    if entry is not None:
        place = entry_position(text, match.end(1), entry)
        start = start if place is None else place
    return FileLoc(filename, text.count("\n", 0, start) + 1, start - (text.rfind("\n", 0, start) + 1) + 1)


def _error(message: str, location: FileLoc, *notes: str) -> DiagnosticError:
    return DiagnosticError([Diagnostic(Severity.ERROR, message, location, notes)])
