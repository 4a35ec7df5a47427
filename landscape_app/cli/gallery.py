"""The command gallery: results of studies that the program brings along, put into a runs folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from landscape_app.cli.options import Json, Runs
from landscape_app.cli.output import say, say_json, table
from landscape_app.errors import ArchiveError, LandscapeError
from landscape_app.number_text import DASH
from landscape_app.store import archive, commands, gallery, unpacking

HEAD = ("study", "networks", "size", "in the runs folder", "what it is")


def gallery_(
    *names: Annotated[str, Parameter(help="Studies whose results to put into the runs folder.")],
    runs: Runs = Path("runs"),
    all: Annotated[bool, Parameter(help="Take all of them.", negative="")] = False,
    json: Json = False,
) -> None:
    """List the studies whose results ship with the program, or put results into the runs folder.

    These results were computed before. The pages Study and Paper show them and compute nothing.
    They come without their runs: none can be opened in Explore. Every file is checked, as
    `landscape import` does. `landscape study studies/NAME.toml` computes a study again.
    """
    gallery.check(names)
    wanted = [study.name for study in gallery.shipped(runs)] if all else list(names)
    if not wanted:
        _list(runs, json)
        return
    imported, refusals = list[unpacking.Imported](), list[str]()
    for name in wanted:
        try:
            imported.append(gallery.put(runs, name))
        except LandscapeError as error:  # the others are put there all the same
            refusals.append(str(error))
    if json:
        say_json([vars(study) for study in imported])
    else:
        for study in imported:
            say(" ".join(unpacking.words(study)))
        if imported:
            say(f"See them on the pages Study and Paper: landscape serve{commands.at(runs)}")
    if refusals:
        raise ArchiveError(" ".join(refusals))


def _list(runs: Path, json: bool) -> None:
    studies = gallery.shipped(runs)
    if json:
        say_json([vars(study) for study in studies])
    elif not studies:
        say(gallery.NOTHING)
    else:
        say(table(HEAD, [_cells(study) for study in studies]))
        say(f"Put results there: landscape gallery NAME{commands.at(runs)}")


def _cells(study: gallery.ShippedStudy) -> list[str]:
    networks = DASH if study.networks is None else str(study.networks)
    there = "yes" if study.there else "no"
    return [study.name, networks, archive.told(study.size), there, study.about]
