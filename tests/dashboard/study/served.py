"""The page Study as it is served, and a grid as its form sends it."""

from __future__ import annotations

from typing import Any

from landscape_app.dashboard.common import ids as shell
from landscape_app.dashboard.study import ids
from tests.dashboard.conftest import Page

STANDS = {
    f"{ids.NAME}.value": "whole",
    f"{ids.STRATUM}.value": "all",
    f"{ids.MEASURE}.value": "weight_norm",
    f"{ids.BELOW}.value": "measures",
}
SMALL: dict[str, Any] = {
    "name": "mine", "data": "blobs", "regimes": ["plain", "poor"], "networks": ["mlp-small"],
    "seeds": 2, "knobs": {},
    "effort": {"train_epochs": 4, "seeds": 2, "epochs": 2},
}  # fmt: skip


def opened(page: Page, search: str = "", path: str = "/study") -> str:
    """What is on the page with this query."""
    values = {f"{shell.LOCATION}.pathname": path, f"{shell.LOCATION}.search": search}
    answer = page.call(f"{shell.PAGE}.children", values, f"{shell.LOCATION}.pathname")
    assert answer.status_code == 200
    return str(answer.text)


def tick(page: Page, seen: Any, **values: Any) -> Any:
    """The response to a look at the folder."""
    return page.call(
        f"{ids.STATE}.children",
        {**STANDS, f"{ids.SEEN}.data": seen, **values},
        f"{ids.TICK}.n_intervals",
    )
