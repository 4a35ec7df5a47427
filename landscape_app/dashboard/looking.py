"""The page of who may only look: every control that changes something is off, and says why.

Which ones these are follows from the callbacks: buttons whose click asks for a job, a deletion or
an import. So a button that is added is off, too. The server refuses all of it anyway
(access.changing); here nobody is led to try.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from dash import Dash
from flask import Response, request

from landscape_app.dashboard import access
from landscape_app.dashboard.common import ids
from landscape_app.dashboard.request_validation import DISPATCH
from landscape_app.dashboard.teaching import ids as teaching

PLACES = (DISPATCH, "/_dash-layout")
# what a click fills before something changes
ASKS = {
    *(f"{ids.request(slot)}.data" for slot in ids.SLOTS),
    f"{ids.DELETE_ASK}.opened",
    f"{ids.DELETE_WANTED}.data",
    f"{ids.DELETED}.data",
}
BY_SCRIPT = (ids.JOBS_IMPORT,)  # assets/archives.js hears its click
HARMLESS = (ids.DELETE_NO, teaching.GO)  # the latter also shows results: its page decides
REFUSED = "ls-refused"


def register(app: Dash) -> None:
    """Turn those controls off in every answer to who may only look; call it once all callbacks are
    registered.
    """
    app.server.after_request(partial(_turned_off, controls(app.callback_map)))


def controls(callbacks: Mapping[str, Any]) -> frozenset[str]:
    """The ids of the controls that change something; of a pattern of ids its type."""
    asking = [
        callback for output, callback in callbacks.items() if not ASKS.isdisjoint(_outputs(output))
    ]
    clicked = {
        kind(given["id"])
        for callback in asking
        for given in callback["inputs"]
        if given["property"] == "n_clicks"
    }
    return frozenset((clicked - {*HARMLESS}) | {*BY_SCRIPT})


def kind(id: Any) -> str:
    """What `controls` names a control by, given its id as the page or a callback has it."""
    if isinstance(id, str) and id.startswith("{"):
        id = json.loads(id)
    return str(id.get("type", "")) if isinstance(id, dict) else str(id)


def _outputs(output: str) -> set[str]:
    """The outputs of a callback, without the mark of those that several callbacks have."""
    return {name.partition("@")[0] for name in output.strip(".").split("...")}


def _turned_off(changing: frozenset[str], response: Response) -> Response:
    if request.path not in PLACES or not response.is_json or access.may_change():
        return response
    answer = json.loads(response.get_data())
    for id, properties in (answer.get("response") or {}).items():
        if kind(id) in changing and "disabled" in properties:
            properties["disabled"] = True
    response.set_data(json.dumps(off(answer, changing)))
    return response


def off(node: Any, changing: frozenset[str]) -> Any:
    """`node` of an answer's JSON, with the components of these kinds turned off."""
    if isinstance(node, list):
        return [off(item, changing) for item in node]
    if not isinstance(node, dict):
        return node
    node = {name: off(value, changing) for name, value in node.items()}
    properties = node.get("props")
    if not isinstance(properties, dict) or kind(properties.get("id")) not in changing:
        return node
    properties |= {"disabled": True, "data-refused": "", "aria-description": access.NO_CHANGE}
    # the component of another library may have no title
    return {
        "namespace": "dash_html_components",
        "type": "Span",
        "props": {"children": node, "title": access.NO_CHANGE, "className": REFUSED},
    }
