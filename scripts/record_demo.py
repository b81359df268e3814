"""Runs the tale and writes what a terminal shows of it to docs/demo.svg (the picture in the README)."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 112
ARGUMENTS = ["run", "examples/tale/tale.wdl", "--tokens", "16"]


def main() -> None:
    """Record the run. Raises `CalledProcessError` if it fails."""
    prompt = (ROOT / "examples/tale/tale.txt").read_text("ascii")[:12]
    start = "import sys; from wsc.compiler.cli.main import main; sys.exit(main(sys.argv[1:]))"
    environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    environment |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    shown = in_a_terminal([sys.executable, "-c", start, *ARGUMENTS, "--prompt", prompt], environment)
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text(f'$ wsc {" ".join(ARGUMENTS)} --prompt "{prompt}"'))
    console.print(Text.from_ansi(shown))
    svg = console.export_svg(title="wsc", unique_id="wsc-demo")
    # The picture stands alone: whatever monospace font there is, and no links.
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    lines = (line.rstrip() for line in svg.splitlines())
    (ROOT / "docs" / "demo.svg").write_text("\n".join(line for line in lines if line) + "\n", "utf-8")


def in_a_terminal(command: list[str], environment: dict[str, str]) -> str:
    """Return what `command` writes to a terminal of `WIDTH` columns, as it stands at the end."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, WIDTH, 0, 0))
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        parts: list[bytes] = []
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # Linux says so when the last writer has closed the terminal
                break
            if not part:
                break
            parts.append(part)
    os.close(ours)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return as_it_stands(b"".join(parts).decode("utf-8"))


def as_it_stands(written: str) -> str:
    """Apply the few cursor movements that rich uses: a rewritten line counts in its last form."""
    lines: list[str] = [""]
    row = 0
    for piece in re.split(r"(\r\n|\n|\r|\x1b\[\d*A|\x1b\[2K|\x1b\[\?25[lh])", written):
        if piece in ("\r\n", "\n"):
            row += 1
            if row == len(lines):
                lines.append("")
        elif piece == "\x1b[2K":
            lines[row] = ""
        elif match := re.fullmatch(r"\x1b\[(\d*)A", piece):
            row -= int(match[1] or 1)
        elif piece != "\r" and not piece.startswith("\x1b[?25"):
            lines[row] += piece
    return "\n".join(lines)


if __name__ == "__main__":
    main()
