"""Runs folders with something of everything in them, and the application on top."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dash import Dash
from flask.testing import FlaskClient
from flask_caching import Cache

from landscape_app.dashboard import factory
from landscape_app.dashboard.common import ids, pictures
from landscape_app.dashboard.common.board import Board
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.page_table import PAGES
from landscape_app.jobs.session import session
from landscape_app.settings import AnalysisSpec, RunSpec, parse
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder

TINY = {
    "data": "blobs",
    "network": "mlp-small",
    "regime": "plain",
    "train_epochs": 4,
    "seeds": 2,
    "step_sizes": [0.5],
    "epochs": 5,
}


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small picture is on the page at once, however busy the machine is."""
    monkeypatch.setattr(pictures, "PATIENCE", 30.0)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """A folder with a finished run, one that never began, a study of both, and one that cannot be
    read.
    """
    folder = tmp_path / "runs"
    folder.mkdir()
    done = RunFolder.create(folder, "done", parse(RunSpec, TINY))
    every = {
        "bundle": 0,
        "trajectories": list(range(len(done.spec.trajectories))),
        "first": 0,
        "last": done.spec.epochs,
    }
    with done.lock():
        # no test here looks inside
        done.commit("anchor", "anchor.safetensors", {"none": np.zeros(1)})
        done.commit(
            "chunk", "chunks/0.safetensors", {"none": np.zeros(done.spec.snapshots)}, **every
        )
        done.mark("finished")
    RunFolder.create(folder, "begun", parse(RunSpec, {**TINY, "regime": "poor"}))
    StudyFolder.create(folder, "both", ["done", "begun"], AnalysisSpec())
    (folder / "broken").mkdir()
    (folder / "broken" / "spec.json").write_text("{")
    return folder


@pytest.fixture
def app(runs: Path) -> Dash:
    """The dashboard of `runs`."""
    return factory.create(runs)


@pytest.fixture
def context(app: Dash, runs: Path) -> Context:
    """What the functions of the pages are given."""
    return Context(runs, Cache(app.server, config=factory.MEMORY), Board(runs))


@pytest.fixture
def client(app: Dash) -> FlaskClient:
    """A browser's requests to it, without the browser."""
    return app.server.test_client()


def sample_pair(runs: Path) -> None:
    """Fill `runs`: full and bare (sampled), begun (not sampled), broken (cannot be read)."""
    from landscape_app.pipeline.run import execute

    for id, regime in (("full", "plain"), ("bare", "poor")):
        run = RunFolder.create(runs, id, parse(RunSpec, {**TINY, "regime": regime}))
        with session(run.path) as progress:
            execute(run, progress)
    RunFolder.create(runs, "begun", parse(RunSpec, {**TINY, "regime": "plain"}))
    (runs / "broken").mkdir()
    (runs / "broken" / "spec.json").write_text("{")


class Page:
    """Calls an app's callbacks as the renderer does, by the id and property of an output."""

    def __init__(self, app: Dash, *, token: str = "") -> None:
        self.app = app
        self.client = app.server.test_client()
        if token:
            self.client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        self.client.get("/_dash-layout")
        self.callbacks: list[dict[str, Any]] = self.client.get("/_dash-dependencies").get_json()

    def callback(self, output: str) -> dict[str, Any]:
        """The one callback that has the output `output` ("id.property"), and not as a duplicate."""
        return next(
            callback
            for callback in self.callbacks
            if output in callback["output"].strip(".").split("...")
        )

    def served(self) -> list[dict[str, Any]]:
        """The callbacks that the server runs."""
        return [callback for callback in self.callbacks if not callback["clientside_function"]]

    def body(
        self, callback: dict[str, Any], values: dict[str, Any], changed: str = ""
    ) -> dict[str, Any]:
        """A well-formed request; `values` by "id.property" of inputs and state, None where not
        given.
        """

        def given(one: dict[str, Any]) -> Any:
            if one["id"].startswith("{"):
                return values.get(one["id"] + "." + one["property"], [])
            return {**_plain(one), "value": values.get(f"{one['id']}.{one['property']}")}

        return {
            "output": callback["output"],
            "outputs": outputs(callback["output"], values),
            "inputs": [given(one) for one in callback["inputs"]],
            "state": [given(one) for one in callback["state"]],
            "changedPropIds": [changed] if changed else [],
        }

    def call(self, output: str, values: dict[str, Any], changed: str = "") -> Any:
        """The response to the callback of `output`."""
        return self.client.post(
            "/_dash-update-component", json=self.body(self.callback(output), values, changed)
        )


def components(node: Any) -> Iterator[dict[str, Any]]:
    """Every component of a layout that is JSON: its type and its properties."""
    if isinstance(node, dict):
        if isinstance(node.get("props"), dict):
            yield node
        for value in node.values():
            yield from components(value)
    elif isinstance(node, list):
        for value in node:
            yield from components(value)


def drawn_pages(page: Page) -> list[Any]:
    """The shell and every page of the table as JSON, each as a browser gets it first."""
    answers: list[Any] = [page.client.get("/_dash-layout").get_json()]
    for path in PAGES:
        values = {f"{ids.LOCATION}.pathname": path, f"{ids.LOCATION}.search": "?show=done"}
        answer = page.call(f"{ids.PAGE}.children", values, f"{ids.LOCATION}.pathname")
        answers.append(json.loads(answer.text))
    return answers


def _plain(one: dict[str, Any]) -> dict[str, Any]:
    return {"id": one["id"], "property": one["property"]}


def outputs(text: str, values: dict[str, Any]) -> Any:
    """What the renderer sends as "outputs" for an output's id: one, or a list where there are
    several.

    Those of a pattern are a list of what is on the page: `values` may hold names for one,
    {"field-note": [names]}.
    """
    if not text.startswith(".."):
        return _output(text, values)
    return [_output(one, values) for one in text.strip(".").split("...")]


def _output(text: str, values: dict[str, Any]) -> Any:
    id, _, name = text.rpartition(".")
    if not id.startswith("{"):
        return {"id": id, "property": name}
    pattern = json.loads(id)
    return [
        {"id": pattern | {"name": one}, "property": name} for one in values.get(pattern["type"], [])
    ]


@pytest.fixture
def page(app: Dash) -> Page:
    """The page of `app`."""
    return Page(app)
