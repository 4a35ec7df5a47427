"""Laws of what the command paper computes: weights made again from their seeds are those that were
sampled, pictures are made once, and networks are chosen by their accuracies.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from landscape_app.analysis import published_distance
from landscape_app.analysis.published_distance import nearest_to_anchor, published_rows
from landscape_app.cli.main import main
from landscape_app.finding.paper_networks import examples, rising
from landscape_app.pipeline import clouds, paper_pictures, studies
from landscape_app.records.progress import Silent
from landscape_app.records.study_table import StudyTable
from landscape_app.store import snapshots
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from tests.dashboard.paper.conftest import STUDY, grid, made

pytestmark = pytest.mark.slow

__all__ = ["made"]


@pytest.mark.parametrize("kind", ["jump_retrain", "naive", "grid"])
def test_the_weights_of_a_sampling_are_as_far_as_was_recorded(made: Path, kind: str) -> None:
    run = RunFolder.open(made, StudyFolder.open(made, STUDY).runs[0])
    sampled = clouds.with_weights(run, kind)
    lengths = np.linalg.norm(sampled.delta.whole().astype(np.float64), axis=1)
    np.testing.assert_allclose(lengths, sampled.column("distance"), rtol=1e-5, atol=1e-6)
    assert lengths[0] == 0
    assert (lengths[1:] > 0).all()


def test_pictures_are_made_once(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = StudyFolder.open(made, STUDY)
    table = studies.tabulate(made, folder, grid())
    monkeypatch.setattr(clouds, "embed", None)
    monkeypatch.setattr(paper_pictures, "published_sample", None)
    assert paper_pictures.make(made, folder, table, Silent()) == {}


def test_the_star_stands_among_the_points_nearest_to_the_anchor(made: Path) -> None:
    taken = snapshots.read(RunFolder.open(made, StudyFolder.open(made, STUDY).runs[0]))
    rows = published_rows(taken)
    delta = taken.delta.whole().astype(np.float64)[rows]
    middle = delta.mean(axis=0)
    # all components are kept, so that the cosine is that of the centred weights
    assert len(rows) <= published_distance.COMPONENTS
    centred, anchor = delta - middle, -middle
    axes = np.linalg.svd(centred, full_matrices=False)[2][: len(rows) - 1]
    inside, star = centred @ axes.T, axes @ anchor
    cosine = inside @ star / np.linalg.norm(inside, axis=1) / np.linalg.norm(star)
    nearest = nearest_to_anchor(taken, rows, 3)
    np.testing.assert_allclose(np.sort(cosine)[::-1][:3], cosine[nearest], atol=1e-6)


def table(**columns: list[float]) -> StudyTable:
    made = {name: np.array(column, dtype=float) for name, column in columns.items()}
    count = len(next(iter(made.values())))
    return StudyTable(tuple("abcdef"[:count]), made)


def test_networks_are_chosen_by_their_accuracies() -> None:
    networks = table(
        test_accuracy=[0.9, 0.95, 0.7, 0.2, np.nan, 0.1],
        train_accuracy=[1.0, 1.0, 1.0, 1.0, 1.0, 0.5],
        label_corruption=[0.0, 0.0, 0.0, 0.5, 0.0, 1.0],
    )
    assert examples(networks) == {"good": "b", "bad": "c", "memorizing": "d"}
    assert rising(networks) == ["f", "c", "b"]
    assert examples(table(test_accuracy=[0.9, 0.8])) == {"good": "a", "bad": "b"}
    assert examples(table(test_accuracy=[0.9])) == {"good": "a"}
    assert examples(table(other=[0.9])) == {}
    assert rising(table(test_accuracy=[np.nan])) == []


def test_the_command_says_every_verdict(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["paper", STUDY, "--runs", str(made), "--stored"]) == 0
    said = capsys.readouterr().out
    for claim in range(1, 5):
        assert f"Claim {claim}" in said
    assert "landscape experiment drawn" in said
    assert main(["paper", "gone", "--runs", str(made)]) == 2
