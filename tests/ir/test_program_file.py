"""Program files: the same bytes each time, and nothing but diagnostics for a damaged one."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from wsc.ir.diagnostics import DiagnosticError
from wsc.ir.program_file import MEMBERS, parse_program, program_bytes, read_program, write_atomically

from ..support.compiled import SMALL_MLP, compile_shaped
from ..support.wdl import EXAMPLES

ESTIMATES = {"cycles_per_token": 12.5}


@pytest.fixture(scope="module")
def data() -> bytes:
    text = (EXAMPLES / "mlp" / "mlp.wdl").read_text("utf-8")
    compiled = compile_shaped(text, (2, 2), SMALL_MLP)
    return program_bytes(compiled.module, compiled.model, "mlp", "decode", ESTIMATES)


def members(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def packed(texts: dict[str, str], *, mend: bool = True) -> bytes:
    """A zip of `texts`; `mend` gives the manifest the right hashes."""
    if mend:
        manifest = json.loads(texts["manifest.json"])
        manifest["sha256"] = {
            name: hashlib.sha256(text.encode()).hexdigest()
            for name, text in texts.items()
            if name != "manifest.json"
        }
        texts = texts | {"manifest.json": json.dumps(manifest)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in texts.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def refusal(data: bytes) -> str:
    with pytest.raises(DiagnosticError) as error:
        parse_program(data, "p.wsx")
    return str(error.value)


def test_round_trip(data: bytes) -> None:
    program = parse_program(data, "p.wsx")
    assert (program.name, program.entry, program.estimates) == ("mlp", "decode", ESTIMATES)
    again = program_bytes(program.module, program.model, program.name, program.entry, program.estimates)
    assert again == data


def test_the_members(data: bytes) -> None:
    assert sorted(members(data)) == sorted(("manifest.json", *MEMBERS))


@pytest.mark.parametrize("part", [0.0, 0.01, 0.3, 0.7, 0.99])
def test_truncated(data: bytes, part: float) -> None:
    assert "program file" in refusal(data[: int(len(data) * part)])


def test_flipped_bits(data: bytes) -> None:
    """A flipped bit is refused, or changes nothing that is read (a date, say)."""
    source = random.Random(5)
    refused = 0
    for _ in range(150):
        flipped = bytearray(data)
        flipped[source.randrange(len(data))] ^= 1 << source.randrange(8)
        try:
            program = parse_program(bytes(flipped), "p.wsx")
        except DiagnosticError:
            refused += 1
        else:
            assert program_bytes(program.module, program.model, "mlp", "decode", ESTIMATES) == data
    assert refused > 120


def replaced(name: str, old: str, new: str) -> Callable[[dict[str, str]], None]:
    def change(texts: dict[str, str]) -> None:
        assert old in texts[name]
        texts[name] = texts[name].replace(old, new, 1)

    return change


def version(texts: dict[str, str]) -> None:
    texts["manifest.json"] = json.dumps(json.loads(texts["manifest.json"]) | {"version": 99})


def manifest_with(**entries: object) -> Callable[[dict[str, str]], None]:
    def change(texts: dict[str, str]) -> None:
        texts["manifest.json"] = json.dumps(json.loads(texts["manifest.json"]) | entries)

    return change


HUGE = "rect = array<i64: 0, 0, 999999999999, "
EMPTY = '"builtin.module"() ({\n}) : () -> ()\n'


def without_entry(texts: dict[str, str]) -> None:
    manifest = json.loads(texts["manifest.json"])
    del manifest["entry"]
    texts["manifest.json"] = json.dumps(manifest)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (version, "format version 99"),
        (without_entry, "'entry' is missing"),
        (manifest_with(entry="foo"), "no entry 'foo'"),
        (manifest_with(estimates={"cycles_per_token": float("inf")}), "no number of cycles"),
        (manifest_with(estimates={"cycles_per_token": -5}), "no number of cycles"),
        (manifest_with(estimates={"cycles_per_token": "x"}), "no number of cycles"),
        (lambda texts: texts.update({"routes.mlir": EMPTY}), "no module with a body"),
        (lambda texts: texts.update({"program.mlir": EMPTY}), "no module with a body"),
        (replaced("program.mlir", "bytes = ", "bytes = 0 : i64, wsc.was = "), "its buffer is smaller"),
        (lambda texts: texts.pop("nn.mlir"), "not a program file"),
        (lambda texts: texts.update({"more.txt": ""}), "not a program file"),
        (lambda texts: texts.update({"routes.mlir": texts["nn.mlir"]}), "does not belong into routes.mlir"),
        (replaced("routes.mlir", "color = 1", "color = 23"), "colors for programs"),
        (replaced("routes.mlir", 'outputs = ["', 'outputs = ["X'), "direction"),
        (replaced("routes.mlir", "array<i64: 0, 0, ", "array<i64: 70, 0, "), "off the"),
        (replaced("routes.mlir", "rect = array<i64: 0, 0, 1, ", HUGE), "off the"),
        (
            replaced("program.mlir", "columns = array<i64: 0, ", "columns = array<i64: 99999999999, "),
            "the tile leaves instance",
        ),
        (replaced("program.mlir", "channels = array", "channels = 1 : i64, wsc.was = array"), "'channels'"),
        (replaced("program.mlir", "offset = 0 :", "offset = 49150 :"), "multiple of 4"),
        (replaced("program.mlir", "offset = 0 :", "offset = 49152 :"), "ends at byte"),
        (replaced("program.mlir", "origin = array<i64: 0, 0>", "origin = array<i64: 9, 9>"), "leaves"),
        (replaced("program.mlir", "pe.return", "pe.nothing"), "pe.nothing"),
        (replaced("program.mlir", "clock_hz = 850000000", "clock_hz = -1"), "clock_hz"),
        (replaced("symbols.mlir", "@io::@", "@io::@no"), "no"),
    ],
)
def test_damage_under_right_hashes(
    data: bytes, change: Callable[[dict[str, str]], None], message: str
) -> None:
    texts = members(data)
    change(texts)
    assert message in refusal(packed(texts))


def test_wrong_hash(data: bytes) -> None:
    texts = members(data)
    texts["symbols.mlir"] += "\n"
    assert "symbols.mlir differ from their hashes" in refusal(packed(texts, mend=False))


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "1" * 5000, "[]", "{", "\x00"])
def test_a_manifest_that_makes_no_sense(data: bytes, text: str) -> None:
    assert "program file" in refusal(packed(members(data) | {"manifest.json": text}, mend=False))


@pytest.mark.parametrize("member", ["program.mlir", "nn.mlir"])
@pytest.mark.parametrize("text", ['"a"() ({' * 20_000, '"a"() {a = ' + "[" * 50_000, "(" * 50_000, "\x00"])
def test_a_member_that_makes_no_sense(data: bytes, member: str, text: str) -> None:
    assert f"p.wsx!{member}:1:" in refusal(packed(members(data) | {member: text}))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_another_compression(data: bytes, method: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, text in members(data).items():
            archive.writestr(name, text)
    packed_otherwise = bytearray(buffer.getvalue())
    for at in range(60, 80):
        packed_otherwise[at] ^= 0xFF
    assert "packed in another way" in refusal(bytes(packed_otherwise))


def test_headers_with_wrong_bytes(data: bytes) -> None:
    """Whatever stands around the members, there are diagnostics or the same program."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        heads = [(i.header_offset, i.header_offset + 30 + len(i.filename)) for i in archive.infolist()]
        heads.append((archive.start_dir, len(data)))
    places = [at for start, end in heads for at in range(start, end)]
    source = random.Random(7)
    refused = 0
    for _ in range(80):
        damaged = bytearray(data)
        for _ in range(source.choice([1, 1, 2, 3])):
            damaged[source.choice(places)] = source.choice([0, 1, 8, 9, 12, 14, 93, 255])
        try:
            program = parse_program(bytes(damaged), "p.wsx")
        except DiagnosticError:
            refused += 1
        else:
            assert program_bytes(program.module, program.model, "mlp", "decode", ESTIMATES) == data
    assert 20 < refused < 80


