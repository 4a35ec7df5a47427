"""Laws of the samplings beside each other: a point stands where it was embedded and has the colour
of its value; each sampling has axes of its own, and picks of it are of it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from landscape_app.figures import clouds, colours
from landscape_app.figures.figure_meta import faults
from landscape_app.figures.palette import PALETTES, colourscale
from landscape_app.figures.paths import framed
from landscape_app.figures.points import points
from landscape_app.figures.view import ALL, JUMPS, DrawnRun, InMemoryResult, View
from tests.figures import made

KINDS = (JUMPS, "naive", "grid")


def cloud(kind: str, shift: int) -> InMemoryResult:
    """The paper's sample of a made run, or twelve points of a static sampling."""
    columns = made.columns()
    if kind == JUMPS:
        taken = (columns["trajectory"] >= 0) & (columns["step_size"] > 0)
        columns = {name: values[taken] for name, values in columns.items()}
    else:
        columns = {name: values[1:13] + 0 for name, values in columns.items()}
        columns["step_size"] = np.linspace(0.05, 1.7, 12)
        columns["seed"] = np.full(12, -1) if kind == "grid" else 10 + np.arange(12) // 3
        columns["epoch"] = np.zeros(12)
        columns["train_loss"] = columns["train_loss"] * 100
    rows = columns["row"]
    at = made.embedding(rows, 2, shift=shift).arrays["coordinates"]
    arrays = {"rows": rows, "coordinates": at}
    arrays |= {name: columns[name].astype(float) for name in clouds.COLUMNS}
    return InMemoryResult(arrays, {"anchor": [0.5, shift], "components": 2, "t": 7})


def subject(kinds: tuple[str, ...] = KINDS) -> DrawnRun:
    results = {clouds.key(kind): cloud(kind, shift) for shift, kind in enumerate(kinds)}
    return replace(made.subject(), results=results)


def drawn(view: View, of: DrawnRun) -> go.Figure:
    scale = colours.scale(view.colour, [of, *clouds.drawn(of, view)])
    return clouds.draw(of, view, scale)


def groups(figure: go.Figure) -> list[dict]:
    """What can be picked, of every sampling; jump and retrain first."""
    meta = figure.layout.meta
    return [*({**base, "sampling": JUMPS} for base in meta["base"]), *meta["points"]]


@pytest.mark.parametrize("colour", colours.COLOURS)
def test_points_stand_where_they_were_embedded_on_axes_of_their_sampling(colour: str) -> None:
    of, view = subject(), View(sampling=ALL, colour=colour)
    figure = drawn(view, of)
    assert faults(figure) == []
    axes: dict[str, str] = {}
    for kind in KINDS:
        stored = of.results[clouds.key(kind)].arrays
        expected = framed(stored["coordinates"])
        seen = []
        for group in (group for group in groups(figure) if group["sampling"] == kind):
            trace = figure.data[group["trace"]]
            place = np.searchsorted(stored["rows"], group["rows"])
            np.testing.assert_allclose(np.c_[trace.x, trace.y], expected[place], atol=1e-6)
            seen += group["rows"]
            axes[kind] = trace.xaxis
        assert sorted(seen) == stored["rows"].tolist()
    assert len(set(axes.values())) == len(KINDS)
    stars = [trace for trace in figure.data if trace.marker.symbol == "star"]
    assert {star.xaxis for star in stars} == set(axes.values())


def test_a_colour_is_the_value_of_its_point_on_one_range_for_all() -> None:
    of = subject()
    figure = drawn(View(sampling=ALL), of)
    ends = set()
    for group in groups(figure):
        marker = figure.data[group["trace"]].marker
        cloud_of = clouds.points(of, group["sampling"])
        loss = cloud_of.values("train_loss", group["rows"])
        np.testing.assert_allclose(marker.color, np.log10(loss), rtol=1e-5)
        ends.add((marker.cmin, marker.cmax))
    assert len(ends) == 1


def test_a_grid_has_no_direction_and_so_no_colour_of_a_seed() -> None:
    figure = drawn(View(sampling="grid", colour="seed"), subject())
    [group] = figure.layout.meta["points"]
    assert figure.data[group["trace"]].marker.color == PALETTES["light"].muted
    assert all(words.startswith("point") for words in group["words"])


def test_a_direction_and_a_step_are_said_of_a_point() -> None:
    of = subject()
    [group] = drawn(View(sampling="naive"), of).layout.meta["points"]
    naive = clouds.points(of, "naive")
    for row, words in zip(group["rows"], group["words"], strict=True):
        seed = int(naive.values("seed", [row])[0])
        assert words.startswith(f"direction {seed} · step ")


@pytest.mark.parametrize("colour", ["train_loss", "seed", "paper"])
def test_a_change_of_scheme_is_what_paint_names(colour: str) -> None:
    of = subject()
    light, dark = (drawn(View(sampling=ALL, colour=colour, scheme=s), of) for s in PALETTES)
    meta, palette = light.layout.meta, PALETTES["dark"]
    named = {**palette.named(), "scale": colourscale(palette), "stepped": meta["scale"]}
    named["fading"] = meta["fading"] and meta["fading"]["dark"]
    for trace, where, name in meta["paint"]:
        part, key = where.split(".")
        light.data[trace][part][key] = named[name]
    for one, other in zip(light.data, dark.data, strict=True):
        assert go.Figure(one).to_json() == go.Figure(other).to_json()


def test_every_point_is_taken_away_with_its_place_and_its_value() -> None:
    of, view = subject(), View(sampling=ALL)
    figure = drawn(view, of)
    scale = colours.scale("train_loss", [of, *clouds.drawn(of, view)])
    legend = {"runs": [], "value": colours.legend_value(scale)}
    figure.layout.meta = {**figure.layout.meta, "legend": legend}
    table = points(figure, [of])
    shown = {kind: of.results[clouds.key(kind)].arrays for kind in KINDS}
    assert len(table["x"]) == sum(len(arrays["rows"]) for arrays in shown.values())
    for kind in KINDS[1:]:
        mine = table["sampling"] == kind
        assert table["point"][mine].tolist() == shown[kind]["rows"].tolist()
        losses = table["value"][mine].astype(float)
        np.testing.assert_allclose(losses, shown[kind]["train_loss"], rtol=1e-5)


def test_only_jumps_have_the_colours_of_step_sizes() -> None:
    of = subject()
    scale = colours.scale("paper", [of, *clouds.drawn(of, View(sampling=ALL))])
    assert scale.jumps is not None
    assert list(scale.jumps.seen) == [step for step in made.STEPS if step > 0]


def test_what_is_not_stored_is_not_drawn() -> None:
    of = subject((JUMPS, "grid"))
    assert clouds.kinds(of, View(sampling=ALL)) == [JUMPS, "grid"]
    assert clouds.kinds(of, View(sampling="naive")) == []
    assert clouds.kinds(of, View()) == []  # trajectories are no clouds
    assert {need.key for need in clouds.needs(View(sampling=ALL))} >= set(of.results)
