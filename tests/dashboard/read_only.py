"""A program: what the server of a runs folder that this process cannot write shows and says, as
JSON. It runs in a process without a superuser's leave to write everywhere.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from landscape_app.dashboard import factory
from landscape_app.dashboard.common import ids, launch_requests
from landscape_app.dashboard.page_table import PAGES
from tests.dashboard.conftest import Page
from tests.dashboard.test_launching import launch

URL = "/_dash-update-component"


def pages(page: Page) -> dict[str, int]:
    """{page: status}, each without and with a run, a study and a comparison."""
    statuses = {}
    for path in PAGES:
        for search in ("", "?show=done", "?id=both", "?runs=done,begun"):
            values = {f"{ids.LOCATION}.pathname": path, f"{ids.LOCATION}.search": search}
            answer = page.call(f"{ids.PAGE}.children", values, f"{ids.LOCATION}.pathname")
            statuses[path + search] = answer.status_code
    return statuses


def changes(page: Page) -> dict[str, Any]:
    """{what somebody tries: what is said}."""
    asked = {f"{ids.DELETE_YES}.n_clicks": 1, f"{ids.DELETE_NAMES}.data": ["done"]}
    typed = [{"rowId": "done", "colId": "label", "value": "mine"}]
    changed = f"{ids.LIBRARY_GRID}.cellValueChanged"
    deleted = page.call(f"{ids.DELETED}.data", asked, f"{ids.DELETE_YES}.n_clicks")
    labelled = page.call(f"{ids.LIBRARY_GRID}.rowTransaction", {changed: typed}, changed)
    imported = page.client.post("/archive?size=10", headers={"X-Landscape": "1"})
    requests = {
        "quickstart": launch_requests.ask("page", "quickstart"),
        "resume": launch_requests.ask("page", "resume", id="begun"),
        "run": launch_requests.ask("page", "run", specs=[{"data": "blobs"}]),
    }
    return {
        "delete": [deleted.status_code, deleted.text],
        "label": [labelled.status_code, labelled.text],
        "import": [imported.status_code, imported.text],
        **{name: [200, launch(page, "row", asked)["error"]] for name, asked in requests.items()},
    }


def main(runs: Path) -> None:
    """Write it to the standard output."""
    page = Page(factory.create(runs))
    told = {
        "writable": os.access(runs, os.W_OK, effective_ids=True),
        "pages": pages(page),
        "changes": changes(page),
        "ready": page.client.get("/readyz").status_code,
        "archive": page.client.get("/archive/done.tar").status_code,
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
