"""Bounds on what one input may take: CPU time, address space, resident memory."""

from __future__ import annotations

import re
import resource
import signal
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

CPU_SECONDS = 2.0
"""For one input of a few thousand characters, which usually takes milliseconds."""
ADDRESS_SPACE_BYTES = 4 << 30
RESIDENT_BYTES = 64 << 20
"""By how much one input may raise the process's peak."""

_STATUS = Path("/proc/self/status")
_PEAK = re.compile(r"VmHWM:\s*(\d+) kB")


class TooSlowError(BaseException):
    """The input took too long; no `Exception`, so that nothing on the way takes it for its own."""


class TooLargeError(BaseException):
    """The input took too much memory."""


def limit_address_space() -> None:
    """Let this process fail with `MemoryError` rather than take the machine's memory."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES))


@contextmanager
def limited(cpu_seconds: float = CPU_SECONDS) -> Generator[None]:
    """Raise `TooSlowError` when what is inside takes too long, `TooLargeError` if it took too much memory."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooSlowError(f"more than {cpu_seconds} s of CPU time")

    peak = _peak_bytes()
    previous = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
    # Nothing is raised inside of a loop in C: that ends with the process.
    signal.setitimer(signal.ITIMER_VIRTUAL, 10 * cpu_seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGPROF, previous)
    if _peak_bytes() - peak > RESIDENT_BYTES:
        raise TooLargeError(f"more than {RESIDENT_BYTES >> 20} MiB")


def _peak_bytes() -> int:
    """Return the most memory that was resident at a time, of this program only if the system tells."""
    if _STATUS.exists():
        match = _PEAK.search(_STATUS.read_text())
        return int(match[1]) * 1024 if match else 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
