"""notes.json: the label and the note that a person gives a run.

It is outside every hash and check, and no archive holds it. A job of the run may be at work while
it is written. The folder may come from someone else: a file that this program cannot have written
is ignored, with the reason.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landscape_app.errors import SpecError, first_line
from landscape_app.store import files, names, opening

NAME = "notes.json"
FORM = 1  # of the file
LARGEST = 2**15  # bytes of the file
LABEL, NOTE = 80, 4000  # letters


@dataclass(frozen=True)
class Notes:
    """`label`: one line, "" if the run has none. `note`: plain text of any number of lines.
    `problem`: why notes.json is ignored, "" if it is not.
    """

    label: str = ""
    note: str = ""
    problem: str = ""


NONE = Notes()


def read(folder: Path) -> Notes:
    """The label and the note of the run in `folder`. Raises nothing."""
    try:
        content = files.read_json(folder / NAME, most=LARGEST)
        return Notes(*_checked(content))
    except FileNotFoundError:
        return NONE
    except (OSError, ValueError, SpecError) as error:
        reason = error.strerror if isinstance(error, OSError) else first_line(error)
        return Notes(problem=f"{NAME} is ignored: {str(reason).rstrip('.')}.")


def write(folder: Path, *, label: str | None = None, note: str | None = None) -> Notes:
    """Give the run in `folder` a label or a note; None: as it was, "": none. Returns both.

    Two writers at once never lose what the other wrote of the other field. Raises SpecError for a
    text that is none, StorageError where the file cannot be written.
    """
    given = Notes("" if label is None else one_line(label), "" if note is None else plain(note))
    with files.storing(folder / NAME), _alone(folder):
        stored = read(folder)
        notes = Notes(
            stored.label if label is None else given.label,
            stored.note if note is None else given.note,
        )
        if notes == NONE:
            names.remove(folder / NAME)
        else:
            content = {"notes": FORM, "label": notes.label, "note": notes.note}
            files.write_atomic(folder / NAME, files.to_json(content, indent=1) + b"\n")
    return notes


def locked(folder: Path) -> str:
    """Why nothing can be noted of the run in `folder`; "" if it can."""
    try:
        with opening.entered(folder) as handle:
            writable = os.access(".", os.W_OK, dir_fd=handle)
    except OSError as error:
        return f"The folder of the run cannot be opened: {error.strerror or error}."
    return "" if writable else "The folder of the run is read-only."


def one_line(text: str) -> str:
    """`text` as a label: one line without spaces around it. Raises SpecError: too long, or with
    characters that cannot be printed.
    """
    line = " ".join(text.split())
    if len(line) > LABEL:
        raise SpecError(f"A label has at most {LABEL} letters; this one has {len(line)}.")
    if not line.isprintable():
        raise SpecError("A label has characters that cannot be printed. Type it again.")
    return line


def plain(text: str) -> str:
    """`text` as a note: lines of plain text. Raises SpecError as `one_line`."""
    lines = [line.rstrip() for line in text.replace("\xa0", " ").expandtabs(4).splitlines()]
    note = "\n".join(lines).strip("\n")
    if len(note) > NOTE:
        raise SpecError(f"A note has at most {NOTE:,} letters; this one has {len(note):,}.")
    if not all(line.isprintable() for line in lines):
        raise SpecError("A note has characters that cannot be printed. Type it again.")
    return note


def _checked(content: Any) -> tuple[str, str]:
    """The label and the note in the value of the file. Raises ValueError, SpecError."""
    if not isinstance(content, dict) or content.get("notes") != FORM:
        raise ValueError("it is not as this program writes it")
    label, note = content.get("label"), content.get("note")
    if not isinstance(label, str) or not isinstance(note, str):
        raise ValueError("its label and its note are no text")
    return one_line(label), plain(note)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """No other writer of notes works in `folder` during the block. The run's own lock is not used,
    because a job holds it for hours.
    """
    with opening.entered(folder) as handle:
        # some network file systems lock no folder; there the last writer wins
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
