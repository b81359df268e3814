"""Parser: MLIR's generic text form, as `printer.py`, mlir-opt and xdsl-opt write it, to operations."""

from __future__ import annotations

import gc
import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from .attribute_parser import AttributeParser
from .attributes import Attribute, StringAttr, TypeAttribute
from .diagnostics import Diagnostic, Severity, did_you_mean
from .dialects import load_dialects
from .lexer import BARE_ID, STRING
from .location import CallSiteLoc, FileLoc, FusedLoc, Location, NameLoc
from .location_parser import LocationAlias
from .operation import Block, Operation, Region, Value
from .spec import Trait, lookup_spec

_VALUE = r"%[\w$.-]++"
# The start of an operation up to its operands, which is all of it that has no brackets inside brackets.
_HEAD = re.compile(
    rf"\s*+(?:({_VALUE}(?:\s*+:\s*+[0-9]++)?+(?:\s*+,\s*+{_VALUE}(?:\s*+:\s*+[0-9]++)?+)*+)\s*+=\s*+)?+"
    rf"({STRING}|{BARE_ID})(?:\s*+\(\s*+({_VALUE}(?:\#[0-9]++)?+(?:\s*+,\s*+{_VALUE}(?:\#[0-9]++)?+)*+)?+\s*+\))?+",
    re.ASCII,
)
_RESULT = re.compile(rf"({_VALUE})(?:\s*+:\s*+([0-9]++))?+", re.ASCII)
_OPERAND = re.compile(rf"{_VALUE}(?:\#[0-9]++)?+", re.ASCII)
_BLOCK_NAME = re.compile(r"\s*+\^([\w$.-]++)", re.ASCII)
_ARGUMENT = re.compile(rf"\s*+({_VALUE})\s*+:", re.ASCII)
_ALIAS = re.compile(r"\s*+([#!])([A-Za-z_][\w$-]*+)\s*+=", re.ASCII)
_MAX_RESULTS = 100_000


def parse_module(text: str, filename: str = "<text>") -> Operation:
    """Read a module; operations outside of one are put into one. Raises `DiagnosticError`.

    Operations without a `loc(...)` get their place in `filename` as location.
    """
    load_dialects()
    parser = _Parser(text, filename)
    operations = parser.top_level()
    if len(operations) == 1 and operations[0].name == "builtin.module":
        return operations[0]
    block = Block()
    for operation in operations:
        block.append(operation)
    return Operation("builtin.module", regions=[Region([block])], location=FileLoc(filename, 1, 1))


def parse_operation(text: str, filename: str = "<text>") -> Operation:
    """Read exactly one operation. Raises `DiagnosticError`."""
    load_dialects()
    parser = _Parser(text, filename)
    operations = parser.top_level()
    if len(operations) != 1:
        raise parser.error(f"expected one operation, found {len(operations)}", 0, 1)
    return operations[0]


def parse_attribute(text: str, filename: str = "<attribute>") -> Attribute:
    """Read exactly one attribute (or type). Raises `DiagnosticError`."""
    load_dialects()
    parser = AttributeParser(text, filename)
    attribute = parser.parse_attribute()
    if not parser.at_end():
        raise parser.expected("the end of the attribute")
    return attribute


def parse_type(text: str, filename: str = "<type>") -> TypeAttribute:
    """Read exactly one type. Raises `DiagnosticError`."""
    load_dialects()
    parser = AttributeParser(text, filename)
    type = parser.parse_type()
    if not parser.at_end():
        raise parser.expected("the end of the type")
    return type


