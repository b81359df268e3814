"""Reads a pipeline's text, `pass{option=value option2=value},alias,nn.func(pass,pass)`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NoReturn

from ..ir.diagnostics import DiagnosticError, Diagnostics, did_you_mean
from ..ir.dialects import load_dialects
from ..ir.lexer import MAX_NESTING
from ..ir.location import FileLoc
from ..ir.spec import Trait, lookup_spec, registered_operations
from .aliases import Alias
from .base import ANY, MODULE, Pass

PIPELINE_FILE = "<pipeline>"
"""The file name in the locations of errors in a pipeline's text; to show them, give this name that text."""
OPTION_TYPES = (bool, int, float, str)
"""What the default of an option may be: values of these types can be read from text."""

_SPACE = re.compile(r"\s*")
_NAME = re.compile(r"[A-Za-z][\w.-]*")
_OPTION = re.compile(r"[A-Za-z][\w-]*")
_VALUE = re.compile(r'"(?:[^"\\]|\\.)*"|[\w.+-]+')


class PipelineParser:
    """Reads one pipeline whose passes are among `registry`, and whose aliases among `aliases`.

    Collects errors of meaning (unknown pass, option or value) and stops at the first one of form.
    """

    def __init__(
        self, text: str, registry: Mapping[str, type[Pass]], aliases: Mapping[str, Alias] | None = None
    ) -> None:
        self._text = text
        self._registry = registry
        self._aliases: Mapping[str, Alias] = {} if aliases is None else aliases
        self._position = 0
        self._diagnostics = Diagnostics()

    def parse(self) -> list[Pass]:
        """Return the passes. Raises `DiagnosticError` with everything that was found wrong."""
        passes: list[Pass] = []
        self._skip_space()
        if self._position < len(self._text):
            self._list_into(passes, (), "")
        self._diagnostics.raise_if_errors()
        return passes

    def _list_into(self, passes: list[Pass], nest: tuple[str, ...], end: str) -> None:
        """Read elements between commas up to `end`: a parenthesis, or nothing for the end of the text."""
        self._element_into(passes, nest, outermost=not end)
        while not (self._accept(end) if end else self._position == len(self._text)):
            if not self._accept(","):
                self._stop(f"expected ',' or '{end}'" if end else "expected ','")
            self._element_into(passes, nest, outermost=False)

    def _element_into(self, passes: list[Pass], nest: tuple[str, ...], *, outermost: bool) -> None:
        start = self._position
        name = self._take(_NAME, "the name of a pass")
        if self._accept("("):
            if len(nest) == MAX_NESTING:
                self._error(f"nested too deeply (more than {MAX_NESTING} levels)", start, len(name))
                raise DiagnosticError(self._diagnostics.entries)
            is_root = outermost and name == MODULE
            if not is_root:
                self._check_anchor(name, start)
            if not self._accept(")"):
                self._list_into(passes, nest if is_root else (*nest, name), ")")
        elif name in self._aliases:
            self._alias_into(passes, name, nest, start)
        else:
            self._pass_into(passes, name, nest, start)

    def _check_anchor(self, name: str, start: int) -> None:
        """Report a name that passes cannot be nested on."""
        load_dialects()
        spec = lookup_spec(name)
        if name == ANY or (spec is not None and Trait.ISOLATED in spec.traits):
            return
        known = [ANY, *(spec.name for spec in registered_operations() if Trait.ISOLATED in spec.traits)]
        if name in self._registry or name in self._aliases:
            message = f"'{name}' is a pass, in which no others nest; its options stand in braces"
        elif spec is not None:
            message = f"no pass nests on '{name}', which is not isolated from above; {', '.join(known)} are"
        else:
            hint = did_you_mean(name, known) or f"; passes nest on {', '.join(known)}"
            message = f"unknown operation '{name}'{hint}"
        self._error(message, start, len(name))

    def _alias_into(self, passes: list[Pass], name: str, nest: tuple[str, ...], start: int) -> None:
        if self._text.startswith("{", self._position):
            self._stop(f"alias '{name}' takes no options: expected ','")
        meant = PipelineParser(self._aliases[name].text, self._registry, self._aliases).parse()
        for pass_ in meant:
            inner = replace(pass_, nest=(*nest, *pass_.nest))
            if self._may_nest(type(pass_), inner.nest, start, len(name)):
                passes.append(inner)

    def _pass_into(self, passes: list[Pass], name: str, nest: tuple[str, ...], start: int) -> None:
        kind = self._registry.get(name)
        if kind is None:
            hint = did_you_mean(name, (*self._registry, *self._aliases))
            self._error(f"unknown pass '{name}'{hint}", start, len(name))
        options: dict[str, Any] = {}
        if self._accept("{"):
            while not self._accept("}"):
                self._option_into(options, kind)
        if kind is not None and self._may_nest(kind, nest, start, len(name)):
            passes.append(kind(nest=nest, **options))

    def _may_nest(self, kind: type[Pass], nest: tuple[str, ...], start: int, length: int) -> bool:
        """Whether `kind` can run where `nest` says; reports it if not."""
        anchor = nest[-1] if nest else MODULE
        if kind.anchors is None or anchor in kind.anchors:
            return True
        self._error(f"pass '{kind.name}' runs on {', '.join(kind.anchors)}, not on {anchor}", start, length)
        return False

    def _option_into(self, options: dict[str, Any], kind: type[Pass] | None) -> None:
        """Read `name=value`; nothing is known about the options of an unknown pass (`kind` is None)."""
        start = self._position
        name = self._take(_OPTION, "the name of an option or '}'")
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
    option = next(option for option in kind.options() if option.name == name.replace("-", "_"))
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
