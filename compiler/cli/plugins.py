"""The plug-ins of one command: loaded before it runs, gone after it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...passes.plugins import Plugin
    from .terminal import Terminal


@dataclass(slots=True)
class Plugins:
    """What was loaded, in order."""

    loaded: list[Plugin] = field(default_factory=lambda: list["Plugin"]())

    @property
    def paths(self) -> list[str]:
        """The files, as they were given."""
        return [plugin.path for plugin in self.loaded]

    def load(self, paths: Iterable[str], terminal: Terminal) -> None:
        """Load files that are not loaded yet, and say what they replace. Raises `DiagnosticError`."""
        for path in paths:
            if path in self.paths:
                continue
            from ...passes.plugins import load_plugin

            plugin = load_plugin(path)
            self.loaded.append(plugin)
            for name in plugin.replaced:
                terminal.announce(f"plug-in {path}: its pass '{name}' replaces the one of that name")

    def path_of(self, name: str) -> str | None:
        """Return the file whose pass of that name is the registered one, None if wsc has it itself."""
        owners = [plugin.path for plugin in self.loaded if any(kind.name == name for kind in plugin.passes)]
        return owners[-1] if owners else None

    def unload(self) -> None:
        """Take everything back, for what this process runs next."""
        while self.loaded:
            from ...passes.plugins import unload_plugin

            unload_plugin(self.loaded.pop())
