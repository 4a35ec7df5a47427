"""The law of damage: whatever is damaged, every value that is sent is the same for the same
snapshot, or it is not there.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import numpy as np
import plotly.utils
import pytest

from landscape_app.dashboard.checks import column_head, table
from landscape_app.dashboard.common import checks_mark
from landscape_app.dashboard.common import run_checks as checks_reading
from landscape_app.dashboard.common.board import FRESH, Board
from landscape_app.dashboard.explore import cards, joining, reading
from landscape_app.dashboard.explore.choice import ExploreChoice
from landscape_app.dashboard.explore.header import chips
from landscape_app.dashboard.jobs import details as followed
from landscape_app.dashboard.jobs import rows
from landscape_app.figures.view import View
from landscape_app.store import derived, usable_results
from landscape_app.store.run import RunFolder
from tests.dashboard.explore import sent

VIEWS = (
    {"method": "pca"},
    {"dims": 2, "part": "profile", "filtration": "train_loss", "colour": "seed"},
)
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


@pytest.fixture
def runs(surfaced: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    return Path(shutil.copytree(surfaced, tmp_path / "runs"))


def lost(run: RunFolder, file: str) -> int:
    """Snapshots that a file holds."""
    line = next(line for line in run.committed() if line["file"] == file)
    return (
        1
        if line["kind"] == "anchor"
        else len(line["trajectories"]) * (line["last"] - line["first"] + 1)
    )


@pytest.mark.slow
def test_whatever_file_of_the_sample_is_damaged_every_value_is_the_same_or_absent(
    open_at, runs: Path, tmp_path: Path
) -> None:
    run, fault = RunFolder.open(runs, "good"), cycle(FAULTS.items())
    whole = sent.everything(open_at(runs), runs, IDS, VIEWS) | sent.exported(
        runs, "good", tmp_path / "whole"
    )
    assert not sent.differences(whole, whole)
    # what is sound is of its form
    assert not usable_results.faults(run.path) | usable_results.faults(runs / "_studies" / "both")
    files = [str(line["file"]) for line in run.committed() if line["kind"] in ("anchor", "chunk")]
    for file in files:
        path, (name, damage) = runs / "good" / file, next(fault)
        before = path.read_bytes()
        damage(path)
        now = sent.everything(open_at(runs), runs, IDS, VIEWS) | sent.exported(
            runs, "good", tmp_path / "now"
        )
        assert not (wrong := sent.differences(whole, now)), (name, file, len(wrong), wrong[:3])
        kept = {key[1] for key in now if key[0] == "csv"}
        assert len(kept) == run.spec.snapshots - lost(run, file)
        assert len(now) < len(whole)
        path.write_bytes(before)


@pytest.mark.slow
def test_a_run_that_is_gone_moves_nothing_of_the_others(open_at, runs: Path) -> None:
    whole = sent.everything(open_at(runs), runs, IDS, VIEWS)
    shutil.rmtree(runs / "poor")
    now = sent.everything(open_at(runs), runs, IDS, VIEWS)
    assert not (wrong := sent.differences(whole, now)), (len(wrong), wrong[:3])
    assert any(key[1] == "joint" for key in now)
    assert "without poor, which cannot be read" in said(
        cards.captions(reading.read(open_at(runs), ExploreChoice(IDS, View(method="pca"))))[
            "joint-state"
        ]
    )
    assert not any("poor" in key for key in now)


@pytest.mark.parametrize(
    "spoil", ["of other rows", "repeated", "too short", "not whole", "negative"]
)
def test_a_result_that_is_not_of_its_form_is_left_out_and_one_of_other_rows_draws_what_is_there(
    look, runs: Path, spoil: str
) -> None:
    found = derived.find(runs / "good", "embedding", method="pca", dims=3)
    arrays = {name: np.array(found.arrays[name]) for name in found.arrays}
    rows = arrays["rows"]
    arrays["rows"] = {
        "of other rows": np.r_[rows[:-2], 10**9, 10**12], "repeated": np.r_[rows[:-1], rows[0]],
        "too short": rows[:-1],
        "not whole": rows + 0.5, "negative": np.r_[rows[:-1], -7],
    }[spoil]  # fmt: skip
    derived.write(runs / "good", "embedding", found.parameters, arrays, found.meta, found.inputs)
    comparison = look(runs, "good", method="pca")
    figure = cards.figures(comparison, ["scene-0"])["scene-0"]
    drawn = {
        row for base in figure.layout.meta.get("base") or () for row in base["rows"] if row >= 0
    }
    assert drawn == (set(rows[:-2].tolist()) if spoil == "of other rows" else set())


def said(component: object) -> str:
    return json.dumps(component, cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)


def test_the_page_says_what_is_gone_and_offers_the_way_back(look, runs: Path) -> None:
    run = RunFolder.open(runs, "good")
    assert "damaged" not in said(cards.captions(look(runs, *IDS)))
    chunk = next(line for line in run.committed("chunk") if line["first"] == 0)
    flipped(runs / "good" / chunk["file"])
    (runs / "good" / "anchor.safetensors").unlink()
    comparison = look(runs, *IDS)
    foot = said(cards.captions(comparison)["scene-0-foot"])
    count = len(chunk["trajectories"]) * (chunk["last"] + 1)
    assert f"The anchor and {count} snapshots (trajector" in foot
    assert "are damaged or missing and not drawn" in foot
    assert "no surface, curvature or climb" in foot
    assert '"action": "resume"' in foot
    assert "Resume makes them again." in foot
    assert "ls-chip-damaged" in said(chips(comparison))
    assert "damaged" not in said(cards.captions(comparison)["scene-1-foot"])
    assert f"Damaged or missing, not drawn: {count + 1} snapshots of Good." in said(
        cards.captions(look(runs, *IDS, method="pca"))["joint-foot"]
    )


def test_a_damaged_result_is_analysed_again_and_not_sampled_again(look, runs: Path) -> None:
    (embedding,) = [
        result.path
        for result in derived.all(runs / "good", "embedding")
        if result.parameters["method"] == "pca" and result.parameters["dims"] == 3
    ]
    flipped(embedding / derived.ARRAYS)
    foot = said(cards.captions(look(runs, "good"))["scene-0-foot"])
    assert "Damaged results are left out: embedding" in foot
    assert "Analyse again" in foot
    assert '"action": "analyse"' in foot
    assert "resume" not in foot.lower()


@pytest.mark.parametrize(
    "what",
    [
        "anchor.safetensors",
        "chunks/0*",
        "derived/embedding-*/arrays.safetensors",
        "derived/embedding-*/result.json",
    ],
)
def test_the_page_is_drawn_anew_when_any_file_is_damaged(open_at, runs: Path, what: str) -> None:
    context = open_at(runs)
    before, seen = (
        joining.token(context, IDS),
        cards.stamps(reading.read(context, ExploreChoice(IDS, View(method="pca")))),
    )
    assert joining.token(context, IDS) == before
    for path in (runs / "good").glob(what):
        FAULTS["the end"](path)
    assert joining.token(context, IDS) != before
    now = cards.stamps(reading.read(context, ExploreChoice(IDS, View(method="pca"))))
    assert seen["scene-0"] != now["scene-0"]


def test_the_verdict_in_the_header_does_not_survive_damage(open_at, runs: Path) -> None:
    context = open_at(runs)
    assert "damaged" not in said(checks_mark.link(checks_reading.read(context, IDS)))
    flipped(runs / "good" / "anchor.safetensors")
    shown = checks_reading.read(context, IDS)
    assert "ls-badge-bad" in said(checks_mark.link(shown))
    assert " damaged" in said(checks_mark.link(shown))
    assert shown[0].stale
    assert "The results below are from before the damage." in column_head.notes(shown[0])
    assert '"action": "resume"' in said(table.table(shown))


def test_jobs_say_damaged_name_what_is_missing_and_offer_resume(runs: Path) -> None:
    board = Board(runs)
    assert not board.find("good").damage
    chunk = RunFolder.open(runs, "good").committed("chunk")[0]
    (runs / "good" / chunk["file"]).unlink()
    time.sleep(FRESH)
    entry = board.find("good")
    assert entry.damage.files == (chunk["file"],)
    assert entry.resumable
    assert entry.going_on == "Resume"
    listed, panel = (
        said(rows.rows(board.entries(), shown=None)),
        said(followed.details(board, runs, "good")),
    )
    for words_ in (listed, panel):
        assert '"damaged"' in words_
        assert "snapshots (trajector" in words_
        assert "Resume makes them again." in words_
        assert '"action": "resume"' in words_
    assert "1 damaged" in rows.count(board.entries())
    assert not rows.comparable(entry)
