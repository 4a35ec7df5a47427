"""A crew of one: this process carries out all tasks of a study, one after another. What they need
is imported with the first of them: a process that has workers may never carry out any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from landscape_app.pipeline.crew import Answer, Crew, Session, Task
from landscape_app.records.progress import Progress
from landscape_app.settings import RunSpec
from landscape_app.store import derived
from landscape_app.store.run import RunFolder

if TYPE_CHECKING:
    from landscape_app.pipeline.tasks import Place


@dataclass(frozen=True)
class Alone:
    """This process carries out the tasks. A crash of it ends the study."""

    runs: Path
    study: str
    session: Session
    workers: int = 1
    plans_first: bool = False

    def begin(self) -> None:
        """See Crew."""

    def carry_out(self, tasks: Iterable[Task], progress: Progress) -> Iterator[Answer]:
        """See Crew."""
        from landscape_app.pipeline.tasks import TASKS

        for task in tasks:
            yield Answer(task, TASKS[task.kind](self._place, task.ids, task.settings, progress))

    @cached_property
    def _place(self) -> Place:
        from landscape_app.pipeline.tasks import Place

        return Place(self.runs, self.study, self.session)


def worked_out(members: Sequence[RunFolder], names: Sequence[str]) -> bool:
    """Whether each of the runs is sampled, and has a result of each of these names from the present
    snapshots and version: then there is little left for workers, who take seconds to start.
    """
    return all(
        run.inventory().complete
        and all(
            any(not derived.stale(result, run) for result in derived.all(run.path, name))
            for name in names
        )
        for run in members
    )


def alone(
    runs: Path, study: str, specs: Sequence[RunSpec], *, session: Session
) -> AbstractContextManager[Crew]:
    """A CrewOf: this process."""
    return nullcontext(Alone(runs, study, session))
