"""Two addresses for who watches the server (a proxy, Compose): both need no token and tell nothing
else.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from flask import Flask, Response

from landscape_app.store import folder


def register(server: Flask, runs: Path) -> None:
    """/healthz: the server answers. /readyz: and the folder `runs` can be read."""
    server.add_url_rule("/healthz", "healthz", alive)
    server.add_url_rule("/readyz", "readyz", partial(ready, runs))


def alive() -> Response:
    """200 where the process answers at all."""
    return Response("ok\n", mimetype="text/plain")


def ready(runs: Path) -> Response:
    """200 where runs can be shown, else 503."""
    if folder.permits(runs, os.R_OK):
        return Response("ready\n", mimetype="text/plain")
    return Response("The runs folder cannot be read.\n", status=503, mimetype="text/plain")