@contextmanager
def _collector_paused() -> Generator[None]:
    """Keep Python from searching the growing module, which holds no garbage, for cycles again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Parser(AttributeParser):
    """Parses operations; keeps the names of values and blocks in scope."""

    def __init__(self, text: str, filename: str) -> None:
        super().__init__(text, filename)
        self._values: dict[str, Value] = {}
        self._scope: list[str] = []
        """The names in `_values` in the order of definition, so that a region can take its own out again."""
        self._forward: dict[str, tuple[Value, int]] = {}
        """Values used before their definition, with the place of the first use."""
        self._blocks: dict[str, Block] = {}
        self._block_uses: dict[str, int] = {}
        """Blocks that are not defined yet, with the place of the first use."""
        self._names: dict[str, str] = {}
        self._location_aliases: dict[str, Location] = {}
        self._aliased: list[Operation] = []
        """Operations whose location holds an alias."""

    # ---- the whole text

    def top_level(self) -> list[Operation]:
        """Read all operations and alias definitions."""
        operations: list[Operation] = []
        with _collector_paused():
            while not self.at_end():
                if not self._alias_definition():
                    operations.append(self._operation())
        self._check_forward()
        self._check_blocks()
        resolved: dict[str, Location] = {}
        for operation in self._aliased:
            operation.location = self._resolve(operation.location, resolved, ())
        return operations

    def _alias_definition(self) -> bool:
        match = self.take(_ALIAS)
        if match is None:
            return False
        sigil, name = match.groups()
        aliases = self.type_aliases if sigil == "!" else self.attribute_aliases
        if name in aliases or (sigil == "#" and name in self._location_aliases):
            raise self.error(f"alias '{sigil}{name}' is defined twice", match.start(1), match.end(2))
        if sigil == "!":
            self.type_aliases[name] = self.parse_type()
        elif (location := self.parse_optional_location()) is not None:
            self._location_aliases[name] = location
        else:
            self.attribute_aliases[name] = self.parse_attribute()
        return True

    def _resolve(self, location: Location, resolved: dict[str, Location], path: tuple[str, ...]) -> Location:
        """Return `location` with aliases replaced; `path` is what is being resolved, to find cycles."""
        if isinstance(location, FusedLoc):
            parts = tuple(self._resolve(part, resolved, path) for part in location.locations)
            return replace(location, locations=parts)
        if isinstance(location, NameLoc) and location.child is not None:
            return replace(location, child=self._resolve(location.child, resolved, path))
        if isinstance(location, CallSiteLoc):
            callee, caller = location.callee, location.caller
            return CallSiteLoc(self._resolve(callee, resolved, path), self._resolve(caller, resolved, path))
        if not isinstance(location, LocationAlias):
            return location
        name = location.name
        if name not in resolved:
            end = location.pos + len(name) + 1
            if name not in self._location_aliases:
                hint = did_you_mean(name, self._location_aliases)
                raise self.error(f"unknown location alias '#{name}'{hint}", location.pos, end)
            if name in path or len(path) >= 64:
                raise self.error(f"location alias '#{name}' refers to itself", location.pos, end)
            resolved[name] = self._resolve(self._location_aliases[name], resolved, (*path, name))
        return resolved[name]

    # ---- operations

    def _operation(self) -> Operation:
        match = self.take(_HEAD)
        if match is None:
            raise self.expected("an operation")
        results, raw_name, operands = match.groups()
        start = match.start(2)
        location = self.location(start)
        name = self._names.get(raw_name) or self._name(raw_name, start)
        if self.text[self.pos - 1] != ")" or match.end(2) == self.pos:
            if raw_name in ("module", "builtin.module"):
                return self._module(location)
            self.expect("(", f"and the operands of '{name}'")
            raise self.expected("an operand '%...' or ')'")
        attributes: dict[str, Attribute] = {}
        regions: Sequence[Region] = ()
        successors: Sequence[Block] = ()
        following = self.peek()
        if following == "[":
            successors = self._successors()
            following = self.peek()
        if following == "<":
            self._properties(attributes)
            following = self.peek()
        if following == "(":
            regions = self._regions(name)
            following = self.peek()
        if following == "{":
            self.pos += 1
            self.parse_entries(attributes, "}")
        signature = self.parse_signature()
        values: Sequence[Value] = ()
        if operands is not None:
            values = self._operands(_OPERAND.findall(operands), signature.inputs, match)
        elif signature.inputs:
            raise self._count_mismatch(name, 0, len(signature.inputs), "operands", match)
        given = self.parse_optional_location()
        operation = Operation(
            name, values, signature.results, attributes, regions, given or location, successors
        )
        if self.uses_location_aliases:
            self._aliased.append(operation)
            self.uses_location_aliases = False
        if results is not None:
            self._define_results(results, operation, match)
        return operation

    def _name(self, raw_name: str, start: int) -> str:
        name = self.unescape(raw_name, start) if raw_name[0] == '"' else raw_name
        if not name:
            raise self.error("an operation needs a name", start, start + len(raw_name))
        self._names[raw_name] = name
        return name

    def _module(self, location: FileLoc) -> Operation:
        """Read `@name attributes {...} {...}` behind the word `module`."""
        attributes: dict[str, Attribute] = {}
        if self.peek() == "@":
            attributes["sym_name"] = StringAttr(self.parse_symbol().root)
        if self.accept_word("attributes"):
            self.expect("{")
            self.parse_entries(attributes, "}")
        region = self._region("builtin.module")
        if not region.blocks:
            region.add_block(Block())
        given = self.parse_optional_location()
        operation = Operation("builtin.module", (), (), attributes, [region], given or location)
        if self.uses_location_aliases:
            self._aliased.append(operation)
            self.uses_location_aliases = False
        return operation

    def _properties(self, attributes: dict[str, Attribute]) -> None:
        """Read `<{...}>`, which MLIR prints for operations it knows; to us these are attributes."""
        self.expect("<")
        self.expect("{", "and properties")
        self.parse_entries(attributes, "}")
        self.expect(">", "behind properties")

    def _successors(self) -> list[Block]:
        self.expect("[")
        return list(self.comma_separated(self._successor, "]"))

    def _successor(self) -> Block:
        match = self.take(_BLOCK_NAME)
        if match is None:
            raise self.expected("a block '^...'")
        block = self._blocks.get(match[1])
        if block is None:
            block = self._blocks[match[1]] = Block()
            self._block_uses[match[1]] = match.start(1) - 1
        return block

    # ---- values

    def _operands(
        self, names: list[str], types: tuple[TypeAttribute, ...], head: re.Match[str]
    ) -> list[Value]:
        if len(names) != len(types):
            raise self._count_mismatch(self._names[head[2]], len(names), len(types), "operands", head)
        known = self._values
        values: list[Value] = []
        for index, (name, type) in enumerate(zip(names, types, strict=True)):
            value = known.get(name) or self._unknown_value(name, type, index, head)
            if value.type is not type and value.type != type:
                start, end = self._operand_place(head, index)
                raise self.error(f"'{name}' is used as {type}, but it is {value.type}", start, end)
            values.append(value)
        return values

    def _unknown_value(self, name: str, type: TypeAttribute, index: int, head: re.Match[str]) -> Value:
        """Return the value of an unusual name: `%0#0` of a single result, or one to be defined later on."""
        base, _, number = name.partition("#")
        single = self._values.get(base)
        if single is not None:
            if number == "0":
                return single
            start, end = self._operand_place(head, index)
            raise self.error(f"'{base}' has no result {number}", start, end)
        if name not in self._forward:
            stand_in = Value(Block(), 0, type)
            self._forward[name] = stand_in, self._operand_place(head, index)[0]
        return self._forward[name][0]

    def _operand_place(self, head: re.Match[str], index: int) -> tuple[int, int]:
        places = list(_OPERAND.finditer(self.text, head.start(3), head.end(3)))
        return places[index].start(), places[index].end()

    def _define_results(self, text: str, operation: Operation, head: re.Match[str]) -> None:
        results = operation.results
        if len(results) == 1 and ":" not in text and "," not in text:
            self._define(text, results[0], head.start(1))
            return
        position = 0
        for match in _RESULT.finditer(self.text, head.start(1), head.end(1)):
            name, count = match[1], self.integer(match[2], match.start(2)) if match[2] else 1
            if not 0 < count <= _MAX_RESULTS:
                raise self.error(f"{count} results cannot be", match.start(2), match.end(2))
            group = results[position : position + count]
            if match[2]:
                self._define(name, group[0] if group else None, match.start(1), count == 1)
                for index, value in enumerate(group if count > 1 else ()):
                    self._define(f"{name}#{index}", value, match.start(1))
            else:
                self._define(name, group[0] if group else None, match.start(1))
            position += count
        if position != len(results):
            raise self._count_mismatch(operation.name, position, len(results), "results", head)

    def _define(self, name: str, value: Value | None, start: int, hint: bool = True) -> None:
        if value is None:
            return  # the number of results is wrong, which is reported for the whole operation
        if name in self._values:
            previous = self._definition_note(name)
            raise self.error(f"'{name}' is defined twice", start, start + len(name), *previous)
        self._values[name] = value
        self._scope.append(name)
        digit = name[1]
        if hint and not ("0" <= digit <= "9" or name.startswith("%arg")):
            value.name_hint = name[1:].partition("#")[0]
        if self._forward:
            self._settle_forward(name, value)
            if "#" not in name:
                self._settle_forward(f"{name}#0", value)

    def _settle_forward(self, name: str, value: Value) -> None:
        entry = self._forward.pop(name, None)
        if entry is None:
            return
        stand_in, start = entry
        if stand_in.type != value.type:
            message = f"'{name}' is used as {stand_in.type}, but it is {value.type}"
            raise self.error(message, start, start + len(name))
        stand_in.replace_all_uses_with(value)

    def _definition_note(self, name: str) -> tuple[Diagnostic, ...]:
        owner = self._values[name].owner
        if not isinstance(owner, Operation):
            return ()
        return (Diagnostic(Severity.NOTE, "the other definition is here", owner.location),)

    def _check_forward(self, outer: dict[str, Value] | None = None) -> None:
        """Raise for the first value that was used and never defined."""
        for name, (_, start) in self._forward.items():
            if outer is not None and name in outer:
                raise self.error(
                    f"'{name}' is defined outside of the isolated region", start, start + len(name)
                )
            hint = did_you_mean(name, self._values)
            raise self.error(f"'{name}' is not defined{hint}", start, start + len(name))

    def _count_mismatch(
        self, name: str, written: int, typed: int, what: str, head: re.Match[str]
    ) -> Exception:
        message = f"'{name}' is written with {written} {what}, but its type has {typed}"
        return self.error(message, head.start(2), head.end(2))

    # ---- regions and blocks

    def _regions(self, name: str) -> list[Region]:
        self.expect("(")
        return list(self.comma_separated(lambda: self._region(name), ")"))

    def _region(self, owner: str) -> Region:
        """Read `{...}`, a region of an operation named `owner`."""
        self.enter()
        self.expect("{", f"and a region of '{owner}'")
        spec = lookup_spec(owner)
        isolated = spec is not None and Trait.ISOLATED in spec.traits
        outer = self._values, self._scope, self._forward, self._blocks, self._block_uses
        if isolated:
            self._values, self._scope, self._forward = {}, [], {}
        self._blocks, self._block_uses = {}, {}
        mark = len(self._scope)
        region = Region()
        block: Block | None = None
        while (following := self.peek()) != "}":
            if following == "^":
                block = region.add_block(self._block_label())
            elif following:
                if block is None:
                    block = region.add_block(Block())
                block.append(self._operation())
            else:
                raise self.expected("an operation or '}'")
        self.pos += 1
        self._check_blocks()
        if isolated:
            self._check_forward(outer[0])
            self._values, self._scope, self._forward = outer[:3]
        else:
            for name in self._scope[mark:]:
                del self._values[name]
            del self._scope[mark:]
        self._blocks, self._block_uses = outer[3:]
        self.leave()
        return region

    def _check_blocks(self) -> None:
        """Raise for the first block that was used and never defined."""
        for name, start in self._block_uses.items():
            hint = did_you_mean(name, self._blocks.keys() - self._block_uses.keys())
            raise self.error(f"block '^{name}' is not defined{hint}", start, start + len(name) + 1)

    def _block_label(self) -> Block:
        match = self.take(_BLOCK_NAME)
        if match is None:
            raise self.expected("a block's name '^...'")
        name, start = match[1], match.start(1) - 1
        if name in self._blocks and name not in self._block_uses:
            raise self.error(f"block '^{name}' is defined twice", start, match.end())
        self._block_uses.pop(name, None)
        block = self._blocks.setdefault(name, Block())
        if self.accept("("):
            for _ in self.comma_separated(lambda: self._block_argument(block), ")"):
                pass
        self.expect(":", "behind a block's name")
        return block

    def _block_argument(self, block: Block) -> None:
        match = self.take(_ARGUMENT)
        if match is None:
            raise self.expected("a block argument '%...: type'")
        self._define(match[1], block.add_argument(self.parse_type()), match.start(1))
        # Arguments have no location of their own here.
        self.parse_optional_location()
        self.uses_location_aliases = False
