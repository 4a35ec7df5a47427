"""What the servers of a runs folder share: a cache that is empty for the first of them, a key, and
the uploads; what lies in the runs folder itself is not used.
"""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path

import pytest
from multiprocess import forkserver

from landscape_app.dashboard import appearance, listening, serve, server_state, uploads
from landscape_app.dashboard.launch import child, manager
from landscape_app.dashboard.launch.answer_cache import AnswerCache, JsonDisk
from landscape_app.errors import ServeError
from landscape_app.jobs import launch


def test_one_key_signs_the_pages_of_one_folder(tmp_path: Path) -> None:
    key = server_state.signing_key(tmp_path / "runs")
    assert len(key) == 64
    assert server_state.signing_key(tmp_path / "runs") == key
    assert server_state.signing_key(tmp_path / "other") != key


def test_answers_are_shared_by_servers_at_work_and_not_taken_over(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    first = server_state.answers(runs)
    second = server_state.answers(runs)
    assert first.directory == second.directory == str(server_state.answers_folder(runs))
    first.set("key", ["answer"])
    assert second.get("key") == ["answer"]
    first.close()
    second.close()
    del first, second
    assert server_state.answers(runs).get("key") is None, "no server is at work any more"


def test_a_state_folder_of_an_earlier_version_is_named_and_left(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "landscape")
    server_state.say_old(tmp_path)
    assert not caplog.messages
    (tmp_path / ".state").mkdir()
    server_state.say_old(tmp_path)
    assert "It is not used and can be deleted." in caplog.text
    assert (tmp_path / ".state").is_dir()


def test_an_upload_that_fell_silent_is_swept_away(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    token = uploads.begin(runs, 100)
    uploads.sweep(runs)
    assert uploads.append(runs, token, 0, b"a") == 1, "it is on its way"
    (file,) = (server_state.folder(runs) / "uploads").iterdir()
    past = time.time() - 2 * uploads.SILENT
    os.utime(file, (past, past))
    uploads.sweep(runs)
    assert not file.exists()


def test_the_launching_process_leaves_its_answer_under_the_key(tmp_path: Path) -> None:
    folder = server_state.answers_folder(tmp_path / "runs")
    request = {"nonce": "page", "at": 1, "do": "resume", "id": "never-was"}
    child.answer(str(tmp_path / "runs"), str(folder), "key", [request])
    with AnswerCache(folder) as cache:
        assert "never-was" in cache.get("key")["error"]


def test_a_cache_holds_text_and_no_file(tmp_path: Path) -> None:
    with AnswerCache(tmp_path) as cache:
        cache.set("key", 1)
        assert list(cache) == ["key"]
    with pytest.raises(TypeError, match="file"):
        JsonDisk(str(tmp_path)).filename("key")


def test_the_fork_server_is_started_before_the_first_click(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[bool] = []
    monkeypatch.setattr(manager, "METHOD", "forkserver")
    monkeypatch.setattr(forkserver, "ensure_running", lambda: started.append(True))
    manager.warm()
    assert started == [True]


def test_nothing_is_served_on_a_port_in_use(tmp_path: Path) -> None:
    with listening.listener("127.0.0.1", 0) as other, pytest.raises(ServeError, match="is in use"):
        serve.serve(tmp_path / "runs", port=other.getsockname()[1])
    assert not (tmp_path / "runs").exists()


def test_a_folder_gets_one_quickstart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Path] = []
    monkeypatch.setattr(launch, "start_quickstart", lambda runs: started.append(runs) or "study")
    serve.launch_quickstart(tmp_path)
    assert started == [tmp_path]


def test_a_browser_that_chose_no_scheme_gets_light() -> None:
    assert appearance.scheme() == "light", "outside a request"
