"""What the page Checks shows, and answers that are changed behind it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from landscape_app.dashboard.checks import table
from landscape_app.dashboard.common import run_checks
from landscape_app.store import derived


def cells(shown: tuple[run_checks.CheckedRun, ...]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """(check, the cells of its row), as they are sent to a browser."""
    for body in json.loads(json.dumps(table.table(shown), cls=ComponentEncoder))["props"][
        "children"
    ][2:]:
        for row in body["props"]["children"]:
            if "data-check" in row["props"]:
                yield row["props"]["data-check"], row["props"]["children"][2:]


class ComponentEncoder(json.JSONEncoder):
    def default(self, value: Any) -> Any:
        return value.to_plotly_json()


def tampered(runs: Path, **changes: Any) -> None:
    """`full`'s stored answers, with the first one changed."""
    stored = derived.find(runs / "full", "checks")
    assert stored is not None
    first, *rest = stored.meta["checks"]
    derived.write(
        runs / "full",
        "checks",
        stored.parameters,
        {},
        {"checks": [first | changes, *rest]},
        stored.inputs,
    )
