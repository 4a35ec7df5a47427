"""Laws of what the callbacks answer: a redraw is what a new view of the page shows, and a run that
is added is in the address.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from landscape_app.dashboard import factory
from landscape_app.dashboard.explore import ids
from tests.dashboard.conftest import Page
from tests.dashboard.explore.sheet import came, components, key
from tests.dashboard.explore.sheet import opened as layout
from tests.dashboard.explore.test_page import CONTROLS, FIGURES


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes",
    [
        {"method": "pca", "dims": "2"},
        {"colour": "epoch", "filtration": "test_loss"},
        {"distance": "softmax", "part": "profile"},
    ],
)
def test_a_redraw_is_what_a_new_view_shows(page: Page, changes: dict[str, str]) -> None:
    query = "?runs=good,poor&" + "&".join(f"{name}={value}" for name, value in changes.items())
    shown = layout(page, query)
    stand = {f"{ids.RUNS}.data": ["good", "poor"], **CONTROLS}
    stand |= {f"{getattr(ids, name.upper())}.value": value for name, value in changes.items()}
    graphs = [json.loads(id)["name"] for id in shown if '"type":"place"' in id]
    for name, graph in came(page, shown[ids.KNOWN]["data"]["figures"], graphs).items():
        shown[key(ids.graph(name))] = graph["props"]
    spoken = [json.loads(id)["name"] for id in shown if '"type":"words"' in id]
    values = {**stand, f"{ids.SEEN}.data": {}, "graph": graphs, "words": spoken}
    answer = page.call(FIGURES, values, f"{ids.TICK}.n_intervals").get_json()["response"]
    assert len(graphs) > 4
    assert len(spoken) > len(graphs)
    for id, properties in answer.items():
        for name, value in properties.items():
            assert value is not None, id
            assert value == shown[id].get(name), (id, name)
    expected = {key(ids.graph(name)) for name in graphs} | {ids.FINDING, ids.LEGEND, ids.KNOWN}
    assert expected <= set(answer)


def test_the_header_has_a_chip_a_run_and_offers_the_others(troubled: Path) -> None:
    shown = layout(Page(factory.create(troubled)), "?runs=good,poor")
    assert [part["data-run"] for part in components(shown[ids.CHIPS]) if "data-run" in part] == [
        "good",
        "poor",
    ]
    offered = {json.loads(id)["run"] for id in shown if '"type":"add-run"' in id}
    assert {"half", "unanalysed"} <= offered
    assert not {"good", "poor"} & offered
    assert {json.loads(id)["run"] for id in shown if '"type":"remove-run"' in id} == {
        "good",
        "poor",
    }


@pytest.mark.parametrize(
    ("added", "runs"), [("poor", ["half", "poor"]), ("both", ["good", "poor"])]
)
def test_a_run_that_is_added_is_in_the_address(troubled: Path, added: str, runs: list[str]) -> None:
    page = Page(factory.create(troubled))
    id = {"type": "add-run", "run": added}
    callback = next(
        callback
        for callback in page.callbacks
        if "location.search@" in callback["output"]
        and any("add-run" in given["id"] for given in callback["inputs"])
    )
    body = page.body(callback, {f"{ids.RUNS}.data": ["half"], **CONTROLS}, f"{key(id)}.n_clicks")
    body["inputs"][1] = [{"id": id, "property": "n_clicks", "value": 1}]
    answer = page.client.post("/_dash-update-component", json=body).get_json()["response"]
    assert f"runs={','.join(runs)}" in answer["location"]["search"].replace("%2C", ",")
