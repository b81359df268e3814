"""Golden files themselves: missing, wrong and stale ones fail, `--update-golden` puts them right."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

GOLDEN = Path(__file__).with_name("golden.py")
HOOKS = "golden, pytest_addoption, pytest_collection_modifyitems, pytest_configure"
MORE_HOOKS = "pytest_runtest_makereport, pytest_sessionfinish, pytest_terminal_summary"
TESTS = """
import pytest

def test_text(golden):
    golden("one\\ntwo")

@pytest.mark.parametrize("size", [1, "2.5"])
def test_many(golden, size):
    golden(f"size {size}", name="a", suffix=".txt")

def test_plain():
    pass
"""


class Project:
    """A project of its own with golden files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tests = folder / "tests"
        (self.tests / "sub").mkdir(parents=True)
        (folder / "pyproject.toml").write_text('[tool.pytest.ini_options]\ntestpaths = ["tests"]\n')
        shutil.copy(GOLDEN, self.tests / "golden.py")
        (self.tests / "conftest.py").write_text(f"from .golden import {HOOKS}, {MORE_HOOKS}\n")
        (self.tests / "sub" / "test_it.py").write_text(TESTS)

    def run(self, *arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "pytest", "-q", "--import-mode=importlib", "-p", "no:cacheprovider"]
        environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        done = subprocess.run(
            [*command, *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def goldens(self) -> list[str]:
        root = self.tests / "goldens"
        return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def updated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose golden files were written by --update-golden."""
    project = Project(tmp_path_factory.mktemp("golden"))
    code, output = project.run("--update-golden")
    assert code == 0, output
    return project.folder


@pytest.fixture
def project(updated: Path, tmp_path: Path) -> Project:
    """A copy of the updated project, to be spoilt."""
    folder = tmp_path / "project"
    project = Project(folder)
    shutil.copytree(updated / "tests" / "goldens", folder / "tests" / "goldens")
    return project


def test_names_and_contents(project: Project) -> None:
    assert project.goldens() == [
        "sub/test_it/test_many-1.a.txt",
        "sub/test_it/test_many-2-5.a.txt",
        "sub/test_it/test_text.mlir",
    ]
    assert (project.tests / "goldens/sub/test_it/test_text.mlir").read_bytes() == b"one\ntwo\n"
    code, output = project.run()
    assert code == 0, output


def test_a_missing_file_fails(project: Project) -> None:
    (project.tests / "goldens/sub/test_it/test_text.mlir").unlink()
    code, output = project.run()
    assert code == 1
    assert "goldens/sub/test_it/test_text.mlir is missing; write it with --update-golden" in output
    assert "1 failed, 3 passed" in output


def test_a_wrong_file_fails_with_a_diff(project: Project) -> None:
    (project.tests / "goldens/sub/test_it/test_text.mlir").write_text("one\nthree\n")
    code, output = project.run()
    assert code == 1
    assert "\n-three\n+two\n" in output


def test_stale_files_fail_and_are_removed(project: Project) -> None:
    names = ["sub/test_it/test_gone.mlir", "sub/test_it/test_text.b.mlir", "x/y.mlir"]
    for name in names:
        stale = project.tests / "goldens" / name
        stale.parent.mkdir(exist_ok=True)
        stale.write_text("old\n")
    code, output = project.run()
    assert code == 1
    for name in names:
        assert f"stale golden file, no test uses it: tests/goldens/{name}" in output
    assert project.run("--update-golden")[0] == 0
    assert len(project.goldens()) == 3
    assert not (project.tests / "goldens/x").exists()


def test_a_part_of_the_tests_makes_nothing_stale(project: Project) -> None:
    (project.tests / "goldens/gone.mlir").write_text("old\n")
    for arguments in (["tests/sub"], ["tests/sub/test_it.py::test_plain"]):
        code, output = project.run(*arguments)
        assert code == 0, output
    code, output = project.run("--update-golden", "tests/sub")
    assert code == 0, output
    assert "gone.mlir" in project.goldens()


def test_deselected_tests_keep_their_files(project: Project) -> None:
    code, output = project.run("-k", "plain")
    assert code == 0, output
    (project.tests / "goldens/gone.mlir").write_text("old\n")
    code, output = project.run("-k", "plain")
    assert code == 1
    assert "gone.mlir" in output
