"""Laws of scenes: each point is its snapshot's, one cube and one colour range for all, nothing is
invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from landscape_app.figures import colours, joint, scene, true_scale
from landscape_app.figures.palette import PALETTES, colourscale
from landscape_app.figures.paths import LIFTED, framed
from landscape_app.figures.view import DrawnRun, InMemoryResult, View
from tests.figures import made

DIMS = (2, 3)
AXES = "xyz"


def drawn(dims: int = 3, colour: str = "train_loss", **of) -> tuple[made.DrawnRun, go.Figure]:
    subject = made.subject(dims=dims, **of)
    return subject, scene.draw(
        subject, View(dims=dims, colour=colour), colours.scale(colour, [subject])
    )


def place(trace: go.Scatter3d, dims: int) -> np.ndarray:
    return np.stack([np.asarray(trace[axis], dtype=np.float64) for axis in AXES[:dims]], axis=1)


@pytest.mark.parametrize("dims", DIMS)
def test_a_point_stands_where_its_snapshot_was_embedded(dims: int) -> None:
    subject, figure = drawn(dims, without=(6, 7))
    stored = subject.results["embedding"].arrays
    expected = framed(stored["coordinates"])
    seen = set()
    for base in figure.layout.meta["base"]:
        at = place(figure.data[base["trace"]], dims)
        assert len(base["rows"]) == len(at)
        for row, point in zip(base["rows"], at, strict=True):
            if row == LIFTED:
                assert np.isnan(point).all()
            else:
                np.testing.assert_allclose(
                    point, expected[stored["rows"].tolist().index(row)], atol=1e-6
                )
                seen.add(row)
    assert seen == set(subject.rows.tolist())


@pytest.mark.parametrize("dims", DIMS)
@pytest.mark.parametrize("colour", colours.PLAIN)
def test_a_colour_is_its_snapshots_value_on_the_common_range(dims: int, colour: str) -> None:
    subjects = [made.subject(slot, dims=dims, factor=10.0**slot) for slot in range(2)]
    scale = colours.scale(colour, subjects)
    ends = set()
    for subject in subjects:
        figure = scene.draw(subject, View(dims=dims, colour=colour), scale)
        for base in figure.layout.meta["base"]:
            trace = figure.data[base["trace"]]
            for part in (trace.line, trace.marker):
                values = part.color
                if values is None or isinstance(values, str):
                    continue
                ends.add((part.cmin, part.cmax))
                there = np.array(base["rows"]) != LIFTED
                want = scale.colour.scaled(
                    subject.values(scale.colour.column, np.array(base["rows"])[there])
                )
                np.testing.assert_allclose(np.asarray(values)[there], want, rtol=1e-5, atol=1e-6)
    assert ends == {(scale.low, scale.high)}


def test_scenes_have_one_cube_one_eye_and_no_margin() -> None:
    scenes = [drawn(slot=slot, factor=slot + 1.0)[1].layout for slot in range(3)]
    for axis in ("xaxis", "yaxis", "zaxis"):
        assert len({tuple(scene.scene[axis].range) for scene in scenes}) == 1
    assert len({str(scene.scene.camera) for scene in scenes}) == 1
    assert {scene.scene.aspectmode for scene in scenes} == {"cube"}


@pytest.mark.parametrize("dims", DIMS)
def test_the_plane_needs_no_webgl(dims: int) -> None:
    _, figure = drawn(dims)
    assert {trace.type for trace in figure.data} == ({"scatter3d"} if dims == 3 else {"scatter"})


@pytest.mark.parametrize("dims", DIMS)
def test_one_trace_a_run_whatever_the_number_of_trajectories(dims: int) -> None:
    assert len(drawn(dims)[1].data) == len(drawn(dims, **made.LONG)[1].data)


def test_the_joint_scene_in_space_keeps_the_runs_apart() -> None:
    subjects, stored, figure = joint_scene(3)
    expected = framed(stored.arrays["coordinates"])
    for at, where in joint_points(subjects, stored, figure, 3):
        np.testing.assert_allclose(at, expected[where], atol=1e-6)


def test_the_joint_scene_in_the_plane_is_turned_to_fill_it_and_keeps_all_distances() -> None:
    subjects, stored, figure = joint_scene(2)
    drawn, at = [], []
    for place_of, where in joint_points(subjects, stored, figure, 2):
        drawn.append(place_of)
        at.append(stored.arrays["coordinates"][where])
    apart = np.linalg.norm(np.diff(drawn, axis=0), axis=1)
    meant = np.linalg.norm(np.diff(at, axis=0), axis=1)
    ratio = apart[meant > 1e-6] / meant[meant > 1e-6]
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-4)
    size = frames(np.array(drawn))
    assert size <= 1 + 1e-6
    for turn in np.radians(range(0, 180, 3)):  # it fills the frame: no turn leaves much more room
        cos, sin = np.cos(turn), np.sin(turn)
        assert frames(np.array(drawn) @ np.array([[cos, sin], [-sin, cos]])) >= 0.965 * size
    edges = [figure.layout[axis].range[1] for axis in ("xaxis", "yaxis")]
    assert min(np.subtract(edges, [joint.WIDER, 1])) > 0.1  # whole markers, names beside them


def frames(at: np.ndarray) -> float:
    """How many frames of the plane high the box of `at` (k, 2) is, or as many wide."""
    across, up = np.ptp(at, axis=0) / 2
    return float(max(across / joint.WIDER, up))


@pytest.mark.parametrize("dims", DIMS)
def test_runs_of_the_joint_scene_are_told_apart_without_colour_and_named(dims: int) -> None:
    *_, figure = joint_scene(dims)
    symbols = {
        figure.data[base["trace"]].marker.symbol
        for base in figure.layout.meta["base"]
        if len(base["rows"]) == 4
    }
    assert len(symbols - {None, "diamond"}) == 3
    names = next(trace for trace in figure.data if trace.mode == "text")
    assert [text.partition(" ")[2] for text in names.text] == ["run-0, gap 3 %", "Two", "Three"]


def joint_scene(dims: int) -> tuple[list[DrawnRun], InMemoryResult, go.Figure]:
    """Three runs in one embedding, the first with a label of its own, and their scene."""
    subjects = [
        replace(made.subject(slot, dims=dims, factor=slot + 1.0), label=label)
        for slot, label in enumerate(("One", "Two", "Three"))
    ]
    stored, scale = made.joint(subjects, dims), colours.scale("train_loss", subjects)
    labels = {subjects[0].run: "run-0, gap 3 %"}
    view = View(joint_dims=dims)
    return subjects, stored, joint.draw(stored, subjects, view, scale, labels=labels)


def joint_points(
    subjects: list[DrawnRun], stored: InMemoryResult, figure: go.Figure, dims: int
) -> Iterator[tuple[np.ndarray, int]]:
    """(where each snapshot is drawn, its position in the stored embedding)."""
    for base in figure.layout.meta["base"]:
        number = [subject.run for subject in subjects].index(base["run"])
        at = place(figure.data[base["trace"]], dims)
        for row, point in zip(base["rows"], at, strict=True):
            if row != LIFTED:
                mine = (stored.arrays["rows"] == row) & (stored.arrays["run"] == number)
                yield point, int(np.flatnonzero(mine)[0])


def test_a_joint_scene_of_fewer_runs_than_were_embedded_shows_only_those() -> None:
    subjects = [made.subject(slot) for slot in range(3)]
    figure = joint.draw(
        made.joint(subjects), subjects[1:], View(), colours.scale("train_loss", subjects)
    )
    assert {base["run"] for base in figure.layout.meta["base"]} == {"run-1", "run-2"}


def test_true_distances_have_one_scale_and_other_pictures_fill_their_cube() -> None:
    subjects = [made.subject(slot) for slot in range(2)]
    large = {**subjects[1].results, "embedding": _twice(subjects[0])}
    subjects[1] = replace(subjects[1], results=large)
    assert true_scale.on_one_scale(View(method="metric-mds"))
    assert not true_scale.on_one_scale(View(method="metric-mds", distance="euclidean"))
    assert not true_scale.on_one_scale(View())
    scale, reach = colours.scale("train_loss", subjects), true_scale.reach(subjects).high
    reaches = []
    for subject in subjects:
        figure = scene.draw(subject, View(method="metric-mds"), scale, reach=reach)
        points = np.concatenate(
            [place(figure.data[base["trace"]], 3) for base in figure.layout.meta["base"]]
        )
        reaches.append(np.nanmax(np.linalg.norm(points, axis=1)))
    assert reaches == pytest.approx([0.5, 1.0], rel=1e-3)


def _twice(subject: DrawnRun) -> InMemoryResult:
    stored = subject.results["embedding"]
    doubled = {**stored.arrays, "coordinates": 2 * np.asarray(stored.arrays["coordinates"])}
    return InMemoryResult(doubled, stored.meta)


def test_overlays_are_there_empty_and_above_all_else() -> None:
    _, figure = drawn()
    overlay = figure.layout.meta["overlay"]
    assert set(overlay) == {"path", "edge", "focus"}
    for trace in overlay.values():
        assert np.isnan(place(figure.data[trace], 3)).all()
        assert trace in figure.layout.meta["front"]


@pytest.mark.parametrize("dims", DIMS)
@pytest.mark.parametrize("colour", ["train_loss", "seed", "paper"])
def test_every_colour_that_a_scheme_decides_is_named(dims: int, colour: str) -> None:
    """What a script repaints after a change of scheme is what the figure would have been drawn
    with.
    """
    subject = made.subject(dims=dims)
    light, dark = (
        scene.draw(subject, View(dims=dims, scheme=scheme), colours.scale(colour, [subject]))
        for scheme in PALETTES
    )
    meta, palette = light.layout.meta, PALETTES["dark"]
    named = {**palette.named(), "scale": colourscale(palette), "stepped": meta["scale"]}
    named["fading"] = meta["fading"] and meta["fading"]["dark"]
    for trace, where, name in meta["paint"]:
        part, key = where.split(".")
        light.data[trace][part][key] = named[name]
    light.layout.template = dark.layout.template
    for one, other in zip(light.data, dark.data, strict=True):
        assert go.Figure(one).to_json() == go.Figure(other).to_json()
