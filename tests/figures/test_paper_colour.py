"""Laws of the colours of the paper: hue by seed, fading with the epoch; jumps as diamonds by step
size; a star at the anchor.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
import pytest
from plotly.colors import hex_to_rgb

from landscape_app.figures import colours, joint, scene
from landscape_app.figures.figure_meta import faults
from landscape_app.figures.palette import CATEGORIES, FADED, PALETTES, Scheme, mixed
from landscape_app.figures.points import points
from landscape_app.figures.view import DrawnRun, View
from tests.figures import made

NEAR = 0.02 * 255  # of a channel: the ends of a seed's step stay clear of its neighbours
JUMP, ANCHOR = "diamond", "star"
JUMPED = [step for step in made.STEPS if step > 0]


def drawn(dims: int, scheme: Scheme, *, several: bool) -> tuple[list[DrawnRun], go.Figure]:
    """A scene of one run, or that of two with other numbers of epochs."""
    count = 2 if several else 1
    subjects = [made.subject(slot, dims=dims, epochs=3 + 3 * slot) for slot in range(count)]
    view = View(dims=dims, joint_dims=dims, colour="paper", scheme=scheme)
    scale = colours.scale("paper", subjects)
    if several:
        return subjects, joint.draw(made.joint(subjects, dims), subjects, view, scale)
    return subjects, scene.draw(subjects[0], view, scale)


def shades(part: go.scatter.Marker, at: np.ndarray) -> np.ndarray:
    """(len(at), 3) the colours that plotly gives to these points of a trace."""
    share = (np.asarray(part.color, float)[at] - part.cmin) / (part.cmax - part.cmin)
    places, colours = zip(*part.colorscale, strict=True)
    channels = np.array([hex_to_rgb(colour) for colour in colours]).T
    return np.stack([np.interp(share, places, channel) for channel in channels], axis=1)


def expected(subject: DrawnRun, rows: np.ndarray, scheme: Scheme, last: int) -> np.ndarray:
    """(len(rows), 3) the hue of each seed, mixed toward the card."""
    seeds, epochs = subject.values("seed", rows), subject.values("epoch", rows)
    kept = FADED + (1 - FADED) * (1 - epochs / last)
    pairs = zip(seeds, kept, strict=True)
    card = PALETTES[scheme].card
    return np.array(
        [hex_to_rgb(mixed(CATEGORIES[int(seed)], card, share)) for seed, share in pairs]
    )


def of_trajectories(figure: go.Figure) -> Sequence[tuple[go.scatter.Marker, dict]]:
    """(what colours it, its base) of each trace with the colour that fades."""
    bases = {base["trace"]: base for base in figure.layout.meta["base"]}
    paint = [line for line in figure.layout.meta["paint"] if line[2] == "fading"]
    return [(figure.data[trace][where.split(".")[0]], bases[trace]) for trace, where, _ in paint]


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("scheme", PALETTES)
@pytest.mark.parametrize("dims", [2, 3])
def test_a_snapshot_has_the_hue_of_its_seed_and_fades_with_its_epoch(
    dims: int, scheme: Scheme, several: bool
) -> None:
    subjects, figure = drawn(dims, scheme, several=several)
    assert faults(figure) == []
    found = of_trajectories(figure)
    assert len(found) == len(subjects)
    last = max(subject.epochs for subject in subjects)
    for (part, base), subject in zip(found, subjects, strict=True):
        at = np.flatnonzero(np.array(base["rows"]) > 0)
        rows = np.array(base["rows"])[at]
        assert set(rows) == set(subject.rows[1:])
        apart = np.abs(shades(part, at) - expected(subject, rows, scheme, last))
        assert apart.max() <= NEAR


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("dims", [2, 3])
def test_jumps_are_diamonds_by_step_size_and_the_anchor_is_a_star(dims: int, several: bool) -> None:
    subjects, figure = drawn(dims, "light", several=several)
    bases = figure.layout.meta["base"]
    jumps = [base for base in bases if figure.data[base["trace"]].marker.symbol == JUMP]
    assert len(jumps) == len(subjects)
    for base, subject in zip(jumps, subjects, strict=True):
        marker, rows = figure.data[base["trace"]].marker, np.array(base["rows"])
        steps, epochs = subject.columns["step_size"], subject.columns["epoch"]
        assert set(rows) == set(subject.rows[(steps > 0) & (epochs == 0)])  # no control is a jump
        np.testing.assert_allclose(marker.color, subject.values("step_size", rows))
        assert (marker.cmin, marker.cmax) == (min(JUMPED), max(JUMPED))
    stars = [
        base
        for base in bases
        if ANCHOR in (figure.data[base["trace"]].marker.symbol, _word(figure.data[base["trace"]]))
        and not base.get("follows")
    ]
    assert [base["rows"] for base in stars] == [[0]] * len(subjects)


def _word(trace: go.Scatter) -> str:
    return ANCHOR if trace.text is not None and tuple(trace.text) == ("★",) else ""


def test_another_colour_has_the_marks_of_every_other_one() -> None:
    subject = made.subject()
    plain = scene.draw(subject, View(colour="seed"), colours.scale("seed", [subject]))
    assert not [trace for trace in plain.data if trace.marker.symbol == JUMP and len(trace.x) > 1]
    assert plain.layout.meta["fading"] is None


def test_points_that_are_taken_away_have_seed_epoch_and_step_and_no_made_up_value() -> None:
    subjects, figure = drawn(2, "light", several=False)
    value = colours.legend_value(colours.scale("paper", subjects))
    figure.layout.meta = {**figure.layout.meta, "legend": {"runs": [], "value": value}}
    assert "value" not in points(figure, subjects)
    assert [step for step, _ in value["jumps"]] == list(JUMPED)
    assert len({colour for _, colour in value["jumps"]}) == len(JUMPED)