def test_a_missing_tile(data: bytes) -> None:
    texts = members(data)
    lines = texts["program.mlir"].split("\n")
    lines.remove(next(line for line in lines if '"pe.tile"' in line))
    texts["program.mlir"] = "\n".join(lines)
    assert "has no program" in refusal(packed(texts))


def test_a_second_tile(data: bytes) -> None:
    texts = members(data)
    lines = texts["program.mlir"].split("\n")
    at = next(index for index, line in enumerate(lines) if '"pe.tile"' in line)
    lines.insert(at, lines[at])
    texts["program.mlir"] = "\n".join(lines)
    assert "has two programs" in refusal(packed(texts))


def test_writing_to_links_and_pipes(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "link.wsx").symlink_to(tmp_path / "real.wsx")
    write_atomically(tmp_path / "link.wsx", data)
    assert (tmp_path / "link.wsx").is_symlink()
    assert read_program(tmp_path / "real.wsx").name == "mlp"
    os.mkfifo(tmp_path / "pipe")
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    write_atomically(tmp_path / "pipe", data)
    reader.join(timeout=30)
    assert received == [data]
    assert (tmp_path / "pipe").is_fifo()


def test_files(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "p.wsx"
    write_atomically(path, data)
    assert read_program(path).name == "mlp"
    assert [entry.name for entry in tmp_path.iterdir()] == ["p.wsx"]
    with pytest.raises(DiagnosticError, match="cannot read"):
        read_program(tmp_path / "none.wsx")


def test_a_manifest_whose_texts_are_not_unicode(data: bytes) -> None:
    texts = members(data)
    for entries in ({"version": "\ud800"}, {"model": "m\udfff"}, {"more": [{"\ud800": 1}]}):
        manifest = json.dumps(json.loads(texts["manifest.json"]) | entries)
        message = refusal(packed(texts | {"manifest.json": manifest}, mend=False))
        assert "the manifest is not JSON" in message
        message.encode()


def test_a_strange_version_is_named_in_brief(data: bytes) -> None:
    texts = members(data)
    manifest = json.dumps(json.loads(texts["manifest.json"]) | {"version": "9" * 1000})
    message = refusal(packed(texts | {"manifest.json": manifest}, mend=False))
    assert f"has format version {'9' * 20}; this wsc reads 1" in message
