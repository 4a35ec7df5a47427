"""What page and launching process send each other: one form of request, and one of answer.

A request comes from a browser, so that the launching process checks every value again.
"""

from __future__ import annotations

from typing import Any, Literal, TypedDict

MOST_COMPARED = 4  # runs of one comparison, and of one click on surface, curvature or verification

Kind = Literal[
    "run",
    "resume",
    "analyse",
    "surface",
    "curvature",
    "verify",
    "study",
    "quickstart",
    "lesson",
    "paper",
    "preset",
    "gallery",
]


class Work(TypedDict, total=False):
    """What a request is about; each kind of work takes some of it.

    id: the run or study that is resumed. ids: the runs of every other work on runs that exist.
    specs: the settings of new runs, of which two to four are then compared. name: what they are
    called, "" for names made of their settings. study: the values of the form of a new study.
    lesson: the name of a lesson. preset: the name of a study that the program brings along.
    shipped: the name of one whose results ship.
    analysis: settings that are not the defaults. kind, points, extent: settings of a surface.
    place: the page on which the button is, where that decides what follows.
    """

    id: str
    ids: list[str]
    specs: list[dict[str, Any]]
    name: str
    study: dict[str, Any]
    lesson: str
    preset: str
    shipped: str
    analysis: dict[str, Any]
    kind: str
    points: int
    extent: float
    place: str


class LaunchRequest(Work):
    """A request in the store of a slot: what to do.

    nonce, at: the page and the moment, so that no two requests are taken for the same.
    """

    nonce: str
    at: int
    do: Kind


class LaunchAnswer(TypedDict):
    """What was started: ids of runs and studies, also where a later one was refused.

    kind, place: those of the request. error: why something was refused, in a sentence; else None.
    """

    ids: list[str]
    kind: str
    place: str | None
    error: str | None
