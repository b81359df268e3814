"""`--trace`: hands the steps of a run to a trace, and writes its file when the run is over."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...runtime.machine import Machine, StepResult
from ...runtime.trace.chrome import ChromeTrace
from ...runtime.wavelet.state import LOG_ALL, LOG_RUNS
from .context import Context
from .errors import UsageError
from .files import check_output, write_file

LARGEST_WITH_INSTRUCTIONS = 2048
"""PEs of a machine that logs each local instruction; of larger ones the trace finds them once more."""


def trace_log_level(pes: int) -> int:
    """Return what the machine has to log for a trace."""
    return LOG_ALL if pes <= LARGEST_WITH_INSTRUCTIONS else LOG_RUNS


class TraceCollector:
    """Keeps the steps of a run. Raises `FileError` if the file can surely not be written."""

    def __init__(self, file: str, wanted: Sequence[tuple[int, int]]) -> None:
        self._path = Path(file)
        self._wanted = wanted
        self._trace: ChromeTrace | None = None
        check_output(self._path)

    def begin(self, machine: Machine, about: dict[str, object]) -> None:
        """Start with a machine. Raises `UsageError` if there is no PE where one is asked for."""
        pes: list[int] = []
        for x, y in self._wanted:
            inside = x < machine.width and y < machine.height
            pe = int(machine.pe_index[y, x]) if inside else -1
            if pe < 0:
                what = (
                    "runs no program" if inside else f"is not on the {machine.width} x {machine.height} wafer"
                )
                raise UsageError(f"--trace-pe: PE {x},{y} {what}")
            pes.append(pe)
        self._trace = ChromeTrace(machine, about, pes)

    def step(
        self, result: StepResult, name: str, args: dict[str, object], position: int, *, is_answer: bool
    ) -> None:
        """Add a step at a position; those that answer are shown in detail."""
        assert self._trace is not None, "the trace has begun"
        self._trace.step(result, name, args, detail=is_answer, position=position)

    def finish(self, context: Context) -> None:
        """Write the file and say what is not in it. Raises `FileError`."""
        assert self._trace is not None, "the trace has begun"
        data = self._trace.to_bytes()
        write_file(self._path, data)
        context.terminal.announce(f"wrote {self._path}, {len(data):,} bytes: open it at ui.perfetto.dev")
        for sentence in self._trace.left_out():
            context.terminal.announce(f"  {sentence}")
