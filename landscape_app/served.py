"""The page beside a notebook: `serve(run)` starts a server of its own, which ends with the program
that started it.
"""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
import tempfile
import time
from html import escape
from pathlib import Path
from urllib.parse import urlencode

from landscape_app import imports
from landscape_app.errors import ServeError
from landscape_app.store.folder import check_runs
from landscape_app.stored_run import OpenRun

HUB = "JUPYTERHUB_SERVICE_PREFIX"  # set by a hub: what comes before this person's addresses
PATIENCE = 60.0  # s that the server has to answer
READY = "Landscape shows"  # what the server says when it answers
LONGEST = 2**16  # bytes that are read of what it says
STOPS = 10.0  # s that it has to end


class ServedPage:
    """A page that is served. `url`: for a browser on this machine; `proxied`: its path on the
    server of the notebook, where that has jupyter-server-proxy. `stop()` ends it.
    """

    def __init__(self, runs: Path, shown: str, port: int) -> None:
        """runs: the folder. shown: the query of the page to open. port: 0 for a free one."""
        from landscape_app.dashboard import access

        self._port = port or _free_port()
        prefix = f"{os.environ.get(HUB, '/').rstrip('/')}/proxy/{self._port}"
        query = urlencode({access.QUERY: access.of_user(runs).full})
        query = f"{query}&{shown}" if shown else query
        self.proxied = f"{prefix}/?{query}"
        self.url = f"http://127.0.0.1:{self._port}{self.proxied}"
        command = [sys.executable, "-m", "landscape_app", "serve", "--runs", str(runs), "--token"]
        command += ["--port", str(self._port), "--prefix", prefix, "--trusted-host", "*"]
        command += ["--parent", str(os.getpid())]
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the server lives
        self._process = subprocess.Popen(
            command,
            env=os.environ | imports.environment(),
            stdin=subprocess.DEVNULL,
            stderr=self._said,
            start_new_session=True,
        )
        atexit.register(self.stop)
        self._wait()

    def stop(self) -> None:
        """End the server; jobs go on. Nothing where it has ended."""
        atexit.unregister(self.stop)
        self._process.terminate()
        try:
            self._process.wait(STOPS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._said.close()

    def __enter__(self) -> ServedPage:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"Landscape at {self.url}"

    def _repr_html_(self) -> str:
        """Two links: on this machine, and through the notebook's server."""
        return (
            f'Landscape: <a href="{escape(self.url)}" target="_blank">on this machine</a>, or'
            f' <a href="{escape(self.proxied)}" target="_blank">through the server of this'
            " notebook</a> (it needs jupyter-server-proxy)."
        )

    def _wait(self) -> None:
        """Return when it says that it is there. Raises ServeError where it ends before."""
        until, lines = time.monotonic() + PATIENCE, [""]
        while time.monotonic() < until and self._process.poll() is None:
            lines = self._told()
            if any(READY in line for line in lines):
                return
            time.sleep(0.05)
        lines = self._told()
        self.stop()
        raise ServeError(lines[-1] if lines else "The server of the page does not answer.")

    def _told(self) -> list[str]:
        """The lines that the server has written so far."""
        written = os.pread(self._said.fileno(), LONGEST, 0)  # the place to write at stays the same
        return written.decode(errors="replace").strip().splitlines()


def serve(what: OpenRun | str | Path = "runs", *others: OpenRun, port: int = 0) -> ServedPage:
    """Serve the page of a runs folder, or of a run, with `others` of its folder beside it. Returns
    when it answers. In a notebook the answer is a link.

    port: 0 for a free one. A token is in the link. Raises ServeError, StorageError.
    """
    runs = what.path.parent if isinstance(what, OpenRun) else Path(what)
    check_runs(runs)
    shown = [run.id for run in (what, *others) if isinstance(run, OpenRun)]
    if any(run.path.parent != runs for run in others):
        raise ServeError("Runs that are shown together must be in one folder.")
    query = urlencode({"runs": ",".join(shown)}, safe=",") if shown else ""
    return ServedPage(runs, query, port)


def _free_port() -> int:
    with socket.socket() as channel:
        channel.bind(("127.0.0.1", 0))
        return int(channel.getsockname()[1])
