"""What snapshots can be coloured by: one line each. The range is that of all compared runs, so that
one colour means one value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from landscape_app.figures.figure_meta import LegendValue
from landscape_app.figures.palette import PALETTES, Palette, colourscale, fading, sampled, stepped
from landscape_app.figures.shared_range import sentence, shared
from landscape_app.figures.view import DrawnRun


@dataclass(frozen=True)
class Colour:
    """A column of the snapshots; log: its decimal logarithm is drawn; category: values have names
    and no order; fades: the colour of a category fades with the epoch, jumps have the colour of
    their step size, and the anchor is a star.
    """

    label: str
    column: str
    log: bool = False
    category: bool = False
    percent: bool = False
    fades: bool = False

    def over(self, parts: Sequence[np.ndarray]) -> Colour:
        """This colour for all the values in `parts`: linear where they have no range of logarithms
        (see `logarithmic`).
        """
        return replace(self, log=False) if self.log and not logarithmic(parts) else self

    def scaled(self, values: np.ndarray) -> np.ndarray:
        """What is put on the colour scale: float64, NaN where there is no finite value; 0 on a
        logarithmic scale is −inf.
        """
        values = np.asarray(values, dtype=np.float64)
        if not self.log:
            return values
        with np.errstate(divide="ignore", invalid="ignore"):
            logarithms: np.ndarray = np.log10(values)
        return logarithms


def legend_value(scale: Scale) -> LegendValue:
    """The colour of `scale` as the legend of a figure that is taken away has it."""
    colour = scale.colour
    value: LegendValue = {
        "label": FADING if colour.fades else colour.label,
        "low": scale.low,
        "high": scale.high,
        "log": colour.log,
        "percent": colour.percent,
        "category": colour.category,
    }
    if scale.jumps is not None:
        value["jumps"] = [(step, _printed(scale.jumps, step)) for step in scale.jumps.seen]
    return value


def _printed(scale: Scale, value: float) -> str:
    """The colour of a value in print, which is light."""
    share = (value - scale.low) / (scale.high - scale.low)
    return sampled(PALETTES["light"], min(max(share, 0.0), 1.0))


def logarithmic(parts: Sequence[np.ndarray]) -> bool:
    """Whether values can be told apart by their logarithm: none is below 0, and some are above. A 0
    stands at the low end.
    """
    finite = [np.asarray(part, dtype=np.float64)[np.isfinite(part)] for part in parts]
    return all((part >= 0).all() for part in finite) and (
        any((part > 0).any() for part in finite) or not any(map(len, finite))
    )


COLOURS: dict[str, Colour] = {
    "train_loss": Colour("train loss", "train_loss", log=True),
    "test_loss": Colour("test loss", "test_loss", log=True),
    "epoch": Colour("retraining epoch", "epoch"),
    "seed": Colour("direction seed", "seed", category=True),
    "step_size": Colour("step size", "step_size"),
    "train_accuracy": Colour("train accuracy", "train_accuracy", percent=True),
    "test_accuracy": Colour("test accuracy", "test_accuracy", percent=True),
    "distance": Colour("distance to the anchor", "distance"),
    "paper": Colour("as in the paper", "seed", category=True, fades=True),
}
PLAIN = [name for name, colour in COLOURS.items() if not colour.fades]
FADING = "direction seed, fading with the epoch"  # what a colour that fades shows
FIRST, LAST = -0.49, 0.49  # where the first and the last epoch are in the step of a category


@dataclass(frozen=True)
class Scale:
    """A colour with its range [low, high] on the scale (after the logarithm) over the compared
    runs. off: labels of the runs that have values above it; peak: the largest, in its own unit.
    epochs: over which a colour fades; jumps: the colour of the jumps where they have their own,
    with the step sizes that are `seen`.
    """

    colour: Colour
    low: float
    high: float
    off: tuple[str, ...] = ()
    peak: float = float("nan")
    epochs: int = 1
    jumps: Scale | None = None
    seen: tuple[float, ...] = ()

    @property
    def kind(self) -> str:
        """Which scale it is, as a figure's record names it (figure_meta.SCALES)."""
        return "fading" if self.colour.fades else "stepped" if self.colour.category else "scale"

    def of(self, subject: DrawnRun, rows: np.ndarray) -> np.ndarray:
        """(len(rows),) float32 on the scale; −inf and inf at its ends, NaN stays NaN."""
        values = self.colour.scaled(subject.values(self.colour.column, rows))
        if self.colour.fades:
            values += FIRST + (LAST - FIRST) * subject.values("epoch", rows) / self.epochs
        clipped: np.ndarray = np.clip(values, self.low, self.high).astype(np.float32)
        return clipped

    def marker(self, palette: Palette) -> dict[str, Any]:
        """cmin, cmax and the scale itself. (Left to the template, plotly chooses among three scales
        by the signs of the values.)
        """
        return {"cmin": self.low, "cmax": self.high, "colorscale": self.stops(palette)}

    def ends(self) -> tuple[float, float]:
        """The range in the column's own unit."""
        return (10.0**self.low, 10.0**self.high) if self.colour.log else (self.low, self.high)

    def beyond(self) -> str:
        """What is off the scale, and drawn in its last colour; empty where nothing is."""
        return sentence(f"the colours of {self.colour.label}", self.off, self.peak)

    def stops(self, palette: Palette) -> list[list[Any]]:
        """The scale as [position, colour] pairs."""
        count = round(self.high - self.low)
        if self.colour.fades:
            return fading(count, palette)
        return stepped(count) if self.colour.category else colourscale(palette)


def scale(name: str, subjects: Sequence[DrawnRun]) -> Scale:
    """The range of COLOURS[name] over the finite values of all `subjects` (the anchor has no seed
    and counts not for it), without those of a run that is far off the others' (shared_range).

    Losses that have no range of logarithms are put on a linear scale.
    """
    colour = COLOURS[name].over([s.columns[COLOURS[name].column] for s in subjects])
    parts = [colour.scaled(s.columns[colour.column][_counted(colour, s)]) for s in subjects]
    values = np.concatenate([np.empty(0), *parts])
    finite = values[np.isfinite(values)]
    if colour.category:
        highest = int(finite.max()) if len(finite) else 0
        steps = _steps(subjects) if colour.fades else None
        last = max((subject.epochs for subject in subjects), default=1)
        return Scale(colour, -0.5, highest + 0.5, epochs=max(last, 1), jumps=steps)
    if not len(finite):
        return Scale(colour, 0.0, 1.0)
    common = shared(parts, log=colour.log)
    low, high = common.low, common.high
    off = tuple(subjects[number].label for number in common.off)
    peak = 10.0**common.peak if colour.log else common.peak
    return Scale(colour, low, high if high > low else low + 1.0, off, peak)


def _steps(subjects: Sequence[DrawnRun]) -> Scale:
    """The colour of the jumps by their step sizes; trajectories without a step have no jump."""
    retrained = [subject for subject in subjects if subject.epochs]  # else points, not jumps
    each = [np.asarray(subject.columns["step_size"]) for subject in retrained]
    seen = np.unique(np.concatenate([np.empty(0), *(steps[steps > 0] for steps in each)])).tolist()
    low, high = (seen[0], seen[-1]) if seen else (0.0, 1.0)
    return Scale(COLOURS["step_size"], low, high if high > low else low + 1.0, seen=tuple(seen))


def _counted(colour: Colour, subject: DrawnRun) -> np.ndarray:
    return (
        np.asarray(subject.columns["trajectory"]) >= 0
        if colour.category
        else np.ones(len(subject.rows), dtype=bool)
    )
