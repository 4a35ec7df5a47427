"""The signature of settings that name code and files, made with a key of this user. It is stored
beside the settings.

A folder may come from a stranger, and settings can name code (module:callable) and files (npz,
checkpoints) of this machine. The signature covers these names and the places of the files, and
nothing else. So a folder may be copied, moved or renamed, and a setting that a later version adds
does not change the signature. Settings that name no code and no file need no signature.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from landscape_app import user_state
from landscape_app.errors import StorageError
from landscape_app.store import files

if TYPE_CHECKING:
    from landscape_app.settings import RunSpec

log = logging.getLogger("landscape")

FILE = "signature.json"  # in the folder of a run or study
KEY = "spec"  # of the state folder
MOST = 4096  # bytes of the file
FILES = ("checkpoint",)  # settings that name a file whatever their text is
# of a record of shared_data.py: where the file lay, and its bytes
ORIGIN = ("name", "relative", "sha256", "bytes")

Named = Mapping[str, Any]

# what this process was told to trust while there is no key to sign it with
_here: set[bytes] = set()
# fingerprints of what the user permitted on the machine that sent this process its work
_permitted: set[str] = set()


def named(spec: RunSpec) -> dict[str, str]:
    """{setting: text} of the settings that name code or a file; empty where everything comes from
    the tables.
    """
    values = {name: getattr(spec, name) for name in type(spec).model_fields}
    return {
        name: text
        for name, text in values.items()
        if isinstance(text, str) and (":" in text or name in FILES)
    }


def of_run(spec: RunSpec, sources: Any = None) -> str | None:
    """The signature of the names in `spec` and of its `sources`; None where it names nothing, or
    where there is no key.
    """
    names = named(spec)
    return _signed(_text("run", names, sources)) if names else None


def of_study(specs: Mapping[str, RunSpec]) -> str | None:
    """The signature of the names in the runs of a grid; None as for a run."""
    names = {id: foreign for id, spec in specs.items() if (foreign := named(spec))}
    return _signed(_text("study", names)) if names else None


def is_of_run(spec: RunSpec, sources: Any, given: tuple[Any, ...]) -> bool:
    """Whether one of the signatures `given` is this user's for the names in `spec`; True where it
    names nothing.
    """
    names = named(spec)
    sent = {fingerprint(spec), fingerprint(spec, sources)} if _permitted else set()
    return not names or bool(sent & _permitted) or _genuine(_text("run", names, sources), given)


def is_of_study(specs: Mapping[str, RunSpec], given: tuple[Any, ...]) -> bool:
    """The same for a grid."""
    names = {id: foreign for id, spec in specs.items() if (foreign := named(spec))}
    return not names or _genuine(_text("study", names), given)


def fingerprint(spec: RunSpec, sources: Any = None) -> str | None:
    """A hash of the names in `spec` and of its `sources`, by which a permission is sent to another
    machine; None where it names nothing.
    """
    names = named(spec)
    return hashlib.sha256(_text("run", names, sources)).hexdigest() if names else None


def permit(fingerprints: Iterable[str]) -> None:
    """In this process, permit the names that have these fingerprints, and no longer those of
    before: the user of the program that sends it work has permitted them there. One that was taken
    before a run was begun, when it had no sources, permits its names with those that it is begun
    with.
    """
    _permitted.clear()
    _permitted.update(fingerprints)


def content(signature: str) -> bytes:
    """The bytes of the file FILE."""
    return files.to_json({"signature": signature}) + b"\n"


def stored(folder: Path) -> Any:
    """The signatures in FILE in `folder`; None where there are none."""
    try:
        document = files.read_json(folder / FILE, most=MOST)
    except (OSError, ValueError):
        return None
    return document.get("signature") if isinstance(document, dict) else None


def _text(kind: str, names: Named, sources: Any = None) -> bytes:
    records = sources if isinstance(sources, dict) else {}
    lay = {
        name: {key: record.get(key) for key in ORIGIN}
        for name, record in records.items()
        if isinstance(record, dict) and "relative" in record
    }
    return files.to_json({"kind": kind, "names": names, "sources": lay})


def _signed(text: bytes) -> str | None:
    try:
        return hmac.new(user_state.key(KEY), text, hashlib.sha256).hexdigest()
    except StorageError as error:
        log.warning(
            "What the settings name is not signed, so another process will ask for --trust: %s",
            error,
        )
        _here.add(text)
        return None


def _genuine(text: bytes, given: tuple[Any, ...]) -> bool:
    if text in _here:
        return True
    candidates = [word.encode("utf-8", "replace") for word in given if isinstance(word, str)]
    if not candidates:
        return False
    try:
        right = hmac.new(user_state.key(KEY), text, hashlib.sha256).hexdigest().encode()
    except StorageError as error:
        log.warning("%s", error)
        return False
    return any(hmac.compare_digest(right, candidate) for candidate in candidates)
