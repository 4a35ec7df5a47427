"""Another colour of the scenes: the page gives it to them without the server, as the server would
draw them, whatever is hidden, lit or dark.
"""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, Response, expect

from landscape_app.bench.browser import choose
from landscape_app.dashboard.explore import ids
from landscape_app.figures.colours import COLOURS
from tests.browser.conftest import Server
from tests.browser.test_diverged import RUNS, diverged  # noqa: F401
from tests.browser.test_explore import pixels, ready
from tests.patience import patience

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SCENES = ["scene-0", "scene-1", "scene-2", "joint"]
# {view: {colour, meta, traces: {trace: how it is coloured}}} of the figures of the page
SHOWN = """(views) => Object.fromEntries(views.map((view) => {
  const gd = document.querySelector(`[data-view=${view}] .js-plotly-plot`);
  const { base, bars, overlay, ...meta } = gd.layout.meta;
  const traces = {};
  for (const [trace, where, name] of meta.paint) {
    if (!["scale", "stepped", "fading"].includes(name)) continue;
    const { color, cmin, cmax, colorscale } = gd.data[trace][where.split(".")[0]];
    const full = gd._fullData[trace][where.split(".")[0]];
    const values = color.bdata ? full.color : color;
    if (full.cmin !== cmin || full.cmax !== cmax) throw new Error("plotly has another range");
    traces[trace] = { color: Array.from(values, (value) => Number.isFinite(value) ? value : null),
                      cmin, cmax, colorscale };
  }
  return [view, { meta, traces }];
}))"""
PICK = """(run) => landscape.choose({ kind: "trajectory", run, focus: 5 })"""
HIDE = """(id) => window.dash_clientside.set_props(id, { value: [2, 9] })"""
AGAIN = """(view) => {
  window.Plotly.redraw(document.querySelector(`[data-view=${view}] .js-plotly-plot`));
}"""


def drawn(page: Page, server: Server, query: str) -> dict[str, Any]:
    """As SHOWN, of the figures that the server draws."""
    text = page.request.get(f"{server.url}/figures?{query}&cards={','.join(SCENES)}").text()
    figures = {}
    for line in map(json.loads, text.splitlines()):
        figure = line["children"]["props"]["figure"]
        meta = {
            name: part
            for name, part in figure["layout"]["meta"].items()
            if name not in ("base", "bars", "overlay")
        }
        traces = {}
        for trace, where, name in meta["paint"]:
            if name in ("scale", "stepped", "fading"):
                how = figure["data"][trace][where.partition(".")[0]]
                values = np.frombuffer(base64.b64decode(how["color"]["bdata"]), "<f4")
                color = [float(value) if np.isfinite(value) else None for value in values]
                rest = {part: how[part] for part in ("cmin", "cmax", "colorscale")}
                traces[str(trace)] = {"color": color, **rest}
        figures[line["name"]] = {"meta": meta, "traces": traces}
    return figures


def shown(page: Page, server: Server, colour: str, query: str = "") -> None:
    """The page shows what the server draws in this colour, or comes to it."""
    wanted = drawn(page, server, f"{query}&colour={colour}")
    until = time.monotonic() + patience(20)
    while page.evaluate(SHOWN, SCENES) != wanted and time.monotonic() < until:
        page.wait_for_timeout(100)
    figures = page.evaluate(SHOWN, SCENES)
    assert {name: figure["meta"] for name, figure in figures.items()} == {
        name: figure["meta"] for name, figure in wanted.items()
    }
    assert figures == wanted


def different(before: np.ndarray, after: np.ndarray) -> float:
    """The share of pixels that are not alike."""
    return float((np.abs(before - after).max(-1) > 24).mean())


