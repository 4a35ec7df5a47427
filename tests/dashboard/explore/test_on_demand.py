"""Laws of what is computed on demand: said instead of drawn, asked for once, and it stays the same
comparison.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import plotly.utils
import pytest

from landscape_app.dashboard.explore import (
    callbacks,
    cards,
    grid,
    ids,
    on_demand,
)
from landscape_app.errors import LandscapeError
from landscape_app.figures.view import View
from landscape_app.jobs import launch
from landscape_app.jobs.session import session
from landscape_app.settings import AnalysisSpec, parse
from landscape_app.store import derived
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from tests.dashboard.conftest import Page
from tests.dashboard.explore.test_words import text

TSNE = {"method": "tsne"}


def drawn(comparison) -> str:
    return json.dumps(grid.grid(comparison), cls=plotly.utils.PlotlyJSONEncoder)


def embedded(folder: Path, distance: str, method: str = "phate", **meta: object) -> None:
    """Store the run's PHATE picture as if it were another's: what is tested is that it is found."""
    run = RunFolder.open(folder.parent, folder.name)
    for dims in (2, 3):
        one = derived.find(folder, "embedding", method="phate", dims=dims, distance="euclidean")
        parameters = {**one.parameters, "distance": distance, "method": method}
        derived.write(
            folder, "embedding", parameters, dict(one.arrays), {**one.meta, **meta}, run.digest()
        )


@pytest.mark.parametrize("view", [TSNE, {"distance": "losses"}])
def test_what_nobody_computed_is_said_not_drawn_and_offered_once(
    look, sampled: Path, view: dict
) -> None:
    comparison = look(sampled, "good", "poor", **view)
    assert [run.state for run in comparison.runs] == ["uncomputed", "uncomputed"]
    for name in ("scene-0", "scene-1"):
        assert cards.figures(comparison, [name])[name].layout.meta["view"] == "empty"
        assert "has not been computed" in text(cards.captions(comparison)[f"{name}-state"])
    assert drawn(comparison).count(f'"{ids.COMPUTE}"') == 1
    assert f'"{ids.COMPARE}"' not in drawn(comparison)
    assert comparison.unfinished  # the page looks again soon


@pytest.mark.parametrize(
    ("folder", "shown", "words"),
    [
        ("good", ["good"], "a job is at work on this run."),
        ("_studies/both", ["good", "poor"], "is being computed."),
    ],
)
def test_a_job_at_work_is_said_in_place_of_the_button(
    look, troubled: Path, folder: str, shown: list[str], words: str
) -> None:
    with session(troubled / folder):
        busy = look(troubled, *shown, **TSNE)
    assert busy.work is not None
    assert busy.work.state == "running"
    assert words in text(cards.captions(busy)["scene-0-state"])
    assert f'"{ids.COMPUTE}"' not in drawn(busy)
    idle = look(troubled, *shown, **TSNE)
    assert idle.work is None
    assert f'"{ids.COMPUTE}"' in drawn(idle)


def test_what_is_there_is_not_offered(look, sampled: Path) -> None:
    assert f'"{ids.COMPUTE}"' not in drawn(look(sampled, "good", "poor"))


@pytest.mark.parametrize("shown", [("good", "poor"), ("poor", "good")])
@pytest.mark.parametrize("view", [TSNE, {"distance": "cosine"}])
def test_more_of_a_study_is_asked_of_that_study(
    look, sampled: Path, shown: tuple[str, str], view: dict
) -> None:
    comparison = look(sampled, *shown, **view)
    request = on_demand.request(comparison, "nonce", all=False)
    spec = parse(AnalysisSpec, request["analysis"])
    study = launch._same(sampled, request["ids"], spec)
    assert study is not None
    assert study.id == "both"
    assert spec.methods == (comparison.view.method,)
    assert spec.distance == comparison.view.distance


def test_runs_that_were_not_compared_are_compared_in_the_view(look, troubled: Path) -> None:
    comparison = look(troubled, "good", "unanalysed", **TSNE)
    spec = parse(AnalysisSpec, on_demand.request(comparison, "nonce", all=True)["analysis"])
    assert set(spec.methods) == {*AnalysisSpec().methods, "tsne"}
    assert drawn(comparison).count(f'"{ids.COMPARE}"') == 1
    assert f'"{ids.COMPUTE}"' not in drawn(comparison)


def test_a_run_alone_keeps_the_t_of_its_diagrams(look, sampled: Path) -> None:
    comparison = look(sampled, "good", **TSNE)
    assert drawn(comparison).count(f'"{ids.COMPUTE}"') == 1
    request = on_demand.request(comparison, "nonce", all=False)
    t = derived.find(sampled / "good", "sublevel").parameters["t"]
    assert request["ids"] == ["good"]
    assert parse(AnalysisSpec, request["analysis"]).t == t
    tested, asked = (
        derived.find(sampled / "good", "significance").parameters,
        parse(AnalysisSpec, request["analysis"]),
    )
    assert asked.null_repeats == tested["repeats"]  # else its p-values would be made anew
    assert asked.loss_repeats == tested["loss_repeats"]
    other = on_demand.request(look(sampled, "good", distance="softmax"), "nonce", all=False)
    # t of one distance says nothing in another
    assert parse(AnalysisSpec, other["analysis"]).t is None


def test_a_large_study_is_not_computed_for_two_of_its_runs(look, troubled: Path) -> None:
    runs = ["good", "poor", *(f"more-{i}" for i in range(4))]
    for id in runs[2:]:
        shutil.copytree(troubled / "poor", troubled / id)
    shutil.rmtree(troubled / "_studies" / "both")
    study = StudyFolder.create(troubled, "large", runs, AnalysisSpec())
    derived.write(
        study.path,
        "shared",
        {"asked": None, "distance": "euclidean", "k": 5, "k_cross": 3, "decay": 40.0},
        {},
        {"t": 7},
        "",
    )
    request = on_demand.request(look(troubled, "good", "poor", **TSNE), "nonce", all=False)
    assert request["ids"] == ["good", "poor"]
    assert parse(AnalysisSpec, request["analysis"]).t == 7


def test_the_study_that_has_a_t_in_this_distance_comes_first(look, troubled: Path) -> None:
    """A newer study of the same runs takes its place in its own distance only."""
    newer = StudyFolder.create(troubled, "newer", ["good", "poor"], AnalysisSpec(k=7))
    of = {"asked": None, "distance": "softmax", "k": 7, "k_cross": 3, "decay": 40.0}
    derived.write(newer.path, "shared", of, {}, {"t": 9, "knees": {}}, "")
    assert look(troubled, "good", "poor").study == "both"
    assert look(troubled, "good", "poor", distance="softmax").study == "newer"
    assert look(troubled, "good", "poor", distance="cosine").study in ("both", "newer")


def test_a_picture_is_drawn_when_it_is_there(look, troubled: Path) -> None:
    for run in ("good", "poor"):
        embedded(troubled / run, "cosine", excluded=[0], excluded_because={"no direction": [0]})
    comparison = look(troubled, "good", "poor", distance="cosine")
    assert [run.state for run in comparison.runs] == ["ready", "ready"]
    said = text(cards.captions(comparison)["scene-0-foot"])
    assert "distance = cosine of δ" in said
    assert "Excluded, no direction: anchor." in said


def test_what_has_no_meaning_or_no_package_is_not_offered(look, sampled: Path, monkeypatch) -> None:
    comparison = look(sampled, "good", "poor", method="pca", distance="cosine")
    assert f'"{ids.COMPUTE}"' not in drawn(comparison)
    assert "Classical MDS" in text(cards.captions(comparison)["scene-0-state"])
    monkeypatch.setitem(on_demand.PACKAGES, "umap", ("no_such_package", "not installed"))
    assert f'"{ids.COMPUTE}"' not in drawn(look(sampled, "good", "poor", method="umap"))
    assert on_demand.impossible(View()) == ""


@pytest.mark.parametrize("id", ["half", "broken", "nowhere"])
def test_curvature_of_what_cannot_have_any_is_refused_before_a_job_begins(
    troubled: Path, id: str
) -> None:
    with pytest.raises(LandscapeError):
        list(launch.start_curvature(troubled, ["good", id]))
    assert not (troubled / "good" / "status.json").exists()


def test_the_time_it_takes_grows_with_the_runs_and_is_said_roughly(look, sampled: Path) -> None:
    assert on_demand.seconds(look(sampled, "good", "poor", **TSNE)) > on_demand.seconds(
        look(sampled, "good", **TSNE)
    )
    assert [on_demand.about(value) for value in (0.2, 5.4, 38, 200)] == [
        "1 s",
        "5 s",
        "40 s",
        "3 min",
    ]


@pytest.mark.parametrize(("button", "do"), [(ids.COMPUTE, "analyse"), (ids.CURVATURE, "curvature")])
def test_a_click_asks_for_a_launch_and_a_drawn_button_does_not(
    page: Page, button: str, do: str
) -> None:
    callback = next(
        callback
        for callback in page.callbacks
        if any(given["id"] == button for given in callback["inputs"])
    )
    view = View(method="tsne", distance="euclidean")
    values = {f"{ids.RUNS}.data": ["good", "poor"], "nonce.data": "n", f"{button}.n_clicks": 1}
    values |= {f"{id}.value": str(getattr(view, name)) for id, name in callbacks.CONTROLS.items()}
    body = page.body(callback, values, f"{button}.n_clicks")
    answer = page.client.post("/_dash-update-component", json=body).get_json()["response"]
    asked = next(part["data"] for part in answer.values() if "data" in part)
    assert (asked["do"], asked["ids"]) == (do, ["good", "poor"])
    body = page.body(callback, values | {f"{button}.n_clicks": None}, f"{button}.n_clicks")
    assert page.client.post("/_dash-update-component", json=body).status_code == 204
