"""What the dcc.Stores of Explore hold: the records that callbacks and scripts share.

Scripts write the pick and the filter, Python writes what is known. The request that a button makes
is dashboard.launch.records.LaunchRequest.
"""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

import numpy as np

from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.figures.colours import Scale
from landscape_app.figures.palette import MARKS, PALETTES, template


class Pick(TypedDict):
    """What is picked (ids.PICK, written by assets/picks.js). It comes from a browser: check it.

    kind: trajectory, lasso, rows, point, or the kind of a bar. run: id of the run it was picked in.
    focus: the canonical id of a trajectory's snapshot; of a point its number in the static sampling
    of that name. bar: the position of a bar in its result. rows:
    canonical ids in that run. sets: {run: canonical ids}. name: the row of a table that was picked,
    or the selection of that name (records.paper_sample), which needs no ids.
    """

    kind: str
    run: str
    focus: NotRequired[int | None]
    bar: NotRequired[int]
    rows: NotRequired[list[int]]
    sets: NotRequired[dict[str, list[int]]]
    name: NotRequired[str]
    sampling: NotRequired[str]


class Filter(TypedDict):
    """Which snapshots are shown (ids.FILTER, written by assets/filter.js); null: all.

    seeds, steps: the direction seeds and step sizes that are shown, null: all. low, high: the first
    and the last epoch. key: JSON of [seeds, steps, low, high]; the store holds it alone.
    """

    seeds: Any
    steps: Any
    low: int
    high: int
    key: str


class KnownRun(TypedDict):
    """A run as the scripts know it. look: its colour and shape. mark: the shape as a letter.
    epochs: of retraining. trajectories: [direction seed, step size] of each. sample: the paper's,
    as the first and the last canonical id of each stretch of it.
    """

    look: int
    label: str
    mark: str
    epochs: int
    trajectories: list[list[float]]
    sample: list[list[int]]


class KnownValue(TypedDict):
    """The value that colours the scenes: its name, whether its scale is logarithmic, whether it is
    a share, or a category. cut: the upper end of the scale where values are off it, else None.
    """

    label: str
    log: bool
    percent: bool
    category: bool
    cut: float | None


class ColoursOfRuns(TypedDict):
    """All that can colour the snapshots of the compared runs (colour_columns.py), as
    assets/recolour.js takes it. Arrays are little-endian and in base64.

    rows: canonical ids of each run, int32. colours: by their keys.
    """

    rows: dict[str, str]
    colours: dict[str, ColourColumns]


class ColourColumns(TypedDict):
    """One colour. values: of each run on the scale, float32, in the order of its rows; low, high,
    stops: as figures.colours.Scale has them, stops None where they are the scheme's own. value: as
    KnownToScripts has it.
    """

    values: dict[str, str]
    low: float
    high: float
    stops: list[list[Any]] | None
    value: KnownValue


class KnownToScripts(TypedDict):
    """What the scripts must know and cannot read from a figure (ids.KNOWN).

    runs: by id. value: what colours. scheme: light or dark. filtration: the key of the view.
    palettes, templates: of each scheme, its named colours and its template of plotly. figures:
    where the figures are (figure_stream.py), columns: where all that can colour them is
    (colour_columns.py); a report has its own.
    """

    runs: dict[str, KnownRun]
    value: KnownValue
    scheme: str
    filtration: str
    palettes: dict[str, dict[str, Any]]
    templates: dict[str, dict[str, Any]]
    figures: str
    columns: str


def known(comparison: Comparison, figures: str = "", columns: str = "") -> KnownToScripts:
    """Plain values for the store ids.KNOWN (assets/link.js and its neighbours). figures, columns:
    where they are.
    """
    return {
        "runs": {
            run.id: {
                "look": run.look,
                "label": run.label,
                "mark": MARKS[run.look],
                "epochs": run.spec.epochs,
                "trajectories": [list(pair) for pair in run.spec.trajectories],
                "sample": [] if run.subject is None else stretches(run.subject.sample),
            }
            for run in comparison.runs
            if run.spec is not None
        },
        "value": value(comparison.scale),
        "scheme": comparison.view.scheme,
        "filtration": comparison.view.filtration,
        "palettes": {
            scheme: {**palette.named(), "scale": list(palette.scale)}
            for scheme, palette in PALETTES.items()
        },
        "templates": {scheme: template(scheme).to_plotly_json() for scheme in PALETTES},
        "figures": figures,
        "columns": columns,
    }


def stretches(rows: np.ndarray) -> list[list[int]]:
    """[first, last] of each stretch of ids (m,), ascending, that follow each other."""
    parts = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)
    return [[int(part[0]), int(part[-1])] for part in parts if len(part)]


def value(scale: Scale) -> KnownValue:
    """The colour of `scale` as the scripts know it."""
    return {
        "label": scale.colour.label,
        "log": scale.colour.log,
        "percent": scale.colour.percent,
        "category": scale.colour.category,
        "cut": scale.high if scale.off else None,
    }
