"""Files that claim, or unpack to, far more than they hold: each ends in one line, at once, and
costs little memory.
"""

from __future__ import annotations

import io
import json
import os
import struct
import time
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from landscape_app import limits
from landscape_app.analysis.statistics import text_file
from landscape_app.analysis.statistics.csv_table import from_csv
from landscape_app.analysis.topology import ripser_process
from landscape_app.cli import study_file
from landscape_app.datasets import cifar, idx, npz
from landscape_app.errors import DataError, LandscapeError, ModelError, RunDamagedError, SpecError
from landscape_app.networks import checkpoint_process
from landscape_app.networks.checkpoint import load_into
from landscape_app.store.tensors import TensorFile
from landscape_app.study_settings import parse_study
from tests.patience import patience

MOST_MEMORY = 200 * 2**20
NAMES = ("x_train", "y_train", "x_test", "y_test")


def checkpoint(path: Path) -> None:
    load_into(nn.Linear(3, 4), str(path))


def header(shape: tuple[int, ...], descr: str = "<f4") -> bytes:
    out = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        out, {"descr": descr, "fortran_order": False, "shape": shape}
    )
    return out.getvalue()


def deflated_zeros(mebibytes: int) -> bytes:
    """Zeros as raw deflate, a thousandth of their size."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return b"".join(packer.compress(bytes(2**20)) for _ in range(mebibytes)) + packer.flush()


def zip_of(members: dict[str, tuple[bytes, int, int]]) -> bytes:
    """A zip of {name: (deflated bytes, the size that is claimed, checksum)}."""
    out, directory = b"", b""
    for name, (packed, size, crc) in members.items():
        fields = struct.pack("<5H3L2H", 20, 0, 8, 0, 0, crc, len(packed), size, len(name), 0)[2:]
        directory += (
            b"PK\x01\x02"
            + struct.pack("<2H", 20, 20)
            + fields
            + struct.pack("<3H2L", 0, 0, 0, 0, len(out))
            + name.encode()
        )
        out += b"PK\x03\x04" + struct.pack("<H", 20) + fields + name.encode() + packed
    end = struct.pack("<4H2LH", 0, 0, len(members), len(members), len(directory), len(out), 0)
    return out + directory + b"PK\x05\x06" + end


def npz_of(arrays: dict[str, bytes], claimed: dict[str, int] | None = None) -> bytes:
    """An npz of {name: npy bytes}; `claimed`: sizes in the directory that are not the true ones."""
    members = {}
    for name in NAMES:
        content = arrays.get(name, header((2,)) + bytes(8))
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = packer.compress(content) + packer.flush()
        members[f"{name}.npy"] = (
            packed,
            (claimed or {}).get(name, len(content)),
            zlib.crc32(content),
        )
    return zip_of(members)


@pytest.fixture
def small():
    """The limits of a file are 0.1 GiB."""
    with limits.raised(0.1):
        yield


class TestArrays:
    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (lambda: npz_of({"x_train": header((50 * 2**20,)) + bytes(200 * 2**20)}), r"unpacks to 0\.2 GiB; at most 0\.1 GiB are read"),
            (lambda: npz_of({"x_train": header((10**12,)) + bytes(64)}), "claims 4,000,000,000,000 bytes and holds 64"),
            (lambda: npz_of({"x_train": header((10**12,))}, {"x_train": 2**32 - 2}), "claims 4,000,000,000,000 bytes"),
            (lambda: npz_of({"x_train": header((2**29,))}, {"x_train": 2**31 + 128}), "unpacks to 2.0 GiB"),
            (lambda: npz_of({"x_train": header((2**24,)) + bytes(64)}, {"x_train": 2**26 + 128}), "ends too early|cannot be read"),
            (lambda: npz_of({"x_train": header((2,)) + bytes(200 * 2**20)}, {"x_train": 128 + 8}), "Bad CRC|cannot be read"),
            (lambda: npz_of({"x_train": b"\x93NUMPY\x02\x00" + struct.pack("<L", 2**31) + bytes(100 * 2**20)}), "header of x_train claims 2,147,483,648"),
            (lambda: npz_of({"x_train": header((0, 10**15))}), "has no rows|cannot be read|no rows"),
            (lambda: npz_of({"x_train": header((10**12,), "|V0")}), "claims 0 bytes"),
            (lambda: npz_of({}) [:-22] + b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 4, 4, 2**31, 0, 0), "no npz file|cannot be read"),
        ],
    )  # fmt: skip
    def test_an_npz_ends_at_the_limit(self, tmp_path, small, content, words, watched):
        (tmp_path / "bomb.npz").write_bytes(content())
        with watched(), pytest.raises(DataError, match=words):
            npz.load(str(tmp_path / "bomb.npz"))

    def test_a_directory_of_a_million_members_is_not_read(self, tmp_path, small, watched):
        entry = (
            b"PK\x01\x02"
            + struct.pack("<6H3L5H2L", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
            + b"a"
        )
        many = 1_000_000
        end = b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 65_535, 65_535, len(entry) * many, 0, 0)
        (tmp_path / "bomb.npz").write_bytes(entry * many + end)
        with watched(), pytest.raises(DataError, match="lists more members than are read"):
            npz.load(str(tmp_path / "bomb.npz"))

    def test_packing_that_has_no_bound_is_refused(self, tmp_path):
        with zipfile.ZipFile(tmp_path / "bomb.npz", "w", zipfile.ZIP_LZMA) as archive:
            for name in NAMES:
                archive.writestr(f"{name}.npy", header((2,)) + bytes(8))
        with pytest.raises(DataError, match="packed in a way that numpy does not use"):
            npz.load(str(tmp_path / "bomb.npz"))

    def test_gzip_and_sparse_files_of_the_named_sets_end_at_the_limit(
        self, tmp_path, small, watched
    ):
        images = bytes([0, 0, 8, 3]) + struct.pack(">3I", 200_000, 28, 28)
        packed = deflated_zeros(150)
        (tmp_path / "images.gz").write_bytes(b"\x1f\x8b\x08" + bytes(7) + packed)
        (tmp_path / "claims").write_bytes(images)
        os.truncate(tmp_path / "claims", len(images) + 200_000 * 784)
        (tmp_path / "batch.bin").touch()
        os.truncate(tmp_path / "batch.bin", 3073 * 10**6)
        with watched():
            for name in ("images.gz", "claims"):
                with pytest.raises(DataError, match=r"images|claims.*unpacks to"):
                    idx.read(tmp_path / name, shape=(28, 28))
            with pytest.raises(DataError, match=r"batch\.bin unpacks to 11\.4 GiB"):
                cifar.read([tmp_path / "batch.bin"], labels=1)


class TestCheckpoints:
    def test_what_unpacks_to_a_thousand_times_its_size_ends_before_it_does(
        self, tmp_path, small, watched
    ):
        """2.6 MB that took 2.6 GB."""
        torch.save({"weight": torch.zeros(4)}, tmp_path / "sound.pt")
        with zipfile.ZipFile(tmp_path / "sound.pt") as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        packed, size = deflated_zeros(200), 200 * 2**20
        crc = zlib.crc32(bytes(size))
        changed = {}
        for name, content in members.items():
            packer = zlib.compressobj(9, zlib.DEFLATED, -15)
            changed[name] = (
                packer.compress(content) + packer.flush(),
                len(content),
                zlib.crc32(content),
            )
        large = next(name for name in changed if name.endswith("data/0"))
        (tmp_path / "bomb.pt").write_bytes(zip_of({**changed, large: (packed, size, crc)}))
        (tmp_path / "lies.pt").write_bytes(zip_of({**changed, large: (packed, 16, crc)}))
        with watched():
            with pytest.raises(
                ModelError,
                match=r"unpacks to 0\.2 GiB; at most 0\.1 GiB are read.*--max-data-gib 0\.2",
            ):
                checkpoint(tmp_path / "bomb.pt")
            with pytest.raises(ModelError, match=r"lies\.pt"):
                checkpoint(tmp_path / "lies.pt")

    @pytest.mark.parametrize(
        "program",
        [
            b"\x80\x02(" + b"]" * (10 * 2**20) + b"l.",  # ten million lists
            # 40^30 by sharing
            b"\x80\x02]q\x00"
            + b"".join(b"](h%c" % i + b"h%c" % i * 40 + b"eq%c" % (i + 1) for i in range(30))
            + b".",
            b"\x80\x02]q\x00h\x00a.",  # a list that holds itself
            pytest.param(b"\x80\x02" + b"(" * (10 * 2**20) + b".", marks=pytest.mark.exhaustive),
            b"\x80\x02\x8b\xff\xff\xff\x7f.",  # a number of two gigabytes
            b"\x80\x02X\xff\xff\xff\x7f.",  # a word of two gigabytes
            b"\x80\x02c" + b"a" * 2**17 + b"\nb\n.",  # an object with a long name
        ],
        ids=["lists", "sharing", "itself", "marks", "number", "word", "name"],
    )
    def test_a_pickle_that_grows_ends_within_the_limits(self, tmp_path, watched, program):
        torch.save({"weight": torch.zeros(4)}, tmp_path / "sound.pt")
        with (
            zipfile.ZipFile(tmp_path / "sound.pt") as source,
            zipfile.ZipFile(tmp_path / "bomb.pt", "w", zipfile.ZIP_DEFLATED) as target,
        ):
            for name in source.namelist():
                target.writestr(name, program if name.endswith("data.pkl") else source.read(name))
        before = time.monotonic()
        with watched(), limits.raised(0.02), pytest.raises(ModelError, match=r"bomb\.pt"):
            checkpoint(tmp_path / "bomb.pt")
        assert time.monotonic() - before < patience(20)

    def test_a_view_that_claims_a_terabyte_is_not_unfolded(self, tmp_path, small, watched):
        torch.save({"weight": torch.zeros(1).expand(2**18, 2**20)}, tmp_path / "bomb.pt")
        with watched(), pytest.raises(ModelError, match=r"unpacks to 1024\.0 GiB"):
            checkpoint(tmp_path / "bomb.pt")

    def test_a_storage_of_the_older_form_that_claims_a_terabyte_is_not_made(
        self, tmp_path, small, watched
    ):
        torch.save(
            {"weight": torch.zeros(123_456)},
            tmp_path / "old.pt",
            _use_new_zipfile_serialization=False,
        )
        content = (tmp_path / "old.pt").read_bytes()
        few = b"J" + struct.pack("<i", 123_456)
        assert few in content
        (tmp_path / "bomb.pt").write_bytes(
            content.replace(few, b"\x8a\x05" + (2**38).to_bytes(5, "little"))
        )
        with (
            watched(),
            pytest.raises(ModelError, match=r"needs more than 0\.1 GiB|damaged|unpacks"),
        ):
            checkpoint(tmp_path / "bomb.pt")

    def test_a_file_that_takes_too_long_is_given_up(self, tmp_path, monkeypatch):
        """The process that reads is killed, and another one reads the next file."""
        torch.save({"weight": torch.zeros(4, 3), "bias": torch.zeros(4)}, tmp_path / "sound.pt")
        checkpoint(tmp_path / "sound.pt")
        monkeypatch.setattr(limits, "SECONDS", 0.2)
        monkeypatch.setattr(checkpoint_process, "LATE", 0.5)
        with (
            zipfile.ZipFile(tmp_path / "sound.pt") as source,
            zipfile.ZipFile(tmp_path / "slow.pt", "w") as target,
        ):
            for name in source.namelist():
                target.writestr(
                    name,
                    (
                        b"\x80\x02N" + b"q\0" * 2**24 + b"."
                        if name.endswith("data.pkl")
                        else source.read(name)
                    ),
                )
        before = time.monotonic()
        with pytest.raises(ModelError, match="takes more than 0 s to read"):
            checkpoint(tmp_path / "slow.pt")
        assert time.monotonic() - before < patience(5)
        monkeypatch.undo()
        checkpoint(tmp_path / "sound.pt")

    def test_names_of_a_million_parts_are_looked_at_in_no_time(self, tmp_path, watched):
        names = [".".join("a" * 400_000) + str(i) for i in range(2)] + ["\x1b[2J\nweight"]
        content = json.dumps(
            {name: {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]} for name in names}
        ).encode()
        (tmp_path / "names.safetensors").write_bytes(len(content).to_bytes(8, "little") + content)
        before = time.monotonic()
        with (
            watched(),
            pytest.raises(
                ModelError, match=r"names\.safetensors lacks 'weight', 'bias'"
            ) as refusal,
        ):
            checkpoint(tmp_path / "names.safetensors")
        assert time.monotonic() - before < patience(5)
        assert len(str(refusal.value)) < 1_000
        assert str(refusal.value).isprintable()

    def test_text_of_any_length_is_told_by_its_beginning(self, tmp_path, watched):
        (tmp_path / "model.bin.index.json").write_bytes(b'{"a": [' + b"[]," * 2**24)
        with watched(), pytest.raises(ModelError, match="it is JSON"):
            checkpoint(tmp_path / "model.bin.index.json")


@pytest.mark.parametrize("kind", ["checkpoint", "ripser"])
def test_a_process_that_is_started_imports_nothing_from_the_working_folder(
    tmp_path, monkeypatch, kind
):
    """A folder from elsewhere may hold a torch.py."""
    checkpoint_process.end()
    torch.save({"weight": torch.zeros(4, 3), "bias": torch.zeros(4)}, tmp_path / "sound.pt")
    for name in ("torch", "landscape_app", "psutil", "numpy", "json"):
        (tmp_path / f"{name}.py").write_text("import pathlib; pathlib.Path('ran').touch()")
    monkeypatch.chdir(tmp_path)
    if kind == "checkpoint":
        checkpoint(tmp_path / "sound.pt")
    else:
        ripser_process.bars(3, np.array([[0, 1], [1, 2], [0, 2]]), 1)
    assert not (tmp_path / "ran").exists()


class TestTensorFiles:
    def headers(self):
        yield b"[" * 2_000_000
        yield (
            b"{"
            + b",".join(
                b'"%d":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}' % i
                for i in range(1_000_000)
            )
            + b"}"
        )
        yield (
            b'{"x":{"dtype":"U8","shape":['
            + b",".join([b"9" * 4_000] * 800)
            + b'],"data_offsets":[0,0]}}'
        )
        yield b'{"x":{"dtype":"F64","shape":[1000000000000],"data_offsets":[0,8000000000000]}}'

    def test_a_header_costs_little(self, tmp_path, small, watched):
        for content in self.headers():
            (tmp_path / "bomb.safetensors").write_bytes(
                len(content).to_bytes(8, "little") + content
            )
            with watched():
                with pytest.raises(ModelError, match=r"bomb\.safetensors"):
                    checkpoint(tmp_path / "bomb.safetensors")
                with pytest.raises(RunDamagedError, match=r"bomb\.safetensors"):
                    TensorFile.open(tmp_path / "bomb.safetensors", own=True)


class TestText:
    @pytest.mark.parametrize(
        ("content", "size", "words"),
        [
            (b"a,gap_loss\n1,2\n", 2**30, r"needs up to \d+\.\d GiB as a table|needs up to \d+\.\d GiB; at most"),
            (b"a,gap_loss\n" + b"1," * 500_000, 0, "has 500,001 cells; at most 2,000 columns are read"),
            (b"a,gap_loss\n" + b"x" * 10**6, 0, "field larger than field limit"),
            (b"a,gap_loss\n" + b"\n" * 10**6, 0, "has more than 40,000 lines|needs a first line"),
            (b"a,gap_loss\n1,2\n" * 3 + b"\0" * 10, 0, "zero bytes"),
            (b"name,gap_loss\n" + b"".join(b"%s,1\n" % (b"w" * 1_999 if not i else b"w") for i in range(3_900)) , 0, ""),
        ],
        ids=["a gigabyte", "columns", "a long cell", "blank lines", "zeros", "one long word"],
    )  # fmt: skip
    def test_a_table_is_refused_before_it_is_large(
        self, tmp_path, small, watched, content, size, words
    ):
        path = tmp_path / "table.csv"
        path.write_bytes(content)
        if size:
            os.truncate(path, size)
        with watched():
            if words:
                with pytest.raises(DataError, match=words):
                    from_csv(text_file.read(path, "The table"), "The table")
            else:
                assert len(from_csv(text_file.read(path, "The table"), "The table")) == 3_900

    @pytest.mark.parametrize(
        "content",
        [
            b"a = " + b"[" * 100_000,
            b"a = " + b"{b=" * 100_000,
            b".".join([b"a"] * 200_000) + b" = 1",
            b'"a" . ' * 100_000 + b"b = 1",
            b"[" + b".".join([b"a"] * 200_000) + b"]",
            b"seeds = " + b"9" * 900_000,
            b"seeds = 1" + b"e" * 900_000,
            b"a = 1\n" * 10,
            b"seeds = \xff",
            b"#" * (2**20 + 1),
            b"a-" * 500_000,
        ],
        ids=[
            "lists",
            "tables",
            "names",
            "quoted",
            "heads",
            "digits",
            "exponents",
            "twice",
            "bytes",
            "long",
            "word",
        ],
    )
    def test_toml_is_refused_at_once(self, tmp_path, watched, content):
        (tmp_path / "grid.toml").write_bytes(content)
        before = time.monotonic()
        with (
            watched(),
            pytest.raises(
                SpecError, match=r"grid\.toml (is not a TOML file|is nested|has 1,048,577 bytes)"
            ),
        ):
            study_file.read(tmp_path / "grid.toml")
        assert time.monotonic() - before < patience(5)


@pytest.mark.parametrize(
    ("grid", "words"),
    [
        ({"seeds": 10**30}, "at most as many seeds"),
        ({"seeds": 2**31 - 1}, "at most as many seeds"),
        ({"knobs": {"rate": list(range(200_000))}}, "at most as many values"),
        (
            {
                "knobs": {
                    name: [0.1 + i / 1_000 for i in range(100)]
                    for name in ("rate", "train_rate", "momentum", "dropout")
                }
            },
            "900000000 runs",
        ),
    ],
)
def test_a_grid_without_end_is_counted_before_it_is_made(grid, words, watched):
    with watched(), pytest.raises(SpecError, match=words):
        parse_study(grid)


READERS = {
    "npz": lambda path: npz.load(str(path)),
    "checkpoint": checkpoint,
    "csv": lambda path: from_csv(text_file.read(path, "The table"), "The table"),
    "toml": study_file.read,
    "idx": lambda path: idx.read(path, shape=(28, 28)),
    "cifar": lambda path: cifar.read([path], labels=1),
}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_what_is_no_file_is_not_waited_for(tmp_path, name, kind):
    path = tmp_path / "given"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero")
    with pytest.raises(LandscapeError) as refusal:
        READERS[name](path)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", ["npz", "csv", "idx", "cifar"])
def test_a_file_that_is_read_too_slowly_is_given_up(tmp_path, monkeypatch, name):
    """Every block that is read looks at the clock."""
    content = {
        "npz": npz_of({}),
        "csv": b"a,gap_loss\n1,2\n",
        "idx": bytes([0, 0, 8, 3]) + struct.pack(">3I", 1, 28, 28) + bytes(784),
        "cifar": bytes(3073),
    }[name]
    (tmp_path / "given").write_bytes(content)
    clock = iter(range(0, 10**6, 40))
    monkeypatch.setattr(limits.time, "monotonic", lambda: next(clock))
    with pytest.raises(LandscapeError, match="takes more than 60 s to read"):
        READERS[name](tmp_path / "given")


def test_the_limit_is_the_smaller_of_two_gibibytes_and_a_quarter_of_the_free_memory(monkeypatch):
    monkeypatch.setattr(limits, "free_memory", lambda: 100 * limits.GIB)
    assert limits.most_bytes() == 2 * limits.GIB
    monkeypatch.setattr(limits, "free_memory", lambda: limits.GIB)
    assert limits.most_bytes() == limits.GIB // 4
    with limits.raised(5):
        assert limits.most_bytes() == 5 * limits.GIB
    assert limits.most_bytes() == limits.GIB // 4
    for gib in (0, -1, float("nan"), float("inf"), True, "2"):
        with (
            pytest.raises(SpecError, match="max_data_gib: must be a number of GiB above 0"),
            limits.raised(gib),
        ):
            pass


@pytest.fixture
def watched():
    """A block, in which this process and the one that reads checkpoints must not take much
    memory.
    """
    from contextlib import contextmanager

    import psutil

    @contextmanager
    def block():
        checkpoint_process.peak = 0
        Path("/proc/self/clear_refs").write_text("5")
        before = psutil.Process().memory_info().rss
        yield
        lines = dict(
            line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines()
        )
        assert int(lines["VmHWM"].split()[0]) * 1024 - before < MOST_MEMORY
        if checkpoint_process.peak:
            idle = psutil.Process(checkpoint_process._running.child.pid).memory_info().rss
            assert checkpoint_process.peak - idle < MOST_MEMORY

    return block


def test_the_command_line_sets_the_limit(tmp_path, capsys):
    from landscape_app.cli.main import main

    rng = np.random.default_rng(0)
    rows = {
        "x_train": rng.normal(size=(2_000, 16)),
        "y_train": np.arange(2_000) % 2,
        "x_test": rng.normal(size=(20, 16)),
        "y_test": np.arange(20) % 2,
    }
    np.savez(tmp_path / "mine.npz", **rows)
    command = [
        "run",
        "--runs",
        str(tmp_path / "runs"),
        "--id",
        "a",
        "--data",
        f"npz:{tmp_path / 'mine.npz'}",
        "--network",
        "mlp-small",
    ]
    assert main([*command, "--max-data-gib", "0.0001"]) == 2
    said = capsys.readouterr().err
    assert (
        "mine.npz unpacks to 0.3 MiB; at most 0.1 MiB are read. To allow this size:"
        " --max-data-gib 0.1." in said
    )
    assert not (tmp_path / "runs" / "a").exists()


def test_explore_has_the_same_limit(tmp_path):
    from landscape_app import explore

    torch.save({"weight": torch.zeros(2, 100_000), "bias": torch.zeros(2)}, tmp_path / "large.pt")
    data = (torch.zeros(8, 4), torch.arange(8) % 2)
    with pytest.raises(ModelError, match=r"--max-data-gib 0\.1"):
        explore(
            nn.Linear(4, 2),
            data,
            data,
            out=tmp_path / "runs",
            init=tmp_path / "large.pt",
            max_data_gib=0.0001,
        )
    with pytest.raises(SpecError, match="max_data_gib"):
        explore(
            nn.Linear(4, 2),
            data,
            data,
            out=tmp_path / "runs",
            init=tmp_path / "large.pt",
            max_data_gib=0,
        )


def test_what_is_said_is_one_line_whatever_names_are_in_it():
    said = str(DataError(f"There is no \x1b[2J\r\n'{'x' * 10**6}'. Give another."))
    assert "\n" not in said
    assert "\x1b" not in said
    assert "\r" not in said
    assert len(said) < 2_000
    assert said.startswith("There is no ")
    assert said.endswith("Give another.")
    assert str(DataError("x has 3 rows. Give 4.")) == "x has 3 rows. Give 4."
