"""The law of damage: whatever is damaged, every value that is sent is the same for the same snapshot, or it is not there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import numpy as np
import pytest

from landscape_app.dashboard.explore import drawing
from landscape_app.jobs.session import session
from landscape_app.pipeline.surface import surface
from landscape_app.settings import SurfaceSpec, parse
from landscape_app.store import derived, forms
from landscape_app.store.run import RunFolder
from tests.dashboard.explore import sent

VIEWS = ({"method": "pca"}, {"dims": 2, "part": "profile", "filtration": "train_loss", "colour": "seed"})
IDS = ("good", "poor")


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-8] ^= 0x40
    path.write_bytes(content)


FAULTS: dict[str, Callable[[Path], object]] = {
    "a bit": flipped,
    "the end": lambda path: path.write_bytes(path.read_bytes()[:-9]),
    "the file": Path.unlink,
}


@pytest.fixture(scope="session")
def surfaced(sampled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study's runs, and a surface of `good`; nobody writes here."""
    runs = tmp_path_factory.mktemp("surfaced") / "runs"
    shutil.copytree(sampled, runs)
    run = RunFolder.open(runs, "good")
    with session(run.path) as progress:
        surface(run, parse(SurfaceSpec, {"kind": "random", "points": 5}), progress)
    return runs


@pytest.fixture
def runs(surfaced: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    return Path(shutil.copytree(surfaced, tmp_path / "runs"))


def lost(run: RunFolder, file: str) -> int:
    """Snapshots that a file holds."""
    line = next(line for line in run.committed() if line["file"] == file)
    return 1 if line["kind"] == "anchor" else len(line["trajectories"]) * (line["last"] - line["first"] + 1)


@pytest.mark.slow
def test_whatever_file_of_the_sample_is_damaged_every_value_is_the_same_or_absent(open_at, runs: Path, tmp_path: Path) -> None:
    run, fault = RunFolder.open(runs, "good"), cycle(FAULTS.items())
    whole = sent.everything(open_at(runs), runs, IDS, VIEWS) | sent.exported(runs, "good", tmp_path / "whole")
    assert not sent.differences(whole, whole)
    assert not forms.faults(run.path) | forms.faults(runs / "_studies" / "both")  # what is sound is of its form
    files = [str(line["file"]) for line in run.committed() if line["kind"] in ("anchor", "chunk")]
    for file in files:
        path, (name, damage) = runs / "good" / file, next(fault)
        before = path.read_bytes()
        damage(path)
        now = sent.everything(open_at(runs), runs, IDS, VIEWS) | sent.exported(runs, "good", tmp_path / "now")
        assert not (wrong := sent.differences(whole, now)), (name, file, len(wrong), wrong[:3])
        kept = {key[1] for key in now if key[0] == "csv"}
        assert len(kept) == run.spec.snapshots - lost(run, file)
        assert len(now) < len(whole)
        path.write_bytes(before)


def test_a_run_that_is_gone_moves_nothing_of_the_others(open_at, runs: Path) -> None:
    whole = sent.everything(open_at(runs), runs, IDS, VIEWS)
    shutil.rmtree(runs / "poor")
    now = sent.everything(open_at(runs), runs, IDS, VIEWS)
    assert not (wrong := sent.differences(whole, now)), (len(wrong), wrong[:3])
    assert any(key[1] == "joint" for key in now)
    assert not any("poor" in key for key in now)


@pytest.mark.parametrize("spoil", ["of other rows", "repeated", "too short", "not whole", "negative"])
def test_a_result_that_is_not_of_its_form_is_left_out_and_one_of_other_rows_draws_what_is_there(look, runs: Path, spoil: str) -> None:
    found = derived.find(runs / "good", "embedding", method="pca", dims=3)
    arrays = {name: np.array(found.arrays[name]) for name in found.arrays}
    rows = arrays["rows"]
    arrays["rows"] = {
        "of other rows": np.r_[rows[:-2], 10**9, 10**12], "repeated": np.r_[rows[:-1], rows[0]], "too short": rows[:-1],
        "not whole": rows + 0.5, "negative": np.r_[rows[:-1], -7],
    }[spoil]  # fmt: skip
    derived.write(runs / "good", "embedding", found.parameters, arrays, found.meta, found.inputs)
    compared = look(runs, "good", method="pca")
    figure = drawing.figures(compared, ["scene-0"])["scene-0"]
    drawn = {row for base in (figure.layout.meta.get("base") or ()) for row in base["rows"] if row >= 0}
    assert drawn == (set(rows[:-2].tolist()) if spoil == "of other rows" else set())
