"""The rail: which runs, which plane, what is its height, how fine it is computed, and what is at
work.
"""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import html

from landscape_app.dashboard.appearance import FLAT
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.controls import (
    labelled,
    message,
    options,
    run_picker,
    segments,
    select,
)
from landscape_app.dashboard.common.side_rail import rail_part, side_rail
from landscape_app.dashboard.surface import ids
from landscape_app.dashboard.surface.view import SurfaceView
from landscape_app.errors import LandscapeError
from landscape_app.figures.colours import COLOURS
from landscape_app.figures.surface import VALUES
from landscape_app.number_text import duration
from landscape_app.registries import PLANES
from landscape_app.settings import SurfaceSpec, parse
from landscape_app.store.derived import Result

SHORT = {"line": "Line", "random": "Random", "hessian": "Hessian", "pca": "PCA"}


def rail(context: Context, view: SurfaceView) -> Any:
    """Everything left of the cards."""
    return side_rail(
        "What is shown, and how",
        rail_part("Runs", run_picker(ids.RUNS, context.board, view.choice.runs)),
        _plane(view),
        _height(view),
        *([rail_part("Without WebGL", message(FLAT, small=True))] if view.choice.flat else []),
        _grid(view),
    )


def _plane(view: SurfaceView) -> Any:
    kinds = options({name: SHORT.get(name, entry.label) for name, entry in PLANES.items()})
    kind = segments(ids.KIND, kinds, view.choice.kind, "Kind of plane")
    help = html.P(PLANES[view.choice.kind].help, id=ids.KIND_HELP, className="ls-small ls-muted")
    return rail_part("Plane through the anchor", kind, help)


def _height(view: SurfaceView) -> Any:
    values = options({name: COLOURS[name].label for name in VALUES})
    value = select(ids.VALUE, values, view.choice.value, "What is shown")
    heights = segments(
        ids.HEIGHTS,
        options({"log": "log₁₀", "linear": "linear"}),
        view.choice.heights,
        "Heights",
        disabled=not COLOURS[view.choice.value].log,
    )
    return rail_part("Shown", labelled("Height", value), labelled("Scale", heights))


def _grid(view: SurfaceView) -> Any:
    spec = of_newest(view)
    label, off, note = computing(view, spec.points, spec.extent)
    compute = dmc.Button(
        label, id=ids.COMPUTE, disabled=off, variant="light", size="xs", fullWidth=True
    )
    save = dmc.Button(
        "Download CSV",
        id=ids.SAVE,
        variant="default",
        size="xs",
        fullWidth=True,
        disabled=not view.drawn,
    )
    return rail_part(
        "Grid",
        *_size(spec),
        compute,
        html.P(note, id=ids.COMPUTE_NOTE, className="ls-small ls-muted", role="status"),
        save,
        last=True,
    )


def _size(spec: SurfaceSpec) -> list[Any]:
    """Points and extent of the grid, a row each."""
    points = _number(
        ids.POINTS,
        spec.points,
        "Points along each axis",
        min=3,
        max=1001,
        step=10,
        allowDecimal=False,
    )
    extent = _number(
        ids.EXTENT,
        spec.extent,
        "Extent on both sides of the anchor, in units",
        min=0.01,
        max=10,
        step=0.25,
        decimalScale=3,
    )
    return [labelled("Points", points), labelled("Extent ±", extent)]


def _number(id: str, value: float, label: str, **bounds: Any) -> Any:
    return dmc.NumberInput(
        id=id, value=value, size="xs", debounce=400, **{"aria-label": label}, **bounds
    )


def of_newest(view: SurfaceView) -> SurfaceSpec:
    """The settings of the first surface shown, else the defaults."""
    stored = next((run.stored for run in view.runs if run.stored is not None), None)
    grid = {} if stored is None else grid_of(stored)
    try:
        return parse(SurfaceSpec, {"kind": view.choice.kind, **grid})
    except LandscapeError:  # of a folder that may be a stranger's
        return parse(SurfaceSpec, {"kind": view.choice.kind})


def grid_of(stored: Result) -> dict[str, Any]:
    """Points and extent of a stored surface, as far as it says them."""
    names = ("points", "extent")
    return {name: stored.parameters[name] for name in names if name in stored.parameters}


def computing(view: SurfaceView, points: Any, extent: Any) -> tuple[str, bool, str]:
    """(the button's label, whether it is off, what is said under it) for a grid of these points and
    this extent.
    """
    try:
        spec = parse(SurfaceSpec, {"kind": view.choice.kind, "points": points, "extent": extent})
    except LandscapeError as error:
        return "Compute", True, str(error)
    if wanted := wanting(view, spec):
        count = spec.points if spec.kind == "line" else spec.points**2
        pace = _pace(view, count * len(wanted))
        return (
            f"Compute {_of_runs(view, wanted)}".strip(),
            False,
            f"{count:,} points, each on all train and test rows{pace}.",
        )
    if any(run.state == "working" for run in view.runs):
        return "Computing", True, ""
    size = f"{spec.points:,}" if spec.kind == "line" else f"{spec.points:,} × {spec.points:,}"
    if not view.drawn:  # no run that could have one
        return "Compute", True, ""
    return "Computed", True, f"{size} points, ±{spec.extent:g} units."


def wanting(view: SurfaceView, spec: SurfaceSpec) -> list[str]:
    """Ids of the runs shown that a job could give this surface, and that have none that is
    current.
    """
    grid = {"points": spec.points, "extent": spec.extent}
    return [
        run.id
        for run in view.runs
        if run.computable and (run.stale or run.stored is None or grid_of(run.stored) != grid)
    ]


def _of_runs(view: SurfaceView, wanted: list[str]) -> str:
    """For how many runs, or for which; nothing where only one is shown."""
    if len(wanted) > 1:
        return f"for {len(wanted)} runs"
    labels = (run.label for run in view.runs if run.id == wanted[0])
    return f"for {next(labels)}" if len(view.runs) > 1 else ""


def _pace(view: SurfaceView, count: int) -> str:
    """How long that many points take, at the pace of a surface that is shown; empty where there is
    none.
    """
    paces = [
        float(run.stored.meta.get("points_per_second") or 0)
        for run in view.runs
        if run.stored is not None
    ]
    fit = [pace for pace in paces if pace > 0]
    if not fit:
        return ""
    seconds = count / min(fit)
    time = "less than a second" if seconds < 1 else f"about {duration(seconds)}"
    return f"; {time}, plus the start of the job"
