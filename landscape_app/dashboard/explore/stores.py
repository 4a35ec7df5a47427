"""What the dcc.Stores of Explore hold: the records that callbacks and scripts share.

Scripts write the pick and the filter, Python writes what is known. The request that a button makes
is dashboard.launch.records.LaunchRequest.
"""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict


class Pick(TypedDict):
    """What is picked (ids.PICK, written by assets/picks.js). It comes from a browser: check it.

    kind: trajectory, lasso, rows, or the kind of a bar. run: id of the run it was picked in. focus:
    the canonical id of a trajectory's snapshot. bar: the position of a bar in its result. rows:
    canonical ids in that run. sets: {run: canonical ids}. name: the row of a table that was picked.
    """

    kind: str
    run: str
    focus: NotRequired[int | None]
    bar: NotRequired[int]
    rows: NotRequired[list[int]]
    sets: NotRequired[dict[str, list[int]]]
    name: NotRequired[str]


class Filter(TypedDict):
    """Which snapshots are shown (ids.FILTER, written by assets/filter.js); null: all.

    seeds, steps: the direction seeds and step sizes that are shown, null: all. low, high: the first
    and the last epoch. key: a text that is equal where the filters are.
    """

    seeds: Any
    steps: Any
    low: int
    high: int
    key: str


class KnownRun(TypedDict):
    """A run as the scripts know it. slot: 0-3, its colour and shape. mark: the shape as a letter.
    epochs: of retraining. trajectories: [direction seed, step size] of each.
    """

    slot: int
    label: str
    mark: str
    epochs: int
    trajectories: list[list[float]]


class KnownValue(TypedDict):
    """The value that colours the scenes: its name, whether its scale is logarithmic, whether it is
    a share.
    """

    label: str
    log: bool
    percent: bool


class KnownToScripts(TypedDict):
    """What the scripts must know and cannot read from a figure (ids.KNOWN).

    runs: by id. value: what colours. scheme: light or dark. filtration: the key of the view.
    palettes, templates: of each scheme, its named colours and its template of plotly.
    """

    runs: dict[str, KnownRun]
    value: KnownValue
    scheme: str
    filtration: str
    palettes: dict[str, dict[str, Any]]
    templates: dict[str, dict[str, Any]]
