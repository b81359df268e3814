"""Golden files: what a test's text must be, kept under tests/goldens/ at a path made of the test's name.

A test takes the fixture `golden` and calls it with its text:

    def test_lowering(golden):
        golden(str(module))                      # goldens/<the test file's path>/test_lowering.mlir
        golden(listing, name="listing", suffix=".txt")             # .../test_lowering.listing.txt

The text must equal the file's, a newline at the end aside; if it does not, the test fails with a diff. A
missing file fails. A file that no test owns fails every run that collects all tests, and so does one that
its test passed without reading. `--update-golden` writes and removes files instead.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
GOLDENS = TESTS / "goldens"
_MOST_DIFF_LINES = 200


@dataclass(slots=True)
class GoldenStore:
    """The golden files below `root`, which belong to the tests below `tests`."""

    tests: Path
    root: Path
    update: bool = False
    owners: dict[Path, str] = field(default_factory=dict)
    """The path that a test's files begin with, without the last suffixes, and the test."""
    read: set[Path] = field(default_factory=set)
    finished: set[str] = field(default_factory=set)
    """Tests that passed: what they own and did not read is stale."""

    def stem(self, test_file: Path, name: str) -> Path:
        """Return the path that the files of test `name` in `test_file` begin with."""
        folder = self.root / test_file.resolve().relative_to(self.tests).with_suffix("")
        return folder / re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-")

    def own(self, test_file: Path, name: str, test: str) -> None:
        """Note that `test` exists. Raises `ValueError` if another one's files would have the same names."""
        stem = self.stem(test_file, name)
        other = self.owners.setdefault(stem, test)
        if other != test:
            raise ValueError(f"the golden files of '{test}' and '{other}' would have the same names")

    def check(self, path: Path, text: str) -> str | None:
        """Compare `text` with the file, or write the file when updating; return what is wrong."""
        text = text.rstrip("\n") + "\n"
        self.read.add(path)
        if self.update:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.is_file() or path.read_text("utf-8") != text:
                path.write_text(text, "utf-8", newline="\n")
            return None
        shown = path.relative_to(self.root.parent)
        if not path.is_file():
            return f"{shown} is missing; write it with --update-golden"
        expected = path.read_text("utf-8")
        if expected == text:
            return None
        diff = list(
            difflib.unified_diff(
                expected.splitlines(), text.splitlines(), str(shown), "this run", lineterm=""
            )
        )
        if len(diff) > _MOST_DIFF_LINES:
            diff = [*diff[:_MOST_DIFF_LINES], f"... and {len(diff) - _MOST_DIFF_LINES} more lines"]
        return "\n".join([*diff, "", "if the new text is right, take it with --update-golden"])

    def stale(self) -> list[Path]:
        """Return the files that no known test owns, and those that their test passed without reading."""
        return [path for path in self._files() if self._is_stale(path)]

    def _files(self) -> Iterable[Path]:
        return sorted(path for path in self.root.rglob("*") if path.is_file())

    def _is_stale(self, path: Path) -> bool:
        owner = self.owners.get(path.parent / path.name.split(".")[0])
        return owner is None or (owner in self.finished and path not in self.read)


class Golden:
    """The golden files of one test."""

    def __init__(self, store: GoldenStore, stem: Path) -> None:
        self._store = store
        self._stem = stem

    def __call__(self, text: str, name: str = "", suffix: str = ".mlir") -> None:
        """Fail the test unless `text` is what its golden file holds; `name` tells several files apart."""
        __tracebackhide__ = True
        tail = f".{name}{suffix}" if name else suffix
        problem = self._store.check(self._stem.with_name(self._stem.name + tail), text)
        if problem is not None:
            pytest.fail(problem, pytrace=False)


_STORE = pytest.StashKey[GoldenStore]()
_COLLECTED_ALL = pytest.StashKey[bool]()


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """The golden files of this test; see the module `golden`."""
    store = request.config.stash[_STORE]
    store.own(request.path, request.node.name, request.node.nodeid)
    return Golden(store, store.stem(request.path, request.node.name))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write golden files from what the tests give now"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_STORE] = GoldenStore(TESTS, GOLDENS, config.getoption("--update-golden"))
    config.stash[_COLLECTED_ALL] = False


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Note all tests that use goldens, before -k and -m take some away."""
    store = config.stash[_STORE]
    for item in items:
        if "golden" in getattr(item, "fixturenames", ()):
            store.own(item.path, item.name, item.nodeid)
    roots = [config.invocation_params.dir / arg.split("::")[0] for arg in config.args]
    config.stash[_COLLECTED_ALL] = not session.testsfailed and any(
        "::" not in arg and TESTS.is_relative_to(root.resolve())
        for arg, root in zip(config.args, roots, strict=True)
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.when == "call" and report.passed:
        item.config.stash[_STORE].finished.add(item.nodeid)
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Remove stale files when updating, else fail the run because of them."""
    store = session.config.stash[_STORE]
    if not session.config.stash[_COLLECTED_ALL]:
        return
    if store.update:
        for path in store.stale():
            path.unlink()
        for folder in sorted((p for p in store.root.rglob("*") if p.is_dir()), reverse=True):
            if not any(folder.iterdir()):
                folder.rmdir()
    elif store.stale() and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    store = config.stash[_STORE]
    if store.update or not config.stash[_COLLECTED_ALL]:
        return
    for path in store.stale():
        shown = path.relative_to(TESTS.parent)
        terminalreporter.write_line(f"stale golden file, no test uses it: {shown}", red=True)
