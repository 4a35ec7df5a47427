"""Which snapshots the filters of Explore show, and these filters as addresses and commands say
them.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from landscape_app.errors import SpecError
from landscape_app.figures.view import DrawnRun

NAMES = ("seeds", "steps", "epochs")
NONE = "none"  # no seed, or no step size


@dataclass(frozen=True)
class ShownSnapshots:
    """The filters of Explore: direction seeds and step sizes that are shown (None: all), and the
    first and the last epoch. The anchor is always shown.
    """

    seeds: Collection[float] | None = None
    steps: Collection[float] | None = None
    epochs: tuple[int, int] | None = None

    def passing(self, run: DrawnRun) -> np.ndarray:
        """Which snapshots of the run are shown, (n,) bool."""
        columns, shown = run.columns, np.ones(len(run.rows), dtype=bool)
        if self.seeds is not None:
            shown &= np.isin(columns["seed"], list(self.seeds))
        if self.steps is not None:
            steps = np.asarray(list(self.steps), dtype=np.float64)
            apart = np.abs(np.asarray(columns["step_size"])[:, None] - steps[None])
            shown &= (apart < 1e-9).any(axis=1)
        if self.epochs is not None:
            low, high = self.epochs
            shown &= (columns["epoch"] >= low) & (columns["epoch"] <= high)
        passing: np.ndarray = shown | (run.rows == 0)
        return passing


ALL = ShownSnapshots()


def of_words(words: Mapping[str, Any]) -> ShownSnapshots:
    """The filters that `words` names, a list of numbers or a text with commas for each of NAMES;
    what it does not name hides nothing. Raises SpecError.
    """
    seeds, steps, epochs = (_numbers(name, words.get(name)) for name in NAMES)
    if epochs is not None and len(epochs) != 2:
        raise SpecError("epochs: must be the first and the last epoch.")
    ends = None if epochs is None else (int(epochs[0]), int(epochs[1]))
    return ShownSnapshots(seeds, steps, ends)


def apart(settings: Mapping[str, Any]) -> tuple[dict[str, Any], ShownSnapshots]:
    """(`settings` without the filters, the filters). Raises SpecError."""
    others = {name: value for name, value in settings.items() if name not in NAMES}
    return others, of_words(settings)


def _numbers(name: str, given: Any) -> list[float] | None:
    if given is None:
        return None
    if isinstance(given, str):
        given = [] if given.strip() == NONE else [part for part in given.split(",") if part]
    if not isinstance(given, Collection):
        given = [given]
    return [finite(name, part) for part in given]


def finite(name: str, given: Any) -> float:
    """A number. Raises SpecError, which names `name`."""
    value = math.nan
    with suppress(TypeError, ValueError):
        value = float(given)
    if not math.isfinite(value):
        raise SpecError(f"{name}: must be a number, not '{str(given)[:40]}'.")
    return value
