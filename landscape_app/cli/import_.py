"""The command import: import a run or a study from an archive."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from landscape_app.cli.options import Json, Runs
from landscape_app.cli.output import say, say_json
from landscape_app.store import unpacking


def import_(
    file: Annotated[Path, Parameter(help="The archive, or the folder of a run or study.")],
    /,
    *,
    runs: Runs = Path("runs"),
    id: Annotated[
        str | None, Parameter(help="Another name for the run, if its name is taken.")
    ] = None,
    max_gib: Annotated[
        float, Parameter(help="The largest archive that is accepted, in GiB.")
    ] = unpacking.MOST_GIB,
    json: Json = False,
) -> None:
    """Import a run, or a study with its runs, from an archive. `landscape export ID --archive FILE`
    makes archives.

    Every name, size and hash is checked before anything appears in the runs folder. The settings in
    the archive may name code and files: no code is run, no file is opened.
    """
    imported = unpacking.unpack(file, runs, id=id, most_gib=max_gib)
    if json:
        say_json(vars(imported))
        return
    for line in unpacking.words(imported):
        say(line)
