"""The kind of a file, from its first bytes and, for an archive, from the names in it. Error
messages name the kind.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

HEAD = 4_096  # bytes looked at

# (first bytes, what such a file is), the first that fits
BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (
        b"version https://git-lfs",
        "a Git LFS pointer: the file itself was not downloaded. Get it by: git lfs pull",
    ),
    (b"\x1f\x8b", "compressed by gzip. Unpack it first"),
    (b"BZh", "compressed by bzip2. Unpack it first"),
    (b"\xfd7zXZ", "compressed by xz. Unpack it first"),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd. Unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive. Unpack it first"),
    (b"Rar!", "a rar archive. Unpack it first"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file (Keras, h5py), which is not PyTorch's"),
    (b"GGUF", "a GGUF file (llama.cpp), which is not PyTorch's"),
    (b"\x93NUMPY", "a numpy array (npy), not a state_dict"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"%PDF", "a PDF document"),
    (b"\x7fELF", "a program"),
)
TORCH_MAGIC = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."  # of torch.save before 1.6
OTHER_WAYS = "Give a state_dict saved by torch.save, or a safetensors file"


def is_zip(path: Path) -> bool:
    """Whether `path` begins as a zip archive: the form of torch.save since 1.6."""
    return _head(path).startswith((b"PK\x03\x04", b"PK\x05\x06"))


def is_safetensors(path: Path) -> bool:
    """Whether `path` begins as a safetensors file: the length of a JSON header, and the header."""
    head = _head(path)
    return (
        len(head) > 8
        and head[8:9] == b"{"
        and 2 <= int.from_bytes(head[:8], "little") <= path.stat().st_size - 8
    )


def what(path: Path) -> str:
    """What kind of file it is, if it is not a checkpoint, and what to do about it where that is
    known; "" if it looks like a damaged checkpoint.
    """
    head = _head(path)
    if not head:
        return "empty (0 bytes)"
    for beginning, words in BEGINNINGS:
        if head.startswith(beginning):
            return words
    if is_zip(path):
        return _archive(path)
    if is_safetensors(path) or head.startswith(TORCH_MAGIC):
        return ""
    if head[257:262] == b"ustar":
        return "a tar archive. Unpack it first"
    if head[4:8] == b"TFL3" or path.suffix == ".index" or ".data-0000" in path.name:
        return "a TensorFlow file, which is not PyTorch's"
    if head[:1] == b"\x80" and head[1:2] <= b"\x05":
        return (
            "a plain pickle. Save the weights by torch.save(model.state_dict(), …) instead: a"
            " pickle may run code"
        )
    return _text(head) or (
        f"an ONNX file, which is not a state_dict. {OTHER_WAYS}"
        if _onnx(head, path)
        else "of an unknown form"
    )


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD)


def _archive(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "cut off or damaged: it begins as a file of torch.save, but its end is missing"
    last = {name.rpartition("/")[2] for name in names}
    if "constants.pkl" in last and any("/code/" in name for name in names):
        return (
            "a TorchScript archive (torch.jit.save). Save the state_dict of the network instead:"
            " torch.save(model.state_dict(), …)"
        )
    if "data.pkl" in last:
        return ""
    if names and all(name.endswith(".npy") for name in names):
        return "an npz file of numpy arrays, not a state_dict"
    if any("exported_program" in name or name.endswith("models/model.json") for name in names):
        return (
            "an exported program (torch.export). Save the state_dict of the network instead:"
            " torch.save(model.state_dict(), …)"
        )
    if "model.weights.h5" in last:
        return "a Keras model, which is not PyTorch's"
    shown = ", ".join(f"'{name}'" for name in names[:3]) + (
        f" and {len(names) - 3} more" if len(names) > 3 else ""
    )
    return f"a zip archive of {shown or 'nothing'}. Unpack it, and give the file of weights"


def _text(head: bytes) -> str:
    """What kind of text file it is; "" for other files."""
    try:
        words = head.decode("utf-8", errors="strict" if len(head) < HEAD else "ignore").strip()
    except UnicodeDecodeError:
        return ""
    if not all(character.isprintable() or character.isspace() for character in words):
        return ""
    if words.lower().startswith(("<!doctype html", "<html")):
        return (
            "an HTML page, perhaps what a web site answered instead of the file. Download the file"
            " itself"
        )
    if words.startswith("{") and '"weight_map"' in words:
        return "an index of a checkpoint in parts. Put the parts into one file first"
    kind = (
        "XML" if words.startswith("<?xml") else "JSON" if words.startswith(("{", "[")) else "text"
    )
    shown = " ".join(words.split())
    return f"{kind}: “{shown[:40]}{'…' if len(shown) > 40 else ''}”"


def _onnx(head: bytes, path: Path) -> bool:
    return path.suffix == ".onnx" or (head[:1] == b"\x08" and b"pytorch" in head[:64])
