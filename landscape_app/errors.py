"""All errors that a user can meet: a closed list. Each message says what to do.

A `LandscapeError` is a user's mistake or a fact about the machine. The command line prints its text
and exits with 2. The page shows the same text. Any other exception is a bug and keeps its
traceback.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

TERMINAL_CODES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")
LONGEST = 300
LONGEST_WORDS = 1_800
CLOSE = 0.6  # share of letters in common of two words that are the same but for a slip


def hint(name: str, known: Iterable[str]) -> str:
    """' Did you mean …?' where `name` is a known name with a typing mistake, otherwise nothing."""
    names = [word for word in known if word]
    by_letters = {word.casefold(): word for word in reversed(names)}
    near = difflib.get_close_matches(name.casefold(), by_letters, n=5, cutoff=0.5)
    meant = next((by_letters[word] for word in near if alike(name, word)), None)
    return f" Did you mean '{meant}'?" if meant else ""


def alike(name: str, other: str) -> bool:
    """Whether `name` can be a typing mistake for `other`. gpu is not cpu, resnet18 not resnet20,
    and test_loss not train_loss: the first letter is seldom mistyped, another number means
    something else, and so does another word in a name of several words.
    """
    name, other = (re.sub(r"[\s_.-]+", " ", text.strip().casefold()) for text in (name, other))
    if not name or not other or name[0] != other[0]:
        return False
    if name.startswith(other) or other.startswith(name):
        return True
    if (numbers := re.findall(r"[0-9]+", name)) and numbers != re.findall(r"[0-9]+", other):
        return False
    pairs = (
        list(zip(name.split(), other.split(), strict=False))
        if name.count(" ") == other.count(" ")
        else [(name, other)]
    )
    return all(difflib.SequenceMatcher(None, *pair).ratio() >= CLOSE for pair in pairs)


class LandscapeError(Exception):
    """Base of all errors that are shown to a user without a traceback. The text is always one line,
    even if names from a file are in it.
    """

    def __str__(self) -> str:
        words = " ".join(TERMINAL_CODES.sub("", super().__str__()).split("\n"))
        if len(words) <= LONGEST_WORDS:
            return words
        # what to do stands at the end
        return f"{words[: LONGEST_WORDS - LONGEST]}… {words[-LONGEST:]}"


class UnknownNameError(LandscapeError):
    """A name is not in one of the tables (data sets, networks, regimes, embeddings, measures,
    …).
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        names = list(known)
        super().__init__(
            f"There is no {kind} called '{name}'.{hint(name, names)} Choose from:"
            f" {', '.join(names)}."
        )


class SpecError(LandscapeError):
    """A setting is unknown or out of range. The message names the field, the given value and what
    is allowed.
    """


class DataError(LandscapeError):
    """A data file or array cannot be used; the message names the array and the fault."""


class ModelError(LandscapeError):
    """A network cannot be trained or sampled as given; the message names the layer, key or
    shape.
    """


class RunMissingError(LandscapeError):
    """No run or study of that id is in the runs folder."""


class RunExistsError(LandscapeError):
    """A run or study of that id exists already."""


class RunDamagedError(LandscapeError):
    """A run folder cannot be read: its spec is unreadable, or a file that it needs fails its
    hash.
    """


class SchemaError(LandscapeError):
    """A run folder was written by a version whose format this one does not read."""


class ArchiveError(LandscapeError):
    """A file is not an archive of runs, or it is not complete. Nothing was imported."""


class RunLockedError(LandscapeError):
    """Another running process uses the run."""


class EngineLostError(LandscapeError):
    """The machines that do the work cannot be reached, or cannot do it; what is committed stays."""


class StorageError(LandscapeError):
    """The runs folder cannot be written: disk full, read-only or no permission; the message names
    the path.
    """


class ResumeError(LandscapeError):
    """A run cannot go on: its data, its network or a version differ from those at its start."""


class TrustError(ResumeError):
    """A folder's settings name code or files of this machine, but this user did not make them here.
    The message lists them.
    """


class AnalysisError(LandscapeError):
    """An analysis has no meaning for its input, for example fewer snapshots than neighbours."""


class FigureError(LandscapeError):
    """A figure cannot be drawn into a file: no browser, or a size or format that there is not."""


class BenchError(LandscapeError):
    """A benchmark cannot be measured: a package or a browser is missing, or the page fails."""


class ServeError(LandscapeError):
    """The dashboard cannot be served: the port is in use, or the host is not allowed."""


class AccessError(LandscapeError):
    """Who asks may look at the dashboard, and not change anything."""


class ChecksFailedError(LandscapeError):
    """Checks of a run failed. The message names them. The command line exits with 1, not 2."""


class Cancelled(Exception):  # noqa: N818 - not an error: the person asked for it
    """Raised at a safe point after a request to cancel. What is committed stays."""


def first_line(error: BaseException) -> str:
    """The first line of `error`'s message, without terminal codes and not too long; the name of its
    type where it has no message.
    """
    lines = [
        line.strip() for line in TERMINAL_CODES.sub("", str(error)).splitlines() if line.strip()
    ]
    return lines[0][:LONGEST] if lines else type(error).__name__
