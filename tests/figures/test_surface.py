"""Laws of the drawn surface: every point at its place and height, holes where nothing is finite,
snapshots at their own loss.
"""

from __future__ import annotations

import json

import numpy as np
import plotly.graph_objects as go
import pytest

from landscape_app.figures.colours import COLOURS
from landscape_app.figures.palette import PALETTES
from landscape_app.figures.surface import MOST, VALUES, caption, draw, needs
from landscape_app.figures.view import DrawnRun, InMemoryResult, View

EPOCHS = 3
TRAJECTORIES = ((0, 0.5), (1, 1.0))  # (seed, step size)


def subject(*, points=7, kind="random", bad=False, residual_share=0.4):
    """A run of two trajectories over a surface whose loss is 2 + α on every β (so that rows and
    columns cannot be mixed up).
    """
    alpha = np.linspace(-1, 1, points)
    beta = np.zeros(1) if kind == "line" else alpha
    loss = np.broadcast_to(2 + alpha, (len(beta), points)).copy()
    if bad:
        loss[0, 0], loss[0, 1], loss[0, 2] = np.inf, np.nan, 0.0
    n = 1 + len(TRAJECTORIES) * (EPOCHS + 1)
    rows = np.arange(n)
    trajectory = (rows - 1) // (EPOCHS + 1)
    columns = {
        "row": rows,
        "trajectory": trajectory,
        "epoch": np.where(rows == 0, 0, (rows - 1) % (EPOCHS + 1)),
    }
    columns |= {
        "seed": np.where(rows == 0, -1, trajectory),
        "step_size": np.where(rows == 0, 0.0, np.array([0.5, 1.0])[trajectory]),
    }
    columns |= dict.fromkeys(VALUES, 0.1 + 0.01 * rows)
    arrays = {
        "alpha": alpha,
        "beta": beta,
        "rows": rows,
        "coordinates": np.column_stack([0.1 * rows, -0.2 * rows]),
        "residual": 0.3 * rows,
    }
    arrays |= {
        "train_loss": loss,
        "test_loss": 2 * loss,
        "train_accuracy": loss / 4,
        "test_accuracy": loss / 8,
    }
    meta = {
        "label": "Random plane",
        "labels": ["first"] if kind == "line" else ["first", "second"],
        "unit": "a jump of step size 1 (3 in weights)",
    }
    meta |= {"residual_share": residual_share, "batchnorm": "the anchor's"}
    return DrawnRun("one", "one", 1, EPOCHS, columns, {"surface": InMemoryResult(arrays, meta)})


CASES = [
    ("random", 3, go.Surface, go.Scatter3d),
    ("random", 2, go.Contour, go.Scatter),
    ("line", 3, go.Scatter, go.Scatter),
]


def grounds(figure):
    """(what is drawn of the surface, trajectories, jumps, anchor)."""
    return figure.data[:-3], *figure.data[-3:]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize(("kind", "dims", "ground", "trace"), CASES)
def test_a_surface_is_its_ground_and_three_traces_of_snapshots(kind, dims, ground, trace, value):
    figure = draw(subject(kind=kind), View(dims=dims), value=value)
    below, *snapshots = grounds(figure)
    assert all(isinstance(trace, ground) for trace in below)
    assert len(below) == (2 if kind == "line" else 1)
    assert [trace.mode for trace in snapshots] == ["lines", "markers", "markers"]
    assert all(isinstance(one, trace) for one in snapshots)
    json.loads(figure.to_json())


@pytest.mark.parametrize("dims", [2, 3])
def test_heights_are_logarithms_and_alpha_runs_along_x(dims):
    (ground,), *_ = grounds(draw(subject(), View(dims=dims)))
    np.testing.assert_allclose(
        ground.z, np.log10(np.broadcast_to(2 + np.linspace(-1, 1, 7), (7, 7))), rtol=1e-6
    )
    np.testing.assert_allclose(ground.x, np.linspace(-1, 1, 7))
    np.testing.assert_allclose(ground.customdata, 10.0 ** np.asarray(ground.z), rtol=1e-5)
    (ground,), *_ = grounds(draw(subject(), View(dims=dims), value="train_accuracy"))
    np.testing.assert_allclose(ground.z[0], (2 + np.linspace(-1, 1, 7)) / 4, rtol=1e-6)


