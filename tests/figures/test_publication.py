"""Laws of pictures for a paper: their size, their colours, their own legend and colour bar; what is
said where they cannot be drawn.
"""

from __future__ import annotations

import base64
import re
import shutil
import struct
from pathlib import Path

import plotly.graph_objects as go
import pytest

from landscape_app.errors import FigureError
from landscape_app.figures import colours, curves, joint, scene
from landscape_app.figures.palette import PALETTES
from landscape_app.figures.publication import DPI, browser_page, printable, publication
from landscape_app.figures.view import View
from tests.figures import made

WIDTH = 89.0  # mm
browser = pytest.mark.skipif(
    not any(map(shutil.which, ("chromium", "google-chrome", "chrome"))), reason="needs a browser"
)


def with_legend(figure: go.Figure, subjects, scale=None) -> go.Figure:
    runs = [{"run": s.run, "label": s.label, "look": s.look} for s in subjects]
    value = scale and colours.legend_value(scale)
    figure.layout.meta = {**figure.layout.meta, "legend": {"runs": runs, "value": value}}
    return figure


def scene_of(colour: str = "train_loss", dims: int = 3, scheme: str = "dark") -> go.Figure:
    subject = made.subject(dims=dims)
    scale = colours.scale(colour, [subject])
    drawn = scene.draw(subject, View(dims=dims, colour=colour, scheme=scheme), scale)
    return with_legend(drawn, [subject], scale)


def curves_of(count: int = 2) -> go.Figure:
    subjects = [made.subject(slot, factor=2.0**slot) for slot in range(count)]
    return with_legend(curves.draw(subjects, View()), subjects)


def test_a_dark_figure_is_printed_in_light_colours_on_white() -> None:
    for colour in ("train_loss", "seed", "paper"):
        dark, light = (scene_of(colour, scheme=scheme) for scheme in ("dark", "light"))
        assert printable(dark, 300, 300).to_json() == printable(light, 300, 300).to_json()
        printed = printable(dark, 300, 300)
        assert printed.layout.paper_bgcolor == "#fff"
        assert dark.to_json() == scene_of(colour, scheme="dark").to_json()  # it stays
        only_dark = set(PALETTES["dark"].named().values()) - set(PALETTES["light"].named().values())
        printed.layout.meta = None
        assert not [name for name in only_dark if f'"{name}"' in printed.to_json()]


def bars(figure: go.Figure) -> list:
    parts = [part for trace in figure.data for part in (trace.line, trace.marker)]
    return [part.colorbar for part in parts if "showscale" in part and part.showscale]


def test_a_colour_bar_is_there_once_and_in_the_values_own_unit() -> None:
    [bar] = bars(printable(scene_of("train_loss"), 300, 300))
    assert "train loss" in bar.title.text
    [bar] = bars(printable(scene_of("train_accuracy"), 300, 300))
    assert bar.ticktext[0].endswith("%")
    [bar] = bars(printable(scene_of("seed"), 300, 300))
    assert list(bar.ticktext) == [str(seed) for seed in range(made.SEEDS)]
    many = made.subject(seeds=40, dims=2)  # more names than there is room for
    scale = colours.scale("seed", [many])
    drawn = scene.draw(many, View(dims=2, colour="seed"), scale)
    [bar] = bars(printable(with_legend(drawn, [many], scale), 300, 300))
    assert list(bar.ticktext) == [str(seed) for seed in range(0, 40, 4)]
    assert bars(printable(curves_of(), 300, 200)) == []


def test_the_legend_names_the_runs_and_the_marks() -> None:
    def names(figure: go.Figure) -> list[str]:
        return [trace.name for trace in printable(figure, 300, 300).data if trace.showlegend]

    assert names(curves_of(3)) == [made.subject(slot).label for slot in range(3)]
    assert names(scene_of())[1:] == ["anchor", "jump"]
    assert made.subject().label in names(scene_of())[0]
    steps = [f"jump {step:g}" for step in made.STEPS if step > 0]
    assert names(scene_of("paper", dims=2))[1:] == ["anchor", *steps]
    assert names(scene_of("paper"))[1:] == ["★ anchor", *steps]


@pytest.mark.parametrize(
    ("format", "size", "words"),
    [
        ("gif", {}, "png, svg or pdf"),
        ("png", {"width_mm": 3}, "20 to 1000 mm"),
        ("png", {"height_mm": 1e6}, "height"),
    ],
)
def test_what_cannot_be_is_said(format: str, size: dict, words: str) -> None:
    with pytest.raises(FigureError, match=words):
        publication(curves_of(), format, **size)


def test_no_browser_is_a_plain_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("BROWSER_PATH", "/nowhere/chromium")
    with pytest.raises(FigureError, match="browser"):
        publication(curves_of(), "svg")


def test_the_page_that_draws_asks_nobody_for_anything() -> None:
    scripts = re.findall(r'src="([^"]*)"', browser_page().generate_index())
    assert len(scripts) == 3  # plotly, the pixels of print, and what draws
    for script in scripts:
        assert Path(script.removeprefix("file://")).is_file(), script


@browser
@pytest.mark.browser
@pytest.mark.slow
def test_files_have_the_width_that_was_asked_for() -> None:
    png = publication(curves_of(), "png", width_mm=WIDTH, height_mm=50)
    width, height = struct.unpack(">II", png[16:24])
    assert abs(width - WIDTH / 25.4 * DPI) <= 1
    assert abs(height - 50 / 25.4 * DPI) <= 1
    at = png.index(b"pHYs")
    assert struct.unpack(">IIB", png[at + 4 : at + 13]) == (11811, 11811, 1)
    svg = publication(curves_of(), "svg", width_mm=WIDTH).decode()
    assert f'width="{WIDTH:g}mm"' in svg.partition(">")[0]
    assert "<image" not in svg  # vectors
    assert "<path" in svg
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", svg)
    pdf = publication(curves_of(), "pdf", width_mm=WIDTH)
    [box] = re.findall(rb"/MediaBox\s*\[([^\]]*)\]", pdf)
    assert abs(float(box.split()[2]) - WIDTH / 25.4 * 72) < 1  # points
    assert b"/Subtype /Image" not in pdf


@browser
@pytest.mark.browser
@pytest.mark.slow
def test_a_scene_is_pixels_of_print_within_vectors() -> None:
    svg = publication(scene_of(), "svg", width_mm=WIDTH).decode()
    [image] = re.findall(r'<image[^>]*href="data:image/png;base64,([^"]*)"', svg)
    width, _ = struct.unpack(">II", base64.b64decode(image)[16:24])
    assert abs(width - WIDTH / 25.4 * DPI) <= 2
    assert svg.count("<text") > 3  # colour bar and legend are no pixels


def test_a_joint_scene_has_one_colour_bar_for_all_runs() -> None:
    subjects = [made.subject(slot) for slot in range(2)]
    scale = colours.scale("train_loss", subjects)
    drawn = joint.draw(made.joint(subjects), subjects, View(), scale)
    assert len(bars(printable(with_legend(drawn, subjects, scale), 300, 300))) == 1
