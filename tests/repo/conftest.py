"""What the repository's own tests look at: its root, its files, the four packages."""

import subprocess
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def packages() -> tuple[str, ...]:
    """The folders that install below `wsc`."""
    return ("compiler", "ir", "passes", "runtime")


@pytest.fixture(scope="session")
def files(root: Path) -> list[str]:
    """Every file of the repository, tracked or about to be, as a path from the root with forward slashes."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout
    return sorted(name for name in listed.split("\0") if name and (root / name).is_file())


@pytest.fixture(scope="session")
def package_files(files: list[str], packages: tuple[str, ...]) -> list[str]:
    """The files of the four packages."""
    return [name for name in files if name.split("/")[0] in packages and "/" in name]
