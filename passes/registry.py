"""The registry of passes: each is imported only when somebody asks for it, so that commands start at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module

from .base import Pass


class Registry(MutableMapping[str, type[Pass]]):
    """Passes by name, in order. `places` are modules of this package, with the class in each."""

    def __init__(self, places: Mapping[str, tuple[str, str]]) -> None:
        self._passes: dict[str, type[Pass] | tuple[str, str]] = dict(places)

    def __getitem__(self, name: str) -> type[Pass]:
        found = self._passes[name]
        if isinstance(found, tuple):
            module, kind = found
            found = self._passes[name] = getattr(import_module(f".{module}", __package__), kind)
        return found

    def __setitem__(self, name: str, kind: type[Pass]) -> None:
        self._passes[name] = kind

    def __delitem__(self, name: str) -> None:
        del self._passes[name]

    def __contains__(self, name: object) -> bool:
        return name in self._passes

    def __iter__(self) -> Iterator[str]:
        return iter(self._passes)

    def __len__(self) -> int:
        return len(self._passes)


PASSES = Registry(
    {
        "inline": ("nn.inline", "Inline"),
        "specialize": ("nn.specialize", "Specialize"),
        "canonicalize": ("common.canonicalize", "Canonicalize"),
        "cse": ("common.cse", "CSE"),
        "dce": ("common.dce", "DCE"),
        "fuse": ("nn.fuse", "Fuse"),
        "partition": ("nn.partition", "Partition"),
        "combine-collectives": ("dist.combine_collectives", "CombineCollectives"),
        "place": ("fabric.place", "Place"),
        "route": ("fabric.route", "Route"),
        "schedule": ("pe.schedule", "Schedule"),
        "allocate": ("pe.allocate", "Allocate"),
        "emit": ("pe.emit", "Emit"),
        "certify": ("fabric.certify", "Certify"),
    }
)
"""Every pass by its name, in the order in which a compilation uses them."""
