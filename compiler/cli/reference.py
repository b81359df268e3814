"""The dialect reference as Markdown: everything that is declared of operations, types and attributes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from ...ir.attributes import DialectAttribute, DialectType
    from ...ir.spec import Dialect, Field, OpSpec

K = TypeVar("K", bound="DialectType | DialectAttribute")

_HEAD = """\
# Dialect reference

What the verifier knows of each operation. `wsc ops --markdown` makes this page from the definitions in
`ir/dialects/`; a test compares the two. `wsc ops NAME` shows one operation or one dialect.
"""


def dialect_reference() -> str:
    """Return the page, without a final newline."""
    from ...ir.dialects import DIALECT_MODULES, load_dialects
    from ...ir.spec import registered_dialects

    load_dialects()
    by_name = {dialect.name: dialect for dialect in registered_dialects()}
    # In the order in which a model goes through them, not by name.
    return "\n".join(
        [_HEAD, *(line for name in DIALECT_MODULES for line in _dialect(by_name[name]))]
    ).rstrip()


def describe(field: Field) -> str:
    """Return what a field may hold, and whether it may be left out or repeated."""
    extra = " (any number)" if field.variadic else " (optional)" if field.optional else ""
    return f"{field.constraint.description}{extra}"


def trait_names(spec: OpSpec) -> list[str]:
    """Return an operation's traits in kebab-case, sorted."""
    return sorted(trait.name.lower().replace("_", "-") for trait in spec.traits)


def _dialect(dialect: Dialect) -> Iterator[str]:
    from ...ir.attributes import DialectAttribute, DialectType

    yield from (f"## `{dialect.name}`", "", dialect.summary, "")
    for sigil, base in (("!", DialectType), ("#", DialectAttribute)):
        for kind in dialect_kinds(base, dialect.name):
            paragraph = " ".join((kind.__doc__ or "").split("\n\n")[0].split())
            yield from (f"### `{sigil}{kind.mnemonic}`", "", paragraph, "")
    for spec in dialect.by_name():
        yield from _operation(spec)


def dialect_kinds(base: type[K], dialect: str) -> Sequence[type[K]]:
    """Return the types or attributes (`base` says which) of a dialect, by name."""
    # By mnemonic: a dataclass with slots is made twice, and its first form may still be around.
    kinds = {kind.mnemonic: kind for kind in base.__subclasses__() if hasattr(kind, "mnemonic")}
    return [kinds[name] for name in sorted(kinds) if name.startswith(f"{dialect}.")]


def _operation(spec: OpSpec) -> Iterator[str]:
    yield from (f"### `{spec.name}`", "", spec.summary, "")
    rows = [
        *_rows("operand", spec.operands),
        *_rows("result", spec.results),
        *_rows("attribute", spec.attributes),
        *(f"| region | `{name}` | |" for name in spec.regions),
    ]
    if rows:
        yield from ("| | name | what it is |", "|---|---|---|", *rows, "")
    if spec.traits:
        yield from (f"Traits: {', '.join(trait_names(spec))}.", "")


def _rows(role: str, fields: Iterable[Field]) -> Iterator[str]:
    return (f"| {role} | `{field.name}` | {describe(field)} |" for field in fields)
