"""What page and launching process send each other: a request per kind, and one form of answer.

A request comes from a browser, so that the launching process checks every value again.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

MOST_COMPARED = 4  # runs of one comparison, and of one click on surface, curvature or verification

Kind = Literal["run", "resume", "analyse", "surface", "curvature", "verify", "study", "quickstart"]


class Work(TypedDict):
    """What every kind of work may say: the page on which the button is, where that decides what
    follows.
    """

    place: NotRequired[str]


class RunWork(Work):
    """New runs, one for each settings; two to four are then compared."""

    specs: list[dict[str, Any]]


class ResumeWork(Work):
    """The run or study that is gone on with."""

    id: str


class AnalysisWork(Work):
    """The runs that are analysed or compared, and the settings that are not the defaults."""

    ids: list[str]
    analysis: NotRequired[dict[str, Any]]


class SurfaceWork(Work):
    """The runs whose surface is computed, and the fields of its settings."""

    ids: list[str]
    kind: NotRequired[str]
    points: NotRequired[int]
    extent: NotRequired[float]


class RunsWork(Work):
    """The runs that are verified, or whose curvature is computed."""

    ids: list[str]


class StudyWork(Work):
    """The values of the form of a new study."""

    study: dict[str, Any]


class LaunchRequest(TypedDict, total=False):
    """A request in the store of a slot: what to do, with the fields of its kind.

    nonce, at: the page and the moment, so that no two requests are taken for the same.
    """

    nonce: str
    at: int
    do: Kind
    place: str
    id: str
    ids: list[str]
    specs: list[dict[str, Any]]
    analysis: dict[str, Any]
    kind: str
    points: int
    extent: float
    study: dict[str, Any]


class LaunchAnswer(TypedDict):
    """What was started: ids of runs and studies, also where a later one was refused.

    kind, place: those of the request. error: why something was refused, in a sentence; else None.
    """

    ids: list[str]
    kind: str
    place: str | None
    error: str | None
