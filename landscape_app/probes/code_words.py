"""What compiled Python code does, hashed, and which global names it looks up."""

from __future__ import annotations

import dis
import hashlib
import sys
import types
from pathlib import Path


def of_package(code: types.CodeType) -> bool:
    parts = Path(code.co_filename).parts
    return not {
        "site-packages",
        "dist-packages",
        f"python{sys.version_info.major}.{sys.version_info.minor}",
    }.isdisjoint(parts)


def code_hash(code: types.CodeType) -> str:
    """What the code does, hashed: without comments, docstring, line numbers and file name."""
    whole = hashlib.sha256(
        repr(
            (code.co_varnames[: code.co_argcount + code.co_kwonlyargcount], code.co_flags)
        ).encode()
    )
    for line in dis.get_instructions(code):
        given = line.argval
        if isinstance(given, types.CodeType):
            given = code_hash(given)
        elif isinstance(given, frozenset):
            given = sorted(map(repr, given))
        whole.update(f"{line.opname} {type(given).__name__} {given!r}\n".encode())
    return whole.hexdigest()[:32]


def global_names(code: types.CodeType) -> set[str]:
    """Names that the code, or a function inside it, looks up in its module."""
    own = {
        str(line.argval)
        for line in dis.get_instructions(code)
        if line.opname in ("LOAD_GLOBAL", "LOAD_NAME")
    }
    inside = [part for part in code.co_consts if isinstance(part, types.CodeType)]
    return own.union(*map(global_names, inside))
