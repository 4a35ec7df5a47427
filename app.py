"""Landscape's web application: `python app.py` serves it; `app:server` is for a WSGI server.
Everything else is in the package.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

RUNS = Path(os.environ.get("LANDSCAPE_RUNS", "runs"))

if __name__ == "__main__":
    from landscape_app.cli.main import main

    sys.exit(main(["serve", "--runs", str(RUNS), *sys.argv[1:]]))
# what a launch's own process calls this file: it needs no second application
elif __name__ != "__mp_main__":
    from landscape_app import imports
    from landscape_app.dashboard import access
    from landscape_app.dashboard.factory import create, warm

    os.environ.update(imports.environment())  # this process starts others
    # LANDSCAPE_TOKEN: others can reach the server; LANDSCAPE_HOSTS: under which names
    entry = access.of_user(RUNS) if os.environ.get("LANDSCAPE_TOKEN") else None
    app = create(RUNS, hosts=os.environ.get("LANDSCAPE_HOSTS", "").split(), entry=entry)
    warm(app, entry)
    server = app.server
