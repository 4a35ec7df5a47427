"""Archives of any bytes, made by hand, and what it means that one is refused."""

from __future__ import annotations

import hashlib
import tarfile
from pathlib import Path
from typing import Any

import pytest

from landscape_app.errors import LandscapeError
from landscape_app.store import archive, files, unpacking

Files = dict[str, bytes]


def manifest(contents: Files, **changes: Any) -> dict[str, Any]:
    """What an archive of `contents` says first, with changes."""
    listed = [
        [name, len(content), hashlib.sha256(content).hexdigest()]
        for name, content in sorted(contents.items())
    ]
    return {
        "landscape_archive": 1,
        "kind": "run",
        "id": "run",
        "runs": ["run"],
        "files": listed,
    } | changes


def entry(name: str, content: bytes, format: int = tarfile.GNU_FORMAT, **facts: Any) -> bytes:
    """One entry of a tar file, of any name and kind."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o644
    for fact, value in facts.items():
        setattr(info, fact, value)
    return info.tobuf(format, "utf-8", "surrogateescape") + filled(content)


def filled(content: bytes) -> bytes:
    """`content` with zeros to whole blocks."""
    return content + bytes(-len(content) % archive.BLOCK)


def first(listing: Any) -> bytes:
    """The manifest's entry; `listing` as bytes is written as it is."""
    content = listing if isinstance(listing, bytes) else files.to_json(listing) + b"\n"
    return archive.header(archive.MANIFEST, len(content)) + filled(content)


def forged(
    contents: Files,
    listing: Any = None,
    *,
    also: bytes = b"",
    entries: dict[str, bytes] | None = None,
) -> bytes:
    """An archive of `contents`, its manifest and some entries replaced."""
    replaced = entries or {}
    parts = {
        name: replaced.get(name) or archive.header(name, len(content)) + filled(content)
        for name, content in contents.items()
    }
    return (
        first(manifest(contents) if listing is None else listing)
        + b"".join(parts[name] for name in sorted(parts))
        + also
        + archive.END
    )


def refused(tmp_path: Path, content: bytes) -> str:
    """The line with which an archive of these bytes is refused; nothing of it is left anywhere."""
    file, runs = tmp_path / "it.tar", tmp_path / "runs"
    file.write_bytes(content)
    with pytest.raises(LandscapeError) as caught:
        unpacking.unpack(file, runs)
    assert "\n" not in str(caught.value)
    assert not runs.exists() or list(runs.iterdir()) == []
    assert {path.name for path in tmp_path.iterdir()} <= {"it.tar", "runs"}
    return str(caught.value)
