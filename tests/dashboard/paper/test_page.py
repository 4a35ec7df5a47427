"""Laws of the page Paper: every figure is drawn or says why not, verdicts are those of the stored
numbers, what is missing is named with its command, and a click launches it.
"""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import numpy as np
import pytest
from dash.exceptions import PreventUpdate
from flask.testing import FlaskClient

from landscape_app.dashboard import factory
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.export import opened
from landscape_app.dashboard.launch import starts
from landscape_app.dashboard.paper import callbacks, cards, figures, head, view
from landscape_app.dashboard.paper.figures import FIGURES
from landscape_app.dashboard.paper.view import PaperView
from landscape_app.finding import measure_claims, table_claim
from landscape_app.jobs import launch
from landscape_app.number_text import percent
from landscape_app.pipeline import studies, study_table
from landscape_app.records.claims import ClaimReport
from landscape_app.store import derived
from landscape_app.store.study import StudyFolder
from landscape_app.study_presets import preset
from tests.dashboard.paper.conftest import BARE, STUDY, grid

pytestmark = pytest.mark.slow

CLOUDS = [name for name in FIGURES if name.startswith(("fig1", "fig2")) and "umap" not in name]


@pytest.fixture
def context(made: Path) -> Context:
    return opened.context(made)


@pytest.fixture
def shown(context: Context) -> PaperView:
    return view.read(context, STUDY, "light")


def text(part: object) -> str:
    """Everything that is read."""
    if isinstance(part, str):
        return part
    if isinstance(part, (list, tuple)):
        return " ".join(map(text, part))
    return text(getattr(part, "children", None) or "")


@pytest.mark.parametrize("name", [name for name in FIGURES if "umap" not in name])
def test_every_figure_is_drawn_in_both_schemes_or_says_why_not(context: Context, name: str) -> None:
    for scheme in ("light", "dark"):
        shown = view.read(context, STUDY, scheme)
        drawn, why = figures.figure(shown, name), figures.missing(shown, name)
        assert (drawn is None) == bool(why)
        asked = FIGURES[name].network
        if asked and asked not in shown.networks:
            assert f"no {asked} network" in why
        else:
            assert drawn is not None, why


@pytest.mark.parametrize("name", CLOUDS)
def test_the_points_are_those_of_the_sampling(shown: PaperView, name: str) -> None:
    columns = figures.columns(shown, name)
    if not columns:
        pytest.skip(figures.missing(shown, name))
    # jump and retrain: 2 seeds × 2 steps × (4 + 1) epochs; the others: 640 points
    expected = 20 if FIGURES[name].kind == "jump_retrain" else 640
    assert {len(column) for column in columns.values()} == {expected}
    drawn = figures.figure(shown, name)
    assert drawn is not None
    points = [
        len(trace.x) for trace in drawn.data if trace.name != "anchor" and trace.x[0] is not None
    ]
    assert sum(points) == expected


@pytest.mark.parametrize("name", CLOUDS)
def test_a_caption_has_the_network_s_accuracies_and_the_number_of_points(
    shown: PaperView, name: str
) -> None:
    run, table = figures.run_of(shown, name), shown.stored.table
    caption = figures.caption(shown, name)
    if run is None or table is None:
        assert caption == ""
        return
    row = table.ids.index(run)
    for side in ("test", "train"):
        assert f"{side} accuracy {percent(table.numbers(f'{side}_accuracy')[row])}" in caption
    assert f"{len(figures.columns(shown, name)['x'])} points" in caption
    assert caption in text(cards.body(shown))


def test_jumps_are_diamonds_by_step_size_and_later_epochs_are_paler(shown: PaperView) -> None:
    drawn = figures.figure(shown, "fig2d")
    assert drawn is not None
    jumps = {t.name: t for t in drawn.data if t.marker.symbol == "diamond"}
    assert set(jumps) == {"jump 0.5", "jump 1"}
    assert len({t.marker.color for t in jumps.values()}) == 2
    path = next(t for t in drawn.data if isinstance(t.marker.color, tuple))
    epochs = [int(words.rpartition(" ")[2]) for words in path.text]
    light = [sum(int(c[i : i + 2], 16) for i in (1, 3, 5)) for c in path.marker.color]
    assert np.corrcoef(epochs, light)[0, 1] > 0.9
    assert [t.name for t in drawn.data if t.marker.symbol == "star"] == ["anchor"]


def test_the_totals_beside_the_diagrams_are_their_bars(shown: PaperView) -> None:
    for run, result in shown.stored.diagrams.items():
        bars = result.arrays
        total = float(np.square(bars["death"] - bars["birth"]).sum())
        assert total == pytest.approx(result.meta["total"])
        assert shown.stored.table is not None
        row = shown.stored.table.ids.index(run)
        column = shown.stored.table.numbers("published_d0[test_loss]")
        assert total == pytest.approx(column[row])


def test_the_verdicts_are_those_of_the_stored_numbers(shown: PaperView, made: Path) -> None:
    stored = derived.find(StudyFolder.open(made, STUDY).path, "claims")
    assert stored is not None
    expected = measure_claims.verdicts(ClaimReport.model_validate(stored.meta))
    assert [each for claim in (2, 3, 4) for each in shown.verdicts(claim)] == expected
    first = shown.verdicts(1)
    assert first[:2] == table_claim.verdicts(shown.stored.experiments["test_loss"])
    assert {each.word for each in first[2:]} == {None}
    page = text(cards.body(shown))
    for verdict in expected:
        assert verdict.title in page
    assert "39.2 ± 4.3" in page  # the paper's
    assert "40.0" in page  # this study's


