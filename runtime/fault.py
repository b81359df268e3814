"""Faults: what stopped a machine, with where on the wafer and where in the model's text."""

from __future__ import annotations

from dataclasses import dataclass

MAX_DETAILS = 8
"""Details that a fault's text shows; the rest is counted."""


@dataclass(frozen=True, slots=True)
class FaultDetail:
    """One PE's part in a fault; what is not known is None or ''."""

    x: int
    y: int
    message: str
    color: int | None = None
    flow: str = ""
    operation: str = ""
    location: str = ""

    def __str__(self) -> str:
        parts = [f"PE ({self.x}, {self.y})"]
        if self.operation:
            parts.append(self.operation)
        if self.color is not None:
            parts.append(f"color {self.color}")
        if self.flow:
            parts.append(f"flow '{self.flow}'")
        where = f" [{self.location}]" if self.location else ""
        return f"{', '.join(parts)}: {self.message}{where}"


KINDS = (
    *("deadlock", "lost-wavelet", "off-wafer", "memory", "arithmetic", "channel", "thread", "program"),
    *("defect", "cycle-limit", "conflict", "not-a-number"),
)
"""What can stop a machine; docs/machine.md says what each means."""


class MachineFault(Exception):  # noqa: N818 - a fault is what hardware has
    """The machine stopped: `kind` is one of `KINDS`, `details` says what each PE had to do with it."""

    def __init__(self, kind: str, message: str, details: tuple[FaultDetail, ...] = ()) -> None:
        assert kind in KINDS, kind
        self.kind = kind
        self.message = message
        self.details = details
        super().__init__(kind, message, details)

    def __str__(self) -> str:
        lines = [f"{self.kind}: {self.message}", *(f"  {detail}" for detail in self.details[:MAX_DETAILS])]
        if len(self.details) > MAX_DETAILS:
            lines.append(f"  and {len(self.details) - MAX_DETAILS} more")
        return "\n".join(lines)
