"""Random changes of a program file: its texts (with hashes that fit), its manifest, the zip, bytes."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from random import Random
from typing import Any

from wsc.ir.program_file import MANIFEST, MEMBERS

from .mutations import CHARACTERS, Pool, mutate_bytes, mutate_text

ODD_VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        1,
        2,
        -1,
        1.5,
        1e308,
        float("nan"),
        float("inf"),
        10**30,
        "",
        "decode",
        "x" * 500,
    ),
    *(
        [],
        [1],
        {},
        {"a": 1},
        {"": None},
        [[[]]],
        "\0",
        "\ud800",
        {"cycles": "many"},
        {"cycles": -1},
        {"c": True},
    ),
)
NAMES = (*MEMBERS, MANIFEST, "", "/", "..", "../nn.mlir", "nn.mlir/", "nn.mlir\0", "é", "a" * 300, "nn.MLIR")


def members_of(data: bytes) -> dict[str, bytes]:
    """Return the members of a program file in their order."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(members: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip of these members, which may have equal names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = method
            # Two members of one name are what is wanted here, and worth a warning to others.
            archive.NameToInfo.pop(info.filename, None)
            archive.writestr(info, content)
    return buffer.getvalue()


def with_hashes(members: dict[str, bytes]) -> dict[str, bytes]:
    """Return `members` with the hashes in the manifest, if it still is one, made right again."""
    try:
        manifest = json.loads(members[MANIFEST])
        manifest["sha256"] = {
            name: hashlib.sha256(content).hexdigest() for name, content in members.items() if name != MANIFEST
        }
    except (ValueError, TypeError):
        return members
    return {**members, MANIFEST: json.dumps(manifest).encode()}


def mutate_archive(random: Random, data: bytes, pool: Pool) -> bytes:
    """Return a program file made of `data` by a few random changes."""
    kind = random.random()
    if kind < 0.05:
        return mutate_bytes(random, data)
    members = members_of(data)
    if kind < 0.13:
        return _mutate_zip(random, members)
    if kind < 0.25:
        return pack(list({**members, MANIFEST: _mutate_manifest(random, members[MANIFEST], pool)}.items()))
    for name in random.sample(MEMBERS, random.choice((1, 1, 1, 2))):
        content = mutate_text(random, members[name].decode(), pool).encode("utf-8", "surrogatepass")
        members[name] = mutate_bytes(random, content) if random.random() < 0.02 else content
    return pack(list(with_hashes(members).items()))


def _mutate_manifest(random: Random, content: bytes, pool: Pool) -> bytes:
    if random.random() < 0.3:
        return mutate_text(random, content.decode(), pool).encode("utf-8", "surrogatepass")
    manifest = json.loads(content)
    key = random.choice([*manifest, "more"])
    inner = manifest.get(key)
    value = random.choice(ODD_VALUES)
    if isinstance(inner, dict) and random.random() < 0.6:
        inner[random.choice([*inner, "more", "x" * 200])] = value
    elif random.random() < 0.3:
        manifest.pop(key, None)
    else:
        manifest[key] = value
    if random.random() < 0.05:
        return b"[" * 100_000
    return json.dumps(manifest).encode()


def _mutate_zip(random: Random, members: dict[str, bytes]) -> bytes:
    """Leave out, add, rename, repeat or exchange members, or pack them in another way."""
    listed = list(members.items())
    at, other = random.randrange(len(listed)), random.randrange(len(listed))
    change = random.randrange(7)
    if change == 0:
        del listed[at]
    elif change == 1:
        listed.append((random.choice(NAMES), random.choice((b"", b"\0" * 40, listed[other][1]))))
    elif change == 2:
        listed[at] = (random.choice(NAMES), listed[at][1])
    elif change == 3:
        listed.append(listed[at])
    elif change == 4:
        listed[at], listed[other] = (listed[at][0], listed[other][1]), (listed[other][0], listed[at][1])
    elif change == 5:
        listed[at] = (
            listed[at][0],
            random.choice((b"", random.choice(CHARACTERS).encode(), b"\0" * 2_000_000)),
        )
    else:
        return pack(listed, random.choice((zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)))
    return pack(listed)
