"""Laws of a study's grid in its folder: it is read as it was written, whatever the order of its
knobs.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from landscape_app.errors import RunDamagedError
from landscape_app.store import grids
from landscape_app.store.study import StudyFolder
from landscape_app.study_settings import StudySpec, parse_study

KNOBS = {"width": [8, 16], "augmentation": [False, True], "depth": [1, 2], "momentum": [0.9]}


def study(runs: Path, names: tuple[str, ...], **more: object) -> tuple[StudyFolder, StudySpec]:
    """A study whose knobs were given in this order."""
    knobs = {name: KNOBS[name] for name in names}
    spec = parse_study({"name": "grid", "seeds": 2, "knobs": knobs, **more})
    folder = StudyFolder.create(runs, "grid", list(spec.runs), spec.analysis, made_by="study")
    grids.write(folder, spec)
    return folder, spec


@pytest.mark.parametrize("names", [*itertools.permutations(KNOBS)])
def test_a_grid_is_read_as_it_was_written(tmp_path: Path, names: tuple[str, ...]) -> None:
    folder, spec = study(tmp_path, names)
    stored = grids.read(folder)
    assert stored == spec
    assert list(stored.runs) == list(spec.runs)
    assert stored.points == spec.points


def test_the_grid_of_another_study_is_refused(tmp_path: Path) -> None:
    folder, spec = study(tmp_path, ("width", "depth"))
    other = parse_study({"name": "grid", "seeds": 2, "knobs": {"width": [8, 32], "depth": [1, 2]}})
    grids.write(folder, other)
    with pytest.raises(RunDamagedError, match="another study"):
        grids.read(folder)
    grids.write(folder, spec)
    assert grids.read(folder) == spec


def test_of_many_knobs_no_order_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, _ = study(tmp_path, ("width", "depth"))
    monkeypatch.setattr(grids, "MOST_TURNED", 1)
    with pytest.raises(RunDamagedError, match="another study"):
        grids.read(folder)
