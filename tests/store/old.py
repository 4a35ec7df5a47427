"""The runs folder that version 0.2.0 wrote (fixtures/README.md)."""

from __future__ import annotations

import tarfile
from pathlib import Path

FIXTURE = Path(__file__).parent / "fixtures" / "schema-1.tar.xz"
RUNS = ("done", "grid-good-s0", "grid-plain-s0", "grid-poor-s0", "half")
STUDIES = ("compare-669d0dfe", "grid")


def unpack(folder: Path, *only: str) -> Path:
    """The runs folder, in `folder`; of it only what lies in `only`, if given."""
    with tarfile.open(FIXTURE) as archive:
        members = [
            member
            for member in archive
            if not only or member.name.removeprefix("runs/").startswith(only)
        ]
        archive.extractall(folder, members, filter="data")
    return folder / "runs"
