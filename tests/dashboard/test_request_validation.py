"""Callback requests that the page would never send are refused with 4xx; none makes the server
fail.
"""

from __future__ import annotations

import copy
import logging
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from landscape_app.dashboard import request_validation
from tests.dashboard.conftest import Page

URL = "/_dash-update-component"
ODD: list[Any] = [
    None,
    0,
    -1,
    1.5,
    "",
    "x" * 50,
    "../../etc/passwd",
    [],
    [None],
    {},
    {"do": "run"},
    True,
    {"a": {"b": []}},
]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"3", b'"x"', b"\xff\xfe"])
def test_what_is_no_request_is_refused(page: Page, body: bytes) -> None:
    assert (
        400 <= page.client.post(URL, data=body, content_type="application/json").status_code < 500
    )


def test_what_is_no_json_is_refused(page: Page) -> None:
    assert (
        400
        <= page.client.post(
            URL, data="output=1", content_type="application/x-www-form-urlencoded"
        ).status_code
        < 500
    )


def test_every_callback_refuses_broken_forms(page: Page) -> None:
    for callback in page.served():
        whole = page.body(callback, {})
        assert request_validation.fault(whole, page.app.callback_map) is None, (
            "the form that the page sends is accepted"
        )
        for broken in broken_forms(whole):
            assert request_validation.fault(broken, page.app.callback_map) is not None
            assert page.client.post(URL, json=broken).status_code == 400


def test_what_runs_in_the_browser_is_not_run_here(page: Page) -> None:
    mine = [callback for callback in page.callbacks if callback not in page.served()]
    assert mine
    assert {
        page.client.post(URL, json=page.body(callback, {})).status_code for callback in mine
    } == {400}


def broken_forms(whole: dict[str, Any]) -> list[dict[str, Any]]:
    """The body with one part missing, of another type or of another callback."""
    found = [whole | {"output": value} for value in (None, 5, "other.children", ["x"])]
    found += [
        whole | {"inputs": value}
        for value in (None, {}, "x", [*whole["inputs"], {"id": "a", "property": "b"}])
    ]
    found += [
        whole | {"state": "x"},
        whole | {"changedPropIds": "x"},
        whole | {"changedPropIds": [3]},
    ]
    if whole["outputs"]:
        found.append(whole | {"outputs": "x"})
    for place, one in enumerate(whole["inputs"]):
        if isinstance(one, dict):
            for part in ("id", "property"):
                other = copy.deepcopy(whole)
                other["inputs"][place][part] = "other"
                found.append(other)
    return found


@settings(
    max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(seed=st.randoms(use_true_random=False))
def test_no_value_makes_the_server_fail(
    page: Page, caplog: pytest.LogCaptureFixture, seed: Any
) -> None:
    # misfits are logged with their traceback, as they should be
    caplog.set_level(logging.CRITICAL, "landscape")
    for callback in page.served():
        if callback["background"]:
            continue
        body = page.body(callback, {})
        for one in [*body["inputs"], *body["state"]]:
            if isinstance(one, dict):
                one["value"] = seed.choice(ODD)
        body["changedPropIds"] = [
            f"{one['id']}.{one['property']}" for one in body["inputs"] if isinstance(one, dict)
        ]
        answer = page.client.post(URL, json=body)
        assert answer.status_code < 500, (callback["output"], body, answer.text[:300])


def test_forged_handles_of_launches_do_nothing(page: Page) -> None:
    callback = next(callback for callback in page.callbacks if callback["background"])
    answer = page.client.post(
        f"{URL}?cacheKey=0~0&job=1~0&oldJob=1~0&cancelJob=1~0", json=page.body(callback, {})
    )
    assert (answer.status_code, answer.data) == (204, b"")
