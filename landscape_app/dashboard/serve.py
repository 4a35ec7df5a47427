"""Serving the page; every way it can fail is said in one line."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from landscape_app import imports
from landscape_app.dashboard import access, factory, guard, listening, prefixes
from landscape_app.dashboard.access import Access
from landscape_app.dashboard.launch import manager
from landscape_app.errors import LandscapeError, ServeError
from landscape_app.jobs import job_limits, launch, scheduler_address
from landscape_app.store import catalogue

log = logging.getLogger("landscape")
THREADS = 8


def serve(
    runs: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8050,
    hosts: Sequence[str] = (),
    prefix: str = "",
    job_hours: float | None = None,
    job_memory: float | None = None,
    scheduler: str | None = None,
    token: bool | None = None,
    read_token: bool = False,
    quickstart: bool = False,
    parent: int | None = None,
) -> None:
    """Serve the runs in `runs` until interrupted; jobs that are at work go on after that.

    hosts: names under which a proxy shows the page. prefix: of every address there.
    job_hours, job_memory (GiB): limits of each job that it launches. scheduler: address of the Dask
    scheduler whose workers do the work of runs and studies. token: whether
    a token is asked for; None: where others can reach the server. read_token: print a link for
    looking only, too. quickstart: launch the quickstart study if the folder has none.
    parent: the process that started this one; it ends with that one. Raises
    ServeError (no token where others can reach the server, no such address, port in use) or
    StorageError (folder cannot be written), before anything is launched.
    """
    # whoever called: the fork server looks into the current folder otherwise
    os.environ.update(imports.environment() | job_limits.environment(job_hours, job_memory))
    os.environ.update(scheduler_address.environment(scheduler))
    runs = Path(runs)
    entry = entry_of(runs, host, token=token, read=read_token)
    prefix, names = prefixes.checked(prefix), listening.names(host)
    with listening.listener(host, port) as channel:
        app = factory.create(runs, hosts=names, proxies=hosts, prefix=prefix, entry=entry)
        factory.warm(app, entry)
        if quickstart:
            launch_quickstart(runs)
        manager.warm()
        shown = names[0] if host in listening.ANY else host
        _tell(runs, f"http://{shown}:{channel.getsockname()[1]}{prefix}", entry)
        _run(app.server, channel, parent)
    log.info("The dashboard has ended.")


def entry_of(runs: Path, host: str, *, token: bool | None, read: bool) -> Access | None:
    """The tokens of a server on `host`, None where none is asked for. A token is asked for where
    other machines or other people of this one can reach the server, or `token`, `read` or the
    environment say so. Raises
    ServeError where it must be asked for and `token` is False.
    """
    if not listening.is_loopback(host):
        if token is False:
            raise ServeError(
                f"On {host} other machines can reach the dashboard: it asks for a token there."
                " Leave --no-token out, or serve on 127.0.0.1."
            )
        return access.of_user(runs, read=read)
    if token is None:
        chosen = any(map(os.environ.get, access.TOKENS.values()))
        token = read or chosen or bool(listening.others())
    return access.of_user(runs, read=read) if token else None


def _tell(runs: Path, address: str, entry: Access | None) -> None:
    """Say where the page is."""
    link = f"{address}  " if entry is None else f"{entry.link(address)}  "
    log.info("Landscape shows %s at %s(Ctrl-C stops the server. Jobs go on.)", runs, link)
    others = listening.others()
    if others and entry is None:
        log.info(
            "Other people have accounts on this machine (%s) and can open the page, too.",
            ", ".join(others[:3]) + (" …" if len(others) > 3 else ""),
        )
    if entry is not None and entry.read is not None:
        log.info("For looking only: %s", entry.link(address, "read"))


def launch_quickstart(runs: Path) -> None:
    """Launch the quickstart study unless there is one, whatever its state."""
    if any(study.made_by == "quickstart" for study in catalogue.list_studies(runs)):
        return
    try:
        log.info("Launched the quickstart study (%s).", launch.start_quickstart(runs))
    except LandscapeError as error:  # the page is of use all the same
        log.warning("The quickstart study was not launched: %s", error)


def _run(server: Any, channel: socket.socket, parent: int | None) -> None:
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
        connections.serve(waiting, parent=parent)
    finally:
        waiting.task_dispatcher.shutdown(timeout=1)
        waiting.close()
