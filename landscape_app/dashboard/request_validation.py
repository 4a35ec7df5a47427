"""What a callback request must look like; another is refused with 4xx before Dash reads it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from dash import Dash
from dash.exceptions import DashException, DependencyException, PreventUpdate
from flask import Response, abort, request
from werkzeug.exceptions import HTTPException, NotFound

from landscape_app.errors import LandscapeError

log = logging.getLogger("landscape")
DISPATCH = "/_dash-update-component"
# What a callback raises when a value that came with the request is one that no control of the page
# sends.
MISFITS = (TypeError, ValueError, LookupError, AttributeError, DashException, LandscapeError)


def check(app: Dash) -> None:
    """Put the check in front of `app`'s callbacks; call it once all are registered. A script of a
    package that the page does not have is not found, where Dash failed.
    """
    app.server.register_error_handler(DependencyException, lambda _: NotFound().get_response())
    app.server.view_functions[DISPATCH] = checked(
        app.server.view_functions[DISPATCH], app.callback_map
    )


def checked(
    dispatch: Callable[[], Response], callbacks: Mapping[str, Any]
) -> Callable[[], Response]:
    """`dispatch`, with 400 for a body of the wrong form and 422 for values that misfit."""

    def guarded() -> Response:
        body = request.get_json()
        if (wrong := fault(body, callbacks)) is not None:
            abort(400, description=wrong)
        try:
            return dispatch()
        except (PreventUpdate, HTTPException):
            raise
        except MISFITS:
            log.exception("The callback for %s failed.", body["output"][:200])
            abort(
                422,
                description="The page's request failed. The server's log says why.",
            )

    return guarded


def fault(body: Any, callbacks: Mapping[str, Any]) -> str | None:
    """What is wrong with a callback request's body, in words; None if nothing is."""
    if not isinstance(body, dict):
        return "The body must be a JSON object."
    known = callbacks.get(body["output"]) if isinstance(body.get("output"), str) else None
    if known is None or "callback" not in known:  # those without one run in the browser
        return "There is no such callback."
    if not isinstance(changed := body.get("changedPropIds", []), list) or not all(
        isinstance(name, str) for name in changed
    ):
        return "changedPropIds must be a list of names."
    for side, wanted in (("inputs", known["inputs"]), ("state", known["state"])):
        given = body.get(side, [])
        if not isinstance(given, list) or len(given) != len(wanted):
            return f"{side}: {len(wanted)} are needed."
        if not all(_fits(item, want) for item, want in zip(given, wanted, strict=True)):
            return f"{side}: they do not belong to this callback."
    if not known["no_output"] and not _outputs(body.get("outputs")):
        return "outputs: each needs an id and a property."
    return None


def _outputs(value: Any) -> bool:
    items = value if isinstance(value, list) else [value]
    flat = [output for item in items for output in (item if isinstance(item, list) else [item])]
    return all(
        isinstance(output, dict)
        and isinstance(output.get("id"), (str, dict))
        and isinstance(output.get("property"), str)
        for output in flat
    )


def _fits(given: Any, wanted: Mapping[str, str]) -> bool:
    """Whether `given` is the property `wanted`, or a list of such for a pattern of ids."""
    pattern = json.loads(wanted["id"]) if wanted["id"].startswith("{") else None
    if isinstance(given, list):
        return pattern is not None and all(_fits(item, wanted) for item in given)
    if not isinstance(given, dict) or given.get("property") != wanted["property"]:
        return False
    if pattern is None:
        return bool(given.get("id") == wanted["id"])
    return isinstance(given.get("id"), dict) and set(given["id"]) == set(pattern)
