"""Types and the base of all attributes: immutable, hashable, `str` is their MLIR text.

`attributes.py` gives these names too; import them from there.
"""

from __future__ import annotations

from dataclasses import dataclass

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


def quote(text: str) -> str:
    """Return `text` as an MLIR string literal: printable ASCII as it is, other bytes of UTF-8 as `\\HH`."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    parts: list[str] = []
    for char in text:
        if char in _ESCAPES:
            parts.append(_ESCAPES[char])
        elif char.isascii() and char.isprintable():
            parts.append(char)
        else:
            parts.extend(f"\\{byte:02X}" for byte in char.encode("utf-8"))
    return '"' + "".join(parts) + '"'


def is_bare_identifier(text: str) -> bool:
    """Whether MLIR reads `text` as an attribute key or symbol name without quotes."""
    return text.replace(".", "_").replace("$", "_").isidentifier() and text.isascii() and text[0] not in ".$"


class Attribute:
    """Base of all attributes; subclasses are frozen dataclasses whose `str` is MLIR text."""

    __slots__ = ()


class TypeAttribute(Attribute):
    """Base of all types (a type is an attribute too)."""

    __slots__ = ()


# ---- builtin types -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IntegerType(TypeAttribute):
    """A signless integer of `width` bits, `i32`."""

    width: int

    def __str__(self) -> str:
        return f"i{self.width}"


@dataclass(frozen=True, slots=True)
class IndexType(TypeAttribute):
    """A machine-independent integer, `index`."""

    def __str__(self) -> str:
        return "index"


@dataclass(frozen=True, slots=True)
class FloatType(TypeAttribute):
    """A floating-point type by its MLIR name: `f16`, `bf16`, `f32` or `f64`."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class NoneType(TypeAttribute):
    """The type without values, `none`."""

    def __str__(self) -> str:
        return "none"


DYNAMIC = -1
"""The extent of a dimension that is not known before a program is specialised; printed `?`."""


@dataclass(frozen=True, slots=True)
class TensorType(TypeAttribute):
    """A ranked tensor, `tensor<?x64xf16>`; `DYNAMIC` extents print as `?`."""

    shape: tuple[int, ...]
    element: TypeAttribute

    def __str__(self) -> str:
        dims = "".join("?x" if extent == DYNAMIC else f"{extent}x" for extent in self.shape)
        return f"tensor<{dims}{self.element}>"


@dataclass(frozen=True, slots=True)
class FunctionType(TypeAttribute):
    """A function's type, `(index, f32) -> f16`."""

    inputs: tuple[TypeAttribute, ...]
    results: tuple[TypeAttribute, ...]

    def __str__(self) -> str:
        inputs = ", ".join(map(str, self.inputs))
        if len(self.results) == 1 and not isinstance(self.results[0], FunctionType):
            return f"({inputs}) -> {self.results[0]}"
        return f"({inputs}) -> ({', '.join(map(str, self.results))})"
