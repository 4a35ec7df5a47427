"""What a checkpoint file holds, read as plain values and tensors; nothing in the file is ever run."""

from __future__ import annotations

import re
import warnings
import zipfile
from pathlib import Path
from typing import Any

import torch

from landscape_app.errors import ModelError, first_line
from landscape_app.networks.checkpoint_kind import is_safetensors, is_zip, what

MOST_BYTES = 16 * 2**30
SUFFIXES = (".safetensors", ".pt", ".pth", ".ckpt", ".th", ".bin", ".tar")  # shown to those who gave a folder
REFUSED = re.compile(r"GLOBAL ([\w.]+)")  # as torch names what it would not make
ALONE = "Save the weights alone: torch.save(model.state_dict(), 'weights.pt')."


def read(path: Path) -> Any:
    """The content of `path`, told by its bytes and not by its name: tensors in main memory inside of plain containers.

    Raises ModelError: no such file, too large, not a file of torch.save or safetensors, or one that holds other objects.
    """
    _check(path)
    try:
        if is_safetensors(path):
            from safetensors.torch import load_file

            return load_file(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what torch warns of is refused below, in words
            if _can_be_mapped(path):
                return torch.load(path, map_location="cpu", weights_only=True, mmap=True)
            with path.open("rb") as file:  # of a path torch looks at the name, too, and takes *.safetensors for what it says
                return torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever a damaged or hostile file makes the two readers say
        raise ModelError(_refusal(path, error)) from error


def _check(path: Path) -> None:
    """Refuse what is no file, or larger than what is read."""
    try:
        if path.is_dir():
            files = sorted(file.name for file in path.iterdir() if file.suffix in SUFFIXES)[:3]
            there = f"Give a file in it: {', '.join(files)}." if files else "Give the file of weights."
            raise ModelError(f"The checkpoint {path} is a folder. {there}")
        if not path.is_file():
            raise ModelError(f"There is no checkpoint {path}. {_why_not(path)}".rstrip())
        size = path.stat().st_size
        if is_zip(path) and zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                size = max(size, sum(member.file_size for member in archive.infolist()))
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise ModelError(f"The checkpoint {path} cannot be read: {first_line(error)}") from error
    if size > MOST_BYTES:
        raise ModelError(f"The checkpoint {path.name} has {size / 2**30:.1f} GiB; at most {MOST_BYTES // 2**30} are read.")


def _why_not(path: Path) -> str:
    if "://" in str(path) or re.match(r"https?:/", str(path)):
        return "It is a web address: download the file first."
    if path.is_symlink():
        return f"It is a link to {path.readlink()}, which is not there."
    return "It is neither a file nor a folder." if path.exists() else ""


def _can_be_mapped(path: Path) -> bool:
    """Whether tensors may be left in the file until they are copied: an optimizer's state is then never read."""
    if path.name.endswith(".safetensors") or not is_zip(path) or not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return all(member.compress_type == zipfile.ZIP_STORED for member in archive.infolist())


def _refusal(path: Path, error: Exception) -> str:
    """Why `path` cannot be read, in one line."""
    kind = what(path)
    if kind:
        return f"The checkpoint {path.name} cannot be read as weights: it is {kind}."
    found = REFUSED.search(str(error))
    if found:
        return f"The checkpoint {path.name} holds an object of '{found[1]}', not only weights; reading it could run code. {ALONE}"
    if "Unsupported operand" in str(error):
        return f"The checkpoint {path.name} was written by a pickle protocol that could run code, or is damaged. {ALONE}"
    if "Weights only load failed" in str(error):
        return f"The checkpoint {path.name} holds other things than weights, or is damaged. {ALONE}"
    return f"The checkpoint {path.name} cannot be read as weights; it is damaged: {first_line(error)}"
