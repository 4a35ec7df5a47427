"""Landscape's web application: `python app.py` serves it; `app:server` is for a WSGI server.
Everything else is in the package.
"""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    from landscape_app.cli.main import main

    sys.exit(main(["serve", "--runs", os.environ.get("LANDSCAPE_RUNS", "runs"), *sys.argv[1:]]))
# what a launch's own process calls this file: it needs no second application
elif __name__ != "__mp_main__":
    from landscape_app.dashboard import wsgi

    app = wsgi.of_environment()
    server = app.server
