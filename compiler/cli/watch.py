"""What watches a run: `--trace` and `--heat-map`."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from ...ir.operation import Operation
from .context import Context
from .errors import UsageError
from .floor import placed_regions
from .inspect_options import STDERR

if TYPE_CHECKING:
    from ...runtime.machine import StepResult
    from ...runtime.session import Session
    from .heat.collect import HeatMapCollector
    from .trace import TraceCollector


class Watch:
    """Is shown each step of a run. Raises `UsageError` and `FileError` before anything is compiled."""

    def __init__(self, args: Namespace) -> None:
        files = [file for file in args.heat_map if file != STDERR]
        outputs = [Path(file).resolve() for file in (*files, args.trace, args.output) if file is not None]
        files_of = [path for path in outputs if path.is_file() or not path.exists()]  # no devices or pipes
        twice = next((path for path in files_of if files_of.count(path) > 1), None)
        if twice is not None:
            raise UsageError(f"two options write '{twice.name}'")
        if args.trace_pe and args.trace is None:
            raise UsageError("--trace-pe says what --trace shows, which is not given")
        self._heat: HeatMapCollector | None = None
        self._trace: TraceCollector | None = None
        if args.heat_map:
            from .heat.collect import HeatMapCollector

            self._heat = HeatMapCollector(args.heat_map)
        if args.trace is not None:
            from .trace import TraceCollector

            self._trace = TraceCollector(args.trace, args.trace_pe)

    def log_level(self, module: Operation) -> int:
        """Return what steps of a program have to log."""
        from ...runtime.wavelet.state import LOG_RUNS
        from .trace import trace_log_level

        pes = sum(region.width * region.height for region in placed_regions(module))
        return LOG_RUNS if self._trace is None else trace_log_level(pes)

    @property
    def count_loads(self) -> bool:
        """Whether steps have to count what links carry."""
        return self._heat is not None

    def begin(self, session: Session, name: str, entry: str) -> None:
        """Start with a machine that has model `name`.

        Raises `UsageError` if a PE is asked for that is not there.
        """
        if self._trace is not None:
            target = session.target
            about: dict[str, object] = {}
            about |= {"model": name, "entry": entry, "target": target.name, "clock_hz": target.clock_hz}
            self._trace.begin(session.machine, about)

    def step(
        self, result: StepResult, name: str, args: dict[str, object], position: int, *, is_answer: bool
    ) -> None:
        """See a step at a position; those of a prompt but the last give no answer."""
        if self._trace is not None:
            self._trace.step(result, name, args, position, is_answer=is_answer)
        if self._heat is not None and is_answer:
            self._heat.step(result)

    def finish(self, session: Session, module: Operation, name: str, context: Context) -> None:
        """Write and show what was asked for. Raises `FileError`."""
        if self._trace is not None:
            self._trace.finish(context)
        if self._heat is not None:
            picture = self._heat.picture(module, session.machine, session.target, name)
            self._heat.finish(picture, context)
