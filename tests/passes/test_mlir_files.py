"""Every .mlir file below this folder: its first line's passes make of it what its CHECK lines say."""

from pathlib import Path

import pytest

from ..support.filecheck_text import check_mlir

FOLDER = Path(__file__).resolve().parent
FILES = sorted(FOLDER.rglob("*.mlir"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_file(path: Path) -> None:
    check_mlir(path.read_text("utf-8"), path.name)
