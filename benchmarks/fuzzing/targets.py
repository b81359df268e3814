"""Targets: how input number i is made, and what may come of it: clean diagnostics, or what holds."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from wsc.compiler.frontend import compile_wdl
from wsc.compiler.frontend.format import format_wdl
from wsc.compiler.frontend.parse import parse_wdl
from wsc.ir.diagnostics import Diagnostic, DiagnosticError, Severity, render
from wsc.ir.location import file_locations
from wsc.ir.operation import Operation
from wsc.ir.parser import parse_attribute, parse_module
from wsc.ir.printer import print_operation
from wsc.ir.program_file import parse_program
from wsc.ir.target import Target as Machine
from wsc.ir.target import parse_target
from wsc.ir.verifier import verify
from wsc.ir.weights import random_weights
from wsc.passes.pipeline import PASSES, PIPELINE_FILE, default_pipeline, parse_pipeline, pipeline_text
from wsc.runtime.fault import MachineFault
from wsc.runtime.session import Session

from . import archives, corpus
from .mutations import Pool, mutate_bytes, mutate_text
from .random_mlir import random_mlir
from .random_wdl import random_wdl


class BrokenPromiseError(AssertionError):
    """What came of an input is not what the parser or loader promises."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether the input was taken, and what was said about it."""

    accepted: bool
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """`make` gives the input, from random numbers alone; `check` raises if it is not treated well."""

    name: str
    make: Callable[[Random], bytes]
    check: Callable[[bytes], Outcome]


def input_of(target: Target, seed: int, number: int) -> bytes:
    """Return input `number` of `target`: the same one, whichever were made before."""
    return target.make(Random(f"{seed}:{target.name}:{number}"))


def require(holds: bool, message: str) -> None:
    """Raise `BrokenPromiseError` unless something holds."""
    if not holds:
        raise BrokenPromiseError(message)


# ---- diagnostics -----------------------------------------------------------------------------------


def rejected(
    diagnostics: Sequence[Diagnostic], texts: dict[str, str], *, inside: bool = True
) -> tuple[str, ...]:
    """Return the messages, once it is sure that they can be shown.

    `texts` are the input's by file name, and places must lie in them, unless `inside` is off: for what is
    said of operations, whose places the input may name itself, as it may in notes.
    """
    require(any(d.severity is Severity.ERROR for d in diagnostics), "no error among the diagnostics")
    for diagnostic in diagnostics:
        for place in file_locations(diagnostic.location) if inside else ():
            require(place.file in texts, f"a place in an unknown file: {place}")
            lines = texts[place.file].replace("\r\n", "\n").split("\n")
            fits = 1 <= place.line <= len(lines) and 1 <= place.column <= len(lines[place.line - 1]) + 1
            require(fits, f"a place outside of the text, {place}: {diagnostic.message}")
    for diagnostic in _with_notes(diagnostics):
        require(bool(diagnostic.message.strip()), "a diagnostic without a message")
    shown = render(diagnostics, texts)
    shown.encode("utf-8")
    require(shown.replace("\n", "").isprintable(), f"characters that steer a terminal: {shown!r:.300}")
    require(len(shown) < 2_000_000, f"{len(shown)} characters of diagnostics")
    return tuple(diagnostic.message for diagnostic in diagnostics)


def _with_notes(diagnostics: Iterable[Diagnostic]) -> Iterable[Diagnostic]:
    for diagnostic in diagnostics:
        yield diagnostic
        yield from _with_notes(note for note in diagnostic.notes if isinstance(note, Diagnostic))


def decoded(data: bytes) -> str | None:
    """Return the text of a file as commands read it: line ends made `\\n`; None if it is no UTF-8."""
    try:
        return io.TextIOWrapper(io.BytesIO(data), encoding="utf-8").read()
    except UnicodeDecodeError:
        return None


NOT_UTF8 = Outcome(False, ("is no text in UTF-8",))


def encoded(random: Random, text: str) -> bytes:
    """Return the bytes of a file with `text`, now and then damaged."""
    data = text.encode("utf-8", "surrogatepass")
    return mutate_bytes(random, data) if random.random() < 0.01 else data


def reads_back(module: Operation) -> None:
    """The printed module, with and without locations, is read back to one that prints the same."""
    for locations in (False, True):
        text = print_operation(module, locations=locations)
        try:
            again = print_operation(parse_module(text), locations=locations)
        except DiagnosticError as error:
            raise BrokenPromiseError(f"what was printed is not read back: {error}\n{text[:2000]}") from error
        require(again == text, f"printed, read and printed again it differs:\n{text[:2000]}\n{again[:2000]}")


# ---- wdl -------------------------------------------------------------------------------------------


@cache
def wdl_pool() -> Pool:
    return Pool.of(corpus.wdl_texts())


def make_wdl(random: Random) -> bytes:
    text = random_wdl(random) if random.random() < 0.4 else wdl_pool().text(random)
    if random.random() < 0.7:
        text = mutate_text(random, text, wdl_pool())
    return encoded(random, text)


def check_wdl(data: bytes) -> Outcome:
    text = decoded(data)
    if text is None:
        return NOT_UTF8
    warnings: list[Diagnostic] = []
    try:
        module = compile_wdl(text, "m.wdl", warnings=warnings)
    except DiagnosticError as error:
        return Outcome(False, rejected(error.diagnostics, {"m.wdl": text}))
    again = compile_wdl(text, "m.wdl")
    same = print_operation(again, locations=True) == print_operation(module, locations=True)
    require(same, "the same text compiles to another module")
    problems = verify(module)
    require(not problems, f"the front end's module is not valid: {problems[:3]}")
    reads_back(module)
    return Outcome(True, tuple(warning.message for warning in warnings))


