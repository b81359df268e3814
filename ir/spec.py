"""What an operation of a given name must look like: operands, results, attributes, regions, traits, rules.

Dialects declare one `OpSpec` per operation; the verifier, `wsc ops` and the dialect reference read them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

from .attributes import Attribute, SymbolRefAttr, TypeAttribute
from .operation import Operation


class Trait(Enum):
    """What passes and the verifier may assume of an operation."""

    PURE = auto()
    """No effects: may be removed when unused, merged with an equal one, moved."""
    READ = auto()
    """Reads a variable (attribute `variable`): may be removed when unused, not moved over a write to it."""
    WRITE = auto()
    """Writes a variable or talks to another PE: never removed."""
    TERMINATOR = auto()
    """Ends a block."""
    SYMBOL = auto()
    """Defines the symbol in `sym_name`."""
    SYMBOL_TABLE = auto()
    """Its region's symbols are looked up in it."""
    ISOLATED = auto()
    """Its regions use no value from outside."""
    COMMUTATIVE = auto()
    """The two operands may be swapped."""
    SAME_TYPE = auto()
    """All operands and results have one type."""
    SINGLE_BLOCK = auto()
    """Each region has exactly one block."""
    NO_TERMINATOR = auto()
    """Its blocks need no terminator."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """A named condition on an attribute or a type.

    `refers_to` is for references to symbols: the verifier resolves an attribute that has it, and the
    symbol must belong to an operation of one of these names, of any name if there are none. `kinds` and
    `values` say for other tools what `holds` asks for: an instance of one of these, one of these; where
    neither does, anything.
    """

    description: str
    holds: Callable[[Attribute], bool]
    refers_to: tuple[str, ...] | None = None
    kinds: tuple[type[Attribute], ...] = ()
    values: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """An operand, result, attribute or region by name.

    A variadic operand or result must be the last one; `optional` is for attributes.
    """

    name: str
    constraint: Constraint
    variadic: bool = False
    optional: bool = False


Report = Callable[[str], None]
"""Called with one message per broken rule."""


@dataclass(frozen=True, slots=True)
class OpSpec:
    """The definition of one operation. `verify` is only called when everything declared here holds."""

    name: str
    summary: str
    operands: tuple[Field, ...] = ()
    results: tuple[Field, ...] = ()
    attributes: tuple[Field, ...] = ()
    regions: tuple[str, ...] = ()
    traits: frozenset[Trait] = field(default_factory=lambda: frozenset[Trait]())
    verify: Callable[[Operation, Report], None] | None = None
    extra_attributes: bool = False
    """Whether attributes that are not declared are allowed (names with a dot always are)."""


@dataclass(slots=True)
class Dialect:
    """A namespace of operations."""

    name: str
    summary: str
    operations: dict[str, OpSpec] = field(default_factory=lambda: dict[str, OpSpec]())

    def by_name(self) -> list[OpSpec]:
        """Return the operations sorted by name, whichever module that adds some was imported first."""
        return [self.operations[name] for name in sorted(self.operations)]

    def add(self, specs: Iterable[OpSpec]) -> None:
        """Register `specs`, whose names start with this dialect's. Raises `ValueError` on a bad name."""
        for spec in specs:
            if not spec.name.startswith(self.name + ".") or spec.name in self.operations:
                raise ValueError(f"operation name '{spec.name}' is wrong or taken in dialect '{self.name}'")
            self.operations[spec.name] = spec
            _SPECS[spec.name] = spec


_SPECS: dict[str, OpSpec] = {}
_DIALECTS: dict[str, Dialect] = {}


def register_dialect(dialect: Dialect) -> Dialect:
    """Make `dialect` known under its name. Raises `ValueError` if the name is taken."""
    if dialect.name in _DIALECTS:
        raise ValueError(f"dialect '{dialect.name}' is registered already")
    _DIALECTS[dialect.name] = dialect
    return dialect


def lookup_spec(name: str) -> OpSpec | None:
    """Return the definition of operation `name`, or None if nobody registered it."""
    return _SPECS.get(name)


def registered_dialects() -> Iterator[Dialect]:
    """Yield all dialects by name."""
    for name in sorted(_DIALECTS):
        yield _DIALECTS[name]


def registered_operations() -> Iterator[OpSpec]:
    """Yield the definitions of all operations by name."""
    for name in sorted(_SPECS):
        yield _SPECS[name]


def has_trait(operation: Operation, trait: Trait) -> bool:
    """Whether `operation` is registered with `trait`."""
    spec = _SPECS.get(operation.name)
    return spec is not None and trait in spec.traits


# ---- constraints -----------------------------------------------------------------------------------


def is_a(description: str, *kinds: type[Attribute]) -> Constraint:
    """A constraint that the attribute or type is an instance of one of `kinds`.

    Where only symbol references are allowed, the symbol must exist (`Constraint.refers_to`).
    """
    refers_to = () if kinds == (SymbolRefAttr,) else None
    return Constraint(description, lambda attribute: isinstance(attribute, kinds), refers_to, kinds)


def symbol_ref(description: str, *operations: str) -> Constraint:
    """A constraint that the attribute names a symbol that an operation of one of these names defines."""
    kinds = (SymbolRefAttr,)
    return Constraint(description, lambda attribute: isinstance(attribute, kinds), operations, kinds)


def one_of(description: str, *values: Attribute) -> Constraint:
    """A constraint that the attribute or type equals one of `values`."""
    return Constraint(description, lambda attribute: attribute in values, values=values)


ANY = Constraint("anything", lambda attribute: True)
ANY_TYPE = is_a("any type", TypeAttribute)
SYMBOL_REF = symbol_ref("a symbol reference")


def operand(name: str, constraint: Constraint = ANY_TYPE) -> Field:
    """An operand whose type satisfies `constraint`."""
    return Field(name, constraint)


def operands(name: str, constraint: Constraint = ANY_TYPE) -> Field:
    """Zero or more operands at the end."""
    return Field(name, constraint, variadic=True)


result = operand
results = operands


def required(name: str, constraint: Constraint = ANY) -> Field:
    """An attribute that must be there."""
    return Field(name, constraint)


def optional(name: str, constraint: Constraint = ANY) -> Field:
    """An attribute that may be there."""
    return Field(name, constraint, optional=True)
