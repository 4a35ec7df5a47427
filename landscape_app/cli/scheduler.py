"""The flag --scheduler: a Dask cluster does the work, on one machine or on several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from landscape_app.cli.progress import session

if TYPE_CHECKING:
    from landscape_app.jobs.request import JobRequest
    from landscape_app.pipeline.crew import Crew, Session
    from landscape_app.records.progress import Progress
    from landscape_app.settings import RunSpec
    from landscape_app.store.run import RunFolder

Scheduler = Annotated[
    str | None,
    Parameter(
        help=(
            "Let the workers of the Dask scheduler at this address do the work, such as"
            " tcp://127.0.0.1:8786. They must see the runs folder under the same path. ''"
            " works here, whatever LANDSCAPE_SCHEDULER says. [default: LANDSCAPE_SCHEDULER]"
        )
    ),
]


@contextmanager
def crew_at(
    scheduler: str | None,
    runs: Path,
    study: str,
    specs: Sequence[RunSpec],
    *,
    asked: JobRequest,
) -> Iterator[tuple[Session, Crew]]:
    """(the session of the job, who carries out its tasks) of the study called `study`: the workers
    of the scheduler, or processes of this machine.
    """
    from landscape_app.jobs import scheduler_address
    from landscape_app.pipeline.workers import crew_of
    from landscape_app.store.folder import STUDIES

    address = scheduler_address.chosen(scheduler)
    if not address:
        here: Any = partial(session, asked=asked)
        with crew_of(runs, study, specs, session=here) as crew:
            yield here, crew
        return
    with dask_crew(address, runs, runs / STUDIES / study, specs, study=study) as crew:
        # the scheduler has a queue of its own, and little is computed here
        yield partial(session, asked=asked, slot=False), crew


def run_elsewhere(address: str, run: RunFolder, progress: Progress) -> None:
    """Let a worker of the scheduler at `address` do all of `run`, whose session this process has.
    Raises LandscapeError where the process that does it crashes.
    """
    from landscape_app.errors import ModelError
    from landscape_app.pipeline.crew import Task

    with dask_crew(address, run.path.parent, run.path, [run.spec]) as crew:
        for answer in crew.carry_out([Task("whole run", (run.id,))], progress):
            if answer.crashed:
                raise ModelError(answer.crashed)


@contextmanager
def dask_crew(
    address: str, runs: Path, folder: Path, specs: Sequence[RunSpec], *, study: str = ""
) -> Iterator[Crew]:
    """The workers of the scheduler at `address`, for the job on `folder`. It is reached with the
    first task.
    """
    from landscape_app.pipeline.dask_cluster import cluster_at
    from landscape_app.pipeline.dask_crew import DaskCrew

    with cluster_at(address, specs) as cluster, DaskCrew(cluster, runs, folder, study) as crew:
        yield crew
