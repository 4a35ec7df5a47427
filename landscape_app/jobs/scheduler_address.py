"""The address of the Dask scheduler whose workers do the work of jobs: it is given to a command, or
in the environment, which a job has from the server or shell that starts it.
"""

from __future__ import annotations

import os
import re

from landscape_app.errors import SpecError

SCHEDULER = "LANDSCAPE_SCHEDULER"
FORM = re.compile(r"((tcp|tls|ucx|ws|wss)://)?(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):[0-9]{1,5}")


def chosen(given: str | None) -> str:
    """The address that is given, otherwise that of the environment; "" where there is none. Raises
    SpecError where it is no address.
    """
    return checked(os.environ.get(SCHEDULER, "") if given is None else given)


def environment(given: str | None) -> dict[str, str]:
    """This address as an environment; None: as it is. Raises as `chosen`."""
    address = chosen(given)
    return {} if given is None else {SCHEDULER: address}


def checked(address: str) -> str:
    """`address` without blanks. Raises SpecError."""
    address = address.strip()
    if address and FORM.fullmatch(address) is None:
        raise SpecError(
            f"scheduler: '{address}' is no address of a Dask scheduler. Give one such as"
            " tcp://127.0.0.1:8786."
        )
    return address
