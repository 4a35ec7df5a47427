"""The format of an archive: a tar file that begins with its manifest. The manifest determines every
byte outside the files.

A reader therefore only compares. It stops at an entry whose header of 512 bytes differs from the
one that the manifest implies. Links, devices, other names, compression and a second copy of a name
cannot be expressed. The same files always give the same archive.
"""

from __future__ import annotations

import re
import tarfile
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from landscape_app.errors import ArchiveError
from landscape_app.store import derived, files, journal, result_file, run, shared_data, study
from landscape_app.store.committed_files import FILE
from landscape_app.store.folder import ID, STUDIES
from landscape_app.store.sample_digest import JOURNAL
from landscape_app.study_settings import GRID

MANIFEST = "manifest.json"
BLOCK = 512  # bytes of a header; a file is filled up with zeros to a multiple of it
END = bytes(2 * BLOCK)
MANY = 50_000  # files
# gzip, zip, bzip2, xz, zstandard
COMPRESSED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
LONGEST_MANIFEST = 16 * 2**20  # bytes
LARGEST = 8 * 2**30 - 1  # bytes of a file: what the header of a tar file can say
LARGEST_GRID = 4 * 2**20  # bytes of grid.json
DATA = "content"  # what a file of data is called in an archive; its own name is in the journal

