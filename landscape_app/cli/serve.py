"""The command serve: the dashboard in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from landscape_app.cli.flags import Whole
from landscape_app.cli.options import Runs


def serve(
    *,
    runs: Runs = Path("runs"),
    host: Annotated[
        str,
        Parameter(
            help="Address to listen on: 127.0.0.1 for this machine only, 0.0.0.0 for all its"
            " networks. Others then need the link with the token, which is printed."
        ),
    ] = "127.0.0.1",
    port: Annotated[Whole, Parameter(help="Port to listen on.")] = 8050,
    trusted_host: Annotated[
        list[str] | None,
        Parameter(
            help="One more name under which people reach this server, as a proxy has it. May be"
            " given several times. '*' stands for every name, where a token is asked for.",
            negative="",
        ),
    ] = None,
    prefix: Annotated[
        str,
        Parameter(
            help="What comes before every path where a proxy shows the page: /lab for"
            " https://host/lab/. The proxy may keep it or cut it off."
        ),
    ] = "",
    job_hours: Annotated[
        float | None, Parameter(help="A job of this server is stopped after so many hours.")
    ] = None,
    job_memory: Annotated[
        float | None,
        Parameter(help="A job of this server is stopped when it needs more GiB of memory."),
    ] = None,
    scheduler: Annotated[
        str | None,
        Parameter(
            help="Let the workers of the Dask scheduler at this address do the work of runs and"
            " studies that are launched here. [default: LANDSCAPE_SCHEDULER]"
        ),
    ] = None,
    token: Annotated[
        bool | None,
        Parameter(
            help="Whether a token is asked for. Where neither flag is given, it is if other people"
            " have accounts on this machine. On addresses of other networks it always is."
        ),
    ] = None,
    read_token: Annotated[
        bool, Parameter(help="Print a second link, for looking only.", negative="")
    ] = False,
    parent: Annotated[
        Whole | None,
        Parameter(help="Process id of the program that started the server: it ends with that one."),
    ] = None,
    quickstart: Annotated[
        bool,
        Parameter(help="Launch the quickstart study if the runs folder has none.", negative=""),
    ] = False,
) -> None:
    """Show the runs in a browser, follow jobs and launch new ones.

    The tokens stay the same from start to start. LANDSCAPE_TOKEN and LANDSCAPE_READ_TOKEN set
    others, of at least 16 characters.
    """
    from landscape_app.dashboard.serve import serve as work

    work(
        runs,
        host=host,
        port=port,
        hosts=trusted_host or (),
        prefix=prefix,
        job_hours=job_hours,
        job_memory=job_memory,
        scheduler=scheduler,
        token=token,
        read_token=read_token,
        quickstart=quickstart,
        parent=parent,
    )
