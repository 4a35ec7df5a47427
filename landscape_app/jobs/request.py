"""The request of a job: its command and its settings, so that it can be started again.

It is stored in status.json, in a folder that may come from someone else. So it is never run as a
command line. The command must be one of a fixed list and the settings must fit its specification;
the new command line is built from these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from landscape_app.errors import LandscapeError
from landscape_app.jobs import status
from landscape_app.jobs.status import LAST, JobStatus
from landscape_app.settings import AnalysisSpec, CurvatureSpec, SampleSpec, Spec, SurfaceSpec, parse
from landscape_app.store.study import StudyFolder

# command -> the settings that it can be asked for again with; None: it has none
AGAIN: dict[str, type[Spec] | None] = {
    "analyse": AnalysisSpec,
    "curvature": CurvatureSpec,
    "sample": SampleSpec,
    "surface": SurfaceSpec,
    "verify": None,
}
TITLES = {
    "run": "sampling",
    "resume": "sampling",
    "analyse": "analysis",
    "curvature": "curvature",
    "sample": "static sampling",
    "surface": "surface",
    "verify": "verification",
    "study": "study",
    "experiment": "experiment",
    "paper": "claims of the paper",
    "quickstart": "quickstart",
}


@dataclass(frozen=True)
class JobRequest:
    """A command of the command line, and its settings as plain values."""

    command: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    @staticmethod
    def of(command: str, spec: Spec | None = None) -> JobRequest:
        """The command with the settings of `spec`."""
        return JobRequest(command, {} if spec is None else spec.model_dump(mode="json"))

    @property
    def stored(self) -> dict[str, Any]:
        """The request as stored in status.json."""
        return {"command": self.command, "settings": dict(self.settings)}


@dataclass(frozen=True)
class UnfinishedJob:
    """A job on a sampled run, or on a study of such runs, with its settings."""

    command: str
    spec: Spec | None


def title(command: str) -> str:
    """What a job of that command does, in a word; 'job' where that is not known."""
    return TITLES.get(command, "job")


def again(job_status: JobStatus) -> UnfinishedJob | None:
    """What to ask for again, where the job of this status did not finish. None where it was only a
    part of resuming its run or study.
    """
    if job_status.command not in AGAIN or job_status.within or job_status.state in ("", LAST[0]):
        return None
    kind = AGAIN[job_status.command]
    try:
        return UnfinishedJob(
            job_status.command, None if kind is None else parse(kind, dict(job_status.settings))
        )
    except (LandscapeError, TypeError, ValueError, RecursionError):
        return None  # not of these settings: what is asked for by default will do


def analysis_of(study: StudyFolder) -> AnalysisSpec:
    """The settings with which a comparison of given runs is resumed: those of its last job if that
    was the comparison of this study, otherwise those stored in the study.
    """
    work = again(status.read(study.path))
    if (
        work is not None
        and isinstance(work.spec, AnalysisSpec)
        and study.analysis.compares_as(work.spec)
    ):
        return work.spec
    return study.analysis
