"""The command worker: carries out launches that the page sends through Redis."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from landscape_app.cli.options import Runs
from landscape_app.errors import ServeError


def worker(*, runs: Runs = Path("runs")) -> None:
    """Start jobs that pages of this runs folder launch through Celery, until interrupted.

    LANDSCAPE_REDIS_URL names the broker, here and for the server. Without it the server starts jobs
    itself and needs no worker. Needs: pip install 'landscape-app[celery]'.
    """
    if any(importlib.util.find_spec(name) is None for name in ("celery", "redis")):
        raise ServeError("A worker needs Celery and Redis: pip install 'landscape-app[celery]'.")
    from landscape_app.dashboard.launch import celery_queue

    celery_queue.work(runs)
