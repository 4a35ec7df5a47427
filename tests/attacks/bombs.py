"""Files that claim more than they hold: zip and npz archives, and checkpoints."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
from torch import nn

from landscape_app.networks.checkpoint import load_into

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
