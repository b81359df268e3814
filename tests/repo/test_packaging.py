"""What installs: the wheel holds the four packages whole, and runs the demo where there is nothing else."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Sequence
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROMPT_BYTES = 12
TOKENS = 48


def run(command: Sequence[str | Path], directory: Path) -> str:
    """Run `command` in `directory`, fail the test with all it printed if it fails, and return its stdout."""
    settings = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        command,
        cwd=directory,
        env=settings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command} gave {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(root: Path, package_files: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy, so that what an earlier build left in the tree cannot get into it."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in [*package_files, "pyproject.toml", "setup.py", "LICENSE"]:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / name, source / name)
    run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", target, source], target)
    (built,) = target.glob("wsc-*.whl")
    return built


def test_the_wheel_holds_what_the_tree_holds(wheel: Path, package_files: list[str]) -> None:
    with zipfile.ZipFile(wheel) as archive:
        installed = [name for name in archive.namelist() if ".dist-info/" not in name]
    assert sorted(installed) == sorted(f"wsc/{name}" for name in package_files)


def test_the_packages_share_a_namespace(root: Path, packages: tuple[str, ...]) -> None:
    """A folder `wsc` or a module at the root would shadow the namespace or install beside it."""
    assert not (root / "wsc").exists()
    assert not (root / "__init__.py").exists()
    for package in packages:
        assert (root / package / "__init__.py").is_file()
        assert (root / package / "py.typed").is_file()


def test_the_wheel_says_what_it_is(wheel: Path, root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    with zipfile.ZipFile(wheel) as archive:
        (folder,) = {name.split("/")[0] for name in archive.namelist() if ".dist-info/" in name}
        metadata = archive.read(f"{folder}/METADATA").decode("utf-8")
        scripts = archive.read(f"{folder}/entry_points.txt").decode("utf-8")
        assert archive.read(f"{folder}/licenses/LICENSE") == (root / "LICENSE").read_bytes()
    assert f"wsc = {project['scripts']['wsc']}" in scripts
    assert "License-Expression: Apache-2.0" in metadata
    for requirement in project["dependencies"]:
        assert f"Requires-Dist: {requirement}" in metadata


def pins(text: str) -> dict[str, str]:
    """The versions that a constraints file pins. Every line is a comment or an exact pin."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    found = [re.fullmatch(r"([\w.-]+)==([\w.]+)", line) for line in lines]
    assert None not in found, [line for line, match in zip(lines, found, strict=True) if match is None]
    return {canonicalize_name(match[1]): match[2] for match in found if match}


def test_every_dependency_is_pinned(root: Path) -> None:
    """All that the project and its `dev` extra need, and what those need in turn."""
    pinned = pins((root / "constraints.txt").read_text("utf-8"))
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    waiting = [
        Requirement(text) for text in project["dependencies"] + project["optional-dependencies"]["dev"]
    ]
    reached: dict[tuple[str, str], Requirement] = {}
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        assert name in pinned, f"{name} has no pin"
        assert requirement.specifier.contains(pinned[name]), f"{requirement} against {name}=={pinned[name]}"
        for extra in ("", *requirement.extras):
            if (name, extra) not in reached:
                reached[name, extra] = requirement
                needs = [Requirement(text) for text in requires(name) or []]
                waiting += [
                    need for need in needs if not need.marker or need.marker.evaluate({"extra": extra})
                ]
    assert {name for name, _ in reached} == set(pinned), "pinned, but nothing needs it"


@pytest.mark.slow
def test_the_installed_wheel_tells_the_tale(wheel: Path, root: Path, tmp_path: Path) -> None:
    """The demo, from the wheel alone: an environment without the clone, a folder with the example only."""
    environment, folder = tmp_path / "environment", tmp_path / "folder"
    run([sys.executable, "-m", "venv", environment], tmp_path)
    binaries = environment / ("Scripts" if os.name == "nt" else "bin")
    run(
        [binaries / "python", "-m", "pip", "install", "--constraint", root / "constraints.txt", wheel],
        tmp_path,
    )

    folder.mkdir()
    for suffix in ("wdl", "safetensors"):
        shutil.copy(root / f"examples/tale/tale.{suffix}", folder)
    tale = (root / "examples/tale/tale.txt").read_bytes()
    prompt = tale[:PROMPT_BYTES].decode("ascii")
    expected = tale[PROMPT_BYTES : PROMPT_BYTES + TOKENS].decode("ascii")

    command = [
        binaries / "wsc",
        "run",
        "tale.wdl",
        "--target",
        "tiny",
        "--tokens",
        str(TOKENS),
        "--prompt",
        prompt,
    ]
    report = json.loads(run([*command, "--json"], folder))
    assert expected in report["text"]
    assert "".join(token["text"] for token in report["tokens"]) == expected
    assert report["prompt"]["tokens"] == PROMPT_BYTES
    assert report["cycles_per_token"] > 0