def check_fmt(data: bytes) -> Outcome:
    """Format a model as `wsc fmt` does: the same tokens come out, and formatted once more they stay."""
    text = (decoded(data) or "").replace("\r\n", "\n")
    parsed = parse_wdl(text, "m.wdl")
    if parsed.diagnostics:
        return Outcome(False, tuple(diagnostic.message for diagnostic in parsed.diagnostics))
    formatted = format_wdl(text)
    require(not parse_wdl(formatted, "m.wdl").diagnostics, f"the formatted text has errors:\n{formatted}")
    require(_words(formatted) == _words(text), f"formatting changes more than the layout:\n{formatted}")
    require(format_wdl(formatted) == formatted, f"formatted again it changes:\n{formatted}")
    return Outcome(True)


def _words(text: str) -> str:
    return re.sub(r"\s+", "", text)


# ---- mlir ------------------------------------------------------------------------------------------


@cache
def mlir_pool() -> Pool:
    return Pool.of(corpus.mlir_texts())


def make_mlir(random: Random) -> bytes:
    text = random_mlir(random) if random.random() < 0.4 else mlir_pool().text(random)
    if random.random() < 0.7:
        text = mutate_text(random, text, mlir_pool())
    return encoded(random, text)


def check_mlir(data: bytes) -> Outcome:
    text = decoded(data)
    if text is None:
        return NOT_UTF8
    try:
        module = parse_module(text, "m.mlir")
    except DiagnosticError as error:
        return Outcome(False, rejected(error.diagnostics, {"m.mlir": text}))
    reads_back(module)
    messages: tuple[str, ...] = ()
    if problems := verify(module):
        messages = rejected(problems, {"m.mlir": text}, inside=False)
    # What is said of operations that no dialect knows is said of the others as well.
    known = verify(module, allow_unregistered=True)
    require(set(map(str, known)) <= set(map(str, problems)), "errors only without unregistered operations")
    return Outcome(True, messages)


# ---- program files ---------------------------------------------------------------------------------


@cache
def programs() -> tuple[bytes, ...]:
    return tuple(program for program, _ in corpus.programs())


def make_wsx(random: Random) -> bytes:
    # The small ones more often: a larger one takes much longer and says little more.
    (data,) = random.choices(programs(), (30, 5, 1, 1))
    return archives.mutate_archive(random, data, mlir_pool())


def check_wsx(data: bytes) -> Outcome:
    try:
        program = parse_program(data, "m.wsx")
    except DiagnosticError as error:
        return Outcome(False, rejected(error.diagnostics, {}, inside=False))
    for module in (program.module, program.model):
        reads_back(module)
    return Outcome(True)


def check_session(data: bytes) -> Outcome:
    """Load a program, which is checked elsewhere, and make the machine that runs it, with its weights."""
    try:
        program = parse_program(data, "m.wsx")
    except DiagnosticError as error:
        return Outcome(False, tuple(diagnostic.message for diagnostic in error.diagnostics))
    try:
        Session(program.module, random_weights(program.model, 1))
    except DiagnosticError as error:
        return Outcome(False, rejected(error.diagnostics, {}, inside=False))
    except MachineFault as fault:
        str(fault).encode("utf-8")
        return Outcome(False, (fault.message,))
    return Outcome(True)


# ---- pipelines -------------------------------------------------------------------------------------


@cache
def pipeline_pool() -> Pool:
    options = [
        f"{name}{{{option}={default}}}"
        for name, kind in PASSES.items()
        for option, default in kind.option_fields()
    ]
    whole = pipeline_text(default_pipeline())
    return Pool.of([whole, *PASSES, *options, 'place{effort=1 stages="2"},route', " cse , dce ", "a{b=c},"])


def make_pipeline(random: Random) -> bytes:
    pool = pipeline_pool()
    text = ",".join(random.choice(pool.texts) for _ in range(random.randrange(4)))
    return encoded(random, mutate_text(random, text, pool) if random.random() < 0.8 else text)


def check_pipeline(data: bytes) -> Outcome:
    text = decoded(data)
    if text is None:
        return NOT_UTF8
    try:
        passes = parse_pipeline(text)
    except DiagnosticError as error:
        return Outcome(False, rejected(error.diagnostics, {PIPELINE_FILE: text}))
    written = pipeline_text(passes)
    require(parse_pipeline(written) == passes, f"'{written}' is read back to other passes")
    return Outcome(True)


# ---- descriptions of machines ----------------------------------------------------------------------


@cache
def toml_pool() -> Pool:
    return Pool.of(corpus.toml_texts())


def make_toml(random: Random) -> bytes:
    return encoded(random, mutate_text(random, toml_pool().text(random), toml_pool()))


def check_toml(data: bytes) -> Outcome:
    text = decoded(data)
    if text is None:
        return NOT_UTF8
    try:
        machine = parse_target(text, "m.toml").target
    except DiagnosticError as error:
        return Outcome(False, rejected(error.diagnostics, {"m.toml": text}))
    attribute = machine.to_attribute()
    require(parse_attribute(str(attribute)) == attribute, "the attribute of a target is not read back")
    require(Machine.from_attribute(attribute) == machine, "the attribute of a target is of another")
    return Outcome(True)


TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        Target("wdl", make_wdl, check_wdl),
        Target("fmt", make_wdl, check_fmt),
        Target("mlir", make_mlir, check_mlir),
        Target("wsx", make_wsx, check_wsx),
        Target("session", make_wsx, check_session),
        Target("pipeline", make_pipeline, check_pipeline),
        Target("toml", make_toml, check_toml),
    )
}
