"""A checkpoint that unpacks to far more than it holds, or takes long to read, ends in one line and
costs little memory.
"""

from __future__ import annotations

import json
import struct
import time
import zipfile
import zlib

import numpy as np
import pytest
import torch

from landscape_app import limits
from landscape_app.analysis.topology import ripser_process
from landscape_app.errors import ModelError, RunDamagedError
from landscape_app.networks import checkpoint_process
from landscape_app.store.tensors import TensorFile
from tests.attacks.bombs import checkpoint, deflated_zeros, zip_of
from tests.patience import patience

pytestmark = pytest.mark.slow


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
