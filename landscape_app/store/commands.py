"""Commands for the user to type. They name the runs folder if it is not the default one."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

RUNS = Path("runs")  # what --runs is where it is not given
TOLD = re.compile(
    r"(landscape (?:analyse|curvature|resume|show|surface|verify)"
    r" [a-z0-9](?:[a-z0-9._-]*[a-z0-9_-])?)(?! --runs)(?![a-z0-9_-])"
)


def line(command: str, id: str, runs: Path) -> str:
    """`landscape resume ID`, and --runs FOLDER where `runs` is another folder than ./runs."""
    return f"landscape {command} {id}{at(runs)}"


def at(runs: Path) -> str:
    """' --runs FOLDER' as a shell reads it; empty for the folder ./runs."""
    place = runs.resolve() if ".." in runs.parts else runs.absolute()
    return "" if runs.resolve() == RUNS.resolve() else f" --runs {shlex.quote(str(place))}"


def whole(text: str, runs: Path) -> str:
    """`text`, which was stored with a run without the place of its folder, with the commands in it
    as they have to be typed.
    """
    where = at(runs)
    return TOLD.sub(lambda match: match[1] + where, text) if where else text
