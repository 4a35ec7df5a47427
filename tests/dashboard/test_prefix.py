"""A server behind a proxy at a path of its own: whether or not the proxy cuts the path off, every
address that the page gets begins with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dash import Dash

from landscape_app.dashboard import access, factory, prefixes
from landscape_app.dashboard.access import Access
from landscape_app.dashboard.common import ids
from landscape_app.dashboard.page_table import PAGES
from landscape_app.errors import ServeError
from tests.dashboard.conftest import Page, components

PREFIX = "/user/ann/lab"


@pytest.fixture
def prefixed(runs: Path) -> Dash:
    return factory.create(runs, proxies=["hub.example"], prefix=PREFIX)


@pytest.mark.parametrize("below", [PREFIX, ""])
@pytest.mark.parametrize("path", ["/", "/jobs", "/_dash-layout", "/healthz", "/assets/tip.js"])
def test_a_path_is_answered_with_and_without_the_prefix(
    prefixed: Dash, below: str, path: str
) -> None:
    client = prefixed.server.test_client()
    with client.get(f"{below}{path}") as answer:
        assert answer.status_code == 200
    assert client.get(f"{PREFIX}s/healthz").data != client.get(f"{PREFIX}/healthz").data


def test_the_page_asks_for_nothing_outside_of_the_prefix(prefixed: Dash) -> None:
    page = prefixed.server.test_client().get("/").get_data(as_text=True)
    config = json.loads(re.findall(r'id="_dash-config"[^>]*>([^<]+)<', page)[0])
    assert config["requests_pathname_prefix"] == f"{PREFIX}/"
    asked = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(asked) > 10
    assert [address for address in asked if not address.startswith(f"{PREFIX}/")] == []


@pytest.mark.parametrize("path", PAGES)
def test_every_address_on_every_page_begins_with_the_prefix(prefixed: Dash, path: str) -> None:
    page, search = Page(prefixed), "?show=done"
    values = {f"{ids.LOCATION}.pathname": f"{PREFIX}{path}", f"{ids.LOCATION}.search": search}
    drawn = page.call(f"{ids.PAGE}.children", values, f"{ids.LOCATION}.pathname").get_json()
    assert "There is no such page" not in str(drawn)
    shell = page.client.get("/_dash-layout").get_json()
    addresses = [*_addresses(drawn), *_addresses(shell)]
    assert addresses
    assert [address for address in addresses if not address.startswith(f"{PREFIX}/")] == []


def _addresses(node: Any) -> Iterator[str]:
    """Every property of a component that is an address of this server."""
    for component in components(node):
        for name, value in component["props"].items():
            words = name == "title" or " " in str(value)
            if isinstance(value, str) and value.startswith("/") and not words:
                yield value


def test_a_proxy_s_page_may_change_something_and_others_may_not(prefixed: Dash) -> None:
    client = prefixed.server.test_client()
    for origin, status in (
        ("https://hub.example", 405),
        ("https://hub.example:8443", 405),
        ("https://hub.example.evil.example", 403),
        ("https://evil.example", 403),
        ("null", 403),
    ):
        assert client.post("/jobs", headers={"Origin": origin}).status_code == status, origin


def test_the_token_s_cookie_and_way_stay_below_the_prefix(runs: Path) -> None:
    entry = Access("f" * 40)
    client = factory.create(runs, prefix=PREFIX, entry=entry).server.test_client()
    for below in (PREFIX, ""):
        answer = client.get(f"{below}/jobs?{access.QUERY}={entry.full}&show=done")
        assert f'href="{PREFIX}/jobs?show=done"' in answer.get_data(as_text=True)
        assert f"Path={PREFIX}/" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("given", "used"), [("", ""), ("/", ""), ("lab", "/lab"), ("/a/b/", "/a/b"), ("/~x", "/~x")]
)
def test_a_prefix_is_a_path(given: str, used: str) -> None:
    assert prefixes.checked(given) == used


@pytest.mark.parametrize("given", ["/a b", "http://x/", "/a//b", "/..", "/a/../b", "/a?b", '/"'])
def test_what_is_no_path_is_refused(given: str) -> None:
    with pytest.raises(ServeError, match="--prefix is a path"):
        prefixes.checked(given)
