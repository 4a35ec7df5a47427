"""Laws of reading: whatever state a run is in, it is shown as what it is, and never breaks the
others.
"""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from landscape_app.dashboard.common import pictures
from landscape_app.dashboard.explore import cards, choice, joining, partial, reading
from landscape_app.figures.view import View
from landscape_app.records.snapshots import COLUMNS, Matrix, Snapshots
from landscape_app.registries import FILTRATIONS
from landscape_app.settings import AnalysisSpec
from landscape_app.store.run import RunFolder
from tests.patience import patience


@pytest.mark.parametrize("method", AnalysisSpec().methods)
@pytest.mark.parametrize("dims", [2, 3])
def test_a_finished_study_is_whole_and_current_in_every_view(
    look, sampled: Path, method: str, dims: int
) -> None:
    comparison = look(sampled, "good", "poor", method=method, dims=dims)
    assert [run.state for run in comparison.runs] == ["ready", "ready"]
    assert [run.stale for run in comparison.runs] == [(), ()]
    assert comparison.joined
    assert not comparison.joint_stale
    assert not comparison.unfinished
    assert [run.label for run in comparison.runs] == ["Good", "Poor"]


@pytest.mark.parametrize("filtration", FILTRATIONS)
def test_every_filtration_is_there(look, sampled: Path, filtration: str) -> None:
    for one in look(sampled, "good", "poor", filtration=filtration).runs:
        assert {"sublevel", "rips"} <= set(one.subject.results)


def test_compared_runs_are_embedded_at_the_studys_t(look, sampled: Path) -> None:
    comparison = look(sampled, "good", "poor")
    assert {run.embedding["t"] for run in comparison.runs} == {comparison.shared["t"]}
    assert set(comparison.shared["knees"]) == {"good", "poor"}


def test_a_run_that_is_being_sampled_is_drawn_from_what_is_committed(look, troubled: Path) -> None:
    (half,) = look(troubled, "half").runs
    assert half.state == "sampling"
    assert half.provisional
    assert 1 < half.done < half.total
    assert half.done == len(half.subject.rows)
    assert half.subject.columns["epoch"].max() <= 5
    np.testing.assert_array_equal(
        half.subject.results["embedding"].arrays["rows"], half.subject.rows
    )


@pytest.mark.parametrize(
    ("id", "state"),
    [
        ("unanalysed", "unanalysed"),
        ("unborn", "waiting"),
        ("broken", "unusable"),
        ("nowhere", "unusable"),
    ],
)
def test_trouble_has_a_state_and_words_and_leaves_the_other_run_alone(
    look, troubled: Path, id: str, state: str
) -> None:
    comparison = look(troubled, "good", id)
    assert [run.state for run in comparison.runs] == ["ready", state]
    assert bool(comparison.runs[1].problem) == (state == "unusable")
    drawn = cards.figures(comparison, cards.names(comparison))
    assert len(drawn["scene-0"].data) > 0
    assert str(cards.captions(comparison)["scene-1-state"])
    assert set(cards.captions(comparison)) == set(cards.captions(look(troubled, "good", "poor")))


def test_a_damaged_file_takes_its_snapshots_along_and_no_zeros_appear(look, troubled: Path) -> None:
    run = RunFolder.open(troubled, "good")
    line = run.committed("chunk")[0]
    file = troubled / "good" / line["file"]
    content = bytearray(file.read_bytes())
    content[-8] ^= 0xFF
    file.write_bytes(content)
    (good,) = look(troubled, "good").runs
    assert good.lost == good.total - good.done > 0
    left = set(
        zip(
            good.subject.columns["trajectory"].tolist(),
            good.subject.columns["epoch"].tolist(),
            strict=True,
        )
    )
    gone = {
        (trajectory, epoch)
        for trajectory in line["trajectories"]
        for epoch in range(line["first"], line["last"] + 1)
    }
    assert not left & gone
    assert good.lost == len(gone)
    assert (good.subject.columns["train_loss"] > 0).all()


def test_results_of_other_snapshots_are_called_stale(look, troubled: Path) -> None:
    shutil.rmtree(troubled / "good")
    # derived results and all, then one chunk less
    shutil.copytree(troubled / "poor", troubled / "good")
    run = RunFolder.open(troubled, "good")
    last = run.committed("chunk")[-1]["file"]
    journal = troubled / "good" / "journal.jsonl"
    journal.write_bytes(
        b"".join(
            line
            for line in journal.read_bytes().splitlines(keepends=True)
            if last.encode() not in line
        )
    )
    comparison = look(troubled, "good", "poor")
    assert "embedding" in comparison.runs[0].stale
    assert comparison.joint_stale


def test_the_token_changes_with_what_is_there(open_at, troubled: Path) -> None:
    context = open_at(troubled)
    before = joining.token(context, ("half", "good"))
    assert joining.token(context, ("half", "good")) == before
    shutil.rmtree(troubled / "half")
    assert joining.token(context, ("half", "good")) != before


