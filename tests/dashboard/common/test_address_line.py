"""Laws of the address line: it is written from the controls whose names the page holds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landscape_app.dashboard.common import ids
from tests.dashboard.components import controls
from tests.dashboard.conftest import Page


@pytest.mark.parametrize("path", ["/", "/surface", "/checks"])
def test_the_names_of_a_page_are_those_of_the_controls_it_follows(page: Page, path: str) -> None:
    values: dict[str, Any] = {f"{ids.LOCATION}.pathname": path, f"{ids.LOCATION}.search": ""}
    answer = page.call(f"{ids.PAGE}.children", values, f"{ids.LOCATION}.pathname").json
    (line,) = (part["data"] for part in controls(answer) if part.get("id") == ids.ADDRESS)
    assert set(line["defaults"]) == set(line["names"])
    followed = [
        [given["id"] for given in callback["inputs"]]
        for callback in page.callbacks
        if (callback["clientside_function"] or {}).get("function_name") == "address"
    ]
    assert len(followed) == 5, "Explore, Surface, Study, Paper and Checks"
    own = [given for given in followed if given[0].startswith(path.strip("/") or "explore")]
    assert len(own) == 1, json.dumps(followed)
    assert len(own[0]) == len(line["names"])
    for id, name in zip(own[0], line["names"], strict=True):
        assert id.endswith(f"-{name.replace('_', '-')}")