def test_snapshots_stand_at_their_own_place_and_loss_with_the_pen_lifted_between_trajectories():
    one = subject()
    _, lines, jumps, anchor = grounds(draw(one, View(dims=3)))
    rows = np.array(lines.meta["rows"])
    there = rows >= 0
    assert rows[there].tolist() == list(range(1, 9))
    assert np.isnan(np.asarray(lines.x)[~there]).all()
    assert (~there).sum() == 1
    np.testing.assert_allclose(np.asarray(lines.x)[there], 0.1 * rows[there], rtol=1e-6)
    np.testing.assert_allclose(np.asarray(lines.y)[there], -0.2 * rows[there], rtol=1e-6)
    np.testing.assert_allclose(
        np.asarray(lines.z)[there], np.log10(0.1 + 0.01 * rows[there]), rtol=1e-5
    )
    assert jumps.meta["rows"] == [1, 5]
    assert (anchor.x[0], anchor.y[0]) == (0, 0)
    assert anchor.z[0] == pytest.approx(-1)
    _, lines, *_ = grounds(draw(subject(kind="line"), View()))
    np.testing.assert_allclose(
        np.asarray(lines.y)[there], np.log10(0.1 + 0.01 * rows[there]), rtol=1e-5
    )


@pytest.mark.parametrize("dims", [2, 3])
def test_what_is_not_finite_is_a_hole_and_counted(dims):
    one = subject(bad=True)
    (ground,), *_ = grounds(draw(one, View(dims=dims)))
    assert np.isnan(ground.z[0][:3]).all()
    assert np.isnan(ground.z).sum() == 3
    assert "2 of 49 points have no finite loss" in caption(one.results["surface"])
    assert not ground.connectgaps


@pytest.mark.parametrize("points", [3, MOST, MOST + 2, 2 * MOST + 1, 1001])
def test_a_fine_grid_is_thinned_about_the_anchor(points):
    (ground,), *_ = grounds(draw(subject(points=points), View(dims=2)))
    x = np.asarray(ground.x)
    assert len(x) <= MOST
    assert x[len(x) // 2] == 0
    assert len(x) % 2 == 1
    np.testing.assert_allclose(x, -x[::-1])
    np.testing.assert_allclose(10.0 ** np.asarray(ground.z[0]), 2 + x, rtol=1e-5)


@pytest.mark.parametrize("scheme", PALETTES)
@pytest.mark.parametrize(("kind", "dims"), [(kind, dims) for kind, dims, *_ in CASES])
def test_what_a_change_of_scheme_repaints_has_the_palettes_colour(kind, dims, scheme):
    figure = draw(subject(kind=kind), View(dims=dims, scheme=scheme))
    assert len(figure.layout.meta["paint"]) >= 3
    for trace, where, name in figure.layout.meta["paint"]:
        part, key = where.split(".")
        assert figure.data[trace][part][key] == PALETTES[scheme].named()[name]
    for entry in figure.layout.meta["base"]:
        assert len(figure.data[entry["trace"]].x) == len(entry["rows"])


def test_the_caption_says_the_unit_and_what_is_not_shown():
    said = caption(subject().results["surface"])
    assert "1 unit is a jump of step size 1" in said
    assert "40%" in said
    assert "BatchNorm statistics: the anchor's" in said
    assert "outside" not in caption(subject(residual_share=None).results["surface"])


def test_only_what_is_stored_can_be_drawn():
    with pytest.raises(ValueError, match="train_loss"):
        draw(subject(), View(), value="distance")
    assert set(VALUES) <= set(COLOURS)
    assert needs(View(), "pca")[0].parameters == {"kind": "pca"}


@pytest.mark.parametrize("kind", ["random", "line"])
def test_losses_below_zero_are_drawn_as_they_are(kind):
    one = subject(kind=kind)
    arrays = {**one.results["surface"].arrays}
    arrays |= {name: arrays[name] - 5 for name in ("train_loss", "test_loss")}
    below = DrawnRun(
        "one",
        "one",
        1,
        EPOCHS,
        one.columns,
        {"surface": InMemoryResult(arrays, one.results["surface"].meta)},
    )
    (ground, *_), *_ = grounds(draw(below, View(dims=3)))
    np.testing.assert_allclose(
        ground.y if kind == "line" else ground.z[0], np.linspace(-1, 1, 7) - 3, rtol=1e-6
    )
