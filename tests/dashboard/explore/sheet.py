"""What a browser has after it opened Explore: the components of the page by id, and the figures
that come after it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from landscape_app.dashboard.common import ids as shell
from tests.dashboard.conftest import Page


def components(node: Any) -> Iterator[dict[str, Any]]:
    """The properties of every component in a layout."""
    if isinstance(node, dict):
        if isinstance(node.get("props"), dict):
            yield node["props"]
        for value in node.values():
            yield from components(value)
    elif isinstance(node, list):
        for value in node:
            yield from components(value)


def key(id: Any) -> str:
    """An id as the renderer writes it."""
    return id if isinstance(id, str) else json.dumps(id, sort_keys=True, separators=(",", ":"))


def opened(page: Page, search: str) -> dict[str, dict[str, Any]]:
    """{id: properties} of header and page with this query."""
    values = {f"{shell.LOCATION}.pathname": "/", f"{shell.LOCATION}.search": search}
    answer = page.call(f"{shell.PAGE}.children", values, f"{shell.LOCATION}.pathname")
    assert answer.status_code == 200
    parts = [part for part in components(json.loads(answer.text)) if "id" in part]
    return {key(part["id"]): part for part in parts}


def came(page: Page, address: str, names: Iterable[str]) -> dict[str, Any]:
    """{name: what stands in the place of its figure} of these cards, in the order of the answer."""
    answer = page.client.get(f"{address}&cards={','.join(names)}")
    assert answer.status_code == 200
    lines = [json.loads(line) for line in answer.text.splitlines()]
    return {line["name"]: line["children"] for line in lines}
