"""A verdict on a claim of the paper: a word, and a sentence with the numbers that decide it."""

from __future__ import annotations

from dataclasses import dataclass

from landscape_app.finding.decision import Word
from landscape_app.number_text import DASH

MINUS = "−"


@dataclass(frozen=True)
class ClaimVerdict:
    """claim: its number in studies/README.md. word: None where the study has not tested it, and
    `sentence` says what is missing. beside: what must be read with it. reported: what the paper
    reports.
    """

    claim: int
    name: str
    title: str
    word: Word | None
    sentence: str
    beside: tuple[str, ...] = ()
    reported: str = ""

    @property
    def text(self) -> str:
        """The word and the sentence: 'Holds: …'."""
        word = "not tested" if self.word is None else self.word
        return f"{word[0].upper()}{word[1:]}: {self.sentence}"


def not_tested(claim: int, name: str, title: str, why: str, reported: str = "") -> ClaimVerdict:
    """The verdict on a claim whose numbers are not there."""
    return ClaimVerdict(claim, name, title, None, f"{why[:1].lower()}{why[1:]}", reported=reported)


def capital(text: str) -> str:
    """With a capital letter at its beginning, but for a Greek one: τ is a name."""
    return text[:1].upper() + text[1:] if text[:1].isascii() else text


def signed(value: float | None) -> str:
    """A τ with its sign and two decimals: +0.45, −0.07."""
    return DASH if value is None else f"{value:+.2f}".replace("-", MINUS)


def points(value: float | None) -> str:
    """A difference of accuracies in percent points: +3.2, −0.4."""
    return DASH if value is None else f"{100 * value:+.1f}".replace("-", MINUS)


def interval(
    low: float | None, high: float | None, level: float, *, of_points: bool = False
) -> str:
    """'95 % interval +0.31 to +0.58'; why there is none."""
    if low is None or high is None:
        return "no interval: too few configurations"
    words = points if of_points else signed
    return f"{100 * level:g} % interval {words(low)} to {words(high)}"
