"""Every format that is read from a file, with sound samples and the product's own reader: a new one
is a line in FORMATS.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from tests.mutations import folders
from tests.mutations.array_files import (
    member,
    npz_files,
    packed_tensors,
    read_checkpoint,
    read_npz,
    read_tensors,
    safetensors_files,
    torch_files,
)
from tests.mutations.mutator import Change, Rng


def _same(content: bytes, change: Change, rng: Rng) -> bytes:
    return change(content)


@dataclass(frozen=True)
class Format:
    """samples() -> sound files. read(path): the product's reader, which returns what it reads or
    raises a LandscapeError.

    file: the name under which a mutant is written. tokens: words of the format. within(content,
    change, rng): `content` with what is packed in it changed, and packed again (an archive's
    member, the text under a checksum): half of the mutants are made so. prepare(folder): what must
    lie beside the file; called once.
    """

    samples: Callable[[], Sequence[bytes]]
    read: Callable[[Path], Any]
    file: str
    tokens: tuple[bytes, ...] = ()
    within: Callable[[bytes, Change, Rng], bytes] = _same
    prepare: Callable[[Path], None] = lambda folder: None


def _gzipped(content: bytes, change: Change, rng: Rng) -> bytes:
    return gzip.compress(change(gzip.decompress(content)), mtime=0)


CSV = (
    b"id,weight_norm,train_rate,gap_accuracy\na,1.5,0.1,0.02\nb,2.5,0.1,0.04\nc,3.5,0.03,0.05\n",
    b'\xef\xbb\xbfname;"a ""b""";gap\nr1;1,5;0,1\nr2;2,5;\n',
    "a\tgap_loss\n1e3\t−0.5\n2\tNA\n".encode("utf-16"),
)


def _read_csv(path: Path) -> Any:
    from landscape_app.analysis.statistics import text_file
    from landscape_app.analysis.statistics.csv_table import from_csv

    return from_csv(text_file.read(path, "The table"), "The table")


TOML = (
    (
        b'name = "digits"\nregimes = ["good", "plain"]\nnetworks = ["mlp"]\nseeds ='
        b' 3\n[knobs]\ntrain_rate = [0.1, 0.03]\n[settings]\ndata = "digits"\nepochs ='
        b' 40\n[curvature]\nends = 16\n[statistics]\ncontrols = ["weight_norm", "train_rate"]\n'
    ),
    (
        b"seeds = [0, 5]\ncurvature = false\n[analysis]\nt = 12\n[settings]\nwidth ="
        b' 32\n"step_sizes" = [0.25, 1]\n'
    ),
)


def _read_toml(path: Path) -> Any:
    from landscape_app.cli import study_file
    from landscape_app.study_settings import parse_study

    return parse_study(study_file.read(path))


def _idx(*, zipped: bool) -> list[bytes]:
    plain = bytes([0, 0, 8, 3, 0, 0, 0, 5, 0, 0, 0, 28, 0, 0, 0, 28]) + bytes(range(196)) * 20
    return [gzip.compress(plain, mtime=0) if zipped else plain]


def _read_idx(path: Path) -> Any:
    from landscape_app.datasets import idx

    return idx.read(path, shape=(28, 28))


def _read_cifar(path: Path) -> Any:
    from landscape_app.datasets import cifar

    return cifar.read([path], labels=1)


def _archives() -> list[bytes]:
    from landscape_app.store import derived, packing
    from tests.store.samples import full_run

    with tempfile.TemporaryDirectory() as folder, mock.patch("time.time", return_value=1e9):
        run = full_run(Path(folder), "run")
        derived.write(run.path, "thing", {}, {"values": np.arange(3.0)}, {}, run.digest())
        return [b"".join(packing.packing_list(Path(folder), "run").content())]


def _within_archive(content: bytes, change: Change, rng: Rng) -> bytes:
    """One file of the archive changed, and all that follows from it made right: its size, its hash,
    the manifest.
    """
    from landscape_app.store import archive

    with tarfile.open(fileobj=io.BytesIO(content)) as packed:
        held = {entry.name: packed.extractfile(entry).read() for entry in packed}
    said = json.loads(held.pop(archive.MANIFEST))
    chosen = list(held)[rng.integers(len(held))]
    held[chosen] = change(held[chosen])
    said["files"] = [
        [name, len(one), hashlib.sha256(one).hexdigest()] for name, one in held.items()
    ]
    entries = {
        archive.MANIFEST: json.dumps(said, separators=(",", ":"), sort_keys=True).encode() + b"\n"
    } | held
    return (
        b"".join(
            archive.header(name, len(one)) + one + bytes(-len(one) % archive.BLOCK)
            for name, one in entries.items()
        )
        + archive.END
    )


