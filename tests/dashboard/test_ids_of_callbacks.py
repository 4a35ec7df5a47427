"""What a callback reads is on a page: a control that is gone would leave its page dead."""

from __future__ import annotations

import json
from typing import Any

from landscape_app.dashboard.common import ids
from landscape_app.dashboard.page_table import PAGES
from tests.dashboard.conftest import Page
from tests.dashboard.study.test_page import controls


def test_every_id_that_a_callback_reads_is_on_a_page(page: Page) -> None:
    layout = page.client.get("/_dash-layout").get_json()
    answers: list[Any] = [layout]
    for path in PAGES:
        values = {f"{ids.LOCATION}.pathname": path, f"{ids.LOCATION}.search": ""}
        answers.append(
            json.loads(page.call(f"{ids.PAGE}.children", values, f"{ids.LOCATION}.pathname").text)
        )
    there = {
        part["id"]
        for answer in answers
        for part in controls(answer)
        if isinstance(part.get("id"), str)
    }
    read = {
        given["id"]
        for callback in page.callbacks
        for given in [*callback["inputs"], *callback["state"]]
        if not given["id"].startswith("{")
    }
    # the form is here; buttons and figures of analysed runs, judged studies and no runs are not
    results = ("explore-com", "explore-cur", "study-", "quickstart")
    absent = {id for id in read - there if not id.startswith(results)}
    absent |= {id for id in read - there if id.startswith("study-form")}
    assert sorted(absent) == []
