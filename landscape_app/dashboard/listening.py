"""Where the page is served: which addresses may be listened on, under which names the server is
asked for, and whether other people can reach it.
"""

from __future__ import annotations

import errno
import os
import pwd
import socket
from contextlib import suppress
from pathlib import Path

from landscape_app.errors import ServeError

FIRST_PERSON = 1000  # user ids of people's accounts begin here
NO_SHELL = ("nologin", "false", "sync")
ANY = ("0.0.0.0", "")


def is_loopback(host: str) -> bool:
    """Whether `host` names this machine and nothing else."""
    return host == "localhost" or (
        host.startswith("127.")
        and host.count(".") == 3
        and all(part.isdigit() for part in host.split("."))
    )


def names(host: str) -> list[str]:
    """The names under which a server on `host` may be asked for."""
    if is_loopback(host):
        return [host]
    own = [socket.gethostname(), socket.getfqdn()]
    with suppress(OSError):
        own += socket.gethostbyname_ex(socket.gethostname())[2]
    return list(dict.fromkeys([*own, *([] if host in ANY else [host])]))


def others() -> list[str]:
    """Accounts of other people on this machine: those that can log in, without this user's own."""
    return sorted(
        account.pw_name
        for account in pwd.getpwall()
        if account.pw_uid >= FIRST_PERSON
        and account.pw_uid != os.getuid()
        and Path(account.pw_shell).name not in NO_SHELL
        and account.pw_name != "nobody"
    )


def listener(host: str, port: int) -> socket.socket:
    """A bound, listening socket on an address of this machine; ServeError in one line otherwise."""
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
        why = error.strerror or error
        raise ServeError(
            f"Cannot listen on {host}:{port}: {why}. --host is an address of this machine, or"
            " 0.0.0.0 for all of them."
        ) from error
    return channel
