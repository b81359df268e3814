"""What a run gave: per token and on average, and the JSON object that scripts rely on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from statistics import fmean

BREAKDOWN_KEYS = ("compute", "hops", "serialization", "software", "wait")


@dataclass(frozen=True, slots=True)
class TokenResult:
    """One generated token (or the answer to one row of a dense input) and what its step cost.

    `position` is that of the step. `token` is None if the entry does not choose one, `text` None if tokens
    are no text; `outputs` are the other results. `breakdown` sums to `cycles`, which is None for a row of a
    window: no row has cycles of its own. Then `breakdown` sums to an equal share.
    """

    index: int
    position: int
    token: int | None
    text: str | None
    cycles: int | None
    breakdown: Mapping[str, float]
    layer_cycles: float | None
    outputs: Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class PromptResult:
    """The steps that the prompt's tokens took; the last of them gave the first new token."""

    tokens: int
    cycles: int


@dataclass(frozen=True, slots=True)
class WindowResult:
    """The one execution that gave all rows."""

    rows: int
    cycles: int


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How far the machine was from the model computed in NumPy.

    `max_abs_error` is infinite if a result is not comparable (nan on one side only).
    """

    max_abs_error: float
    tokens_equal: bool
    problem: str | None
    """What makes it a mismatch; None if it is none."""


@dataclass(frozen=True, slots=True)
class RunResult:
    """A whole run."""

    model: str
    entry: str
    target: str
    engine: str
    clock_hz: int
    prompt: PromptResult | None
    tokens: Sequence[TokenResult]
    estimated_cycles_per_token: float | None
    check: CheckResult | None
    window: WindowResult | None = None
    """Set if one execution gave all of `tokens`."""
    timing_only: bool = False
    """Whether nothing but time was simulated: no token has an id, a text or outputs."""
    certificate: str | None = None
    """What certifies the stream engine's steps: `static` or `checked`; None without any."""

    layers_executed: int = 0
    layers_reused: int = 0
    """Layers of all steps that were executed, and that were not, because they were like the one before."""

    @property
    def cycles_per_token(self) -> float:
        """Mean cycles of a generated token; of a row of a window, its share."""
        if self.window is not None:
            return self.window.cycles / self.window.rows
        return fmean(token.cycles for token in self.tokens if token.cycles is not None)

    @property
    def tokens_per_second(self) -> float:
        """Generated tokens per second of the wafer's clock."""
        return self.clock_hz / self.cycles_per_token

    @property
    def breakdown(self) -> dict[str, float]:
        """Where the mean token's cycles went; sums to `cycles_per_token`."""
        return {key: fmean(token.breakdown[key] for token in self.tokens) for key in BREAKDOWN_KEYS}

    @property
    def layer_cycles(self) -> float | None:
        """Mean cycles of one executed layer; None for a model without layers."""
        known = [token.layer_cycles for token in self.tokens if token.layer_cycles is not None]
        return fmean(known) if known else None

    @property
    def text(self) -> str | None:
        """The generated text; None if tokens are no text."""
        texts = [token.text for token in self.tokens if token.text is not None]
        return "".join(texts) if len(texts) == len(self.tokens) else None

    def microseconds(self, cycles: float) -> float:
        """Return how long `cycles` take."""
        return cycles / self.clock_hz * 1e6

    def as_json(self) -> dict[str, object]:
        """Return the object that `wsc run --json` prints."""
        return {
            "model": self.model,
            "entry": self.entry,
            "target": self.target,
            "engine": self.engine,
            "certificate": self.certificate,
            "layers": {"executed": self.layers_executed, "reused": self.layers_reused},
            "clock_hz": self.clock_hz,
            "timing_only": self.timing_only,
            "prompt": None
            if self.prompt is None
            else {"tokens": self.prompt.tokens, "cycles": self.prompt.cycles},
            "window": None
            if self.window is None
            else {"rows": self.window.rows, "cycles": self.window.cycles},
            "tokens": [self._token(token) for token in self.tokens],
            "text": self.text,
            "tokens_per_second": self.tokens_per_second,
            "cycles_per_token": self.cycles_per_token,
            "layer_cycles": self.layer_cycles,
            "estimated_cycles_per_token": self.estimated_cycles_per_token,
            "breakdown": self.breakdown,
            "check": None
            if self.check is None
            else {
                "max_abs_error": self.check.max_abs_error if isfinite(self.check.max_abs_error) else None,
                "tokens_equal": self.check.tokens_equal,
            },
        }

    def _token(self, token: TokenResult) -> dict[str, object]:
        latency = self.window.cycles if self.window is not None else token.cycles
        found: dict[str, object] = {
            "index": token.index,
            "position": token.position,
            "id": token.token,
            "text": token.text,
            "cycles": token.cycles,
            "latency_us": None if latency is None else self.microseconds(latency),
        }
        if token.token is None and not self.timing_only:
            found["outputs"] = {
                key: [value if isfinite(value) else None for value in values]
                for key, values in token.outputs.items()
            }
        return found
