"""Delta debugging: cuts an input down, lines first, then characters, for as long as it still fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence

MOST_TRIES = 3000


class _Budget:
    """How often the test may still be run."""

    def __init__(self, tries: int) -> None:
        self.tries = tries

    def spend(self) -> bool:
        """Take one; False if there is none left."""
        self.tries -= 1
        return self.tries >= 0


def minimise(data: bytes, fails: Callable[[bytes], bool], tries: int = MOST_TRIES) -> bytes:
    """Return a small piece of `data` that `fails`, trying at most `tries` inputs; `data` itself must fail."""
    budget = _Budget(tries)
    lines = _shrink(data.split(b"\n"), lambda parts: fails(b"\n".join(parts)), budget)
    data = b"\n".join(lines)
    pieces = _shrink(
        [data[i : i + 1] for i in range(len(data))], lambda parts: fails(b"".join(parts)), budget
    )
    return b"".join(pieces)


def _shrink(parts: Sequence[bytes], fails: Callable[[Sequence[bytes]], bool], budget: _Budget) -> list[bytes]:
    """Leave out as many of `parts` as possible: halves first, single ones last, again while that helps."""
    kept = list(parts)
    size = max(1, len(kept) // 2)
    while True:
        smaller = False
        start = 0
        while start < len(kept):
            without = kept[:start] + kept[start + size :]
            if not budget.spend():
                return kept
            if fails(without):
                kept, smaller = without, True
            else:
                start += size
        if size == 1 and not smaller:
            return kept
        size = max(1, size // 2)
