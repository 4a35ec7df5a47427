"""The command paper: what the paper claims, put to a study."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from landscape_app.cli.options import Json, Runs
from landscape_app.cli.output import say, say_json
from landscape_app.cli.progress import session
from landscape_app.cli.verdicts import listed

Stored = Annotated[
    bool, Parameter(help="Compute no experiment: only what is stored counts.", negative="")
]


def paper(
    study: str, /, *, runs: Runs = Path("runs"), stored: Stored = False, json: Json = False
) -> None:
    """Put the claims of Horoi et al. 2022 to a study, and say of each whether it holds.

    Claim 1 (Table 1) is an experiment for each label: test loss, weight decay, augmentation. Those
    that are not stored are computed now. Claims 2 to 4 are computed from the study's table. What
    counts as holding is in studies/README.md. The page Paper shows the same with its figures, whose
    embeddings and diagrams are computed here, too.

    Parameters
    ----------
    study: str
        The name of a study that was made from a grid.
    """
    from landscape_app.jobs.request import JobRequest
    from landscape_app.pipeline import paper as work
    from landscape_app.pipeline import paper_pictures, studies
    from landscape_app.store import grids
    from landscape_app.store.study import StudyFolder

    folder = StudyFolder.open(runs, study)
    work.check(folder)
    spec = grids.read(folder)
    networks = studies.tabulate(runs, folder, spec)
    absent: dict[str, str] = {}
    if stored:
        made = work.current_experiments(runs, folder, networks)
        report, why = work.numbers(folder, networks, spec.statistics)
    else:
        with session(folder.path, asked=JobRequest("paper")) as progress:
            report, why = work.numbers(folder, networks, spec.statistics)
            paper_pictures.make(runs, folder, networks, progress)
            made, absent = work.experiments(runs, folder, networks, progress)
    verdicts = work.verdicts(folder, made, absent, report, why)
    if json:
        say_json({"study": study, "verdicts": [vars(verdict) for verdict in verdicts]})
        return
    say("\n".join(listed(verdicts)))
