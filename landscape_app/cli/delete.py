"""The command delete: remove a run or a study for good."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from landscape_app.cli.options import Runs
from landscape_app.cli.output import say
from landscape_app.errors import LandscapeError


def delete(
    id: Annotated[str, Parameter(help="The name of the run or study.")],
    /,
    *,
    runs: Runs = Path("runs"),
    yes: Annotated[bool, Parameter(help="Delete without asking.", negative="")] = False,
) -> None:
    """Delete a run or a study and everything in its folder. A study's runs stay."""
    from landscape_app.store import catalogue

    if not yes:
        raise LandscapeError(
            f"This deletes {id} and all its snapshots. They cannot be restored. To confirm, add"
            " --yes."
        )
    catalogue.delete(runs, id)
    say(f"{id}: deleted.")
