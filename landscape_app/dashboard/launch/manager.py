"""Dash's background callback manager: it hands a click to the launching process (child.py), which
inherits nothing of this one.

The processes come from a fork server that never imported Dash or torch, are daemons (Ctrl-C does
not wait for them) and end as soon as the job is started. Progress never passes through here: it is
read from the run's status.json.
"""

from __future__ import annotations

import importlib.util
import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import psutil
from dash import DiskcacheManager
from dash.background_callback.managers import BaseBackgroundCallbackManager

from landscape_app.dashboard import access, server_state
from landscape_app.dashboard.launch import child
from landscape_app.dashboard.launch.answer_cache import AnswerCache
from landscape_app.errors import ServeError

REDIS = "LANDSCAPE_REDIS_URL"
# A fork server on Linux and macOS; elsewhere there is none.
METHOD = "forkserver" if hasattr(os, "fork") else "spawn"
Target = Callable[..., Any]
MOST = 8  # launches in flight: each is a process for a tenth of a second


class _SecondLook:
    """A launch counts as ended when it is seen ended for the second time.

    Dash reads the answer first and asks after that whether the launch is at work. An answer that
    came between the two would be lost: the job would run, and the page would say nothing.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._seen_ended: set[Any] = set()
        super().__init__(*arguments, **named)

    def job_running(self, job: Any) -> bool:
        if self._at_work(job):
            return True
        if job in self._seen_ended:
            self._seen_ended.discard(job)
            return False
        self._seen_ended.add(job)
        return True

    def _at_work(self, job: Any) -> bool:
        """Whether it is at work; Dash asks by pid, which may be gone by then."""
        try:
            return bool(super().job_running(job))  # type: ignore[misc]
        except psutil.Error:
            return False


class LaunchManager(_SecondLook, DiskcacheManager):
    """Runs background callbacks of one runs folder: each is called with that folder before what the
    page sent.

    The folder is bound here and not in the callback, because Dash registers every callback with
    every manager of the process: of two apps each would launch into its own runs. It never comes
    from the browser.
    """

    def __init__(self, runs: Path, cache: AnswerCache) -> None:
        self._runs = runs
        self._processes: list[Any] = []  # launches in flight
        self._counting = threading.Lock()
        super().__init__(cache)

    def make_job_fn(self, fn: Target, progress: Any, key: str | None = None) -> Target:
        return partial(child.answer, str(self._runs), self.handle.directory)

    def call_job_fn(self, key: str, job_fn: Target, args: Any, context: Any) -> int | None:
        with self._counting:
            self._processes = [process for process in self._processes if process.is_alive()]
            refusal = _refusal(len(self._processes))
            if refusal:
                self.handle.set(key, child.refused(refusal), expire=child.EXPIRES)
                return 0
            process = _processes().Process(target=job_fn, args=(key, list(args)), daemon=True)
            process.start()
            self._processes.append(process)
        return int(process.pid) if process.pid else None

    def terminate_job(self, job: Any) -> None:
        """Nothing: a launch takes a tenth of a second, and Dash asks at every answer."""
        self._seen_ended.discard(job)


def _refusal(in_flight: int) -> str:
    """Why nothing more is launched now; "" where it is."""
    if not access.may_change():
        return access.NO_CHANGE
    if in_flight >= MOST:
        return f"{in_flight} launches are being started. Try again in a few seconds."
    return ""


def _processes() -> Any:
    """The context of launches: its fork server imports `child`, and nothing of the web process."""
    import multiprocess

    context = multiprocess.get_context(METHOD)
    if METHOD == "forkserver":
        context.set_forkserver_preload(["__main__", child.__name__])
    return context


def warm() -> None:
    """Start the fork server now, so that the first click does not wait for it."""
    if METHOD == "forkserver":
        _processes()
        from multiprocess import forkserver

        forkserver.ensure_running()


def choose(runs: Path) -> BaseBackgroundCallbackManager:
    """Celery where LANDSCAPE_REDIS_URL names a broker, else processes of this machine."""
    url = os.environ.get(REDIS)
    if url:
        return _celery(runs, url)
    return LaunchManager(runs, server_state.answers(runs))


def _celery(runs: Path, url: str) -> BaseBackgroundCallbackManager:
    lacking = [name for name in ("celery", "redis") if importlib.util.find_spec(name) is None]
    if lacking:
        raise ServeError(
            f"{REDIS} is set, but {' and '.join(lacking)} cannot be imported. Install both with:"
            " pip install 'landscape-app[celery]'; or unset it."
        )
    from landscape_app.dashboard.launch.celery_manager import CeleryLaunchManager

    return CeleryLaunchManager(runs, url)
