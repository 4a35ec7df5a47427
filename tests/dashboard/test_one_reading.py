"""Opening a page reads its runs once: the layout has everything, and no callback reads again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from landscape_app.dashboard import factory
from landscape_app.dashboard.common import ids as shell
from landscape_app.dashboard.common import run_checks
from landscape_app.dashboard.study import view as study_view
from landscape_app.dashboard.surface import view as surface_view
from tests.dashboard.conftest import Page

PAGES = {
    "/study": (study_view, "?id=both"),
    "/surface": (surface_view, "?runs=done,begun"),
    "/checks": (run_checks, "?runs=done,begun"),
}


def values(node: Any) -> Iterator[tuple[str, Any]]:
    """("id.property", value) of everything with an id in a layout."""
    if isinstance(node, dict):
        props = node.get("props", {})
        if isinstance(props.get("id"), str):
            yield from ((f"{props['id']}.{name}", value) for name, value in props.items())
        for value in node.values():
            yield from values(value)
    elif isinstance(node, list):
        for value in node:
            yield from values(value)


@pytest.mark.parametrize("path", PAGES)
def test_opening_a_page_reads_once(path: str, runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module, search = PAGES[path]
    read, calls = module.read, []
    monkeypatch.setattr(module, "read", lambda *given: calls.append(given) or read(*given))
    page = Page(factory.create(runs))
    location = {f"{shell.LOCATION}.pathname": path, f"{shell.LOCATION}.search": search}
    opened = page.call(f"{shell.PAGE}.children", location, f"{shell.LOCATION}.pathname")
    layout = dict(values(json.loads(opened.text)["response"][shell.PAGE]["children"]))
    ids = {name.partition(".")[0] for name in layout}
    for callback in page.served():
        inputs = {given["id"] for given in callback["inputs"]}
        if inputs <= ids and not callback["prevent_initial_call"] and not callback["background"]:
            body = page.body(callback, layout)
            page.client.post("/_dash-update-component", json=body)
    assert len(calls) == 1
