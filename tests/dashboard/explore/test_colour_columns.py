"""Laws of another colour without the server: what the page makes of the columns is the figure that
the server draws, and the server sends no scene again.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from landscape_app.dashboard.explore import cards, colour_columns, ids
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.figures.colours import PLAIN, scale
from landscape_app.figures.palette import PALETTES, colourscale
from tests.dashboard.conftest import Page
from tests.dashboard.explore.sheet import key, opened
from tests.dashboard.explore.test_page import CONTROLS, FIGURES
from tests.scripts import test_scripts
from tests.scripts.test_scripts import with_node

pytestmark = pytest.mark.slow

MAKES = """
import { load } from './page.mjs';
import { readFileSync } from 'node:fs';
const { recolour } = load().landscape;
const { columns, figures, scale } = JSON.parse(readFileSync(0, 'utf8'));
const known = recolour.decode(columns);
const made = figures.map(({ meta, key }) => {
  const { traces, meta: now } = recolour.change(meta, key, known, scale);
  for (const trace of Object.values(traces)) {
    trace.color = Array.from(trace.color, (value) => (Number.isFinite(value) ? value : null));
  }
  return { traces, meta: now };
});
console.log(JSON.stringify(made));
"""


def made(comparison: Comparison, figures: list[tuple[go.Figure, str]]) -> list[dict[str, Any]]:
    """What assets/recolour.js makes of each figure in the colour beside it."""
    given = {
        "columns": colour_columns.columns(comparison.subjects),
        "figures": [{"meta": figure.layout.meta, "key": name} for figure, name in figures],
        "scale": colourscale(PALETTES[comparison.view.scheme]),
    }
    node = [str(test_scripts.NODE), "--input-type=module", "--eval", MAKES]
    text = json.dumps(given)
    ended = subprocess.run(
        node, cwd=test_scripts.HERE, input=text, capture_output=True, text=True, check=True
    )
    results: list[dict[str, Any]] = json.loads(ended.stdout)
    return results


def coloured(figure: go.Figure) -> dict[str, dict[str, Any]]:
    """{trace: part, color, cmin, cmax, colorscale} of the traces that a value colours."""
    parts: dict[str, dict[str, Any]] = {}
    for trace, where, name in figure.layout.meta["paint"]:
        if name not in ("scale", "stepped"):
            continue
        part = where.partition(".")[0]
        how = figure.data[trace][part]
        values = [float(value) if np.isfinite(value) else None for value in how.color]
        stops = [list(stop) for stop in how.colorscale]
        ends = {"cmin": how.cmin, "cmax": how.cmax}
        parts[str(trace)] = {"part": part, "color": values, **ends, "colorscale": stops}
    return parts


def plain(meta: Mapping[str, Any]) -> Any:
    return json.loads(json.dumps(meta))


def far_off(comparison: Comparison) -> Comparison:
    """The same with a last run whose losses exploded, and are infinite or none in the end."""
    last = comparison.runs[-1]
    assert last.subject is not None
    losses = np.asarray(last.subject.columns["train_loss"]) * 1e30
    losses[-3:] = np.inf, np.nan, -np.inf
    subject = replace(last.subject, columns={**last.subject.columns, "train_loss": losses})
    return replace(comparison, runs=(*comparison.runs[:-1], replace(last, subject=subject)))


@with_node
@pytest.mark.parametrize("off", [False, True])
@pytest.mark.parametrize("dims", [2, 3])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_the_page_makes_is_what_the_server_draws(
    sampled: Path, look: Callable[..., Comparison], dims: int, scheme: str, off: bool
) -> None:
    comparison = look(sampled, "good", "poor", dims=dims, joint_dims=dims, scheme=scheme)
    if off:
        comparison = far_off(comparison)
    before = cards.figures(comparison)
    scenes = [name for name, figure in before.items() if figure.layout.meta.get("colour")]
    assert scenes == ["scene-0", "scene-1", "joint"]
    pairs = [(name, colour) for name in scenes for colour in PLAIN]
    results = made(comparison, [(before[name], colour) for name, colour in pairs])
    drawn = {
        colour: cards.figures(
            replace(comparison, view=replace(comparison.view, colour=colour)), scenes
        )
        for colour in PLAIN
    }
    for (name, colour), result in zip(pairs, results, strict=True):
        figure = drawn[colour][name]
        assert coloured(figure), name
        assert result["traces"] == coloured(figure), (name, colour)
        assert result["meta"] == plain(figure.layout.meta), (name, colour)


def test_the_columns_of_every_colour_come_with_the_address_of_the_page(page: Page) -> None:
    known = opened(page, "?runs=good,poor&colour=epoch")[ids.KNOWN]["data"]
    assert "colour=" not in known["columns"]  # it is the same for all of them
    answer = page.client.get(known["columns"]).get_json()
    assert list(answer["colours"]) == PLAIN
    assert set(answer["rows"]) == {"good", "poor"}
    packed = page.client.get(known["columns"], headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    other = {"Sec-Fetch-Site": "cross-site"}
    assert page.client.get(known["columns"], headers=other).status_code == 403
    assert page.client.get("/colours?runs=nobody").get_json()["rows"] == {}


def test_what_is_off_the_scale_is_said_of_each_colour(
    sampled: Path, look: Callable[..., Comparison]
) -> None:
    comparison = look(sampled, "good", "poor")
    far, near = comparison.subjects[0], comparison.subjects[1]
    far = replace(far, columns={**far.columns, "train_loss": far.columns["train_loss"] * 1e30})
    columns = colour_columns.columns([far, near])
    assert scale("train_loss", [far, near]).off
    assert columns["colours"]["train_loss"]["value"]["cut"] is not None
    assert columns["colours"]["epoch"]["value"]["cut"] is None


@pytest.mark.parametrize("colour", [name for name in PLAIN if name != "train_loss"])
def test_the_server_answers_another_colour_with_its_words_alone(page: Page, colour: str) -> None:
    search = "?runs=good,poor"
    shown = opened(page, search)
    graphs = [json.loads(id)["name"] for id in shown if '"type":"place"' in id]
    spoken = [json.loads(id)["name"] for id in shown if '"type":"words"' in id]
    values = {
        f"{ids.RUNS}.data": ["good", "poor"],
        **CONTROLS,
        f"{ids.COLOUR}.value": colour,
        f"{ids.SEEN}.data": shown[ids.SEEN]["data"],
        "graph": graphs,
        "words": spoken,
    }
    answer = page.call(FIGURES, values, f"{ids.COLOUR}.value").get_json()["response"]
    assert set(answer) == {ids.LEGEND, ids.NOTE, ids.KNOWN, ids.SEEN}
    now = opened(page, f"{search}&colour={colour}")
    for id, name in ((ids.LEGEND, "children"), (ids.NOTE, "children"), (ids.KNOWN, "data")):
        assert answer[id][name] == now[id][name]
    assert answer[ids.SEEN]["data"] == now[ids.SEEN]["data"]
    # and with something else that is other, it is drawn as ever
    values[f"{ids.DIMS}.value"] = "2"
    answer = page.call(FIGURES, values, f"{ids.DIMS}.value").get_json()["response"]
    figure = answer[key(ids.graph("scene-0"))]["figure"]
    assert figure["layout"]["meta"]["colour"] == colour


@pytest.mark.parametrize("before", ["train_loss", "paper"])
def test_the_server_draws_the_scenes_where_the_marks_are_other_ones(
    page: Page, before: str
) -> None:
    after = {"train_loss": "paper", "paper": "train_loss"}[before]
    shown = opened(page, f"?runs=good,poor&colour={before}")
    graphs = [json.loads(id)["name"] for id in shown if '"type":"place"' in id]
    values = {
        f"{ids.RUNS}.data": ["good", "poor"],
        **CONTROLS,
        f"{ids.COLOUR}.value": after,
        f"{ids.SEEN}.data": shown[ids.SEEN]["data"],
        "graph": graphs,
        "words": [json.loads(id)["name"] for id in shown if '"type":"words"' in id],
    }
    answer = page.call(FIGURES, values, f"{ids.COLOUR}.value").get_json()["response"]
    drawn = {name for name in graphs if key(ids.graph(name)) in answer}
    assert drawn == {"scene-0", "scene-1", "joint"}
    for name in drawn:
        meta = answer[key(ids.graph(name))]["figure"]["layout"]["meta"]
        assert meta["colour"] == after
