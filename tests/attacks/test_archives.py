"""Attacks by an archive: whatever its bytes are, it is refused in one line, nothing is left,
nothing outside the runs folder is touched.
"""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from landscape_app.errors import LandscapeError
from landscape_app.store import archive, packing, unpacking
from landscape_app.store.run import RunFolder
from tests.attacks.forgery import Files, entry, filled, forged, refused

pytestmark = pytest.mark.usefixtures("quick_disk")


def test_the_forger_makes_what_the_program_makes(tmp_path: Path, honest: Files) -> None:
    (tmp_path / "it.tar").write_bytes(forged(honest))
    unpacking.unpack(tmp_path / "it.tar", tmp_path / "runs")
    assert RunFolder.open(tmp_path / "runs", "run").damaged() == []
    packing.write(tmp_path / "runs", "run", tmp_path / "again.tar")
    assert (tmp_path / "again.tar").read_bytes() == forged(honest)


EVIL = [
    "/etc/passwd", "//run/spec.json", "../evil", "run/../evil", "run/../../evil", "run/./spec.json", "run//spec.json", "./run/spec.json",
    "run/chunks/../../evil.safetensors", "..", ".", "", "run", "run/", "run/chunks", "run\\spec.json", "..\\evil", "C:\\evil", "C:evil", "c:/evil",
    "run/spec.json\0.safetensors", "run/spec.json\n", "run/SPEC.json", "RUN/spec.json", "run/Chunks/a.safetensors", "run/chunks/a.SAFETENSORS",
    "run/chunks/\u00e4.safetensors", "run/chunks/a\u0308.safetensors", "run/\u202espec.json", "run/chunks/\uff0e\uff0e/a.safetensors", "run/spec.json ",
    "run/chunks/a.safetensors/b", "run/chunks/a.safetensors.next", "run/chunks/.a.safetensors", "run/.hidden", "run/status.json", "run/run.lock",
    "run/cancel", "run/log.txt", "run/signature.json", "_studies/run/signature.json", "run/evil.py", "run/__pycache__/a.pyc", "run/derived/x-0123456789abcdef/evil.py",
    "run/derived/x-0123456789abcde/result.json", "run/derived/../result.json", "other/spec.json", "other/chunks/a.safetensors", "_slots/a.lock",
    "_studies/run/study.json", "_studies/../evil", ".state/launches/cache.db", "_data/evil", "_data/../evil", f"_data/{'0' * 64}/../evil",
    f"_data/{'0' * 64}/evil.npz", f"_data/{'0' * 63}g/content", "~/evil", "$HOME/evil", "manifest.json", "run/chunks/" + "a" * 300 + ".safetensors",
]  # fmt: skip


@pytest.mark.parametrize("name", EVIL, ids=ascii)
def test_a_name_that_no_run_has_is_refused(tmp_path: Path, honest: Files, name: str) -> None:
    contents = honest | {name: b"evil"}
    try:
        written = entry(name, b"evil")
    except ValueError:
        written = entry("evil", b"evil")
    refused(tmp_path, forged(contents, entries={name: written}))
    refused(tmp_path, forged(honest, also=written))  # not named by the manifest
    chosen = "run/spec.json"
    refused(
        tmp_path,
        forged(
            honest,
            entries={
                chosen: (
                    entry(name, honest[chosen])
                    if "\0" not in name
                    else entry("evil", honest[chosen])
                )
            },
        ),
    )


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE, tarfile.CONTTYPE,
                                  tarfile.GNUTYPE_SPARSE, tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE, tarfile.XGLTYPE, b"Z"])  # fmt: skip
def test_what_is_no_plain_file_is_refused(tmp_path: Path, honest: Files, kind: bytes) -> None:
    name = "run/anchor.safetensors"
    for target in ("/etc/passwd", "../../evil", "run/spec.json"):
        for size in (0, len(honest[name])):
            link = entry(name, bytes(size), type=kind, linkname=target)[: archive.BLOCK]
            assert "there is" in refused(
                tmp_path, forged(honest, entries={name: link + filled(honest[name])})
            )
            refused(tmp_path, forged(honest, also=link))


@pytest.mark.parametrize(
    "facts",
    [
        {"mode": 0o4755},
        {"uid": 1},
        {"gid": 1},
        {"mtime": 1},
        {"uname": "root"},
        {"mode": 0o777},
        {"format": tarfile.GNU_FORMAT},
    ],
)
def test_modes_owners_and_times_are_those_of_an_archive(
    tmp_path: Path, honest: Files, facts: dict[str, Any]
) -> None:
    name = "run/anchor.safetensors"
    written = entry(name, honest[name], **{"format": tarfile.USTAR_FORMAT} | facts)
    assert "there is" in refused(tmp_path, forged(honest, entries={name: written}))


def test_no_byte_of_an_archive_can_be_changed(tmp_path: Path, honest: Files) -> None:
    sound = forged(honest)
    for place in [
        *range(0, len(sound), 307),
        *range(0, 512, 11),
        *range(len(sound) - 1030, len(sound), 97),
    ]:
        changed = bytearray(sound)
        changed[place] ^= 1 << place % 8
        refused(tmp_path, bytes(changed))


def test_an_archive_that_is_cut_anywhere_is_refused(tmp_path: Path, honest: Files) -> None:
    sound = forged(honest)
    for length in [
        *range(0, len(sound), 1000),
        1,
        511,
        512,
        513,
        len(sound) - 1024,
        len(sound) - 512,
        len(sound) - 1,
    ]:
        assert "cut" in refused(tmp_path, sound[:length])
    for more in (b"\0", bytes(512), b"evil", sound):
        assert "followed by something else" in refused(tmp_path, sound + more)
        refused(tmp_path, more + sound)


def zipped(honest: Files) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in honest.items():
            file.writestr(name, content)
        file.writestr("../../evil", b"0" * 10_000_000)
    return out.getvalue()


def tarred(honest: Files, mode: str, format: int) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=format) as file:
        for name, content in honest.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            file.addfile(info, io.BytesIO(content))
    return out.getvalue()


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_another_kind_of_archive_is_refused(tmp_path: Path, honest: Files, mode: str) -> None:
    for format in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        assert ("Unpack it first" if ":" in mode else "not an archive of runs") in refused(
            tmp_path, tarred(honest, mode, format)
        )
    assert "Unpack it first" in refused(tmp_path, zipped(honest))
    refused(tmp_path, forged(honest)[:512] + zipped(honest))


def test_a_pipe_a_device_or_a_folder_is_no_archive(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path / "pipe", Path("/dev/zero"), tmp_path, tmp_path / "nothing"):
        with pytest.raises(LandscapeError):
            unpacking.unpack(place, tmp_path / "runs")
