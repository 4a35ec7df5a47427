"""The routes of what a person takes away: a figure, the data that are shown, a report.

A query has the words of the page's address (runs, method, dims, colour, filtration, distance; of a
surface kind, value, heights), and what the browser alone knows: camera and pick as JSON, the
filters seeds, steps and epochs as lists. A figure of a study has the words of the page Study.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from dash import Dash
from flask import Response, abort, request

from landscape_app.dashboard.appearance import flat
from landscape_app.dashboard.common import addresses
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.explore import linked
from landscape_app.dashboard.explore.choice import SHOWN
from landscape_app.dashboard.explore.linked import Camera
from landscape_app.dashboard.explore.stores import Pick
from landscape_app.dashboard.export import data, figures, opened
from landscape_app.dashboard.export.exported import exported
from landscape_app.dashboard.export.paper_figures import paper_figure
from landscape_app.dashboard.export.report import ReportState, report
from landscape_app.dashboard.export.shown_snapshots import NAMES, finite, of_words
from landscape_app.dashboard.export.study_figures import study_figure
from landscape_app.errors import LandscapeError, RunMissingError, SpecError

AT_ONCE = 1  # pictures and reports: each takes a browser, or seconds of this process
KINDS = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "csv": "text/csv",
    "npz": "application/zip",
    "html": "text/html",
    "json": "application/json",
}
OF_SURFACE = ("kind", "value", "heights", "dims", "points", "extent")
Made = tuple[bytes, str]  # content, and name of the file


def register(app: Dash, context: Context) -> None:
    """Add the routes to the server of `app`."""
    places = threading.BoundedSemaphore(AT_ONCE)
    for path, name, make in (
        ("/take/figure/<name>.<format>", "take-figure", _figure),
        ("/take/shown.<format>", "take-shown", _shown),
        ("/take/study/<name>.<format>", "take-study", _study),
        ("/take/paper/<name>.<format>", "take-paper", _paper),
        ("/take/report.html", "take-report", _report),
    ):
        app.server.add_url_rule(path, name, partial(_answer, make, context, places))


def _figure(context: Context, name: str, format: str) -> Made:
    """?run=: whose figure it is, of those with one for each run; width and height in mm. name: of
    export.figures, or the panel of topology.
    """
    runs = _runs()
    if name == "surface":
        settings = {key: value for key, value in request.args.items() if key in OF_SURFACE}
    else:
        settings = _view()
    if name == figures.TOPOLOGY:  # its cards show the part that the view names
        name = figures.of_part(opened.view_of(settings).part)
    run = request.args.get("run") or None
    if name == "measures" and "rows" in request.args:
        settings["rows"] = request.args["rows"]
    if name != "surface":
        settings |= _filters()
    drawn = exported(context, runs, name, settings, run=run, camera=_camera())
    return drawn.file(format, **_sizes()), f"{name}-{run or '-'.join(runs)}.{format}"


def _study(context: Context, name: str, format: str) -> Made:
    """A figure of the page Study; its query is that of the page."""
    drawn = study_figure(context, name, request.args.to_dict())
    file = f"{name}-{drawn.study.choice.id}.{format}"
    return drawn.file(format, **_sizes()), file


def _paper(context: Context, name: str, format: str) -> Made:
    """A figure of the page Paper; ?id=: of which study."""
    drawn = paper_figure(context, name, request.args.get("id", ""))
    return drawn.file(format, **_sizes()), f"{name}-{drawn.view.id}.{format}"


def _sizes() -> dict[str, float]:
    """Width and height of a picture in mm."""
    given = [side for side in ("width", "height") if side in request.args]
    return {f"{side}_mm": finite(side, request.args[side]) for side in given}


def _shown(context: Context, format: str) -> Made:
    comparison = opened.compared(context, _runs(), opened.view_of(_view()))
    write = {"csv": data.shown_csv, "npz": data.shown_npz}.get(format)
    if write is None:
        raise SpecError(f"What is shown is written as csv or npz, not as '{format}'.")
    return write(comparison, of_words(_filters())), f"{'-'.join(_runs())}.{format}"


def _report(context: Context) -> Made:
    scheme = "dark" if request.args.get("scheme") == "dark" else "light"
    left, shown = request.args.get("left") == "pick", of_words(_filters())
    state = ReportState(scheme, _camera(), _pick(), shown, left)  # type: ignore[arg-type]
    page = report(context, _runs(), opened.view_of(_view()), state)
    return page.encode(), f"{'-'.join(_runs())}.html"


def _answer(
    make: Callable[..., Made], context: Context, places: threading.BoundedSemaphore, **names: str
) -> Response:
    """The file; a refusal in words, with the status of whose fault it is."""
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        abort(403, description="Requests from other sites are refused.")
    if not places.acquire(blocking=False):
        return _told("Another file is being made. Try again in a moment.", 429)
    try:
        content, name = make(context, **names)
    except LandscapeError as error:
        return _told(str(error), 404 if isinstance(error, RunMissingError) else 422)
    finally:
        places.release()
    answer = Response(content, mimetype=KINDS[name.rpartition(".")[2]])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _told(words: str, status: int) -> Response:
    return Response(words, status=status, mimetype="text/plain")


def _runs() -> list[str]:
    return addresses.run_ids(request.args)


def _view() -> dict[str, str]:
    """The settings of the view. A browser without WebGL shows everything in the plane, and that is
    what it takes away.
    """
    view = {name: value for name, value in request.args.items() if name in SHOWN}
    plane = {name: "2" for name in SHOWN if name.endswith("dims")}
    return view | (plane if flat() else {})


def _camera() -> Camera | None:
    """The camera of the scenes."""
    text = request.args.get("camera")
    if not text:
        return None
    try:
        return linked.turned_to(text)
    except SpecError as error:
        raise SpecError(f"camera: {error}") from error


def _pick() -> dict[str, Any] | None:
    given = _json("pick")
    if given is None:
        return None
    return {name: value for name, value in given.items() if name in Pick.__annotations__}


def _json(name: str) -> Mapping[str, Any] | None:
    if not (text := request.args.get(name)):
        return None
    value = None
    with suppress(ValueError):
        value = json.loads(text)
    if not isinstance(value, Mapping):
        raise SpecError(f"{name}: cannot be read.")
    return value


def _filters() -> dict[str, str]:
    """The filters of the rail, as far as they hide something."""
    return {name: request.args[name] for name in NAMES if name in request.args}
