"""Laws of addresses: what is written is read back, at a page that is there."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from landscape_app.dashboard.common import addresses
from landscape_app.dashboard.page_table import PAGES

PATHS = set(PAGES)
RUNS = ["good", "poor-1"]


@pytest.mark.parametrize("write", [addresses.explore, addresses.checks])
def test_runs_in_an_address_are_read_back(write) -> None:
    parts = urlsplit(write(RUNS))
    assert parts.path in PATHS
    assert addresses.run_ids(addresses.parsed(f"?{parts.query}")) == RUNS


@pytest.mark.parametrize(("write", "name"), [(addresses.study, "id"), (addresses.job, "show")])
def test_an_id_in_an_address_is_read_back(write, name: str) -> None:
    parts = urlsplit(write("good"))
    assert parts.path in PATHS
    assert addresses.parsed(parts.query) == {name: "good"}


def test_a_query_has_what_differs_from_the_defaults_alone() -> None:
    query = addresses.written(RUNS, {"a": 1, "b": 2}, {"a": 1, "b": 1})
    assert addresses.parsed(query) == {"runs": "good,poor-1", "b": "2"}
