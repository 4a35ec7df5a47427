"""Launches through Celery and Redis, where LANDSCAPE_REDIS_URL names a broker: the task, its
settings, and the sign of life of the workers that carry it out.

Imports no Dash: a worker is a small process. What travels is JSON alone, so whoever can write to
the broker can send data, and no code. The runs folder is the worker's own; it never travels.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from celery import Celery
from redis import RedisError

from landscape_app.dashboard import server_state
from landscape_app.dashboard.launch import child
from landscape_app.errors import ServeError

VARIABLE = "LANDSCAPE_REDIS_URL"
TASK = "landscape.launch"
PATIENCE = 1.0  # s for the broker to answer
BEAT, ALIVE = 2.0, 6.0  # s between two signs of life of a worker, and how long one counts
THREADS = 4  # launches of a worker at a time
UNREACHABLE = (
    "The queue of launches cannot be reached: {why}. Jobs that are at work go on. Whoever runs this"
    " server can look after Redis."
)
NO_WORKER = (
    "No worker takes launches. Jobs that are at work go on. Whoever runs this server can start one:"
    " landscape worker --runs {runs}"
)


def application(url: str, runs: Path) -> Celery:
    """The Celery application of `runs` on the broker `url`; nothing is asked of the broker yet."""
    app = Celery("landscape", broker=url, backend=url)
    quick = {
        "socket_connect_timeout": PATIENCE,
        "socket_timeout": PATIENCE,
        "max_retries": 0,
        "retry_on_timeout": False,
    }
    app.conf.update(
        task_serializer="json",
        result_serializer="json",
        event_serializer="json",
        accept_content=["json"],
        result_accept_content=["json"],
        task_ignore_result=True,
        task_default_queue=queue(runs),
        task_acks_late=False,  # a launch is begun once, or not at all
        broker_connection_retry_on_startup=False,
        broker_connection_timeout=PATIENCE,
        broker_transport_options=quick,
        redis_socket_connect_timeout=PATIENCE,
        redis_socket_timeout=PATIENCE,
        redis_retry_on_timeout=False,
        result_backend_transport_options={"retry_policy": {"max_retries": 0, "timeout": PATIENCE}},
        worker_hijack_root_logger=False,
    )
    app.task(name=TASK)(_launch_in(runs, app))
    return app


def queue(runs: Path) -> str:
    """The name of the queue of `runs`: servers of several folders can share a broker."""
    return f"landscape-{server_state.name(runs)}"


def answer_name(runs: Path, key: str) -> str:
    """Under what name the answer to the launch `key` waits in Redis."""
    return f"{queue(runs)}-answer-{key}"


def _launch_in(runs: Path, app: Celery) -> Callable[[str, Any], None]:
    def launch(key: str, request: Any) -> None:
        answer = child.launch(runs, request)
        app.backend.client.set(answer_name(runs, key), json.dumps(answer), ex=child.EXPIRES)

    return launch


def workers(app: Celery, runs: Path) -> bool:
    """Whether a worker of `runs` gave a sign of life. Raises RedisError."""
    return app.backend.client.get(f"{queue(runs)}-alive") is not None


def work(runs: Path) -> None:
    """Carry out launches of `runs` until interrupted. Raises ServeError where no broker answers."""
    url = os.environ.get(VARIABLE)
    if not url:
        raise ServeError(f"Set {VARIABLE} to the broker, for example redis://127.0.0.1:6379/0.")
    app = application(url, runs)
    try:
        app.backend.client.ping()
    except RedisError as error:
        raise ServeError(f"The broker cannot be reached: {error}.") from error
    threading.Thread(target=_beat, args=(app, runs), daemon=True).start()
    pool = ["--pool", "threads", "--concurrency", str(THREADS), "--without-mingle"]
    app.worker_main(["worker", "--loglevel", "WARNING", "--without-gossip", *pool])


def _beat(app: Celery, runs: Path) -> None:
    while True:
        with suppress(RedisError):  # gone for a while: the next sign tells
            app.backend.client.set(f"{queue(runs)}-alive", os.getpid(), px=int(1000 * ALIVE))
        time.sleep(BEAT)
