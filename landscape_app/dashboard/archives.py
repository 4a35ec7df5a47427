"""The routes of archives: downloads from the runs folder, and uploads into it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from dash import Dash
from flask import Response, abort, jsonify, request

from landscape_app.dashboard import access, uploads
from landscape_app.dashboard.common.context import Context
from landscape_app.errors import LandscapeError, RunMissingError
from landscape_app.store import packing, standing, unpacking

# a page elsewhere cannot send it without being asked first, which no answer here allows
HEADER = "X-Landscape"
AT_ONCE = 2  # downloads: each holds one of the server's threads for as long as the browser reads


def register(app: Dash, context: Context) -> None:
    """Add the routes to the server of `app`."""
    runs, server = context.runs, app.server
    places = threading.BoundedSemaphore(AT_ONCE)
    with suppress(LandscapeError):
        uploads.sweep(runs)
    server.add_url_rule("/archive/<id>.tar", "archive", partial(_download, runs, places))
    for path, name, step in STEPS:
        server.add_url_rule(path, name, partial(_answer, step, runs), methods=["POST"])


def _begin(runs: Path) -> dict[str, Any]:
    return {"token": uploads.begin(runs, _number("size"))}


def _piece(runs: Path, token: str) -> dict[str, Any]:
    return {"at": uploads.append(runs, token, _number("at"), request.get_data(cache=False))}


def _import(runs: Path, token: str) -> dict[str, Any]:
    imported = uploads.take(runs, token)
    access.noted("import", [imported.id])
    return {"said": " ".join(unpacking.words(imported)), "id": imported.id}


def _drop(runs: Path, token: str) -> dict[str, Any]:
    uploads.drop(runs, token)
    return {}


# path, name and work of each step of an upload
STEPS: tuple[tuple[str, str, Callable[..., dict[str, Any]]], ...] = (
    ("/archive", "archive-begin", _begin),
    ("/archive/<token>", "archive-piece", _piece),
    ("/archive/<token>/import", "archive-import", _import),
    ("/archive/<token>/drop", "archive-drop", _drop),
)


def _answer(step: Callable[..., dict[str, Any]], runs: Path, **names: str) -> Response:
    """What a step gives as JSON; a refusal in words, with the status of whose fault it is."""
    if HEADER not in request.headers:
        abort(403, description="Archives are accepted only from this page.")
    if not access.may_change():
        abort(403, description=access.NO_CHANGE)
    try:
        return jsonify(step(runs, **names))
    except LandscapeError as error:
        answer = jsonify({"error": str(error)})
        answer.status_code = (
            409
            if isinstance(error, uploads.BusyError)
            else 413
            if isinstance(error, uploads.TooLargeError)
            else 422
        )
        return answer


def _number(name: str) -> int:
    given = request.args.get(name, "")
    if not given.isascii() or not given.isdigit() or len(given) > 15:
        abort(400, description=f"{name} must be a whole number.")
    return int(given)


def _download(runs: Path, places: threading.BoundedSemaphore, id: str) -> Response:
    """The archive of `id`, made while it is sent; ?data=1: with the data that are kept for it."""
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        abort(403, description="Requests from other sites are refused.")
    if not places.acquire(blocking=False):
        return _told("Other archives are being downloaded. Try again later.", 429)
    try:
        alone = standing.of_study_called(runs, id).state == "results"  # none of its runs is there
        packing_list = packing.packing_list(
            runs, id, data=request.args.get("data") == "1", results_only=alone
        )
    except RunMissingError as error:
        places.release()
        return _told(str(error), 404)
    except LandscapeError as error:
        places.release()
        return _told(str(error), 422)
    except BaseException:
        places.release()
        raise
    answer = Response(packing_list.content(), mimetype="application/x-tar")
    answer.call_on_close(places.release)
    answer.content_length = packing_list.manifest.size
    answer.headers["Content-Disposition"] = f'attachment; filename="{id}.tar"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _told(words: str, status: int) -> Response:
    return Response(words, status=status, mimetype="text/plain")
