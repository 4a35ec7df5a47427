"""The help panel explains the words of the page, says what the tables say, and stays short."""

from __future__ import annotations

import re

import pytest

from landscape_app.dashboard import helping
from landscape_app.dashboard.explore.parts.persistence import STRIP
from landscape_app.registries import REGIMES

MINUTES, WORDS_PER_MINUTE = 2, 250


@pytest.mark.parametrize(
    "word",
    [
        *(entry.label for entry in REGIMES.values()),
        "generalization gap",
        "anchor",
        "jump",
        "trajectory",
        "weight space",
        "function space",
        "PHATE",
        "MDS",
        "H₀",
        "H₁",
        "null draws",
        "small p",
        "grey strip",
    ],
)
def test_a_word_of_the_page_is_explained(word: str) -> None:
    explained = " ".join(f"{name}: {text}" for name, text in helping.SEEN.items())
    assert re.search(rf"\b{word}\b", explained, re.IGNORECASE)


def test_it_says_of_regimes_and_of_the_strip_what_their_tables_say() -> None:
    for entry in REGIMES.values():
        assert entry.help.lower() in helping.SEEN["Regime"].lower()
    share = re.search(r"\d+ %", STRIP)
    assert share is not None
    assert share[0] in helping.SEEN["Grey strip"]


def test_it_is_read_in_two_minutes() -> None:
    text = " ".join(f"{name} {text}" for name, text in helping.SEEN.items())
    assert len(text.split()) <= MINUTES * WORDS_PER_MINUTE
