"""Laws of the form of stored results: what the program stores is of its form, and a result with one
fault in it is not.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from landscape_app.records.result_arrays import FORMS, problem
from landscape_app.store import derived, usable_results

GOOD = {
    "embedding": {"rows": np.arange(5), "coordinates": np.zeros((5, 3), np.float32)},
    "sublevel": {
        "rows": np.arange(4), "values": np.zeros(4), "birth": np.zeros(2),
        "death": np.array([np.inf, 1.0]),
        "birth_row": np.array([0, 2]), "merge_rows": np.array([[-1, -1], [2, 3]]),
        "basin_rows": np.array([0, 1, 2, 3, 2]),
        "basin_offsets": np.array([0, 4, 5]), "into": np.array([-1, 0]),
    },
    "climbs": {"pairs": np.array([[1, 2]]), "climb": np.array([0.5])},
}  # fmt: skip

FAULTS = {
    "an array is missing": ("embedding", "coordinates", None),
    "coordinates of fewer": ("embedding", "coordinates", np.zeros((4, 3))),
    "a flat array": ("embedding", "coordinates", np.zeros(5)),
    "rows of a real number": ("embedding", "rows", np.arange(5) + 0.5),
    "a row twice": ("embedding", "rows", np.array([0, 1, 1, 2, 3])),
    "a negative row": ("embedding", "rows", np.array([0, 1, -1, 2, 3])),
    "an offset too far": ("sublevel", "basin_offsets", np.array([0, 4, 9])),
    "offsets that fall": ("sublevel", "basin_offsets", np.array([0, 5, 4])),
    "one offset too few": ("sublevel", "basin_offsets", np.array([0, 5])),
    "a bar into none": ("sublevel", "into", np.array([-1, 7])),
    "an edge of three": ("sublevel", "merge_rows", np.zeros((2, 3), np.int64)),
    "merging with less than nothing": ("sublevel", "merge_rows", np.array([[-2, -1], [2, 3]])),
    "pairs of one": ("climbs", "pairs", np.array([1])),
}


def said(
    name: str, arrays: dict[str, np.ndarray], meta: dict | None = None, **parameters: int
) -> str:
    return problem(name, arrays, arrays.__getitem__, parameters, meta or {})


def test_every_result_that_names_snapshots_has_a_form_and_good_ones_are_of_it() -> None:
    assert {name: said(name, arrays) for name, arrays in GOOD.items()} == dict.fromkeys(GOOD, "")
    assert set(GOOD) <= set(FORMS)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_result_with_one_fault_is_told_by_the_array(fault: str) -> None:
    name, array, value = FAULTS[fault]
    arrays = {**GOOD[name], array: value}
    assert f"'{array}'" in said(
        name, {key: one for key, one in arrays.items() if one is not None}
    ) or "belongs" in said(name, arrays)


def test_an_embedding_has_the_dimensions_that_it_says() -> None:
    assert said("embedding", GOOD["embedding"], dims=3) == ""
    assert "'coordinates'" in said("embedding", GOOD["embedding"], dims=2)


def test_a_joint_result_points_at_runs_that_it_names() -> None:
    arrays = {"rows": np.arange(3), "run": np.array([0, 1, 1]), "coordinates": np.zeros((3, 2))}
    assert said("joint", arrays, {"runs": ["a", "b"]}) == ""
    assert "'run'" in said("joint", arrays, {"runs": ["a"]})
    assert "'run'" in said("joint", arrays, {})
    assert said("joint", {}, {"runs": ["a"], "refused": "because"}) == ""


def test_a_result_of_another_form_is_passed_over_for_an_older_one_and_said(tmp_path: Path) -> None:
    derived.write(tmp_path, "embedding", {"k": 1}, GOOD["embedding"], {}, "i")
    derived.write(tmp_path, "embedding", {"k": 2}, {"rows": np.arange(5)}, {}, "i")
    assert usable_results.find(tmp_path, "embedding").parameters == {"k": 1}
    (fault,) = usable_results.faults(tmp_path).values()
    assert fault == "it has no 'coordinates'"
    assert (
        usable_results.words(usable_results.faults(tmp_path))
        == "1 stored result is damaged: embedding"
    )
    assert usable_results.words({}) == ""
