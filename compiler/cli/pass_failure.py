"""What passes say when they fail on a module: for tests of `wsc reduce` that need no process."""

from __future__ import annotations

from collections.abc import Sequence

from ...ir.diagnostics import DiagnosticError
from ...ir.operation import Operation
from ...passes.base import Pass, PassContext
from ...passes.manager import Instrumentation, PassManager
from ...passes.round_trip import RoundTripWatcher


class _Failed(Instrumentation):
    """Notes the name of the pass that fails."""

    name: str | None = None

    def failed(self, pass_: Pass, module: Operation, error: Exception) -> None:
        """Note it."""
        self.name = pass_.name


class FailingPasses:
    """Passes that are expected to fail, run on copies of modules."""

    def __init__(
        self, passes: Sequence[Pass], *, verify_each: bool, verify_roundtrip: bool, allow_unregistered: bool
    ) -> None:
        self._passes = tuple(passes)
        self._verify_each = verify_each
        self._verify_roundtrip = verify_roundtrip
        self._allow_unregistered = allow_unregistered

    def failure(self, module: Operation) -> str | None:
        """Return the first line of what the passes say of a copy of `module`, None if they do not fail."""
        failed = _Failed()
        manager = PassManager(
            self._passes,
            verify_each=self._verify_each,
            allow_unregistered=self._allow_unregistered,
            instrumentations=[failed, RoundTripWatcher()] if self._verify_roundtrip else [failed],
        )
        try:
            manager.run(module.clone(), PassContext())
        except DiagnosticError as error:
            return error.diagnostics[0].message.split("\n")[0]
        except Exception as error:
            return f"pass '{failed.name}' raised {type(error).__name__}: {error}".split("\n")[0]
        return None
