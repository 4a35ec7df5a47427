"""The content of a checkpoint file as plain values and tensors. No code in the file is run."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

from landscape_app.errors import ModelError, first_line
from landscape_app.limits import Reading
from landscape_app.networks.checkpoint_kind import is_safetensors, is_zip, what
from landscape_app.networks.checkpoint_process import load

LONGEST_HEADER = 4 * 2**20  # bytes of a safetensors file
# shown to those who gave a folder
SUFFIXES = (".safetensors", ".pt", ".pth", ".ckpt", ".th", ".bin", ".tar")
REFUSED = re.compile(r"GLOBAL ([\w.]{1,200})")  # as torch names what it would not make
ALONE = "Save the weights alone: torch.save(model.state_dict(), 'weights.pt')."


def read(path: Path) -> Any:
    """The content of `path`: plain containers with tensors in main memory. Its format is recognised
    by its bytes, not by its name.

    Raises ModelError: no such file, too large, not a file of torch.save or safetensors, or one that
    holds other objects.
    """
    _check(path)
    try:
        with Reading(path, ModelError, f"The checkpoint {path.name}") as file:
            file.hold(file.bytes, "has")
            if is_safetensors(path):
                return _safetensors(path, file)
            return load(file.fileno(), path.name, mapped=_can_be_mapped(path, file))
    except ModelError:
        raise
    except Exception as error:  # whatever a damaged or hostile file makes the readers say
        raise ModelError(_refusal(path, error)) from error


def _safetensors(path: Path, file: Reading) -> Any:
    """The tensors stay in the file until they are used, so only the header needs memory."""
    from safetensors.torch import load_file

    length = int.from_bytes(file.read(8), "little")
    if length > LONGEST_HEADER:
        raise ModelError(
            f"The header of the checkpoint {path.name} has {length:,} bytes; at most"
            f" {LONGEST_HEADER:,} are read."
        )
    return load_file(path)


def _check(path: Path) -> None:
    """Raise ModelError for a path that is not a file."""
    try:
        if path.is_dir():
            files = sorted(file.name for file in path.iterdir() if file.suffix in SUFFIXES)[:3]
            there = (
                f"Give a file in it: {', '.join(files)}." if files else "Give the file of weights."
            )
            raise ModelError(f"The checkpoint {path} is a folder. {there}")
        if not path.is_file():
            raise ModelError(f"There is no checkpoint {path}. {_why_not(path)}".rstrip())
    except (OSError, ValueError) as error:
        raise ModelError(f"The checkpoint {path} cannot be read: {first_line(error)}") from error


def _why_not(path: Path) -> str:
    if "://" in str(path) or re.match(r"https?:/", str(path)):
        return "It is a web address: download the file first."
    if path.is_symlink():
        return f"It is a link to {path.readlink()}, which is not there."
    return "It is neither a file nor a folder." if path.exists() else ""


def _can_be_mapped(path: Path, file: Reading) -> bool:
    """Whether the tensors in the file are uncompressed, so that it can be mapped into memory.
    Raises ModelError for an archive that is too large after unpacking.
    """
    if not is_zip(path) or not zipfile.is_zipfile(file):
        return False
    with file.archive() as archive:
        members = archive.infolist()
    file.hold(sum(member.file_size for member in members))
    return all(member.compress_type == zipfile.ZIP_STORED for member in members)


def _refusal(path: Path, error: Exception) -> str:
    """Why `path` cannot be read, in one line."""
    kind = what(path)
    if kind:
        return f"The checkpoint {path.name} cannot be read as weights: it is {kind}."
    refused = REFUSED.search(str(error))
    if refused:
        return (
            f"The checkpoint {path.name} holds an object of '{refused[1]}', not only weights;"
            f" reading it could run code. {ALONE}"
        )
    if "Unsupported operand" in str(error):
        return (
            f"The checkpoint {path.name} was written by a pickle protocol that could run code, or"
            f" is damaged. {ALONE}"
        )
    if "Weights only load failed" in str(error):
        return f"The checkpoint {path.name} holds other things than weights, or is damaged. {ALONE}"
    return (
        f"The checkpoint {path.name} cannot be read as weights; it is damaged: {first_line(error)}"
    )
