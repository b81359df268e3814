"""mlir-opt, where the environment's WSC_MLIR_OPT names one; `make slow` looks for it, or installs it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

MLIR_OPT = os.environ.get("WSC_MLIR_OPT")
FLAGS = ("--allow-unregistered-dialect", "--mlir-print-op-generic")


def needs_mlir_opt(test: Callable[..., Any]) -> Callable[..., Any]:
    """Leave a test to `make slow`, and skip it where there is no mlir-opt."""
    skipped = pytest.mark.skipif(not MLIR_OPT, reason="WSC_MLIR_OPT names no mlir-opt")
    return pytest.mark.slow(skipped(test))


def through_mlir_opt(text: str, *flags: str) -> str:
    """Return what mlir-opt makes of `text`, in generic form. Fails the test if it does not read it."""
    assert MLIR_OPT is not None
    result = subprocess.run(
        [MLIR_OPT, *FLAGS, *flags], input=text.encode(), capture_output=True, check=False, timeout=120
    )
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout.decode()
