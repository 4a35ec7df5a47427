"""A study as the page sees it, and its own files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.study import choice
from landscape_app.dashboard.study.view import StudyView, read


def seen(context: Context, **asked: Any) -> StudyView:
    return read(context, choice.of_values({"id": "whole", **asked}, asked.get("scheme")))


def stored(runs: Path) -> dict[str, Any]:
    """The study's own files: the table's rows and the report."""
    folder = runs / "_studies" / "whole"
    rows = json.loads((folder / "table.json").read_text())["rows"]
    return {
        "rows": {row["id"]: row for row in rows},
        "report": json.loads((folder / "statistics.json").read_text()),
    }
