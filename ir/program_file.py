"""Program files (`.wsx`): a zip of MLIR texts and a manifest, written byte for byte the same each time.

Members: `program.mlir` (regions, buffers, programs, instances, tiles), `routes.mlir` (switch settings),
`symbols.mlir` (variables: which elements of which tensor lie where), `nn.mlir` (the model, for
`--check`), and `manifest.json` with the format's version, facts about the compilation and the hash of
every other member. Loading checks all of it before anything runs.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from .diagnostics import Diagnostic, DiagnosticError, Severity
from .dialects.fabric import certificate_kind
from .location import FileLoc
from .operation import Block, Operation, Region
from .parser import parse_module
from .printer import print_operation
from .program_check import check_program
from .verifier import verify

FORMAT = "wsx"
VERSION = 1
_MEMBER_OF = {"fabric.route": "routes.mlir", "pe.variable": "symbols.mlir"}
MEMBERS = ("program.mlir", "routes.mlir", "symbols.mlir", "nn.mlir")
MANIFEST = "manifest.json"
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
LARGEST_MEMBER_BYTES = 1 << 30
_KEYS = {
    "format": str,
    "version": int,
    "model": str,
    "entry": str,
    "certificate": str,
    "estimates": dict,
    "sha256": dict,
}


@dataclass(frozen=True, slots=True)
class Program:
    """A loaded program: the final module, the model it was made from, and what the manifest says.

    `estimates` are the compiler's beliefs (cycles); engines never read them.
    """

    module: Operation
    model: Operation
    name: str
    entry: str
    estimates: Mapping[str, float]


def program_bytes(
    module: Operation, model: Operation, name: str, entry: str, estimates: Mapping[str, float]
) -> bytes:
    """Return the program file's bytes for a final `module` and its `nn` `model`."""
    texts = {key: _text(part) for key, part in _split(module).items()}
    texts["nn.mlir"] = _text(model)
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "model": name,
        "entry": entry,
        "certificate": certificate_kind(module),
        "estimates": {key: float(value) for key, value in estimates.items()},
        "sha256": {key: hashlib.sha256(text.encode()).hexdigest() for key, text in texts.items()},
    }
    texts[MANIFEST] = json.dumps(manifest, indent=1, sort_keys=True) + "\n"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for key in (MANIFEST, *MEMBERS):
            # A fixed date and system: the same program gives the same bytes everywhere.
            info = zipfile.ZipInfo(key, (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(info, texts[key].encode())
    return buffer.getvalue()


def write_atomically(path: Path, data: bytes) -> None:
    """Write `data` to `path` so that a regular file is either the old one or complete. Raises `OSError`.

    A link is followed; what is no regular file, a device or a pipe, is written to as it is.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            stream.write(data)
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        temporary.write_bytes(data)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _text(module: Operation) -> str:
    return print_operation(module, locations=True) + "\n"


def _split(module: Operation) -> dict[str, Operation]:
    """Return one module per member: the operations of a final module, sorted by what they describe."""
    parts = {
        key: Operation("builtin.module", regions=[Region([Block()])], location=module.location)
        for key in ("program.mlir", "routes.mlir", "symbols.mlir")
    }
    parts["program.mlir"].attributes.update(module.attributes)
    for op in module.body.operations:
        parts[_MEMBER_OF.get(op.name, "program.mlir")].body.append(op.clone())
    return parts


def read_program(path: Path) -> Program:
    """Load and check a program file.

    Raises `DiagnosticError` if the file cannot be read, is no program file, is damaged or of another
    version, or if what it says does not hold together.
    """
    try:
        return parse_program(path.read_bytes(), str(path))
    except OSError as error:
        raise _error(str(path), f"cannot read the program file: {error.strerror}") from error


def parse_program(data: bytes, filename: str) -> Program:
    """Load and check the bytes of a program file; see `read_program`."""
    texts = _unpack(data, filename)
    manifest = _manifest(texts.pop(MANIFEST), filename)
    hashes = cast("dict[str, Any]", manifest["sha256"])
    damaged = [
        key for key, text in texts.items() if hashlib.sha256(text.encode()).hexdigest() != hashes.get(key)
    ]
    if damaged:
        raise _error(filename, f"damaged program file: {', '.join(damaged)} differ from their hashes")
    parts = {key: parse_module(text, f"{filename}!{key}") for key, text in texts.items()}
    for key, part in parts.items():
        if part.name != "builtin.module" or not part.regions or not part.regions[0].blocks:
            raise _error(filename, f"damaged program file: {key} holds no module with a body")
    model = parts.pop("nn.mlir")
    if all(op.symbol_name != manifest["entry"] for op in model.body.operations):
        raise _error(filename, f"damaged program file: nn.mlir has no entry '{manifest['entry']}'")
    module = parts["program.mlir"]
    for key, part in parts.items():
        for op in list(part.body.operations):
            if _MEMBER_OF.get(op.name, "program.mlir") != key:
                raise _error(filename, f"'{op.name}' does not belong into {key}")
            if part is not module:
                module.body.append(op.detach())
    problems = [*verify(module), *verify(model)]
    problems = problems or check_program(module)
    if problems:
        raise DiagnosticError(problems)
    if manifest["certificate"] != certificate_kind(module):
        raise _error(filename, "damaged program file: the manifest tells of another certificate")
    estimates = cast("dict[str, Any]", manifest["estimates"])
    for key, value in estimates.items():
        if not isinstance(value, int | float) or not 0 <= value < 1e18 or len(key) > 100:
            raise _error(filename, f"damaged program file: the estimate '{key[:100]}' is no number of cycles")
    return Program(
        module,
        model,
        str(manifest["model"]),
        str(manifest["entry"]),
        {key: float(value) for key, value in estimates.items()},
    )


def _unpack(data: bytes, filename: str) -> dict[str, str]:
    wanted = {MANIFEST, *MEMBERS}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if set(names) != wanted or len(names) != len(wanted):
                raise _error(
                    filename, f"not a program file: it holds {', '.join(sorted(names)[:8]) or 'nothing'}"
                )
            if any(info.compress_type not in _COMPRESSIONS for info in archive.infolist()):
                raise _error(filename, "damaged or no program file: its members are packed in another way")
            sizes = [info.file_size for info in archive.infolist()]
            if max(sizes) > LARGEST_MEMBER_BYTES:
                raise _error(
                    filename, f"a member of {max(sizes)} bytes is larger than a program file's may be"
                )
            return {name: archive.read(name).decode("utf-8") for name in names}
    except UnicodeDecodeError as error:
        raise _error(filename, f"damaged program file: {error}") from error
    except (
        zipfile.BadZipFile,
        zlib.error,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
    ) as error:
        raise _error(filename, f"damaged or no program file: {error}") from error


def _manifest(text: str, filename: str) -> dict[str, Any]:
    try:
        loaded: object = json.loads(text)
        # JSON can escape what is no character (a lone surrogate), and no message or file could hold it.
        json.dumps(loaded, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise _error(filename, f"damaged program file: the manifest is not JSON ({error})") from error
    manifest = cast("dict[str, Any]", loaded) if isinstance(loaded, dict) else {}
    if manifest.get("format") != FORMAT:
        raise _error(filename, "not a program file: the manifest does not say so")
    version = manifest.get("version")
    if version != VERSION:
        raise _error(
            filename,
            f"the program file has format version {str(version)[:20]}; this wsc reads {VERSION}",
            "compile the model again",
        )
    for key, kind in _KEYS.items():
        if not isinstance(manifest.get(key), kind):
            raise _error(
                filename, f"damaged program file: the manifest's '{key}' is missing or of the wrong kind"
            )
    return manifest


def _error(filename: str, message: str, *notes: str) -> DiagnosticError:
    return DiagnosticError([Diagnostic(Severity.ERROR, message, FileLoc(filename, 1, 1), notes)])