def test_what_is_missing_is_named_with_its_command(context: Context) -> None:
    bare, drawn = (view.read(context, id, "light") for id in (BARE, STUDY))
    lacking = " ".join(head.missing(bare))
    assert "Table 1 by test loss, weight decay" in lacking
    assert "figures" in lacking
    assert f"landscape paper {BARE}" in text(head.state(bare))
    assert head.missing(drawn) == ["Table 1 by weight decay"]


def test_a_sampling_that_is_not_there_is_named_with_its_command(context: Context) -> None:
    bare = view.read(context, BARE, "light")
    for name, kind in (("fig2b", "naive"), ("fig2c", "grid")):
        assert f"--kind {kind}" in figures.missing(bare, name)
        assert f"landscape sample {bare.networks['good']}" in figures.missing(bare, name)


def test_why_a_label_has_no_experiment_is_said_once_it_was_tried(
    made: Path, tmp_path: Path
) -> None:
    runs = Path(shutil.copytree(made, tmp_path / "runs"))
    folder = StudyFolder.open(runs, STUDY)
    why = "there are too few configurations"
    meta = {"absent": {"weight_decay": why}}
    derived.write(folder.path, "paper", {}, {}, meta, "another table")
    assert head.missing(view.read(opened.context(runs), STUDY, "light")) != []
    table = studies.tabulate(runs, folder, grid())
    derived.write(folder.path, "paper", {}, {}, meta, study_table.digest(table))
    shown = view.read(opened.context(runs), STUDY, "light")
    assert why[1:] in text(cards.body(shown))
    assert head.missing(shown) == []


def test_an_experiment_of_another_table_is_marked_and_missing(made: Path, tmp_path: Path) -> None:
    runs = Path(shutil.copytree(made, tmp_path / "runs"))
    folder = StudyFolder.open(runs, STUDY).path
    stored = derived.find(folder, "experiment")
    assert stored is not None
    derived.remove([stored.path])
    derived.write(folder, "experiment", {"label": "test_loss"}, {}, stored.meta, "other-samples")
    shown = view.read(opened.context(runs), STUDY, "light")
    assert shown.stored.stale == {"test_loss"}
    assert "of an earlier table" in text(cards.body(shown))
    assert "Table 1 by test loss, weight decay" in head.missing(shown)


@pytest.mark.parametrize("spoilt", ["claims", "experiment", "paper_embedding", "paper_diagram"])
def test_results_of_another_form_are_not_there(made: Path, tmp_path: Path, spoilt: str) -> None:
    runs = Path(shutil.copytree(made, tmp_path / "runs"))
    folder = StudyFolder.open(runs, STUDY).path
    for result in derived.all(folder, spoilt):
        derived.remove([result.path])
        derived.write(folder, spoilt, result.parameters, {}, {"odd": 1}, result.inputs)
    shown = view.read(opened.context(runs), STUDY, "light")
    assert text(cards.body(shown))
    assert head.missing(shown) != ["Table 1 by weight decay"]


@pytest.mark.parametrize("id", ["", "gone", "../etc", "<b>"])
def test_any_study_may_be_asked_for(context: Context, id: str) -> None:
    shown = view.read(context, id, "dark")
    assert text(cards.body(shown))
    assert text(head.head(context, shown))


def test_the_figures_are_taken_away(made: Path, shown: PaperView) -> None:
    client: FlaskClient = factory.create(made).server.test_client()
    for name in ("fig2d", "fig3a", "fig3b"):
        answer = client.get(f"/take/paper/{name}.csv?id={STUDY}")
        assert answer.status_code == 200
        rows = list(csv.DictReader(io.StringIO(answer.text.partition("\n")[2])))
        columns = figures.columns(shown, name)
        assert len(rows) == len(next(iter(columns.values())))
        assert list(rows[0]) == list(columns)
    assert client.get(f"/take/paper/fig9.csv?id={STUDY}").status_code == 422
    assert client.get(f"/take/paper/fig2a.csv?id={BARE}").status_code == 422
    assert (
        client.get(
            f"/take/paper/fig2a.csv?id={STUDY}", headers={"Sec-Fetch-Site": "cross-site"}
        ).status_code
        == 403
    )


def test_only_what_changed_is_sent(context: Context) -> None:
    _, body, token = callbacks.follow(context, STUDY, 1, "light", None)
    assert text(body)
    with pytest.raises(PreventUpdate):
        callbacks.follow(context, STUDY, 2, "light", token)
    assert callbacks.follow(context, BARE, 2, "light", token)[2] != token


def test_a_click_launches_what_is_missing_and_the_preset(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr(launch, "launch", lambda folder, argv, **_: commands.append(list(argv)))
    asked = callbacks.compute(1, STUDY, "page")
    assert starts.start(made, asked)["error"] is None
    assert commands == [["paper", STUDY, "--runs", str(made.absolute())]]
    request, busy = callbacks.launch(1, "page")
    answer = starts.start(tmp_path, request)
    assert (answer["ids"], answer["error"], busy) == (["paper-small"], None, True)
    assert len(StudyFolder.open(tmp_path, "paper-small").runs) == len(preset("paper-small").runs)
    assert "already used" in str(starts.start(tmp_path, request)["error"])
    assert starts.start(tmp_path, {**request, "preset": "large"})["error"]
    assert starts.start(made, {**asked, "id": "gone"})["error"]
    for nothing in (callbacks.compute, callbacks.launch):
        with pytest.raises(PreventUpdate):
            nothing(None, *([STUDY] if nothing is callbacks.compute else []), "page")
