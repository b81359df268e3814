"""The folder of `--dump-dir`: the page that steps through the passes, and its JSON."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from wsc.compiler.cli.page import steps
from wsc.compiler.cli.page.folder import page_text
from wsc.ir.parser import parse_module
from wsc.ir.printer import print_operation

from ...support.programs import EQUAL_CONSTANTS
from .conftest import CLASSIFIER, Command

DATA = re.compile(r'<script id="data" type="application/json">(.*?)</script>', re.DOTALL)


def page_data(folder: Path) -> dict[str, Any]:
    """What the script of the page in `folder` reads."""
    (found,) = DATA.findall((folder / "index.html").read_text("utf-8"))
    return json.loads(found)


def text_of(data: dict[str, Any], step: dict[str, Any]) -> str:
    """A step's text, put together as the page does it."""
    flat = data["steps"][step["text"]]["lines"]
    rows = zip(flat[::3], flat[1::3], strict=True)
    return "".join(f"{'  ' * depth}{data['strings'][string]}\n" for depth, string in rows)


def diff_of(data: dict[str, Any], step: dict[str, Any]) -> list[str]:
    """The lines that a step takes out and puts in."""
    flat = step["diff"]
    rows = zip(flat[::4], flat[2::4], strict=True)
    return [" -+ "[sign] + data["strings"][string] for sign, string in rows if sign in (1, 2)]


@pytest.fixture
def constants(folder: Path) -> str:
    """A module that only `cse` changes."""
    (folder / "constants.mlir").write_text(EQUAL_CONSTANTS, "utf-8")
    return "constants.mlir"


@pytest.mark.usefixtures("classifier")
def test_the_page_shows_what_the_files_hold(wsc: Command, folder: Path) -> None:
    assert wsc("compile", "classifier.wdl", "--grid", "2x2", "--dump-dir", "dumps").status == 0
    data = page_data(folder / "dumps")
    files = sorted(path.name for path in (folder / "dumps").glob("*.mlir"))
    assert [step["file"] for step in data["steps"]] == files
    for step in data["steps"]:
        module = parse_module((folder / "dumps" / step["file"]).read_text("utf-8"))
        assert text_of(data, step) == print_operation(module, elide_large=16) + "\n"
        assert step["operations"] == sum(1 for _ in module.walk())
    assert [step["text"] == number for number, step in enumerate(data["steps"])] == [
        number == 0 or step["changed"] for number, step in enumerate(data["steps"])
    ]
    assert data["files"] == [{"name": "classifier.wdl", "lines": CLASSIFIER.split("\n")}]
    assert [0, 6, 21] in [place for places in data["places"] for place in places]


def test_differences_and_places(wsc: Command, constants: str, folder: Path) -> None:
    assert wsc("opt", constants, "-p", "dce,cse", "--dump-dir", "dumps").status == 0
    data = page_data(folder / "dumps")
    given, dce, cse = data["steps"]
    assert [given["name"], given["title"], given["when"]] == ["input", "Input", "before"]
    assert (dce["changed"], dce["summary"], dce["diff"]) == (False, "no change", [])
    assert (cse["title"], cse["summary"]) == ("After CSE (cse)", "1 operation erased, 1 changed")
    assert cse["counts"] == {"erased": 1, "inserted": 0, "changed": 1, "moved": 0}
    assert diff_of(data, cse) == [
        '-%old1 = "pe.constant"() {value = 1 : i64} : () -> index',
        '-"pe.store"(%0, %old1) {type = i32} : (index, index) -> ()',
        '+"pe.store"(%0, %0) {type = i32} : (index, index) -> ()',
    ]
    assert data["files"] == [{"name": "constants.mlir", "lines": EQUAL_CONSTANTS.split("\n")}]


def test_json(wsc: Command, constants: str, folder: Path) -> None:
    wsc("opt", constants, "-p", "dce,cse", "--dump-dir", "dumps")
    found = json.loads((folder / "dumps" / "dumps.json").read_text("utf-8"))
    _, dce, cse = found["steps"]
    assert set(cse) == {"file", "pass", "when", "changed", "operations", "counts", "changes"}
    assert (cse["file"], cse["pass"], cse["when"]) == ("02_cse.mlir", "cse", "after")
    assert [change["kind"] for change in cse["changes"]] == ["erased", "changed"]
    assert dce["changes"] == []


def test_the_same_bytes_again_and_without_traces_of_an_earlier_run(
    wsc: Command, constants: str, folder: Path
) -> None:
    wsc("opt", constants, "-p", "dce,cse", "--dump-dir", "one")
    wsc("opt", constants, "-p", "cse,cse,cse,cse", "--dump-dir", "two")
    wsc("opt", constants, "-p", "dce,cse", "--dump-dir", "two")
    one, two = ({p.name: p.read_bytes() for p in (folder / name).iterdir()} for name in ("one", "two"))
    assert one == two
    assert len(one) == 5


def test_a_failing_pass(wsc: Command, constants: str, folder: Path) -> None:
    assert wsc("opt", constants, "-p", "cse,specialize,dce", "--dump-dir", "dumps").status == 1
    *_, last = page_data(folder / "dumps")["steps"]
    assert (last["file"], last["title"], last["when"]) == (
        "02_specialize.failed.mlir",
        "After Specialize Failed (specialize)",
        "failed",
    )


