"""Dialects as IRDL, MLIR's language for definitions of dialects: what it can say of ours.

It has no words for traits (terminators among them), for optional attributes, and for types whose text is no
list of attributes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...ir.attributes import Attribute, DialectType
    from ...ir.spec import Constraint, Dialect, Field, OpSpec


def foreign_types(dialect: Dialect) -> list[type[DialectType]]:
    """Return the types of a dialect whose text only our own parser reads."""
    from ...ir.attributes import DialectType
    from .reference import dialect_kinds

    return [kind for kind in dialect_kinds(DialectType, dialect.name) if kind.parameters is None]


def irdl_text(dialects: Sequence[Dialect]) -> str:
    """Return the definitions of `dialects` in IRDL's syntax as of MLIR 19, without a final newline."""
    return "\n\n".join("\n".join(_dialect(dialect)) for dialect in dialects)


def _dialect(dialect: Dialect) -> Iterator[str]:
    from ...ir.attributes import DialectType
    from .reference import dialect_kinds

    yield f"// {dialect.summary}"
    for kind in foreign_types(dialect):
        yield f"// IRDL cannot say how !{kind.mnemonic}<...> is read: modules that use it need our parser."
    yield f"irdl.dialect @{dialect.name} {{"
    types = [kind for kind in dialect_kinds(DialectType, dialect.name) if kind.parameters is not None]
    for kind in types:
        yield from _type(kind, kind.parameters or ())
    for spec in dialect.operations.values():
        if any(kind.mnemonic == spec.name for kind in types):
            yield f"  // No operation @{_own_name(spec.name)}: IRDL has no two things of one name."
        else:
            yield from _operation(spec)
    yield "}"


def _type(kind: type[DialectType], parameters: tuple[str, ...]) -> Iterator[str]:
    yield f"  irdl.type @{_own_name(kind.mnemonic)} {{"
    names = [f"%{index}" for index in range(len(parameters))]
    for name, parameter in zip(names, parameters, strict=True):
        yield f"    {name} = irdl.any  // {parameter}"
    yield f"    irdl.parameters({', '.join(names)})"
    yield "  }"


def _operation(spec: OpSpec) -> Iterator[str]:
    constraints = _Constraints(spec)
    operands = [constraints.of_values(field) for field in spec.operands]
    results = [constraints.of_values(field) for field in spec.results]
    attributes = [
        f'"{field.name}" = {constraints.of(field.constraint)}'
        for field in spec.attributes
        if not field.optional
    ]
    yield f"  // {spec.summary.split('. ')[0]}"
    yield f"  irdl.operation @{_own_name(spec.name)} {{"
    yield from constraints.lines
    if operands:
        yield f"    irdl.operands({', '.join(operands)})"
    if results:
        yield f"    irdl.results({', '.join(results)})"
    if attributes:
        yield f"    irdl.attributes {{ {', '.join(attributes)} }}"
    regions = [f"%{name}" for name in spec.regions]
    for region in regions:
        yield f"    {region} = irdl.region"
    if regions:
        yield f"    irdl.regions({', '.join(regions)})"
    yield "  }"


def _own_name(name: str) -> str:
    """Return a name without its dialect."""
    return name.partition(".")[2]


class _Constraints:
    """The constraints of one operation: a value each, since one value means one type or attribute."""

    def __init__(self, spec: OpSpec) -> None:
        from ...ir.spec import Trait

        self.lines: list[str] = []
        self._same = Trait.SAME_TYPE in spec.traits
        self._type = ""

    def of_values(self, field: Field) -> str:
        """Return the constraint of an operand or result, with how many of them there may be."""
        if not (self._same and self._type):
            self._type = self.of(field.constraint)
        return f"variadic {self._type}" if field.variadic else self._type

    def of(self, constraint: Constraint) -> str:
        """Return the value that stands for `constraint` at one place."""
        choices = [f"irdl.is {value}" for value in constraint.values]
        choices += [text for kind in constraint.kinds if (text := _base(kind)) is not None]
        if not choices or len(choices) < len(constraint.kinds):
            return self._define("irdl.any")
        if len(choices) == 1:
            return self._define(choices[0])
        return self._define(f"irdl.any_of({', '.join(map(self._define, choices))})")

    def _define(self, text: str) -> str:
        name = f"%{len(self.lines)}"
        self.lines.append(f"    {name} = {text}")
        return name


def _base(kind: type[Attribute]) -> str | None:
    """Return the IRDL constraint that something is of class `kind`, None if there is none."""
    from ...ir import attributes
    from ...ir.types import FunctionType, IndexType, IntegerType, TensorType

    if issubclass(kind, attributes.DialectType):
        return None if kind.parameters is None else f"irdl.base @{kind.mnemonic.replace('.', '::@')}"
    bases: dict[type[Attribute], str] = {
        attributes.ArrayAttr: "#builtin.array",
        attributes.DenseArrayAttr: "#builtin.dense_array",
        attributes.DenseElementsAttr: "#builtin.dense_int_or_fp_elements",
        attributes.DictAttr: "#builtin.dictionary",
        attributes.FloatAttr: "#builtin.float",
        attributes.IntegerAttr: "#builtin.integer",
        attributes.StringAttr: "#builtin.string",
        attributes.SymbolRefAttr: "#builtin.symbol_ref",
        attributes.UnitAttr: "#builtin.unit",
        FunctionType: "!builtin.function",
        IndexType: "!builtin.index",
        IntegerType: "!builtin.integer",
        TensorType: "!builtin.tensor",
    }
    return None if kind not in bases else f'irdl.base "{bases[kind]}"'
