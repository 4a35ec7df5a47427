"""Laws of the routes of what a person takes away: the same files as from the command line, for this
page alone, one at a time, and a refusal in its words.
"""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient

from landscape_app.cli.main import main
from landscape_app.dashboard import downloads, factory
from tests.dashboard.explore.conftest import sampled, surfaced

__all__ = ["sampled", "surfaced"]
RUNS = "runs=good,poor"
CAMERA = {part: {"x": i, "y": 2, "z": 3} for i, part in enumerate(("eye", "center", "up"))}


@pytest.fixture
def client(surfaced: Path) -> FlaskClient:
    """The routes, on the sampled runs."""
    app = factory.create(surfaced)
    return app.server.test_client()


@pytest.mark.parametrize("panel", ["scene", "curves", "measures"])
def test_a_figure_is_that_of_the_command(
    client: FlaskClient, surfaced: Path, tmp_path: Path, panel: str
) -> None:
    target = tmp_path / "a.csv"
    flags = ["--panel", panel, "--colour", "epoch", "--to", str(target)]
    assert main(["figure", "good", "poor", *flags, "--runs", str(surfaced)]) == 0
    answer = client.get(f"/take/figure/{panel}.csv?{RUNS}&colour=epoch")
    assert answer.data == target.read_bytes()
    name = re.search(r'filename="([^"]+)"', answer.headers["Content-Disposition"])
    assert name is not None
    assert name[1] == f"{panel}-good-poor.csv"


def test_the_camera_of_the_browser_is_that_of_the_figure(client: FlaskClient) -> None:
    camera = json.dumps(CAMERA)
    answer = client.get(f"/take/figure/scene.json?{RUNS}&run=poor&camera={camera}")
    layout = json.loads(answer.data)["layout"]
    assert layout["scene"]["camera"]["eye"] == CAMERA["eye"]
    assert layout["meta"]["runs"] == ["poor"]


def test_what_is_shown_follows_the_filters(client: FlaskClient) -> None:
    answer = client.get(f"/take/shown.npz?{RUNS}&seeds=1&steps=0.5&epochs=2,3")
    arrays = np.load(io.BytesIO(answer.data))
    assert set(arrays["good/seed"].tolist()) == {-1, 1}  # the anchor is always shown
    assert set(arrays["good/epoch"][1:].tolist()) == {2, 3}
    rows = client.get(f"/take/shown.csv?{RUNS}").data.decode().splitlines()
    assert sum(line.startswith("good,") for line in rows) > 20


def test_a_report_begins_as_the_page_was_left(client: FlaskClient) -> None:
    pick = json.dumps({"kind": "trajectory", "run": "good", "focus": 2, "evil": "<script>"})
    query = f"{RUNS}&scheme=dark&pick={pick}&camera={json.dumps(CAMERA)}&seeds=0"
    page = client.get(f"/take/report.html?{query}").data.decode()
    data = json.loads(re.search(r'id="report-data">(.*?)</script>', page, re.S)[1])
    assert data["pick"] == {"kind": "trajectory", "run": "good", "focus": 2}
    assert data["scheme"] == "dark"
    assert data["filters"]["seeds"] == [0.0]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("figure/scen.csv?runs=good", 422, "Did you mean"),
        ("figure/scene.gif?runs=good", 422, "no format"),
        ("figure/scene.csv?runs=gone", 404, "gone"),
        ("figure/scene.csv", 422, "One to 4 runs"),
        ("figure/scene.csv?runs=good&method=tsne", 422, "has not been computed"),
        ("figure/scene.csv?runs=good&camera=[1]", 422, "camera"),
        ('figure/scene.csv?runs=good&camera={"eye":{"x":1}}', 422, "camera"),
        ("figure/scene.png?runs=good&width=wide", 422, "width"),
        ("shown.doc?runs=good", 422, "csv or npz"),
        ("shown.csv?runs=good&epochs=1", 422, "epochs"),
        ("report.html?runs=good&pick=x", 422, "pick"),
    ],
)
def test_a_refusal_is_in_words(client: FlaskClient, path: str, status: int, words: str) -> None:
    answer = client.get(f"/take/{path}")
    assert answer.status_code == status
    assert answer.mimetype == "text/plain"
    assert words in answer.text


def test_only_this_page_asks_and_one_file_is_made_at_a_time(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, surfaced: Path
) -> None:
    path = f"/take/figure/curves.csv?{RUNS}"
    assert client.get(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    monkeypatch.setattr(downloads, "AT_ONCE", 0)
    busy = factory.create(surfaced).server.test_client()
    assert busy.get(path).status_code == 429
    assert client.get(path).status_code == client.get(path).status_code == 200


def test_a_report_says_that_its_pick_was_too_large(client: FlaskClient) -> None:
    said = "What was picked on the page is too large for a report."
    assert said in client.get("/take/report.html?runs=good&left=pick").text
    assert said not in client.get("/take/report.html?runs=good").text


def test_a_picture_follows_the_filters(client: FlaskClient) -> None:
    every, shown = (
        client.get(f"/take/figure/curves.csv?{RUNS}{filters}").text
        for filters in ("", "&seeds=1&epochs=2,3")
    )
    assert len(shown.splitlines()) < len(every.splitlines())
    assert '"epochs": [2, 3]' in shown.splitlines()[0]
