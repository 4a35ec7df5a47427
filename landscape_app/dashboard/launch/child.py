"""The launching process, outside the web process: it takes a request of the page, starts what is
asked for, and leaves the answer where Dash looks for it.

Imports neither Dash nor plotly nor torch: the fork server imports this module once. Equal settings
from two pages are two runs; a job that is at work refuses a second one by its lock. Should the
answer be lost, the run's folder is there all the same and every view finds it.

One click is one launch: a second request with the same page, deed and settings within two seconds
gets the answer of the first one.
"""

from __future__ import annotations

import hashlib
import json
import logging
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import diskcache

from landscape_app.dashboard import server_state
from landscape_app.dashboard.launch import starts
from landscape_app.dashboard.launch.answer_cache import AnswerCache
from landscape_app.dashboard.launch.records import LaunchAnswer

EXPIRES = 3600  # s after which an answer that no page has read is forgotten
WINDOW = 2.0  # s after an answer in which an equal request is the same click
LONGEST = 30.0  # s that a launch may take, after which an equal request is another click
PATIENCE = 5.0  # s that an equal request waits for the answer

log = logging.getLogger("landscape")


def launch(runs: Path, request: Any) -> LaunchAnswer:
    """Start what `request` asks for in the runs folder; a refusal is the answer's "error".

    This is the background callback of every slot of the page; `runs` is bound by the manager.
    """
    if not isinstance(request, Mapping):
        return refused(None)
    with AnswerCache(server_state.answers_folder(runs)) as cache:
        return once(cache, request, lambda: starts.start(runs, request))


def refused(why: str | None) -> LaunchAnswer:
    """The answer where nothing is started. why: in words, for the person who asked."""
    return {"ids": [], "kind": "", "place": None, "error": why}


def answer(runs: str, folder: str, key: str, arguments: list[Any]) -> None:
    """Call `launch`, and leave what it returns under `key` in the cache in `folder`."""
    try:
        value: Any = launch(Path(runs), *arguments)
    except Exception as error:
        log.exception("The launch failed.")
        value = {"background_callback_error": {"msg": str(error), "tb": ""}}
    with AnswerCache(folder) as cache:
        cache.set(key, value, expire=EXPIRES)


def once(
    cache: AnswerCache, request: Mapping[str, Any], launch: Callable[[], LaunchAnswer]
) -> LaunchAnswer:
    """The answer of `launch()`, which is called for exactly one of several equal requests."""
    key = _key(request)
    if not cache.add(key, None, expire=LONGEST):
        nothing: LaunchAnswer = {
            "ids": [],
            "kind": str(request.get("do")),
            "place": None,
            "error": None,
        }
        return _answer(cache, key) or nothing
    answer = launch()
    # Where the disk is full, what was launched goes on, and is on the page.
    with suppress(sqlite3.Error, diskcache.Timeout):
        cache.set(key, answer, expire=WINDOW)
    return answer


def _key(request: Mapping[str, Any]) -> str:
    """What two requests have in common that are the same click: everything but the moment."""
    same = {name: value for name, value in request.items() if name != "at"}
    text = json.dumps(same, sort_keys=True, default=str)
    return f"click-{hashlib.sha256(text.encode()).hexdigest()}"


def _answer(cache: AnswerCache, key: str) -> LaunchAnswer | None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        answer = cache.get(key)
        if isinstance(answer, dict) and _complete(answer):
            return cast(LaunchAnswer, answer)
        time.sleep(0.02)
    return None


def _complete(answer: dict[str, Any]) -> bool:
    """Whether it is an answer of this program; whatever else the row holds is none."""
    ids = answer.get("ids")
    return (
        answer.keys() == LaunchAnswer.__annotations__.keys()
        and isinstance(ids, list)
        and all(isinstance(id, str) for id in ids)
    )
