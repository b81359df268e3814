"""The scope of `--print-ir-scope` through a compilation: whether it is there yet, still, or never was."""

from __future__ import annotations

from ...ir.listing import Listing
from ...ir.operation import Block, Operation, Region
from ...ir.scope import scope_names, scoped
from .errors import UsageError
from .ir_text import TextForm

_MOST_NAMES = 20
"""Names listed in a message."""


class ScopeWatch:
    """Looks at modules, as a whole or (with `scope`) at what concerns a symbol or layer of them."""

    def __init__(self, form: TextForm, scope: str | None) -> None:
        self._form = form
        self._scope = scope
        self._names: dict[str, None] = {}
        self._looked = False
        self._found = False

    def listing(self, module: Operation) -> Listing | None:
        """Return what there is to show of `module`, or None if the scope is not in it."""
        part = self._part(module)
        return None if part is None else self._form.listing(part)

    def _part(self, module: Operation) -> Operation | None:
        """Return what of `module` is in the scope, and remember whether there was anything."""
        if self._scope is None:
            return module
        self._looked = True
        part = scoped(module, self._scope)
        if part is not None:
            self._found = True
        elif not self._found:
            self._names |= dict.fromkeys(scope_names(module))
        return part

    def listing_or_empty(self, module: Operation) -> Listing:
        """Return what there is to show of `module`: nothing but the module if the scope is not in it."""
        found = self.listing(module)
        if found is not None:
            return found
        return self._form.listing(Operation(module.name, regions=[Region([Block()])]))

    def note(self, module: Operation) -> str:
        """Return a sentence if the scope is not in `module`, or nothing."""
        if self._part(module) is not None:
            return ""
        when = "any more" if self._found else "yet"
        return f"there is no '{self._scope}' in the module {when}"

    def check(self) -> None:
        """Raise `UsageError` if the scope was in none of the modules that were looked at."""
        if not self._looked or self._found or self._scope is None:
            return
        from ...ir.diagnostics import did_you_mean

        names = list(self._names)
        guess = did_you_mean(self._scope.removeprefix("@"), names)
        more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        raise UsageError(
            f"--print-ir-scope: no printed module has a symbol or layer '{self._scope}'{guess}",
            f"they have: {', '.join(names[:_MOST_NAMES]) or 'none'}{more}",
        )
