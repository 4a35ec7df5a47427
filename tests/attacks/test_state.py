"""What a server keeps between two clicks: nothing of it is taken from a runs folder, and nothing in
it can run code or reach a file.
"""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Any

import diskcache
import pytest

from landscape_app import user_state
from landscape_app.dashboard import factory, server_state
from landscape_app.dashboard.common import launch_requests
from landscape_app.dashboard.launch import child
from landscape_app.dashboard.launch.answer_cache import AnswerCache
from landscape_app.errors import StorageError
from landscape_app.store import catalogue
from tests.attacks.caches import LONG_AGO, Bomb, content, order, tamper
from tests.dashboard.conftest import Page
from tests.dashboard.test_launching import launch
from tests.patience import patience


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of this test's own."""
    monkeypatch.setenv(user_state.VARIABLE, str(tmp_path / "state"))
    return tmp_path / "state"


def test_a_cache_in_a_runs_folder_is_never_opened(
    tmp_path: Path, own: Path, caplog: pytest.LogCaptureFixture
) -> None:
    runs, victim, fired = tmp_path / "a" / "runs", tmp_path / "victim.txt", tmp_path / "fired"
    old = runs / ".state" / "launches"
    victim.write_text("precious")
    diskcache.Cache(str(old)).close()
    tamper(old / "cache.db", fired, "../../../../victim.txt")
    (runs / ".state" / "key").write_text("known to a stranger")
    before = content(runs)
    with caplog.at_level("WARNING"):
        app = factory.create(runs)
    assert [record.message for record in caplog.records if ".state" in record.message], (
        "it is said that it can be deleted"
    )
    assert launch(Page(app), "form", launch_requests.ask("page", "nothing"))["error"].startswith(
        "There is nothing called 'nothing'"
    )
    assert victim.read_text() == "precious"
    assert not fired.exists()
    assert content(runs) == before
    assert app.server.secret_key != "known to a stranger"
    assert catalogue.list_runs(runs) == []


def test_a_server_writes_nothing_into_its_runs_folder(tmp_path: Path, own: Path) -> None:
    runs = tmp_path / "runs"
    app = factory.create(runs)
    child.launch(runs, {"do": "nothing"})
    assert list(runs.iterdir()) == []
    folders = [path for path in (own, *own.rglob("*")) if path.is_dir()]
    assert {path.stat().st_mode & 0o777 for path in folders} == {0o700}
    assert app.server.secret_key == factory.create(runs).server.secret_key, (
        "a page that is open goes on after a restart"
    )


def test_the_cache_runs_nothing_and_reaches_no_file_in_its_own_folder_either(
    tmp_path: Path,
) -> None:
    victim, fired = tmp_path / "victim.txt", tmp_path / "fired"
    victim.write_text("precious")
    folder = user_state.private(tmp_path / "a" / "answers")
    AnswerCache(folder).close()
    tamper(folder / "cache.db", fired, "../../victim.txt")
    order(folder / "cache.db", tmp_path)
    with AnswerCache(folder) as cache:
        assert cache.directory == str(folder)
        cache.set("answer", {"ids": []})
        assert cache.get("answer") is None, "the trigger made it another thing"
        assert [cache.get("file"), cache.pop("file"), cache.get("old"), cache.pop("old")] == [
            None
        ] * 4
        cache.delete("old")
        cache.cull()
        cache.clear()
        with pytest.raises(TypeError):
            cache.set(("no", "text"), 1)
        with pytest.raises(TypeError):
            cache.set("key", Bomb(fired))
        with pytest.raises(TypeError):
            cache.set("key", b"secret")
    base = sqlite3.connect(folder / "cache.db")
    assert base.execute("PRAGMA user_version").fetchone() == (0,), (
        "a setting in the database is no order"
    )
    base.close()
    assert victim.read_text() == "precious"
    assert not fired.exists()
    assert not (tmp_path / "cache.db").exists()
    assert [path.name for path in folder.iterdir() if not path.name.startswith("cache.db")] == []


