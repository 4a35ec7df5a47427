"""The command serve: the dashboard in a browser, on this machine only."""

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
        str, Parameter(help="Address of the server. It must be an address of this machine.")
    ] = "127.0.0.1",
    port: Annotated[Whole, Parameter(help="Port to listen on.")] = 8050,
    quickstart: Annotated[
        bool,
        Parameter(help="Launch the quickstart study if the runs folder has none.", negative=""),
    ] = False,
) -> None:
    """Show the runs in a browser, follow jobs and launch new ones."""
    from landscape_app.dashboard.serve import serve as work

    work(runs, host=host, port=port, quickstart=quickstart)
