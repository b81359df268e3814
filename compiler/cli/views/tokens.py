"""Tokens as they come: text on stdout, costs on stderr; on terminals the text grows in place."""

from __future__ import annotations

import sys
from types import TracebackType

from rich.live import Live
from rich.text import Text

from ..results import TokenResult
from ..terminal import Terminal, share_a_file
from ..text import printable

_OUTPUTS_SHOWN = 4


class TokenView:
    """Shows a run while it goes on; use it as a context manager.

    With `streams_text`, the generated text (or each row's answer) goes to stdout: as it comes, but at the
    end if stdout and stderr are one terminal or file, where it would run into the lines.
    """

    def __init__(self, terminal: Terminal, clock_hz: int, *, streams_text: bool) -> None:
        self._terminal = terminal
        self._clock_hz = clock_hz
        self._streams_text = streams_text
        self._text = ""
        self._tokens = 0
        self._answers: list[str] = []
        self._live: Live | None = None
        self._holds_text = not terminal.quiet and share_a_file(sys.stdout, sys.stderr)

    def __enter__(self) -> TokenView:
        if self._terminal.fancy:
            self._live = Live(
                Text("loading the wafer", style="dim"),
                console=self._terminal.console,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()
        if not self._streams_text:
            return
        if self._holds_text:
            sys.stdout.write(self._text)
        if self._text and not self._text.endswith("\n"):
            sys.stdout.write("\n")
        sys.stdout.flush()

    def prompt(self, done: int, total: int) -> None:
        """A token of the prompt is done."""
        if self._live is not None:
            self._live.update(Text(f"reading the prompt: {done} of {total} tokens", style="dim"))

    def token(self, token: TokenResult) -> None:
        """A token (or the answer to a row) is there."""
        if self._tokens == 0:
            costs = "" if token.cycles is None else f"{'cycles':>12}{'µs':>12}"
            self._line(f"{'position':>10}  {'token':<10}{'':<10}{costs}", "bold")
        self._tokens += 1
        number = "" if token.token is None else str(token.token)
        shown = _short(token) if token.text is None else printable(token.text)
        line = f"{token.position:>10}  {number:<10}{shown:<10}"
        if token.cycles is not None:
            line += f"{token.cycles:>12,}{token.cycles / self._clock_hz * 1e6:>12.2f}"
        self._line(line, "")
        if token.text is None:
            self._write(f"{_answer(token)}\n")
        else:
            self._write(token.text)
        if self._live is not None:
            self._live.update(Text(self._text, style="green"))

    def window(self, cycles: int, rows: int) -> None:
        """A window of rows is done, of which only the time was simulated."""
        self._line(f"{rows:>10} rows: {cycles:,} cycles, {cycles / self._clock_hz * 1e6:.2f} µs", "")
        self._write(f"{cycles}\n")

    def _line(self, text: str, style: str) -> None:
        if self._live is not None:
            self._terminal.console.print(Text(text, style=style))
        else:
            self._terminal.announce(text)

    def _write(self, text: str) -> None:
        self._text += text
        if self._streams_text and not self._holds_text:
            sys.stdout.write(text)
            sys.stdout.flush()


def _answer(token: TokenResult) -> str:
    """Return what an answer looks like on stdout: the class, or all numbers; of a timing, the cycles."""
    if token.token is not None:
        return str(token.token)
    if not token.outputs:
        return str(token.cycles)
    return " ".join(f"{value:.6g}" for values in token.outputs.values() for value in values)


def _short(token: TokenResult) -> str:
    """Return the first numbers of an answer that is no token."""
    if token.token is not None:
        return ""
    values = [value for values in token.outputs.values() for value in values]
    more = " ..." if len(values) > _OUTPUTS_SHOWN else ""
    return " ".join(f"{value:.4g}" for value in values[:_OUTPUTS_SHOWN]) + more
