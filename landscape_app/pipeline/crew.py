"""Who carries out the tasks of a study: one process (pipeline/lone_crew.py), or one on each core
(pipeline/workers.py). What a task does is in pipeline/tasks.py.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from landscape_app import errors
from landscape_app.errors import LandscapeError
from landscape_app.records.progress import Progress

# jobs.session.session: pipeline does not know about jobs
Session = Callable[..., AbstractContextManager[Progress]]
log = logging.getLogger("landscape")
FAILED = "failed"  # in an answer: {id of a run: why it could not be done}


@dataclass(frozen=True)
class Task:
    """What is to be done with the runs `ids`. kind: a name in tasks.TASKS; settings: plain values
    for it.
    """

    kind: str
    ids: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What became of a task: its value, plain values. crashed: how the process that was at work on
    it ended, empty where it did not.
    """

    task: Task
    value: Any = None
    crashed: str = ""


class Crew(Protocol):
    """Carries out tasks, as many at once as it has `workers`."""

    @property
    def workers(self) -> int:
        """How many tasks it carries out at once."""

    @property
    def plans_first(self) -> bool:
        """Whether each plan is measured once, before any run begins: the machines that will work
        together may differ.
        """

    def begin(self) -> None:
        """Begin to import what tasks need, where processes of this machine will carry them out:
        they do it while this process imports what it needs itself.
        """

    def carry_out(self, tasks: Iterable[Task], progress: Progress) -> Iterator[Answer]:
        """The answer to each of `tasks`, in the order in which they end. Raises Cancelled when
        `progress` does, or when a cancel was asked of one of the runs; and any error that a task
        raises.
        """


# (runs folder, id of the study, settings of its runs, session=) -> who does the work
CrewOf = Callable[..., AbstractContextManager[Crew]]


def note(failed: dict[str, str], answer: Answer) -> None:
    """Add what failed in a task to `failed`: all of its runs, where its process crashed."""
    for id in answer.task.ids if answer.crashed else ():
        failed[id] = answer.crashed
        log.warning("%s: %s", id, answer.crashed)
    failed |= (answer.value or {}).get(FAILED, {})


def one_by_one(task: Task, why: str) -> list[Task]:
    """The runs of a task whose process ended, each as a task of its own; empty where it has one, or
    needs all of them.
    """
    if len(task.ids) < 2 or task.kind == "joint embedding":
        return []
    log.warning("%s Its %d runs are done one by one.", why, len(task.ids))
    return [Task(task.kind, (id,), task.settings) for id in task.ids]


def error_of(kind: str, message: str, trace: str) -> Exception:
    """The error that a task raised in its worker."""
    known = getattr(errors, kind, None)
    if isinstance(known, type) and issubclass(known, LandscapeError):
        error = known.__new__(known)
        Exception.__init__(error, message)
        return error
    return RuntimeError(f"A worker of the study failed:\n{trace}")
