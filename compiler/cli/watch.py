"""What watches a run: `--trace` and `--heat-map`."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from ...ir.operation import Operation
from .context import Context
from .errors import UsageError
from .floor import placed_regions
from .heat.collect import HeatMapCollector
from .inspect_options import STDERR
from .trace import TraceCollector, trace_log_level

if TYPE_CHECKING:
    from ...runtime.machine import StepResult
    from ...runtime.session import Session


class Watch:
    """Is shown each step of a run. Raises `UsageError` and `FileError` before anything is executed."""

    def __init__(self, args: Namespace, module: Operation, name: str) -> None:
        self._module = module
        self._name = name
        self._session: Session | None = None
        files = [file for file in args.heat_map if file != STDERR]
        outputs = [Path(file).resolve() for file in (*files, args.trace, args.output) if file is not None]
        files_of = [path for path in outputs if path.is_file() or not path.exists()]  # no devices or pipes
        twice = next((path for path in files_of if files_of.count(path) > 1), None)
        if twice is not None:
            raise UsageError(f"two options write '{twice.name}'")
        if args.trace_pe and args.trace is None:
            raise UsageError("--trace-pe says what --trace shows, which is not given")
        self._heat = HeatMapCollector(args.heat_map) if args.heat_map else None
        self._trace = TraceCollector(args.trace, args.trace_pe) if args.trace is not None else None

    @property
    def log_level(self) -> int:
        """What steps have to log."""
        from ...runtime.wavelet.state import LOG_RUNS

        pes = sum(region.width * region.height for region in placed_regions(self._module))
        return LOG_RUNS if self._trace is None else trace_log_level(pes)

    @property
    def count_loads(self) -> bool:
        """Whether steps have to count what links carry."""
        return self._heat is not None

    def begin(self, session: Session, entry: str) -> None:
        """Start with a machine. Raises `UsageError` if a PE is asked for that is not there."""
        self._session = session
        if self._trace is not None:
            target = session.target
            about: dict[str, object] = {}
            about |= {"model": self._name, "entry": entry, "target": target.name, "clock_hz": target.clock_hz}
            self._trace.begin(session.machine, about)

    def step(
        self, result: StepResult, name: str, args: dict[str, object], position: int, *, is_answer: bool
    ) -> None:
        """See a step at a position; those of a prompt but the last give no answer."""
        if self._trace is not None:
            self._trace.step(result, name, args, position, is_answer=is_answer)
        if self._heat is not None and is_answer:
            self._heat.step(result)

    def finish(self, context: Context) -> None:
        """Write and show what was asked for. Raises `FileError`."""
        if self._trace is not None:
            self._trace.finish(context)
        if self._heat is not None:
            assert self._session is not None, "the run has begun"
            session = self._session
            picture = self._heat.picture(self._module, session.machine, session.target, self._name)
            self._heat.finish(picture, context)