_RESULT = (
    rf"{derived.FOLDER}/{derived.PLACE.pattern}"
    rf"/(?:{re.escape(derived.ARRAYS)}|{re.escape(derived.RESULT)})"
)
_OF_RUN = re.compile(
    rf"({ID.pattern})/({re.escape(run.HEAD)}|{re.escape(JOURNAL)}|{FILE.pattern}|{_RESULT})"
)
_OF_STUDY = re.compile(
    rf"{STUDIES}/({ID.pattern})/({re.escape(study.HEAD)}|{re.escape(GRID)}|{_RESULT})"
)
_OF_DATA = re.compile(rf"{shared_data.FOLDER}/[0-9a-f]{{64}}/{DATA}")
_LARGEST = {
    run.HEAD: files.SMALL,
    study.HEAD: files.SMALL,
    GRID: LARGEST_GRID,
    JOURNAL: journal.LARGEST,
    derived.RESULT: result_file.LARGEST,
}
Facts = tuple[int, str]  # bytes and SHA-256 of a file
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Manifest(BaseModel):
    """The content of an archive: one run, or a study with its `runs`. `files`: (name, bytes,
    SHA-256) of every file, sorted by name.

    A name is the path from the runs folder. `results_only`: a study without its runs: its settings
    and what was computed of all of them.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    landscape_archive: Literal[1] = 1
    kind: Literal["run", "study"]
    id: str
    runs: list[str]
    files: list[tuple[str, int, str]]
    results_only: bool = False

    def encoded(self) -> bytes:
        """The bytes of the manifest in the archive. Raises ArchiveError where it has more names
        than an archive can hold.
        """
        values = self.model_dump()
        if not self.results_only:
            del values[
                "results_only"
            ]  # archives with runs are as they were before there were others
        content = files.to_json(values) + b"\n"
        if len(self.files) > MANY or len(content) > LONGEST_MANIFEST:
            raise ArchiveError(
                f"{self.id} has {len(self.files):,} files; an archive holds at most {MANY:,}."
                " Export the runs of a study one by one."
            )
        return content

    @property
    def size(self) -> int:
        """Bytes of the archive."""
        return (
            BLOCK
            + padded(len(self.encoded()))
            + sum(BLOCK + padded(size) for _, size, _ in self.files)
            + len(END)
        )

    def by_folder(self) -> dict[str, dict[str, Facts]]:
        """{folder of a run or study, or _data: {name in it: (bytes, SHA-256)}}."""
        folders = dict[str, dict[str, Facts]]()
        for name, size, sha256 in self.files:
            base, _, rest = name.partition("/")
            if base == STUDIES:
                id, _, rest = rest.partition("/")
                base = f"{base}/{id}"
            folders.setdefault(base, {})[rest] = (size, sha256)
        return folders

    @property
    def content_size(self) -> int:
        """Bytes of all files in it."""
        return sum(size for _, size, _ in self.files)


def decode(content: bytes) -> Manifest:
    """The manifest in these bytes. Raises ArchiveError for any bytes that are not a manifest."""
    # before any of it is made
    if (
        content.count(b"[") + content.count(b"{") > MANY + 10
        or content.count(b",") > 4 * MANY + 100
    ):
        raise ArchiveError(f"It names more than the {MANY:,} files that an archive may hold.")
    try:
        manifest = Manifest.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ArchiveError(
            f"Its manifest cannot be read: {where or 'it'}: {first['msg']}."
        ) from error
    try:
        same = manifest.encoded() == content
    except (ValueError, UnicodeError):
        same = False
    if not same:
        raise ArchiveError(
            "Its manifest is not written as an archive's is: it was changed by hand or by another"
            " program."
        )
    _check(manifest)
    return manifest


def told(size: int) -> str:
    """Bytes in words: 1.2 MB, 24 kB."""
    return (
        f"{size / 1e6:,.1f} MB"
        if size >= 1e6
        else f"{size / 1e3:,.0f} kB"
        if size >= 1e3
        else f"{size} B"
    )


def padded(size: int) -> int:
    """`size`, rounded up to whole blocks."""
    return -(-size // BLOCK) * BLOCK


def header(name: str, size: int) -> bytes:
    """The header of the file `name` with `size` bytes; an archive allows no other. Raises
    ArchiveError where the name or size cannot be written in a header.
    """
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o644  # time, owner and group are zero and empty
    try:
        return entry.tobuf(tarfile.USTAR_FORMAT, "ascii", "strict")
    except ValueError as error:  # of UnicodeError too
        raise ArchiveError(
            f"'{name}' ({size:,} bytes) does not fit into an archive: {error}."
        ) from error


def size_of_manifest(block: bytes) -> int:
    """The length of the manifest, from its header `block`. Raises ArchiveError if it is not such a
    header.
    """
    if block.startswith(COMPRESSED):
        raise ArchiveError("It is compressed. Unpack it first, to a .tar file.")
    try:
        size = tarfile.TarInfo.frombuf(block, "ascii", "strict").size
    except (tarfile.TarError, ValueError) as error:
        raise ArchiveError(
            "It is not an archive of runs. landscape export ID --archive FILE makes one."
        ) from error
    if not 0 < size <= LONGEST_MANIFEST or block != header(MANIFEST, size):
        raise ArchiveError(
            "It is not an archive of runs. landscape export ID --archive FILE makes one."
        )
    return size


def what_it_is(block: bytes) -> str:
    """What an unexpected header describes, in words."""
    try:
        entry = tarfile.TarInfo.frombuf(block, "ascii", "replace")
    except (tarfile.TarError, ValueError):
        return "no entry of a tar file"
    kind = (
        "a link"
        if entry.islnk() or entry.issym()
        else "a device"
        if entry.isdev()
        else "a folder"
        if entry.isdir()
        else "an entry"
    )
    return f"{kind} called {entry.name[:80]!a}"


def largest(name: str) -> int:
    """The most bytes that the file `name` is allowed to have."""
    last = name.rpartition("/")[2]
    if last in _LARGEST:
        return _LARGEST[last]
    return 2 * shared_data.MOST if name.startswith(f"{shared_data.FOLDER}/") else LARGEST


def _check(manifest: Manifest) -> None:
    """Raise ArchiveError where the manifest names a file that cannot be in an archive."""
    ids = [*manifest.runs, manifest.id]
    wrong = [id for id in ids if not ID.fullmatch(id)]
    if wrong:
        raise ArchiveError(f"{wrong[0][:80]!a} is no id of a run or study.")
    fitting = (
        manifest.runs == [manifest.id]
        if manifest.kind == "run"
        else manifest.id not in manifest.runs
    )
    if manifest.results_only:
        fitting = manifest.kind == "study" and not manifest.runs
    if not fitting or len(set(manifest.runs)) < len(manifest.runs):
        raise ArchiveError("Its manifest does not say which runs it holds.")
    names, runs = [name for name, _, _ in manifest.files], frozenset(manifest.runs)
    for (name, size, sha256), before in zip(manifest.files, ["", *names], strict=False):
        if name <= before:
            raise ArchiveError(f"{name[:160]!a} is listed twice, or out of order.")
        if not _known(manifest, runs, name):
            raise ArchiveError(f"{name[:160]!a} is no file of the {manifest.kind} {manifest.id}.")
        if not 0 <= size <= largest(name):
            raise ArchiveError(
                f"{name} is said to have {size:,} bytes; it may have {largest(name):,}."
            )
        if not _SHA256.fullmatch(sha256) or (
            name.startswith(f"{shared_data.FOLDER}/") and name.split("/")[1] != sha256
        ):
            raise ArchiveError(f"The SHA-256 of {name} is none, or is not that of its name.")
    _complete(manifest, frozenset(names))


def _known(manifest: Manifest, runs: frozenset[str], name: str) -> bool:
    """Whether a file of this run or study can have exactly this name."""
    if _OF_DATA.fullmatch(name):
        return True
    if (match := _OF_STUDY.fullmatch(name)) is not None:
        return manifest.kind == "study" and match[1] == manifest.id
    return (match := _OF_RUN.fullmatch(name)) is not None and match[1] in runs


def _complete(manifest: Manifest, names: frozenset[str]) -> None:
    heads = [f"{id}/{run.HEAD}" for id in manifest.runs]
    if manifest.kind == "study":
        heads.append(f"{STUDIES}/{manifest.id}/{study.HEAD}")
    for head in heads:
        if head not in names:
            raise ArchiveError(f"It lacks {head}.")
