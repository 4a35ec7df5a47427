"""Laws of the page: it is small, redraws what a control changes and nothing else, and its scripts
name what is there.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import plotly.utils
import pytest
from flask_caching import Cache

from landscape_app.dashboard import explore, factory
from landscape_app.dashboard.common.board import Board
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.explore import callbacks, cards, figure_stream, grid, ids, reading
from landscape_app.dashboard.explore.choice import ExploreChoice
from landscape_app.dashboard.explore.comparison import ComparedRun, Comparison
from landscape_app.figures.view import InMemoryResult, View
from landscape_app.settings import RunSpec
from tests.dashboard.conftest import Page
from tests.figures import made

CONTROLS = {f"{id}.value": str(getattr(View(), name)) for id, name in callbacks.CONTROLS.items()}
GRAPHS = ["scene-0", "scene-1", "joint", "diagrams-0", "diagrams-1", "curves"]
SHOWN = {f"{ids.RUNS}.data": ["good", "poor"], **CONTROLS}
FIGURES = '{"name":["ALL"],"type":"graph"}.figure'


def test_the_whole_page_of_the_protocol_is_under_600_kilobytes(
    monkeypatch, open_at, sampled: Path
) -> None:
    """Three runs of 821 snapshots, their joint embedding, diagrams and curves, as the browser gets
    them.
    """
    subjects = [made.subject(slot, factor=slot + 1.0, **made.LONG) for slot in range(3)]
    shown = tuple(
        ComparedRun(
            *(subject.run, subject.label, subject.look, subject.look, "ready"),
            spec=RunSpec(),
            subject=subject,
            done=821,
            total=821,
        )
        for subject in subjects
    )
    comparison = Comparison(
        shown, View(), "study", results={"joint": made.joint(subjects)}, token="x"
    )
    monkeypatch.setattr(reading, "read", lambda context, choice: comparison)
    context = open_at(sampled)
    shown = [explore.header(context, {}), explore.layout(context, {})]
    frames = len(json.dumps(shown, cls=plotly.utils.PlotlyJSONEncoder))
    figures = "".join(figure_stream.lines(comparison, cards.names(comparison)))
    size = frames + len(figures)
    assert frames < size / 2
    assert 300_000 < size < 600_000


@pytest.mark.slow
def test_nothing_of_the_page_needs_torch() -> None:
    """In a process of its own: this one has sampled the runs."""
    heavy = "torch", "sklearn", "phate", "scipy"
    code = (
        "import sys, landscape_app.dashboard.factory\n"
        "from landscape_app.dashboard.explore import partial, cards, grid; cards.panels()\n"
        "import landscape_app.figures.joint, landscape_app.figures.curves\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout
        == "[]\n"
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("control", "value", "redrawn"),
    [
        (ids.METHOD, "pca", ("scene", "joint")),
        (ids.DIMS, "2", ("scene",)),
        (ids.JOINT_DIMS, "3", ("joint",)),
        (ids.CURVE, "test_loss", ("curves",)),
        (ids.COLOUR, "epoch", ()),  # the page does that itself
        (ids.FILTRATION, "test_loss", ("diagrams",)),
        (ids.DISTANCE, "softmax", ("scene", "diagrams")),
        (ids.PART, "profile", ("diagrams",)),
    ],
)
def test_a_control_redraws_what_it_changes_and_nothing_else(
    page: Page, control: str, value: str, redrawn: tuple[str, ...]
) -> None:
    values = {**SHOWN, f"{control}.value": value, f"{ids.SEEN}.data": _seen(page), "graph": GRAPHS}
    answer = page.call(FIGURES, values, f"{control}.value").get_json()["response"]
    changed = {
        name
        for name in GRAPHS
        if json.dumps(ids.graph(name), sort_keys=True, separators=(",", ":")) in answer
    }
    assert changed == {name for name in GRAPHS if name.startswith(redrawn)}


def test_time_alone_redraws_nothing(page: Page) -> None:
    seen = _seen(page)
    values = {**SHOWN, f"{ids.SEEN}.data": seen, "graph": GRAPHS}
    assert page.call(FIGURES, values, f"{ids.TICK}.n_intervals").status_code == 204
    values[f"{ids.SEEN}.data"] = seen | {"token": "something older"}
    answer = page.call(FIGURES, values, f"{ids.TICK}.n_intervals").get_json()["response"]
    assert ids.SEEN in answer
    # what is drawn is made of what it was made of
    assert [key for key in answer if '"graph"' in key] == []


def test_what_is_made_of_something_new_is_redrawn_and_nothing_else(page: Page) -> None:
    seen = _seen(page)
    made = {**seen["made"], "scene-1": "of something older"}
    values = {
        **SHOWN,
        f"{ids.SEEN}.data": seen | {"token": "something older", "made": made},
        "graph": GRAPHS,
    }
    answer = page.call(FIGURES, values, f"{ids.TICK}.n_intervals").get_json()["response"]
    assert [key for key in answer if '"graph"' in key] == ['{"name":"scene-1","type":"graph"}']


def test_a_page_that_is_put_in_place_is_not_drawn_twice(page: Page) -> None:
    """The renderer calls back for every control of a page that was just inserted."""
    body = page.body(
        page.callback(FIGURES), {**SHOWN, f"{ids.SEEN}.data": _seen(page), "graph": GRAPHS}
    )
    body["changedPropIds"] = [f"{ids.TICK}.n_intervals", *CONTROLS]
    assert page.client.post("/_dash-update-component", json=body).status_code == 204


def _seen(page: Page) -> dict:
    """What the page says that it was drawn with."""
    answer = page.call(
        FIGURES, {**SHOWN, f"{ids.SEEN}.data": {}, "graph": GRAPHS}, f"{ids.TICK}.n_intervals"
    ).get_json()["response"]
    return dict(answer[ids.SEEN]["data"])


def test_a_pick_is_answered_by_details(page: Page) -> None:
    pick = {"kind": "trajectory", "run": "poor", "focus": 9}
    answer = page.call(
        f"{ids.DETAILS}.children", {**SHOWN, f"{ids.PICK}.data": pick}, f"{ids.PICK}.data"
    )
    assert "seed" in json.dumps(answer.get_json())


@pytest.mark.parametrize(
    "pick",
    [
        {"kind": "sublevel", "run": "good", "bar": "x"},
        {"kind": "trajectory", "run": "good", "focus": []},
    ],
)
def test_a_pick_that_no_script_sends_is_refused(page: Page, pick: dict) -> None:
    answer = page.call(
        f"{ids.DETAILS}.children", {**SHOWN, f"{ids.PICK}.data": pick}, f"{ids.PICK}.data"
    )
    assert answer.status_code == 422


def test_every_figure_is_in_the_grid_once_with_words_for_those_who_do_not_see_it(
    look, sampled: Path
) -> None:
    comparison = look(sampled, "good", "poor")
    tree = json.loads(json.dumps(grid.grid(comparison), cls=plotly.utils.PlotlyJSONEncoder))
    text = json.dumps(tree)
    for name in cards.names(comparison):
        assert text.count(f'"id": "card-{name}"') == 1
        assert len(cards.captions(comparison)[f"{name}-summary"]) > 20


def test_only_one_button_offers_a_comparison_and_only_where_there_is_none(
    look, troubled: Path
) -> None:
    def offers(*runs: str) -> int:
        return json.dumps(
            grid.grid(look(troubled, *runs)), cls=plotly.utils.PlotlyJSONEncoder
        ).count(f'"{ids.COMPARE}"')

    assert offers("good", "poor") == 0
    assert offers("good", "unanalysed") == 1
    assert offers("unanalysed") == 1
    assert offers("good", "half") == 0
    assert offers("good", "nowhere") == 0


def test_scripts_are_called_on_a_page_put_in_place(page: Page) -> None:
    """The renderer makes a first call only to callbacks with an output, and with an input that no
    other callback writes.
    """
    written = {
        name.split("@")[0]
        for callback in page.callbacks
        for name in callback["output"].strip(".").split("...")
    }
    mine = [
        callback
        for callback in page.callbacks
        if (callback["clientside_function"] or {}).get("namespace") == "explore"
    ]
    assert {"learn", "measures", "filter"} <= {
        one["clientside_function"]["function_name"] for one in mine
    }
    for one in mine:
        if one["clientside_function"]["function_name"] in ("turned", "link", "copied", "tabled"):
            continue  # has nothing to do before a control changes, a click, or a table
        assert not one["no_output"]
        assert {f"{given['id']}.{given['property']}" for given in one["inputs"]} - written


def test_a_joint_embedding_that_was_refused_says_why(look, sampled: Path) -> None:
    comparison = look(sampled, "good", "poor")
    refused = Comparison(
        comparison.runs,
        View(),
        results={
            "joint": InMemoryResult({}, {"refused": "other probes", "runs": ["good", "poor"]})
        },
    )
    assert "other probes" in json.dumps(
        cards.captions(refused)["joint-state"], cls=plotly.utils.PlotlyJSONEncoder
    )
    assert cards.figures(refused, ["joint"])["joint"].layout.meta["view"] == "empty"


def test_a_choice_of_other_runs_is_another_address(page: Page) -> None:
    remove = json.dumps(ids.remove("good"), sort_keys=True, separators=(",", ":"))
    callback = next(
        callback
        for callback in page.callbacks
        if "location.search@" in callback["output"]
        and any("remove-run" in i["id"] for i in callback["inputs"])
    )
    body = page.body(callback, {**SHOWN}, f"{remove}.n_clicks")
    body["inputs"][0] = [{"id": ids.remove("good"), "property": "n_clicks", "value": 1}]
    answer = page.client.post("/_dash-update-component", json=body).get_json()["response"]
    assert answer == {"location": {"search": "?" + ExploreChoice(("poor",), View()).query()}}


def test_runs_are_read_once_for_header_and_page(sampled: Path, monkeypatch) -> None:
    app, reads = factory.create(sampled), []
    real = reading.read
    monkeypatch.setattr(reading, "read", lambda *given: reads.append(given) or real(*given))
    context = Context(
        sampled, Cache(app.server, config={"CACHE_TYPE": "SimpleCache"}), Board(sampled)
    )
    with app.server.test_request_context("/"):
        explore.header(context, {"runs": "good,poor"})
        explore.layout(context, {"runs": "good,poor"})
    assert len(reads) == 1