@pytest.mark.parametrize("text", ["[" * 100_000, "{", '"' + "a" * 2_000_000 + '"', "NaN"])
def test_an_answer_that_is_no_json_is_absent(tmp_path: Path, text: str) -> None:
    folder = user_state.private(tmp_path / "answers")
    with AnswerCache(folder) as cache:
        cache.set("key", {"ids": ["run"]})
        assert cache.get("key") == {"ids": ["run"]}
        cache._sql("UPDATE Cache SET value = ?", (text,))
        assert cache.get("key") is None


def test_a_first_server_begins_with_an_empty_cache_and_a_second_shares_it(
    tmp_path: Path, own: Path
) -> None:
    runs, fired = tmp_path / "runs", tmp_path / "fired"
    first = server_state.answers(runs)
    second = server_state.answers(runs)
    first.set("key", {"ids": ["run"]})
    assert second.get("key") == {"ids": ["run"]}
    place = Path(first.directory)
    first.close(), second.close()
    del first, second
    tamper(place / "cache.db", fired, "x")
    third = server_state.answers(runs)
    assert third.get("key") is None
    third.set("key", {"ids": []})
    assert third.get("key") == {"ids": []}, "the trigger is gone"
    assert not fired.exists()


def test_a_link_in_the_state_folder_is_not_followed(tmp_path: Path, own: Path) -> None:
    runs, elsewhere = tmp_path / "runs", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine").write_text("precious")
    os.utime(elsewhere / "mine", (LONG_AGO, LONG_AGO))
    link = server_state.folder(runs) / "answers"
    link.symlink_to(elsewhere)
    with pytest.raises(StorageError, match="link"):
        child.launch(runs, {"do": "nothing"})
    server_state.answers(runs).set("key", 1)  # a first server makes the folder anew
    assert [path.name for path in elsewhere.iterdir()] == ["mine"]


@pytest.mark.parametrize(
    "trap", [None, [], {"ids": ["mine"]}, "text", {"ids": 1, "kind": 1, "place": 1, "error": 1}]
)
def test_an_answer_to_an_equal_click_that_is_no_answer_is_none(
    tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch, trap: Any
) -> None:
    monkeypatch.setattr(child, "PATIENCE", 0.1)
    request = {"do": "nothing", "nonce": "page"}
    child.launch(tmp_path / "runs", request)
    with AnswerCache(server_state.answers_folder(tmp_path / "runs")) as cache:
        (key,) = cache.iterkeys()
        cache.set(key, trap)
    begun = time.monotonic()
    assert child.launch(tmp_path / "runs", request)["ids"] == []
    assert time.monotonic() - begun < patience(2)


@pytest.mark.parametrize(
    ("runs", "state"),
    [("runs", "runs/state"), ("both", "both"), ("state/servers", "state"), (".", "runs/.state")],
)
def test_a_state_folder_and_a_runs_folder_in_one_another_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runs: str, state: str
) -> None:
    monkeypatch.setenv(user_state.VARIABLE, str(tmp_path / state))
    with pytest.raises(StorageError, match=user_state.VARIABLE):
        factory.create(tmp_path / runs)
    assert not list(tmp_path.rglob("cache.db"))


def test_a_runs_folder_named_like_the_state_is_served(tmp_path: Path, own: Path) -> None:
    assert factory.create(tmp_path / "other" / ".state").server.secret_key
    assert list((tmp_path / "other" / ".state").iterdir()) == []


def test_a_runs_folder_that_cannot_be_written_is_shown(
    tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = tmp_path / "runs"
    runs.mkdir()
    real = Path.mkdir

    def refuse(path: Path, *given: Any, **named: Any) -> None:
        if path.is_relative_to(runs):
            raise OSError(30, os.strerror(30), str(path))
        real(path, *given, **named)

    monkeypatch.setattr(Path, "mkdir", refuse)
    page = Page(factory.create(runs))
    assert page.client.get("/").status_code == 200
    answer = child.launch(
        runs,
        {
            "do": "run",
            "specs": [
                {
                    "data": "blobs",
                    "network": "mlp-small",
                    "train_epochs": 4,
                    "seeds": 2,
                    "epochs": 5,
                }
            ],
        },
    )
    assert str(runs) in answer["error"]
    assert "Read-only" in answer["error"]
