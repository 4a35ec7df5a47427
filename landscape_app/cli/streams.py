"""Standard output and standard error in difficult cases: a terminal without our letters, a full
disk, a pipe that is closed.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
from contextlib import suppress
from typing import TextIO

from landscape_app.errors import StorageError

PLAIN = {  # what is written where a terminal has no such letter
    "θ": "theta",
    "τ": "tau",
    "ρ": "rho",
    "σ": "sigma",
    "Σ": "sum",
    "δ": "delta",
    "Δ": "Delta",
    "Ψ": "Psi",
    "ψ": "psi",
    "λ": "lambda",
    "α": "alpha",
    "β": "beta",
    "ε": "epsilon",
    "π": "pi",
    "Ω": "Omega",
    "∞": "inf",
    "‖": "||",
    "→": "->",
    "←": "<-",
    "×": "x",
    "·": "*",
    "−": "-",
    "–": "-",
    "—": "-",
    "‐": "-",
    "…": "...",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "≈": "~",
    "±": "+-",
    "√": "sqrt",
    "°": " degrees",
    "²": "2",
    "³": "3",
    "¹": "1",
    "⁻": "-",
    "½": "1/2",
    "₀": "0",
    "₁": "1",
    "₂": "2",
    "₃": "3",
    "\u0304": "",
    "ᵅ": "^alpha",
    "“": '"',
    "”": '"',
    "„": '"',
    "‘": "'",
    "’": "'",
    "\u00a0": " ",
    "\u202f": " ",
    "•": "*",
    "µ": "u",
    "ä": "ae",
    "ö": "oe",
    "ü": "ue",
    "Ä": "Ae",
    "Ö": "Oe",
    "Ü": "Ue",
    "ß": "ss",
    "─": "-",
    "│": "|",
    "┌": "+",
    "┐": "+",
    "└": "+",
    "┘": "+",
    "╭": "+",
    "╮": "+",
    "╰": "+",
    "╯": "+",
    "├": "+",
    "┤": "+",
    "█": "#",
}
HANDLER = "landscape-plain"


class UnreadError(Exception):
    """The reader of our output has closed it. The rest is not written, and this is not an error."""


def prepare() -> None:
    """Let both streams replace letters that their encoding does not have, instead of failing."""
    codecs.register_error(HANDLER, _plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            with suppress(OSError, ValueError):
                stream.reconfigure(errors=HANDLER)


def printable(text: str) -> str:
    """`text` as standard output will show it."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    codecs.register_error(HANDLER, _plain)
    return text.encode(encoding, HANDLER).decode(encoding)


def encodable(text: str) -> bool:
    """Whether standard output has every letter of `text`."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeError:
        return False
    return True


def write(text: str) -> None:
    """Write `text` to standard output at once. Raises UnreadError where the reader has closed it,
    StorageError where it cannot be written.
    """
    if sys.stdout is None:
        raise StorageError("Standard output is closed, so the result cannot be printed.")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except (OSError, ValueError) as error:
        raise fault(error) from error


def fault(error: OSError | ValueError) -> UnreadError | StorageError:
    """The error for a failed write to standard output. The rest of the output is dropped."""
    drop(sys.stdout)
    if getattr(error, "errno", None) == errno.EPIPE:
        return UnreadError()
    return StorageError(
        f"The output cannot be written: {getattr(error, 'strerror', None) or error}."
    )


def of_the_help(error: BaseException) -> bool:
    """Whether rich failed to write a help text. It handles a closed pipe itself, but not a full
    device.
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and str(trace.tb_frame.f_globals.get("__name__", "")).startswith(
        "rich."
    )


def warn(text: str) -> None:
    """Write a line on standard error, if possible."""
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


def close() -> None:
    """Drop what cannot be written, so that the end of the process adds no message and no other exit
    code.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            drop(stream)


def drop(stream: TextIO) -> None:
    """Send the stream, and what is left in it, to nowhere."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _plain(error: UnicodeError) -> tuple[str, int]:
    """An error handler for codecs. It replaces the letters in PLAIN, and writes ? for all others,
    also for bytes of a name that is not UTF-8.
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return (
        "".join(PLAIN.get(letter, "?") for letter in error.object[error.start : error.end]),
        error.end,
    )
