"""Reads a pipeline's text, `pass{option=value option2=value},pass`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, NoReturn

from ..ir.diagnostics import DiagnosticError, Diagnostics, did_you_mean
from ..ir.location import FileLoc
from .base import Pass

PIPELINE_FILE = "<pipeline>"
"""The file name in the locations of errors in a pipeline's text; to show them, give this name that text."""

_SPACE = re.compile(r"\s*")
_NAME = re.compile(r"[A-Za-z][\w-]*")
_VALUE = re.compile(r'"(?:[^"\\]|\\.)*"|[\w.+-]+')


class PipelineParser:
    """Reads one pipeline whose passes are among `registry`.

    Collects errors of meaning (unknown pass, option or value) and stops at the first one of form.
    """

    def __init__(self, text: str, registry: Mapping[str, type[Pass]]) -> None:
        self._text = text
        self._registry = registry
        self._position = 0
        self._diagnostics = Diagnostics()

    def parse(self) -> list[Pass]:
        """Return the passes. Raises `DiagnosticError` with everything that was found wrong."""
        passes: list[Pass] = []
        self._skip_space()
        if self._position < len(self._text):
            self._pass_into(passes)
        while self._position < len(self._text):
            self._expect(",")
            self._pass_into(passes)
        self._diagnostics.raise_if_errors()
        return passes

    def _pass_into(self, passes: list[Pass]) -> None:
        start = self._position
        name = self._take(_NAME, "the name of a pass")
        kind = self._registry.get(name)
        if kind is None:
            self._error(f"unknown pass '{name}'{did_you_mean(name, self._registry)}", start, len(name))
        options: dict[str, Any] = {}
        if self._accept("{"):
            while not self._accept("}"):
                self._option_into(options, kind)
        if kind is not None:
            passes.append(kind(**options))

    def _option_into(self, options: dict[str, Any], kind: type[Pass] | None) -> None:
        """Read `name=value`; nothing is known about the options of an unknown pass (`kind` is None)."""
        start = self._position
        name = self._take(_NAME, "the name of an option or '}'")
        self._expect("=")
        value_start = self._position
        text = self._take(_VALUE, f"a value for option '{name}'")
        if kind is None:
            return
        key = name.replace("-", "_")
        known = [option for option, _ in kind.option_fields()]
        if name not in known:
            hint = did_you_mean(name, known) if known else "; it has none"
            self._error(f"pass '{kind.name}' has no option '{name}'{hint}", start, len(name))
        elif key in options:
            self._error(f"option '{name}' is given twice", start, len(name))
        else:
            try:
                options[key] = option_value(kind, name, text)
            except ValueError as error:
                self._error(str(error), value_start, len(text))

    # ---- characters

    def _skip_space(self) -> None:
        match = _SPACE.match(self._text, self._position)
        self._position = self._position if match is None else match.end()

    def _take(self, pattern: re.Pattern[str], wanted: str) -> str:
        match = pattern.match(self._text, self._position)
        if match is None:
            self._stop(f"expected {wanted}")
        self._position = match.end()
        self._skip_space()
        return match.group()

    def _accept(self, character: str) -> bool:
        found = self._text.startswith(character, self._position)
        if found:
            self._position += 1
            self._skip_space()
        return found

    def _expect(self, character: str) -> None:
        if not self._accept(character):
            self._stop(f"expected '{character}'")

    def _error(self, message: str, position: int, length: int) -> None:
        before = self._text[:position]
        line, column = before.count("\n") + 1, position - before.rfind("\n")
        self._diagnostics.error(message, FileLoc(PIPELINE_FILE, line, column), length=length)

    def _stop(self, message: str) -> NoReturn:
        found = "the end" if self._position == len(self._text) else f"'{self._text[self._position]}'"
        self._error(f"{message}, found {found}", self._position, 1)
        raise DiagnosticError(self._diagnostics.entries)


def option_value(kind: type[Pass], name: str, text: str) -> Any:
    """Return the value that `text` gives to option `name` of `kind`, whose default says the type.

    Raises `ValueError` if it is not of that type or not one of the choices.
    """
    option = next(option for option in fields(kind) if option.name == name.replace("-", "_"))
    value = text
    if text.startswith('"'):
        try:
            value = json.loads(text)
        except ValueError:
            raise ValueError(f"not a string in the form of JSON: {text}") from None
    if isinstance(option.default, bool):
        if value not in ("true", "false"):
            raise ValueError(f"option '{name}' is true or false, not '{value}'")
        return value == "true"
    for number, noun in ((int, "an integer"), (float, "a number")):
        if isinstance(option.default, number):
            try:
                return number(value)
            except ValueError:
                raise ValueError(f"option '{name}' is {noun}, not '{value}'") from None
    choices = option.metadata.get("choices", ())
    if choices and value not in choices:
        hint = did_you_mean(value, choices) or f"; it is one of: {', '.join(choices)}"
        raise ValueError(f"option '{name}' cannot be '{value}'{hint}")
    return value