def test_principal_axes_of_what_is_committed_are_the_true_ones() -> None:
    rng = np.random.default_rng(0)
    n, width = 60, 500
    delta = (rng.normal(size=(n, 4)) * (9, 6, 4, 0.2)) @ np.linalg.qr(rng.normal(size=(width, 4)))[
        0
    ].T
    columns = {name: np.zeros(n, dtype=kind) for name, (kind, _) in COLUMNS.items()} | {
        "row": np.arange(n),
        "seed": np.arange(n) % 4,
    }
    columns["diverged"] = np.arange(n) == 7
    found = partial.pca(Snapshots("r", columns, Matrix.of(delta.astype(np.float32))), dims=3)
    kept = np.delete(delta, 7, axis=0)
    left, values, _ = np.linalg.svd(kept - kept.mean(axis=0), full_matrices=False)
    true = left[:, :3] * values[:3]
    there, here = (
        np.linalg.norm(x[:, None] - x, axis=-1) for x in (true, found.arrays["coordinates"])
    )
    np.testing.assert_allclose(here, there, atol=1e-3 * there.max())
    assert found.arrays["rows"].tolist() == np.delete(np.arange(n), 7).tolist()
    assert found.meta["excluded"] == [7]


def test_a_large_network_is_read_in_part_and_that_is_said(monkeypatch) -> None:
    monkeypatch.setattr(partial, "MOST", 60 * partial.BLOCK * 2)
    read: list[int] = []

    def columns(start: int, stop: int) -> np.ndarray:
        read.append(stop - start)
        return np.random.default_rng(start).normal(size=(60, stop - start)).astype(np.float32)

    blank = {name: np.zeros(60, dtype=kind) for name, (kind, _) in COLUMNS.items()}
    found = partial.pca(Snapshots("r", blank, Matrix((60, 8 * partial.BLOCK), columns)), dims=2)
    assert sum(read) * 60 <= partial.MOST
    assert found.meta["share"] == 0.25


def test_of_many_snapshots_a_thousand_are_drawn_and_that_is_said() -> None:
    trajectories, epochs = 20, 100
    n, width = 1 + trajectories * epochs, 300
    rng = np.random.default_rng(0)
    delta = (rng.normal(size=(n, 4)) * (9, 6, 4, 0.2)) @ np.linalg.qr(rng.normal(size=(width, 4)))[
        0
    ].T
    columns = {name: np.zeros(n, dtype=kind) for name, (kind, _) in COLUMNS.items()} | {
        "row": np.arange(n)
    }
    columns["trajectory"][0], columns["trajectory"][1:] = -1, np.arange(n - 1) // epochs
    columns["epoch"][1:] = np.arange(n - 1) % epochs
    found = partial.pca(Snapshots("r", columns, Matrix.of(delta.astype(np.float32))), dims=3)
    rows = found.arrays["rows"]
    assert len(rows) <= partial.DRAWN
    assert {0, *range(1, n, epochs), *range(epochs, n, epochs)} <= set(rows.tolist()), (
        "the anchor, and the ends of every trajectory"
    )
    assert np.ptp(np.bincount((rows[1:] - 1) // epochs)) == 0, "as many of each"
    assert (found.meta["drawn"], found.meta["finite"], found.meta["excluded"]) == (len(rows), n, [])
    for many in (partial.DRAWN, 3 * partial.DRAWN):  # trajectories of two snapshots
        ends, _ = partial.spread(np.repeat(np.arange(many), 2), np.tile([0, 1], many))
        assert len(ends) == partial.DRAWN
        assert ends[0] == 0
        assert np.ptp(np.diff(ends)) <= 1


def test_a_request_does_not_wait_for_the_picture(
    look, open_at, troubled: Path, monkeypatch
) -> None:
    monkeypatch.setattr(pictures, "PATIENCE", 0.01)
    gate, real = threading.Event(), partial.pca
    monkeypatch.setattr(
        partial, "pca", lambda *given, **named: gate.wait(patience(30)) and real(*given, **named)
    )
    context = open_at(troubled)
    chosen = choice.ExploreChoice(("unanalysed",), View())
    first = reading.read(context, chosen)
    assert first.runs[0].drawing
    assert first.unfinished, "the page looks again"
    assert not cards.figures(first, ["scene-0"])["scene-0"].data
    assert "the picture is being made" in str(cards.captions(first)["scene-0-state"])
    assert "PCA of" not in str(cards.captions(first)["scene-0-foot"])
    gate.set()
    end = time.monotonic() + patience(10)
    while joining.token(context, chosen.runs) == first.token and time.monotonic() < end:
        time.sleep(0.01)
    then = reading.read(context, chosen)
    assert then.token != first.token
    assert not then.runs[0].drawing
    assert cards.stamps(then)["scene-0"] != cards.stamps(first)["scene-0"]
    assert cards.figures(then, ["scene-0"])["scene-0"].data
    assert reading.read(context, chosen).token == then.token
