"""Serving the page on this machine's loopback; every way it can fail is said in one line."""

from __future__ import annotations

import errno
import logging
import os
import socket
from pathlib import Path
from typing import Any

from landscape_app import imports
from landscape_app.dashboard import factory, guard
from landscape_app.dashboard.launch import manager
from landscape_app.errors import LandscapeError, ServeError
from landscape_app.jobs import launch
from landscape_app.store import catalogue

log = logging.getLogger("landscape")
THREADS = 8


def serve(
    runs: Path, *, host: str = "127.0.0.1", port: int = 8050, quickstart: bool = False
) -> None:
    """Serve the runs in `runs` until interrupted; jobs that are at work go on after that.

    quickstart: launch the quickstart study if the folder has none. Raises ServeError (host not of
    this machine, port in use) or StorageError (folder cannot be written), before anything is
    launched.
    """
    # whoever called: the fork server looks into the current folder otherwise
    os.environ.update(imports.environment())
    with listener(host, port) as channel:
        app = factory.create(Path(runs), host=host)
        factory.warm(app)
        if quickstart:
            launch_quickstart(Path(runs))
        manager.warm()
        shown = f"http://{host}:{channel.getsockname()[1]}"
        log.info("Landscape shows %s at %s  (Ctrl-C stops the server. Jobs go on.)", runs, shown)
        _run(app.server, channel)
    log.info("The dashboard has ended.")


def listener(host: str, port: int) -> socket.socket:
    """A bound, listening socket on an address of this machine; ServeError in one line otherwise."""
    if not _is_loopback(host):
        raise ServeError(
            "The dashboard is served on this machine only: --host must be 127.0.0.1 or localhost,"
            f" not '{host}'."
        )
    if not 0 <= port <= 65535:
        raise ServeError(f"--port must be between 0 and 65535, not {port}.")
    channel = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        channel.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        channel.bind((host, port))
        channel.listen(1024)
    except OSError as error:
        channel.close()
        if error.errno == errno.EADDRINUSE:
            raise ServeError(
                f"Port {port} is in use. Stop the program that uses it, or choose another port:"
                f" --port {port + 1}."
            ) from error
        raise ServeError(f"Cannot listen on {host}:{port}: {error.strerror}.") from error
    return channel


def _is_loopback(host: str) -> bool:
    """Whether `host` names this machine and nothing else."""
    return host == "localhost" or (
        host.startswith("127.")
        and host.count(".") == 3
        and all(part.isdigit() for part in host.split("."))
    )


def launch_quickstart(runs: Path) -> None:
    """Launch the quickstart study unless there is one, whatever its state."""
    if any(study.made_by == "quickstart" for study in catalogue.list_studies(runs)):
        return
    try:
        log.info("Launched the quickstart study (%s).", launch.start_quickstart(runs))
    except LandscapeError as error:  # the page is of use all the same
        log.warning("The quickstart study was not launched: %s", error)


def _run(server: Any, channel: socket.socket) -> None:
    from waitress.server import create_server

    from landscape_app.dashboard import connections

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a burst of requests is no news
    waiting = create_server(
        server,
        sockets=[channel],
        threads=THREADS,
        connection_limit=connections.limit(),
        cleanup_interval=connections.SWEEP,
        asyncore_use_poll=True,  # select cannot name more than 1,024 files
        ident=None,
        clear_untrusted_proxy_headers=True,
        max_request_body_size=guard.LARGEST_BODY
        + 1,  # refused by its header; without it, a body is written to the disk before anyone looks
    )
    connections.watch(waiting)
    try:
        waiting.run()  # returns on KeyboardInterrupt and SystemExit
    finally:
        waiting.task_dispatcher.shutdown(timeout=1)
        waiting.close()