def _read_archive(path: Path) -> Any:
    from landscape_app.store import catalogue, snapshots, unpacking
    from landscape_app.store.run import RunFolder

    runs = path.parent / "imported"
    try:
        with mock.patch("os.fsync"):  # waiting for the disk is not what is tried here
            unpacking.unpack(path, runs)
        assert [run.problem for run in catalogue.list_runs(runs)] == [None]
        snapshots.read(RunFolder.open(runs, "run"))
    finally:
        left = [one.name for one in runs.glob(".*")]
        shutil.rmtree(runs, ignore_errors=True)
        assert left == [], "what was refused is left"


PICKLE = (
    b"cos\nsystem\n",
    b"\x80\x02",
    b"\x85R",
    b"ctorch\nTensor\n",
    b"]" * 50,
    b"2",
    b"Q",
    b"X\xff\xff\xff\x7f",
    b"\x8a\xff",
    b"N}.",
    b"h\x00",
)

FORMATS: dict[str, Format] = {
    "npz": Format(
        npz_files,
        read_npz,
        "mine.npz",
        (b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06", b"'|O'", b"'<U9'", b"\x93NUMPY\x03\x00"),
        member,
    ),
    "pt": Format(lambda: torch_files(old=False), read_checkpoint, "weights.pt", PICKLE, member),
    "pt-legacy": Format(lambda: torch_files(old=True), read_checkpoint, "weights.pth", PICKLE),
    "checkpoint-safetensors": Format(
        safetensors_files,
        read_checkpoint,
        "weights.safetensors",
        (b'"F8_E5M2"', b'"shape":[', b'"data_offsets":[0,', b"__metadata__"),
    ),
    "tensors": Format(
        packed_tensors,
        read_tensors,
        "chunk.safetensors",
        (b'"F64"', b'"shape":[', b'"data_offsets":[0,', b"__metadata__"),
    ),
    "csv": Format(
        lambda: CSV,
        _read_csv,
        "table.csv",
        (b'"', b";", b",", b"\t", b"\r", b"\0", b"id", b"inf", b"1,5", b"#", b"sep=;\n", b"%"),
    ),
    "toml": Format(
        lambda: TOML,
        _read_toml,
        "grid.toml",
        (b"[[", b"]]", b"'''", b"a.b.", b" = ", b"{", b"0x", b"1979-05-27", b"seeds = "),
    ),
    "idx": Format(lambda: _idx(zipped=False), _read_idx, "images"),
    "idx-gz": Format(
        lambda: _idx(zipped=True), _read_idx, "images.gz", (b"\x1f\x8b\x08",), _gzipped
    ),
    "archive": Format(
        _archives,
        _read_archive,
        "run.tar",
        (b"ustar\x0000", b'"files":[', b'"../x"', b"\0" * 512, b"run/"),
        _within_archive,
    ),
    "spec": Format(
        folders.of(folders.SPEC),
        folders.read_run,
        folders.SPEC,
        folders.TOKENS,
        folders.sealed,
        folders.prepare,
    ),
    "journal": Format(
        folders.of(folders.JOURNAL),
        folders.read_run,
        folders.JOURNAL,
        folders.TOKENS,
        folders.lines,
        folders.prepare,
    ),
    "study": Format(
        folders.of(folders.STUDY),
        folders.read_study,
        folders.STUDY,
        folders.TOKENS,
        folders.sealed,
        folders.prepare,
    ),
    "grid": Format(
        folders.of(folders.GRID),
        folders.read_study,
        folders.GRID,
        folders.TOKENS,
        folders.sealed,
        folders.prepare,
    ),
    "result": Format(
        folders.results,
        folders.read_result,
        folders.RESULT,
        folders.TOKENS,
        folders.sealed,
        folders.prepare,
    ),
    "status": Format(
        folders.statuses,
        folders.read_status,
        folders.STATUS,
        folders.TOKENS,
        folders.field,
        folders.prepare,
    ),
    "cifar": Format(
        lambda: [bytes(range(256)) * 12 + b"\1", bytes(3073 * 3)], _read_cifar, "test_batch.bin"
    ),
}
