"""Commands for the user to type. They name the runs folder if it is not the default one."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

RUNS = Path("runs")  # what --runs is where it is not given
TOLD = re.compile(
    r"(landscape (?:analyse|curvature|resume|sample|show|surface|verify)"
    r" [a-z0-9](?:[a-z0-9._-]*[a-z0-9_-])?)(?! --runs)(?![a-z0-9_-])"
)


def line(command: str, id: str, runs: Path) -> str:
    """`landscape resume ID`; with --runs FOLDER where `runs` is not the folder ./runs."""
    return f"landscape {command} {id}{at(runs)}"


def at(runs: Path) -> str:
    """' --runs FOLDER', quoted for a shell; empty for the folder ./runs."""
    place = runs.resolve() if ".." in runs.parts else runs.absolute()
    return "" if runs.resolve() == RUNS.resolve() else f" --runs {shlex.quote(str(place))}"


def whole(text: str, runs: Path) -> str:
    """`text` with --runs FOLDER added to the commands in it. The text was stored with a run, which
    does not know the place of its folder.
    """
    where = at(runs)
    return TOLD.sub(lambda match: match[1] + where, text) if where else text
