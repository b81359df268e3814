"""What `--timing-only` runs: positions or one window, with no data in them."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import dataclass

from ...ir.operation import Operation
from .errors import UsageError
from .inputs import Prompt, Rows, Takes, Window, find_input

LARGEST_POSITION = 2**31
"""Positions are i32 in a program."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Steps without data, from position `first` on: those of a prompt, then those that would answer.

    `window` is the number of rows if one execution takes them all; then there is one step.
    """

    first: int
    prompt: int
    answers: int
    window: int | None = None


def check_timing_options(args: Namespace) -> None:
    """Raise `UsageError` for options that do not go with, or not without, `--timing-only`."""
    if args.timing_only and args.check:
        raise UsageError("--check compares numbers, of which --timing-only computes none")
    if args.position is not None and not args.timing_only:
        raise UsageError(
            f"--position {args.position} needs --timing-only: with data, the positions before it come first"
        )


def find_timing(args: Namespace, takes: Takes, model: Operation, entry: str) -> Timing:
    """Return the steps that the command line asks for; of a prompt or an input only the length counts.

    Without either, one position is executed, or as many as `--tokens` says. Raises `UsageError` and
    `FileError` as `find_input` does.
    """
    first = args.position or 0
    if takes.window is not None and args.position is not None:
        raise UsageError(f"--position is for one position after the other; entry '{entry}' takes a window")
    if args.prompt is not None or args.input is not None or (takes.window is None and not takes.takes_tokens):
        work = _given(args, takes, model, entry)
    else:
        work = None
    if takes.window is not None:
        if args.tokens is not None:
            raise UsageError(f"--tokens is for going on from a prompt; entry '{entry}' answers each row")
        return Timing(0, 0, 1, takes.window)
    if isinstance(work, Rows):
        found = Timing(first, 0, len(work.values))
    elif isinstance(work, Prompt):
        found = Timing(first, len(work.tokens), work.generate if args.tokens is not None else 1)
    else:
        found = Timing(first, 0, args.tokens or 1)
    _check_context(found, takes.context)
    return found


def _given(args: Namespace, takes: Takes, model: Operation, entry: str) -> Prompt | Rows | Window | None:
    """Return what a prompt or an input file holds; None for a model of numbers without a file."""
    if not takes.takes_tokens and args.input is None:
        for option, value in (("--prompt", args.prompt), ("--tokenizer", args.tokenizer)):
            if value is not None:
                raise UsageError(f"{option} is for models of tokens; this one takes numbers")
        return None
    return find_input(args, takes, model, entry)


def _check_context(steps: Timing, context: int | None) -> None:
    last = steps.first + max(steps.prompt, 1) + steps.answers - 2
    if last >= (LARGEST_POSITION if context is None else context):
        what = "larger than a PE can count" if context is None else f"not in the model's context of {context}"
        raise UsageError(f"position {last} is {what}; positions count from 0")
