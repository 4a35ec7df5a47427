"""The rail: which runs, which plane, what is its height, how fine it is computed, and what is at
work.
"""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import html

from landscape_app.dashboard.common import job_strip
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.controls import labelled, run_picker
from landscape_app.dashboard.surface import ids
from landscape_app.dashboard.surface.view import SurfaceView
from landscape_app.errors import LandscapeError
from landscape_app.figures.colours import COLOURS
from landscape_app.figures.surface import VALUES
from landscape_app.number_text import duration
from landscape_app.registries import PLANES
from landscape_app.settings import SurfaceSpec, parse

SHORT = {"line": "Line", "random": "Random", "hessian": "Hessian", "pca": "PCA"}


def rail(context: Context, view: SurfaceView) -> Any:
    """Everything left of the cards."""
    return html.Aside(
        [
            _runs(context, view),
            _plane(view),
            _height(view),
            _grid(view),
            html.Div(job_strip.strip(), className="ls-rail-jobs"),
        ],
        className="ls-rail",
        **{"aria-label": "What is shown, and how"},
    )


def _runs(context: Context, view: SurfaceView) -> Any:
    control = run_picker(ids.RUNS, context.board, view.choice.runs)
    return html.Section([html.H2("Runs"), control], className="ls-rail-part")


def _plane(view: SurfaceView) -> Any:
    control = dmc.SegmentedControl(
        id=ids.KIND,
        data=[
            {"value": name, "label": SHORT.get(name, entry.label)} for name, entry in PLANES.items()
        ],
        value=view.choice.kind,
        size="xs",
        fullWidth=True,
        **{"aria-label": "Kind of plane"},
    )
    help = html.P(PLANES[view.choice.kind].help, id=ids.KIND_HELP, className="ls-small ls-muted")
    return html.Section(
        [html.H2("Plane through the anchor"), control, help], className="ls-rail-part"
    )


def _height(view: SurfaceView) -> Any:
    value = dmc.Select(
        id=ids.VALUE,
        data=[{"value": name, "label": COLOURS[name].label} for name in VALUES],
        value=view.choice.value,
        allowDeselect=False,
        size="xs",
        comboboxProps={"shadow": "md"},
        **{"aria-label": "What is shown"},
    )
    heights = dmc.SegmentedControl(
        id=ids.HEIGHTS,
        data=[{"value": "log", "label": "log₁₀"}, {"value": "linear", "label": "linear"}],
        value=view.choice.heights,
        size="xs",
        fullWidth=True,
        disabled=not COLOURS[view.choice.value].log,
        **{"aria-label": "Heights"},
    )
    return html.Section(
        [html.H2("Shown"), labelled("Height", value), labelled("Scale", heights)],
        className="ls-rail-part",
    )


def _grid(view: SurfaceView) -> Any:
    spec = of_newest(view)
    points = dmc.NumberInput(
        id=ids.POINTS,
        value=spec.points,
        min=3,
        max=1001,
        step=10,
        size="xs",
        debounce=400,
        allowDecimal=False,
        **{"aria-label": "Points along each axis"},
    )
    extent = dmc.NumberInput(
        id=ids.EXTENT,
        value=spec.extent,
        min=0.01,
        max=10,
        step=0.25,
        decimalScale=3,
        size="xs",
        debounce=400,
        **{"aria-label": "Extent on both sides of the anchor, in units"},
    )
    label, off, note = computing(view, spec.points, spec.extent)
    return html.Section(
        [
            html.H2("Computed at"),
            labelled("Points", points),
            labelled("Extent ±", extent),
            dmc.Button(
                label, id=ids.COMPUTE, disabled=off, variant="light", size="xs", fullWidth=True
            ),
            html.P(note, id=ids.COMPUTE_NOTE, className="ls-small ls-muted", role="status"),
            dmc.Button(
                "Download CSV",
                id=ids.SAVE,
                variant="default",
                size="xs",
                fullWidth=True,
                disabled=not view.drawn,
            ),
        ],
        className="ls-rail-part ls-picked",
    )


def of_newest(view: SurfaceView) -> SurfaceSpec:
    """The settings of the first surface shown, else the defaults."""
    stored = next((run.stored for run in view.runs if run.stored is not None), None)
    kept: dict[str, Any] = (
        {}
        if stored is None
        else {
            name: stored.parameters[name]
            for name in ("points", "extent")
            if name in stored.parameters
        }
    )
    try:
        return parse(SurfaceSpec, {"kind": view.choice.kind, **kept})
    except LandscapeError:  # of a folder that may be a stranger's
        return parse(SurfaceSpec, {"kind": view.choice.kind})


def computing(view: SurfaceView, points: Any, extent: Any) -> tuple[str, bool, str]:
    """(the button's label, whether it is off, what is said under it) for a grid of these points and
    this extent.
    """
    try:
        spec = parse(SurfaceSpec, {"kind": view.choice.kind, "points": points, "extent": extent})
    except LandscapeError as error:
        return "Compute", True, str(error)
    lacking = wanting(view, spec)
    size = f"{spec.points:,}" if spec.kind == "line" else f"{spec.points:,} × {spec.points:,}"
    if not lacking:
        busy = any(run.state == "working" for run in view.runs)
        return (
            ("At work" if busy else "Computed"),
            True,
            "" if busy or not view.drawn else f"{size} points, ±{spec.extent:g} units.",
        )
    of = (
        f"for {len(lacking)} runs"
        if len(lacking) > 1
        else ""
        if len(view.runs) == 1
        else f"for {_label(view, lacking[0])}"
    )
    count = spec.points if spec.kind == "line" else spec.points**2
    return (
        f"Compute {of}".strip(),
        False,
        f"{count:,} points, each on all train and test rows{_pace(view, count * len(lacking))}.",
    )


def wanting(view: SurfaceView, spec: SurfaceSpec) -> list[str]:
    """Ids of the runs shown that a job could give this surface, and that have none that is
    current.
    """
    found = []
    for run in view.runs:
        kept = (
            None
            if run.stored is None
            else {name: run.stored.parameters.get(name) for name in ("points", "extent")}
        )
        if run.computable and (run.stale or kept != {"points": spec.points, "extent": spec.extent}):
            found.append(run.id)
    return found


def _label(view: SurfaceView, id: str) -> str:
    return next(run.label for run in view.runs if run.id == id)


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
    return (
        "; "
        + ("less than a second" if seconds < 1 else f"about {duration(seconds)}")
        + ", and the start"
    )
