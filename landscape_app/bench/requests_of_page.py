"""What an open page of the dashboard asks a server for: the bodies of its callbacks, and where the
figures of Explore are. Made of what the server itself says about its callbacks, as a browser does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from landscape_app.dashboard.common import ids as shell
from landscape_app.dashboard.explore import ids
from landscape_app.errors import BenchError

CALLBACK = "/_dash-update-component"
PULSE = f"{shell.PULSE}.data"  # an output of the callback behind the number of live jobs
PAGE = f"{shell.PAGE}.children"  # … of the router
SEEN = f"{ids.SEEN}.data"  # … of Explore's look at its folders
Values = Mapping[str, Any]  # {"id.property": its value}, as the page has them


class PageCallbacks:
    """The callbacks of a server, from its list of them (/_dash-dependencies)."""

    def __init__(self, listed: list[dict[str, Any]]) -> None:
        self._callbacks = listed

    def body(self, output: str, values: Values, changed: str) -> bytes:
        """The request for the callback that has the output `output` ("id.property"), because
        `changed` did. What `values` lacks is null. Raises BenchError where there is no such
        callback.
        """
        callback = next((made for made in self._callbacks if output in _outputs(made)), None)
        if callback is None:
            raise BenchError(f"The server has no callback for {output}.")
        asked = {
            "output": callback["output"],
            "outputs": _wanted(callback["output"]),
            "inputs": [_given(item, values) for item in callback["inputs"]],
            "state": [_given(item, values) for item in callback["state"]],
            "changedPropIds": [changed],
        }
        return json.dumps(asked).encode()


def _outputs(callback: Mapping[str, Any]) -> list[str]:
    return str(callback["output"]).strip(".").split("...")


def _wanted(output: str) -> Any:
    """The outputs as the renderer names them; those of a pattern are none: they are not needed."""
    named = [name.rpartition(".") for name in output.strip(".").split("...")]
    wanted = [[] if id.startswith("{") else {"id": id, "property": of} for id, _, of in named]
    return wanted if output.startswith("..") else wanted[0]


def _given(item: Mapping[str, str], values: Values) -> Any:
    if item["id"].startswith("{"):
        return []
    name = f"{item['id']}.{item['property']}"
    return {"id": item["id"], "property": item["property"], "value": values.get(name)}


class OpenPage:
    """Explore as the router answered it: what the page holds, and where its figures are."""

    def __init__(self, answer: Any) -> None:
        parts = {json.dumps(part["id"]): part for part in _parts(answer) if "id" in part}
        known = parts.get(json.dumps(ids.KNOWN))
        if known is None:
            raise BenchError("Explore shows no runs. Give a folder of finished runs.")
        held = {"value", "data"}
        self.values = {
            f"{part['id']}.{name}": part[name]
            for part in parts.values()
            if isinstance(part["id"], str)
            for name in held & set(part)
        }
        place = ids.place("")["type"]
        named = [part["id"] for part in parts.values() if isinstance(part["id"], dict)]
        cards = [id["name"] for id in named if id.get("type") == place]
        self.figures = f"{known['data']['figures']}&cards={','.join(cards)}"
        self.cards = len(cards)


def _parts(node: Any) -> Iterator[dict[str, Any]]:
    """The properties of every component in an answer."""
    if isinstance(node, dict):
        if isinstance(node.get("props"), dict):
            yield node["props"]
        for value in node.values():
            yield from _parts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _parts(value)
