"""Laws of the tests' own deadlines."""

from __future__ import annotations

import os
import time
from itertools import count

import pytest

from tests import patience


def test_deadlines_are_never_shorter_than_on_an_idle_machine_and_grow_with_the_load(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cores = os.cpu_count() or 1
    seconds = []
    for load in (0.0, cores, 4.0 * cores, 1e6):
        monkeypatch.setattr(os, "getloadavg", lambda load=load: (load, 0.0, 0.0))
        seconds.append(patience.patience(2.0))
    assert seconds[0] == seconds[1] >= 2.0
    assert seconds[2] == pytest.approx(min(4 * seconds[0], 2.0 * patience.MOST))
    assert seconds[3] == 2.0 * patience.MOST


def test_until_gives_the_value_and_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = count()
    assert patience.until(lambda: next(looks), step=0.0) == 1
    monkeypatch.setattr(patience, "patience", lambda seconds: 0.05)
    begun = time.monotonic()
    with pytest.raises(AssertionError, match="not true within"):
        patience.until(lambda: 0)
    assert time.monotonic() - begun >= 0.05
