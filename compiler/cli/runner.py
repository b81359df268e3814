"""Executes the steps of a run: shows and checks each, and collects what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .check import Checker
from .errors import UsageError
from .inputs import Prompt, Rows, Window
from .results import BREAKDOWN_KEYS, PromptResult, TokenResult, WindowResult
from .text import TextCodec, printable
from .timing_input import Timing
from .views.tokens import TokenView
from .watch import Watch

if TYPE_CHECKING:
    from ...runtime.session import Session, StepReport, WindowReport


class Runner:
    """Executes steps, shows and checks each, and collects what they cost."""

    def __init__(self, session: Session, view: TokenView, checker: Checker | None, watch: Watch) -> None:
        self.session = session
        self.view = view
        self.checker = checker
        self.watch = watch
        self.prompt: PromptResult | None = None
        self.window: WindowResult | None = None

    def run(self, work: Prompt | Rows | Window | Timing) -> list[TokenResult]:
        """Do what was asked for. Raises `UsageError` if the entry does not choose tokens to go on with."""
        if isinstance(work, Timing):
            return self.time_window(work.window) if work.window is not None else self.time(work)
        if isinstance(work, Window):
            return self.encode(work)
        return self.generate(work) if isinstance(work, Prompt) else self.answer(work)

    def generate(self, work: Prompt) -> list[TokenResult]:
        """Feed a prompt and go on from it. Raises `UsageError` if the entry does not choose tokens."""
        decode = work.codec.decoder()
        tokens: list[TokenResult] = []
        prompt_cycles, last = 0, len(work.tokens) - 1
        fed = work.tokens[0]
        for report in self.session.generate(work.tokens, work.generate):
            if report.token is None:
                raise UsageError("the entry gives no next token to go on with; 'greedy(forward)' would")
            if report.position <= last:
                prompt_cycles += report.cycles
                fed = work.tokens[report.position]
            self.check(report, fed, is_answer=report.position >= last)
            fed = report.token
            if report.position < last:
                self.view.prompt(report.position + 1, last + 1)
                self.show(report, None)
                continue
            text = decode(report.token)
            if len(tokens) == work.generate - 1:
                text += decode(None)
            tokens.append(_token(report, len(tokens), text))
            self.show(report, tokens[-1])
            self.view.token(tokens[-1])
        self.prompt = PromptResult(len(work.tokens), prompt_cycles)
        return tokens

    def answer(self, work: Rows) -> list[TokenResult]:
        """Execute one step for each row."""
        tokens: list[TokenResult] = []
        for position, row in enumerate(work.values):
            report = self.session.step(position, row)
            self.check(report, row, is_answer=True)
            tokens.append(_token(report, position, None))
            self.show(report, tokens[-1])
            self.view.token(tokens[-1])
        return tokens

    def encode(self, work: Window) -> list[TokenResult]:
        """Execute once for all rows of a window."""
        report = self.session.encode(work.rows)
        rows = len(work.rows)
        self.watch.step(report.result, f"window of {rows} rows", {"rows": rows}, 0, is_answer=True)
        self.window = WindowResult(rows, report.cycles)
        chosen = [] if report.tokens is None else [int(token) for token in report.tokens]
        if self.checker is not None:
            self.checker.window(work.rows, chosen, list(report.outputs.values()))
        texts = [None] * rows if work.codec is None or not chosen else _texts(chosen, work.codec)
        shares = _shares(report, rows)
        tokens: list[TokenResult] = []
        for row in range(rows):
            outputs = {name: _numbers(values[row]) for name, values in report.outputs.items()}
            token = chosen[row] if chosen else None
            tokens.append(
                TokenResult(row, row, token, texts[row], None, shares, report.layer_cycles, outputs)
            )
            self.view.token(tokens[-1])
        return tokens

    def time(self, work: Timing) -> list[TokenResult]:
        """Execute positions without data."""
        tokens: list[TokenResult] = []
        steps = max(work.prompt, 1) + work.answers - 1
        prompt_cycles = 0
        for number in range(steps):
            report = self.session.step(work.first + number)
            if number < work.prompt:
                prompt_cycles += report.cycles
            if number < work.prompt - 1:
                self.view.prompt(number + 1, work.prompt)
                self.show(report, None)
                continue
            tokens.append(_token(report, len(tokens), None))
            self.show(report, tokens[-1])
            self.view.token(tokens[-1])
        if work.prompt:
            self.prompt = PromptResult(work.prompt, prompt_cycles)
        return tokens

    def time_window(self, rows: int) -> list[TokenResult]:
        """Execute the window once without data."""
        report = self.session.encode(None)
        self.watch.step(report.result, f"window of {rows} rows", {"rows": rows}, 0, is_answer=True)
        self.window = WindowResult(rows, report.cycles)
        shares = _shares(report, rows)
        self.view.window(report.cycles, rows)
        return [
            TokenResult(row, row, None, None, None, shares, report.layer_cycles, {}) for row in range(rows)
        ]

    def show(self, report: StepReport, token: TokenResult | None) -> None:
        """Let whoever watches see a step; `token` is None if it was one of the prompt's."""
        args: dict[str, object] = {"position": report.position, "cycles": report.cycles}
        name = f"position {report.position}"
        if token is None:
            name += " (prompt)"
        elif token.token is not None:
            args["token"] = token.token
            if token.text is not None:
                args["text"] = token.text
                name += f": {printable(token.text)}"
        args |= {key: getattr(report.breakdown, key) for key in BREAKDOWN_KEYS}
        self.watch.step(report.result, name, args, report.position, is_answer=token is not None)

    def check(self, report: StepReport, value: int | NDArray[np.float32], *, is_answer: bool) -> None:
        """Compare a step with the interpreter's, if that was asked for."""
        if self.checker is not None:
            outputs = list(report.outputs.values())
            self.checker.step(report.position, value, report.token, outputs, compare_token=is_answer)


def _token(report: StepReport, index: int, text: str | None) -> TokenResult:
    return TokenResult(
        index,
        report.position,
        report.token,
        text,
        report.cycles,
        {key: float(getattr(report.breakdown, key)) for key in BREAKDOWN_KEYS},
        report.layer_cycles,
        {name: _numbers(values) for name, values in report.outputs.items()},
    )


def _shares(report: WindowReport, rows: int) -> dict[str, float]:
    """Return a row's equal share of a window's breakdown."""
    return {key: float(getattr(report.breakdown, key)) / rows for key in BREAKDOWN_KEYS}


def _texts(tokens: list[int], codec: TextCodec) -> list[str]:
    """Return the text of each token; the last one's has what was held back."""
    decode = codec.decoder()
    texts = [decode(token) for token in tokens]
    return [*texts[:-1], texts[-1] + decode(None)]


def _numbers(values: NDArray[Any]) -> list[float]:
    return [float(value) for value in np.asarray(values).reshape(-1)]
