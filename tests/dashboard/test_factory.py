"""The application as a whole: what it imports, two in one process, every page drawn, what is
gone.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from dash import Dash, _callback
from flask.testing import FlaskClient

from landscape_app.dashboard import appearance, factory
from landscape_app.dashboard.common import ids
from landscape_app.errors import ServeError, StorageError
from landscape_app.settings import RunSpec, parse
from landscape_app.store.run import RunFolder
from tests.dashboard.conftest import TINY, Page

HEAVY = (
    "torch",
    "phate",
    "sklearn",
    "landscape_app.training",
    "landscape_app.sampling",
    "landscape_app.pipeline",
    "landscape_app.probes",
)


def draw(page: Page, path: str, search: str = "") -> str:
    """The page at `path` as JSON text."""
    answer = page.call(
        f"{ids.PAGE}.children",
        {f"{ids.LOCATION}.pathname": path, f"{ids.LOCATION}.search": search},
        f"{ids.LOCATION}.pathname",
    )
    assert answer.status_code == 200
    return str(answer.text)


def test_the_web_process_stays_small(runs: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from landscape_app.dashboard import factory, serve\n"
        f"factory.warm(factory.create(Path({str(runs)!r})))\n"
        f"print(*[name for name in {HEAVY!r} if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == ""


def test_no_callback_is_registered_at_import(app: Dash) -> None:
    assert not _callback.GLOBAL_CALLBACK_LIST
    assert not _callback.GLOBAL_CALLBACK_MAP


def test_two_apps_in_one_process_show_their_own_runs(runs: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    RunFolder.create(other, "only-here", parse(RunSpec, TINY))
    first, second = Page(factory.create(runs)), Page(factory.create(other))
    assert [c["output"] for c in first.callbacks] == [c["output"] for c in second.callbacks]
    assert "only-here" in draw(second, "/jobs")
    assert "only-here" not in draw(first, "/jobs")
    assert "begun" in draw(first, "/jobs")


@pytest.mark.parametrize("path", ["/", "/new", "/jobs", "/nowhere"])
def test_every_page_is_drawn(page: Page, path: str) -> None:
    assert draw(page, path)


def test_an_empty_folder_offers_the_quickstart(tmp_path: Path) -> None:
    assert ids.QUICKSTART in draw(Page(factory.create(tmp_path / "new")), "/")


def test_a_damaged_run_is_listed_and_breaks_nothing(page: Page) -> None:
    shown = draw(page, "/jobs", "?show=broken")
    assert "unreadable" in shown
    assert draw(page, "/new", "?from=broken")


@pytest.mark.parametrize(
    "id", ["never-was", "../../etc", "a" * 500, "<script>alert(1)</script>", "%00"]
)
def test_what_is_not_there_is_said_to_be_gone(page: Page, id: str) -> None:
    assert "does not exist" in draw(page, "/jobs", f"?show={id}")
    assert draw(page, "/new", f"?from={id}")
    assert draw(page, "/", f"?runs={id}")


def test_a_run_deleted_while_it_is_viewed_is_gone(page: Page, runs: Path) -> None:
    assert "does not exist" not in draw(page, "/jobs", "?show=done")
    shutil.rmtree(runs / "done")
    answer = page.call(f"{ids.JOBS_LIST}.children", {f"{ids.JOBS_LOCATION}.search": "?show=done"})
    assert answer.status_code == 200
    assert "does not exist" in draw(page, "/jobs", "?show=done")


def test_dark_is_dark_from_the_first_answer(client: FlaskClient) -> None:
    assert '"defaultColorScheme":"light"' in client.get("/_dash-layout").text
    client.set_cookie("landscape-scheme", "dark")
    assert '"defaultColorScheme":"dark"' in client.get("/_dash-layout").text


def test_a_browser_without_webgl_is_told_so_when_the_page_opens(client: FlaskClient) -> None:
    assert appearance.FLAT not in client.get("/_dash-layout").text
    client.set_cookie(appearance.FLAT_COOKIE, "none")
    assert appearance.FLAT in client.get("/_dash-layout").text


def test_every_opened_page_has_a_nonce_of_its_own(client: FlaskClient) -> None:
    assert client.get("/_dash-layout").text != client.get("/_dash-layout").text


def test_the_signing_key_outlives_the_server(runs: Path) -> None:
    assert factory.create(runs).server.secret_key == factory.create(runs).server.secret_key
    assert (
        factory.create(runs).server.secret_key
        != factory.create(runs.parent / "other").server.secret_key
    )


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="file"):
        factory.create(tmp_path / "file" / "runs")


def test_a_broker_without_celery_is_said(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANDSCAPE_REDIS_URL", "redis://localhost:1/0")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ServeError, match="celery and redis cannot be imported"):
        factory.create(runs)