def test_each_input_of_a_split_file(wsc: Command, folder: Path) -> None:
    (folder / "two.mlir").write_text(f"{EQUAL_CONSTANTS}// -----\n{EQUAL_CONSTANTS}", "utf-8")
    assert wsc("opt", "two.mlir", "-p", "cse", "--split-input-file", "--dump-dir", "dumps").status == 0
    data = page_data(folder / "dumps")
    names = ["00_input.mlir", "01_cse.mlir", "02_input.mlir", "03_cse.mlir"]
    assert [step["file"] for step in data["steps"]] == names
    assert ["diff" in step for step in data["steps"]] == [False, True, False, True]


def test_nothing_in_the_data_ends_the_script(wsc: Command, folder: Path) -> None:
    text = EQUAL_CONSTANTS.replace('"a"', '"</script><!-- @SCRIPT@ &amp;"')
    (folder / "a&<b>.mlir").write_text(text, "utf-8")
    assert wsc("opt", "a&<b>.mlir", "-p", "cse", "--dump-dir", "dumps").status == 0
    page = (folder / "dumps" / "index.html").read_text("utf-8")
    assert page.count("<script") == page.count("</script>") == 2
    assert "<title>a&amp;&lt;b&gt;.mlir</title>" in page
    data = page_data(folder / "dumps")
    assert any("</script><!-- @SCRIPT@ &amp;" in string for string in data["strings"])


def test_the_page_has_no_file_but_models_and_inputs(wsc: Command, folder: Path) -> None:
    for name in ("m.wdl", "secret.txt"):
        (folder / name).write_text(f"text of {name}", "utf-8")
    places = [
        f'"t.a"() : () -> () loc("{folder / name}":1:1)\n' for name in ("m.wdl", "secret.txt", "gone.wdl")
    ]
    (folder / "a.mlir").write_text("".join(places), "utf-8")
    wsc("opt", "a.mlir", "-p", "cse", "--allow-unregistered-dialect", "--dump-dir", "dumps")
    files = {Path(file["name"]).name: file["lines"] for file in page_data(folder / "dumps")["files"]}
    assert files["m.wdl"] == ["text of m.wdl"]
    assert files["secret.txt"] == files["gone.wdl"] == []


@pytest.mark.skipif(sys.platform != "linux", reason="file names are text elsewhere")
def test_names_of_files_that_are_no_text(wsc: Command, folder: Path) -> None:
    (folder / "m\udcff.wdl").write_text(CLASSIFIER, "utf-8")
    assert wsc("compile", "m\udcff.wdl", "--stop-after=dce", "--quiet", "--dump-dir", "dumps").status == 0
    assert [file["name"] for file in page_data(folder / "dumps")["files"]] == ["m\\udcff.wdl"]
    (folder / "a\udcff.mlir").write_text(EQUAL_CONSTANTS, "utf-8")
    assert wsc("opt", "a\udcff.mlir", "-p", "cse", "--dump-dir", "dumps").status == 0
    assert parse_module((folder / "dumps" / "01_cse.mlir").read_text("utf-8")).body.operations


def test_the_page_needs_nothing_but_itself() -> None:
    page = page_text("x", {})
    assert not re.search(r"https?:|//[a-z]+\.|\bsrc=|@import|url\(|<link", page)
    assert "default-src 'none'" in page
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b", page)


def test_large_constants_and_texts_are_left_out(
    wsc: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.mlir").write_text('"t.a"() {v = dense<[1, 2, 3]> : tensor<3xi64>} : () -> ()\n' * 9, "utf-8")
    command = ("opt", "a.mlir", "--allow-unregistered-dialect", "-p", "cse", "--dump-dir", "dumps")
    wsc(*command, "--elide-large", "2")
    data = page_data(folder / "dumps")
    assert data["elide_large"] == 2
    assert "dense_resource<__elided__>" in text_of(data, data["steps"][0])
    assert "dense<[1, 2, 3]>" in (folder / "dumps" / "01_cse.mlir").read_text("utf-8")
    monkeypatch.setattr(steps, "MOST_LINES", 4)
    wsc(*command)
    data = page_data(folder / "dumps")
    assert data["steps"][0]["left_out"] == 11 - 4
    assert len(text_of(data, data["steps"][0]).splitlines()) == 4
    monkeypatch.setattr(steps, "MOST_CHARACTERS", 0)
    wsc(*command)
    assert page_data(folder / "dumps")["steps"][0]["left_out"] == 11


@pytest.mark.parametrize("name", ["index.html", "dumps.json"])
def test_what_somebody_else_wrote_stays(wsc: Command, constants: str, folder: Path, name: str) -> None:
    (folder / name).write_text("mine", "utf-8")
    done = wsc("opt", constants, "-p", "cse", "--dump-dir", ".")
    assert done.status == 1
    assert f"'{name}' is no file of dumps and would be overwritten" in done.err
    assert sorted(path.name for path in folder.iterdir()) == sorted([constants, name])
    assert (folder / name).read_text("utf-8") == "mine"


@pytest.mark.slow
@pytest.mark.usefixtures("classifier")
def test_in_a_browser(wsc: Command, folder: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("needs a browser")
    wsc("compile", "classifier.wdl", "--grid", "2x2", "--quiet", "--dump-dir", "dumps")
    number = next(n for n, step in enumerate(page_data(folder / "dumps")["steps"]) if step["name"] == "fuse")
    flags = (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
    )
    done = subprocess.run(
        [
            *(browser, *flags, f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=3000"),
            *("--dump-dom", f"{(folder / 'dumps' / 'index.html').as_uri()}#{number}"),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert '<h2 id="heading">After Fuse (fuse)</h2>' in done.stdout
    assert re.search(r'class="row plus">.*?<span class="operation">"nn.fused"</span>', done.stdout)
    assert ">classifier.wdl:6" in done.stdout
    assert 'class="source-line used"' in done.stdout
