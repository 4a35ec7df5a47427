"""The law of foreign results: whatever stands in the arrays of a stored result, the page is drawn;
what is not of its form is said.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from landscape_app.dashboard.explore import cards, details, measures
from landscape_app.dashboard.explore.bars import BARS
from landscape_app.records.result_arrays import FORMS
from landscape_app.store import derived, usable_results
from landscape_app.store.derived import Result

VIEWS = tuple({"method": "pca", "part": part} for part in ("diagrams", "tree", "profile"))
RESULTS = (
    "embedding",
    "sublevel",
    "climbs",
    "rips",
    "significance",
    "profile",
    "triangulation",
    "curvature",
    "surface",
    "joint",
)

SPOILS: dict[str, Callable[[np.ndarray], np.ndarray | None]] = {
    "gone": lambda array: None,
    "empty": lambda array: array[:0],
    "one short": lambda array: array[:-1],
    "one more": lambda array: np.concatenate([array, array[-1:]]),
    "another axis": lambda array: array[..., None],
    "real numbers": lambda array: array.astype(np.float64) + 0.25,
    "far too large": lambda array: (
        np.full(array.shape, 2**60).astype(array.dtype) if array.dtype.itemsize > 4 else None
    ),
    "negative": lambda array: np.full(array.shape, -9),
    "nothing finite": lambda array: (
        np.full(array.shape, np.nan) if array.dtype.kind == "f" else np.zeros_like(array)
    ),
}


@pytest.fixture
def runs(surfaced: Path, tmp_path: Path) -> Path:
    """A copy to spoil, with a curvature's arrays and climbs beside what was analysed."""
    runs = Path(shutil.copytree(surfaced, tmp_path / "runs"))
    diagram = derived.find(
        runs / "good", "sublevel", filtration="log_train_loss", distance="euclidean"
    )
    assert diagram is not None
    ends = np.array([0, 7, 14, 21])
    arrays = {
        "end_rows": ends, "end_losses": np.arange(4.0) + 1,
        "pairs": np.array([[0, 1], [0, 2], [1, 3]]), "heights": np.array([3.0, 4.0, 5.0]),
        "birth": np.arange(4.0) + 1, "death": np.array([np.inf, 3.0, 4.0, 5.0]), "birth_row": ends,
        "merge_rows": np.array([[-1, -1], [0, 7], [0, 14], [7, 21]]),
    }  # fmt: skip
    derived.write(runs / "good", "curvature", {}, arrays, {"measures": []}, diagram.inputs)
    pairs = np.array([[0, 1]])
    derived.write(
        runs / "good",
        "climbs",
        diagram.parameters,
        {"pairs": pairs, "climb": np.array([0.5])},
        {},
        diagram.inputs,
    )
    return runs


def stored(runs: Path, name: str) -> Result:
    """The result that the views draw."""
    folder = runs / "_studies" / "both" if name == "joint" else runs / "good"
    at = {"embedding": {"method": "pca", "dims": 3}, "joint": {"method": "pca", "dims": 3}}.get(
        name, {}
    )
    over = (
        {"filtration": "log_train_loss"}
        if name in ("sublevel", "climbs", "profile", "triangulation")
        else {}
    )
    found = derived.find(folder, name, **at, **over)
    assert found is not None
    return found


def spoilt(name: str, result: Result) -> Iterator[tuple[str, str, dict[str, np.ndarray]]]:
    """(array, how, all arrays) for every way to spoil every array that has a form."""
    arrays = {array: np.array(result.arrays[array]) for array in result.arrays}
    for array in sorted(set(FORMS[name]) & set(arrays)):
        for how, spoil in SPOILS.items():
            changed = spoil(arrays[array])
            rest = {one: value for one, value in arrays.items() if one != array}
            yield array, how, rest if changed is None else rest | {array: changed}


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", RESULTS)
def test_whatever_its_arrays_hold_the_page_is_drawn(look, runs: Path, name: str) -> None:
    for array, how, arrays in list(spoilt(name, stored(runs, name))):
        drawn_with(look, runs, stored(runs, name), arrays, (array, how))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "array", "how"),
    [
        ("embedding", "rows", "far too large"),
        ("sublevel", "basin_offsets", "one short"),
        ("joint", "run", "negative"),
        ("rips", "h0_rows", "gone"),
    ],
)
def test_a_spoilt_array_leaves_the_page_whole(
    look, runs: Path, name: str, array: str, how: str
) -> None:
    result = stored(runs, name)
    (arrays,) = [arrays for one, way, arrays in spoilt(name, result) if (one, way) == (array, how)]
    drawn_with(look, runs, result, arrays, (array, how))


def drawn_with(
    look, runs: Path, result: Result, arrays: dict[str, np.ndarray], where: tuple[str, str]
) -> None:
    """Everything is drawn and told with these arrays in the place of the stored ones; if they are
    not of the form, that is said.
    """
    folder = result.path.parent.parent
    derived.write(folder, result.name, result.parameters, arrays, result.meta, result.inputs)
    for view in VIEWS:
        comparison = look(runs, "good", "poor", **view)
        cards.figures(comparison, cards.names(comparison))
        assert cards.captions(comparison), where
        assert measures.table(comparison)["rows"], where
        for figure in cards.names(comparison):
            cards.twin(figure, comparison)
        for kind in BARS:
            for bar in (0, 1, 10**6):
                assert details.details({"kind": kind, "run": "good", "bar": bar}, comparison), where
    now = derived.find(folder, result.name, **result.parameters)
    if now is None or usable_results.problem(now):
        assert result.name in look(runs, "good").runs[0].damage.results or result.name == "joint", (
            where
        )