@pytest.mark.parametrize(
    ("dims", "scheme"),
    [
        ("dims=3&joint_dims=2", "dark"),
        ("dims=2&joint_dims=3", "light"),
        pytest.param("dims=3&joint_dims=2", "light", marks=pytest.mark.exhaustive),
        pytest.param("dims=2&joint_dims=3", "dark", marks=pytest.mark.exhaustive),
    ],
)
def test_every_colour_is_what_the_server_draws(
    page: Page,
    diverged: Server,  # noqa: F811
    dims: str,
    scheme: str,
) -> None:
    query = f"runs={','.join(RUNS)}&{dims}"
    cookie = {"name": "landscape-scheme", "value": scheme, "url": diverged.url}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    page.goto(f"{diverged.url}/?{query}")
    ready(page)
    page.evaluate(HIDE, ids.EPOCHS)
    page.evaluate(PICK, RUNS[0])
    for colour in (*COLOURS, "train_loss"):
        label = COLOURS[colour].label
        if page.locator(f"#{ids.COLOUR}").input_value() != label:
            choose(page, ids.COLOUR, label)
        shown(page, diverged, colour, query)
        said = "fading with the epoch" if COLOURS[colour].fades else label
        expect(page.locator(".ls-legend")).to_contain_text(said)
    for view in SCENES:
        quick = pixels(page, view)
        page.evaluate(AGAIN, view)  # by plotly alone, from what the figure says
        page.wait_for_timeout(patience(300))
        assert different(quick, pixels(page, view)) < 0.001, view


def test_another_colour_is_seen_and_no_figure_comes(page: Page, explored: Server) -> None:
    answers: list[Response] = []
    page.on("response", lambda response: answers.append(response))
    page.goto(f"{explored.url}/?colour=seed")
    ready(page)
    before = {view: pixels(page, view) for view in SCENES}
    answers.clear()
    choose(page, ids.COLOUR, COLOURS["test_loss"].label)
    shown(page, explored, "test_loss")
    expect(page.locator(".ls-legend")).to_contain_text("test loss")
    for view in SCENES:
        assert different(before[view], pixels(page, view)) > 0.002, view
    asked = [answer.url for answer in answers if "/colours" in answer.url]
    assert len(asked) == 1
    assert not [answer.url for answer in answers if "/figures" in answer.url]
    redrawn = [answer for answer in answers if answer.status == 200 and "_dash-up" in answer.url]
    assert redrawn
    assert not [answer for answer in redrawn if '"figure"' in answer.text()]
    # the same figures as a page that opens in this colour
    recoloured = {view: pixels(page, view) for view in SCENES}
    page.goto(f"{explored.url}/?colour=test_loss")
    ready(page)
    page.mouse.move(1, 1)
    page.wait_for_timeout(patience(500))
    for view in SCENES:
        assert different(recoloured[view], pixels(page, view)) < 0.001, view


def test_back_and_forth_ends_at_the_last_one(page: Page, explored: Server) -> None:
    page.goto(f"{explored.url}/")
    ready(page)
    wanted = ["epoch", "seed", "train_loss", "distance", "test_loss", "seed", "step_size"]
    for colour in wanted:
        page.evaluate(
            "([id, value]) => window.dash_clientside.set_props(id, { value })",
            [ids.COLOUR, colour],
        )
        page.wait_for_timeout(30)
    expect(page.locator(".ls-legend")).to_contain_text(COLOURS[wanted[-1]].label)
    page.wait_for_timeout(patience(1000))
    shown(page, explored, wanted[-1])


def test_a_new_scheme_and_a_new_figure_keep_the_colour(page: Page, explored: Server) -> None:
    page.goto(f"{explored.url}/")
    ready(page)
    choose(page, ids.COLOUR, COLOURS["epoch"].label)
    shown(page, explored, "epoch")
    page.get_by_label("Light or dark").click()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    shown(page, explored, "epoch")
    page.evaluate(
        "([id, value]) => window.dash_clientside.set_props(id, { value })", [ids.DIMS, "2"]
    )
    shown(page, explored, "epoch", "dims=2")
    choose(page, ids.COLOUR, COLOURS["paper"].label)  # its scale is another one in each scheme
    shown(page, explored, "paper", "dims=2")
    page.get_by_label("Light or dark").click()
    shown(page, explored, "paper", "dims=2")
