"""Standard output and standard error as they are found: a terminal without our letters, a full
disk, a pipe that nobody reads.
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
    """Whoever read our output has gone: the rest of it is not said, and nothing is wrong."""


def prepare() -> None:
    """Let both streams write letters that their encoding lacks in plain ones, rather than fail."""
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
    """`text` to standard output, at once. Raises UnreadError where nobody reads it, StorageError
    where it cannot be written.
    """
    if sys.stdout is None:
        raise StorageError("Standard output is closed, so the result cannot be printed.")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except (OSError, ValueError) as error:
        raise fault(error) from error


def fault(error: OSError | ValueError) -> UnreadError | StorageError:
    """What a failure to write standard output means; whatever is left of the output is thrown
    away.
    """
    drop(sys.stdout)
    if getattr(error, "errno", None) == errno.EPIPE:
        return UnreadError()
    return StorageError(
        f"The output cannot be written: {getattr(error, 'strerror', None) or error}."
    )


def of_the_help(error: BaseException) -> bool:
    """Whether what failed is the writing of a help text, which rich does: a closed pipe ends it by
    itself, a full device does not.
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and str(trace.tb_frame.f_globals.get("__name__", "")).startswith(
        "rich."
    )


def warn(text: str) -> None:
    """A line on standard error, if that can be written."""
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


def close() -> None:
    """Throw away what cannot be written, so that the end of the process adds no words and no exit
    code of its own.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            drop(stream)


def drop(stream: TextIO) -> None:
    """Send the stream, with what is left in it, nowhere."""
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
