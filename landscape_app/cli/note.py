"""The command note: the label and the note of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from landscape_app.cli.options import Json, RunName, Runs
from landscape_app.cli.output import say, say_json


def note(
    id: RunName,
    /,
    *,
    runs: Runs = Path("runs"),
    label: Annotated[
        str | None, Parameter(help='A short name that is shown for the run. "" removes it.')
    ] = None,
    note: Annotated[
        str | None, Parameter(help='What you want to remember about the run. "" removes it.')
    ] = None,
    json: Json = False,
) -> None:
    """Give a run a label or a note, or print both. The run's name and its results stay as they are.

    They are stored in the run's folder, in notes.json. An archive of the run does not hold them.
    """
    from landscape_app.store import notes
    from landscape_app.store.run import RunFolder

    run = RunFolder.open(runs, id)
    noted = (
        notes.read(run.path)
        if label is None and note is None
        else notes.write(run.path, label=label, note=note)
    )
    if json:
        say_json({"id": run.id, **vars(noted)})
        return
    say(f"{run.id}: {noted.label or 'no label'}")
    for text in (noted.note, noted.problem):
        if text:
            say(text)
