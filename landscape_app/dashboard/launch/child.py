"""The launching process, outside the web process: it takes a request of the page, starts what is
asked for, and leaves the answer where Dash looks for it.

Imports neither Dash nor plotly nor torch: the fork server imports this module once. Equal settings
from two pages are two runs; a job that is at work refuses a second one by its lock. Should the
answer be lost, the run's folder is there all the same and every view finds it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from landscape_app.dashboard import server_state
from landscape_app.dashboard.launch import starts
from landscape_app.dashboard.launch.answer_cache import AnswerCache
from landscape_app.dashboard.launch.one_click import once
from landscape_app.dashboard.launch.records import LaunchAnswer

log = logging.getLogger("landscape")
EXPIRES = 3600  # s after which an answer that no page has read is forgotten


def launch(runs: Path, request: Any) -> LaunchAnswer:
    """Start what `request` asks for in the runs folder; a refusal is the answer's "error".

    This is the background callback of every slot of the page; `runs` is bound by the manager.
    """
    if not isinstance(request, Mapping):
        return {"ids": [], "kind": "", "place": None, "error": None}
    with AnswerCache(server_state.answers_folder(runs)) as cache:
        return once(cache, request, lambda: starts.start(runs, request))


def answer(runs: str, folder: str, key: str, arguments: list[Any]) -> None:
    """Call `launch`, and leave what it returns under `key` in the cache in `folder`."""
    try:
        value: Any = launch(Path(runs), *arguments)
    except Exception as error:
        log.exception("The launch failed.")
        value = {"background_callback_error": {"msg": str(error), "tb": ""}}
    with AnswerCache(folder) as cache:
        cache.set(key, value, expire=EXPIRES)
