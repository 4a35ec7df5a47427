"""Dash's manager for launches through Celery: a click is handed to a worker by Redis. Where Redis
is gone, or no worker is there, the page says so at once, and nothing is launched later.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dash import CeleryManager
from kombu.exceptions import KombuError
from redis import RedisError

from landscape_app.dashboard import access, server_state
from landscape_app.dashboard.launch import celery_queue, child
from landscape_app.store.files import from_json

LOST = 30.0  # s after which a launch that no worker answered is given up
TROUBLE = (RedisError, KombuError, OSError)


class CeleryLaunchManager(CeleryManager):
    """Hands each click to a worker of the runs folder. `_waiting`: {key: since when}; `_refused`:
    {key: why}, what this process itself answers.
    """

    def __init__(self, runs: Path, url: str) -> None:
        self._runs = runs
        self._waiting: dict[str, float] = {}
        self._refused: dict[str, str] = {}
        super().__init__(celery_queue.application(url, runs))

    def make_job_fn(self, fn: Callable[..., Any], progress: Any, key: str | None = None) -> Any:
        return fn  # the worker has its own

    def call_job_fn(self, key: str, job_fn: Any, args: Any, context: Any) -> str:
        why = access.NO_CHANGE if not access.may_change() else self._sent(key, args)
        if why:
            self._refused[key] = why
        else:
            self._waiting[key] = time.monotonic()
        return key

    def _sent(self, key: str, args: Any) -> str:
        """Send the click to the queue; why that cannot be done, "" where it is."""
        try:
            if not celery_queue.workers(self.handle, self._runs):
                return self._no_worker()
            self.handle.send_task(celery_queue.TASK, [key, *args], retry=False, ignore_result=True)
        except TROUBLE as error:
            return _unreachable(error)
        return ""

    def get_result(self, key: str, job: Any) -> Any:
        if key in self._refused:
            return child.refused(self._refused.pop(key))
        try:
            text = self.handle.backend.client.getdel(celery_queue.answer_name(self._runs, key))
        except TROUBLE as error:
            self._waiting.pop(key, None)
            return child.refused(_unreachable(error))
        if text is not None:
            self._waiting.pop(key, None)
            return from_json(text)
        if self._lost(key):
            self._waiting.pop(key, None)
            return child.refused(self._no_worker())
        return self.UNDEFINED

    def _lost(self, key: str) -> bool:
        """Whether the launch waits for nobody: its worker is gone, or takes too long."""
        # a launch that another server process sent is waited for from its first look on
        begun = self._waiting.setdefault(key, time.monotonic())
        if time.monotonic() - begun > LOST:
            return True
        try:
            return not celery_queue.workers(self.handle, self._runs)
        except TROUBLE:
            return False  # the next look tells

    def _no_worker(self) -> str:
        return celery_queue.NO_WORKER.format(runs=self._runs)

    def job_running(self, job: Any) -> bool:
        return True  # until get_result has an answer, which it has after LOST at the latest

    def result_ready(self, key: str) -> bool:
        return key in self._refused

    def terminate_job(self, job: Any) -> None:
        """Nothing: a launch takes a tenth of a second, and Dash asks at every answer."""

    def get_progress(self, key: str) -> None:
        """None: progress is read from the run's status.json."""

    def get_updated_props(self, key: str) -> dict[str, Any]:
        return {}

    def get_or_create_signing_secret(self, generate: Any) -> str:
        return server_state.signing_key(self._runs)


def _unreachable(error: BaseException) -> str:
    return celery_queue.UNREACHABLE.format(why=str(error).rstrip(".") or type(error).__name__)
