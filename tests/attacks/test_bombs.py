"""Files that claim, or unpack to, far more than they hold: each ends in one line, at once, and
costs little memory.
"""

from __future__ import annotations

import os
import struct
import time
import zipfile

import numpy as np
import pytest
import torch
from torch import nn

from landscape_app import limits
from landscape_app.analysis.statistics import text_file
from landscape_app.analysis.statistics.csv_table import from_csv
from landscape_app.cli import study_file
from landscape_app.datasets import cifar, idx, npz
from landscape_app.errors import DataError, LandscapeError, ModelError, SpecError
from landscape_app.study_settings import parse_study
from tests.attacks.bombs import NAMES, checkpoint, deflated_zeros, header, npz_of
from tests.patience import patience


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
