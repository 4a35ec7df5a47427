"""The flag --trust: it prints what a run or study of someone else names, and permits it from then
on.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from landscape_app.cli import streams

if TYPE_CHECKING:
    from landscape_app.store.run import RunFolder

Trust = Annotated[
    bool,
    Parameter(
        help=(
            "Trust a run that you did not make on this machine. Its settings may name code and"
            " files: the code is imported, the files are opened. The command shows them first."
            " You need to trust a run only once."
        ),
        negative="",
    ),
]


def trusted(run: RunFolder, trust: bool) -> None:
    """If `trust`, permit the run to import and open what it names, and print these names on
    standard error.
    """
    from landscape_app.store import sources

    if trust and (named := sources.trust(run)):
        streams.warn(f"landscape: {run.id} is trusted from now on. It may {named.words}.")


def permitted(run: RunFolder, trust: bool, command: str) -> None:
    """As `trusted`; raises TrustError where the command needs it and `trust` is not given."""
    from landscape_app.store import sources

    trusted(run, trust)
    sources.check(run, command)


def trusted_study(runs: Path, id: str, trust: bool) -> None:
    """As `trusted`, for all runs of a study's grid, including those that do not exist yet."""
    from landscape_app.store import grids, names
    from landscape_app.store.run import RunFolder
    from landscape_app.store.study import StudyFolder

    if not trust:
        return
    study = StudyFolder.open(runs, id)
    if study.made_by == "study" and (named := grids.trust(study, grids.read(study))):
        streams.warn(
            f"landscape: the study {id} is trusted from now on. Its runs may {named.words}."
        )
    for member in study.runs:
        if names.is_folder(runs / member, trusted=runs):
            trusted(RunFolder.open(runs, member), trust)
