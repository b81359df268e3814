"""The plan of a broadcast on a line: one multicast on one color."""

from __future__ import annotations

from .plan import HIGH, LOW, RAMP, LinePlan, Setting, Step


def broadcast_plan(parts: int, root: int) -> LinePlan:
    """Return the plan by which place `root` sends its message to all other places.

    Raises `ValueError` if the line has no such place.
    """
    if not 0 <= root < parts:
        raise ValueError(f"place {root} is not on a line of {parts}")
    if parts == 1:
        return LinePlan(((),), ((),), 0)
    steps: list[tuple[Step, ...]] = []
    settings: list[tuple[Setting, ...]] = []
    for place in range(parts):
        onward = [way for way, end in ((LOW, 0), (HIGH, parts - 1)) if place != end]
        if place == root:
            steps.append((Step("send", sink=0),))
            settings.append((Setting(0, RAMP, tuple(onward)),))
            continue
        origin = HIGH if place < root else LOW
        outputs = (*(way for way in onward if way != origin), RAMP)
        steps.append((Step("recv", source=0),))
        settings.append((Setting(0, origin, outputs),))
    return LinePlan(tuple(steps), tuple(settings), 1)
