"""What a person chose to see, and the runs as the panels are given them: plain values, no run, no
path.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import numpy as np

from landscape_app.figures.palette import PALETTES, Palette, Scheme
from landscape_app.records import paper_sample
from landscape_app.records.rows import Ids, Positions, look_up

PARTS = {
    "barcode": "Bars",
    "diagrams": "Diagrams",
    "tree": "Merge tree",
    "profile": "Profile",
}
# samplings of a run: what its scenes show
JUMPS, ALL = "jump_retrain", "all"
STATIC = {"naive": "Naive", "grid": "Grid", "naive_equal_cost": "Naive at equal cost"}
SAMPLINGS = {JUMPS: "Jump and retrain", **STATIC, ALL: "All beside each other"}
# instead of a distance: between what each network computes, whatever it is stored under
FUNCTION = "function"
WEIGHTS = "euclidean"  # the distance of the graph of the loss, and of a run without function space


@dataclass(frozen=True)
class View:
    """method, dims: the embeddings of single runs. joint_dims: of all together. distance: between
    snapshots, a key of DISTANCES, or FUNCTION. colour: a key of colours.COLOURS.

    filtration: a key of FILTRATIONS. part: what the cards of topology show, a key of PARTS. curve:
    a key of curves.CURVES. function: the distance that FUNCTION stands for. sampling: what the
    scenes of single runs show, a key of SAMPLINGS.
    """

    method: str = "phate"
    dims: int = 3
    joint_dims: int = 2
    colour: str = "train_loss"
    filtration: str = "log_train_loss"
    distance: str = FUNCTION
    part: str = "barcode"
    curve: str = "function_distance"
    sampling: str = JUMPS
    function: str = "softmax"
    scheme: Scheme = "light"

    @property
    def between(self) -> str:
        """The distance between snapshots, a key of DISTANCES."""
        return self.function if self.distance == FUNCTION else self.distance

    @property
    def clouds(self) -> tuple[str, ...]:
        """The samplings that the scenes show as clouds of points; none for jump and retrain alone,
        which has trajectories.
        """
        if self.sampling == JUMPS:
            return ()
        return (JUMPS, *STATIC) if self.sampling == ALL else (self.sampling,)

    @property
    def graph(self) -> str:
        """The distance of the graph that the loss is filtered on: function space has none."""
        return WEIGHTS if self.distance == FUNCTION else self.distance

    @property
    def palette(self) -> Palette:
        """The named colours of the scheme."""
        return PALETTES[self.scheme]


class Need(NamedTuple):
    """A stored result that a panel asks for: its name, and what its parameters must contain. among:
    which of several of that name it is.
    """

    name: str
    parameters: Mapping[str, Any]
    among: str = ""

    @property
    def key(self) -> str:
        """What it is called among a run's results."""
        return f"{self.name} {self.among}".strip()


class Stored(Protocol):
    """A stored result, as store.derived gives it."""

    @property
    def arrays(self) -> Mapping[str, np.ndarray]: ...
    @property
    def meta(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class InMemoryResult:
    """A result that was not stored but worked out for the page, or by a test."""

    arrays: Mapping[str, np.ndarray]
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class DrawnRun:
    """One compared run: its snapshots' columns (each (n,), ordered by row) and the stored results
    that the view needs, by name.

    look: which decides its colour and shape (figures/looks.py). epochs: of retraining; a trajectory
    has one row more. loops: the name of the result that tests the loops that are drawn.
    """

    run: str
    label: str
    look: int
    epochs: int
    columns: Mapping[str, np.ndarray]
    results: Mapping[str, Stored] = field(default_factory=dict)
    loops: str = "significance"

    @cached_property
    def rows(self) -> np.ndarray:
        """Canonical ids (n,), ascending."""
        return np.asarray(self.columns["row"])

    @cached_property
    def sample(self) -> np.ndarray:
        """Canonical ids (m,) of the paper's sample, ascending."""
        rows: np.ndarray = self.rows[paper_sample.sampled(lambda name: self.columns[name])]
        return rows

    def find(self, rows: Ids) -> Positions:
        """Where canonical ids are among the columns, and which of them are there: a stored result
        may name others.
        """
        return look_up(self.rows, rows)

    def there(self, rows: Ids) -> np.ndarray:
        """Which of canonical ids (k,) are there, (k,) bool."""
        return self.find(rows).there

    def position(self, row: int) -> int | None:
        """Where the snapshot is among the columns; None where it is not there."""
        positions = self.find([row])
        return None if positions.missing else int(positions.at[0])

    def snapshot(self, row: int) -> str:
        """Which snapshot a canonical id is, in words: seed 1 · step 0.5 · epoch 12."""
        at = self.position(row)
        if row == 0:
            return "anchor" if at is not None else "anchor (not there)"
        trajectory, epoch = divmod(row - 1, self.epochs + 1)
        if at is None:
            return f"trajectory {trajectory} · epoch {epoch} (not there)"
        seed, step = self.columns["seed"][at], self.columns["step_size"][at]
        return f"seed {int(seed)} · step {step:g} · epoch {epoch}"

    def values(self, column: str, rows: Ids) -> np.ndarray:
        """The column's values at canonical ids (k,), NaN for one that is not there."""
        return self.find(rows).of(np.asarray(self.columns[column]))
