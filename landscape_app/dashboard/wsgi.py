"""The application for another WSGI server than ours, and the settings of gunicorn for it:

    gunicorn -c python:landscape_app.dashboard.wsgi

Everything that several processes must share is in files: runs, answers to launches, uploads and
keys. Each process keeps figures of its own in memory.
"""

from __future__ import annotations

import os
from pathlib import Path

from dash import Dash
from flask import Flask

from landscape_app import imports
from landscape_app.dashboard import access, prefixes
from landscape_app.dashboard.factory import create, warm

# Read by gunicorn. A command line, or GUNICORN_CMD_ARGS, changes any of them.
wsgi_app = "landscape_app.dashboard.wsgi:server()"
bind = "127.0.0.1:8050"
worker_class = "gthread"
workers = 2
threads = 8  # of each process: requests that are answered at once
timeout = 120  # s; a large report takes longer than the 30 of gunicorn
graceful_timeout = 8  # s that answers have at the end
limit_request_line = 0  # the address of a figure names what is selected


def of_environment() -> Dash:
    """The dashboard that the environment describes: LANDSCAPE_RUNS (the folder), LANDSCAPE_TOKEN
    and LANDSCAPE_READ_TOKEN (without them only this machine is answered), LANDSCAPE_HOSTS (the
    names under which others reach it, or its proxy), LANDSCAPE_PREFIX (see prefixes). Raises as
    factory.create.
    """
    runs = Path(os.environ.get("LANDSCAPE_RUNS", "runs"))
    os.environ.update(imports.environment())  # this process starts others
    asked = any(map(os.environ.get, access.TOKENS.values()))
    entry = access.of_user(runs) if asked else None
    app = create(
        runs,
        proxies=os.environ.get("LANDSCAPE_HOSTS", "").split(),
        prefix=prefixes.checked(os.environ.get("LANDSCAPE_PREFIX", "")),
        entry=entry,
    )
    warm(app, entry)
    return app


def server() -> Flask:
    """The WSGI application of `of_environment`."""
    application: Flask = of_environment().server
    return application
