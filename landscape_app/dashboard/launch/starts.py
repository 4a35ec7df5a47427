"""What each kind of request starts. Every value is checked here: a request comes from a browser."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import zip_longest
from pathlib import Path
from typing import Any

from landscape_app.dashboard.launch.page_settings import (
    names_of_page,
    spec_of_page,
    study_of_page,
)
from landscape_app.dashboard.launch.records import MOST_COMPARED, LaunchAnswer
from landscape_app.dashboard.lessons import lesson_study
from landscape_app.errors import LandscapeError, SpecError
from landscape_app.jobs import launch
from landscape_app.jobs.state import AT_WORK, state
from landscape_app.settings import AnalysisSpec, SurfaceSpec, parse
from landscape_app.store import catalogue, gallery
from landscape_app.store.folder import STUDIES
from landscape_app.store.study import StudyFolder
from landscape_app.study_presets import preset

Request = Mapping[str, Any]
MOST_RUNS = 8  # of one click
MOST_WAITING = 64  # jobs at work or queued: beyond that a launch is refused
PATIENCE = 60.0  # s for launched runs to reach the queue, imports included
SETTLE = 0.3  # s between a job's first word and its place in the queue


def start(runs: Path, request: Request) -> LaunchAnswer:
    """Start what `request` asks for, one run or study after the other."""
    kind, place = str(request.get("do")), request.get("place")
    answer: LaunchAnswer = {
        "ids": [],
        "kind": kind,
        "place": place if isinstance(place, str) else None,
        "error": None,
    }
    try:
        if kind not in STARTS:
            raise SpecError(
                f"There is nothing called '{kind}' to launch. Choose from: {', '.join(STARTS)}."
            )
        if _at_work(runs) >= MOST_WAITING:
            raise SpecError(
                f"{MOST_WAITING} jobs are running or waiting. Launch more when some of them are"
                " done."
            )
        for id in STARTS[kind](runs, request):
            answer["ids"].append(id)
    except LandscapeError as error:
        answer["error"] = str(error)
    return answer


def _run(runs: Path, request: Request) -> Iterator[str]:
    values = _few_of(dict, request.get("specs"), MOST_RUNS)
    if not values:
        raise SpecError(f"A launch needs the settings of one to {MOST_RUNS} runs.")
    # all are parsed before the first is started
    specs = [spec_of_page(settings) for settings in values]
    name = request.get("name") or ""
    if not isinstance(name, str):
        raise SpecError("The name of a run is a text.")
    given = names_of_page(runs, name, [spec.regime for spec in specs])
    ids: list[str] = []
    for spec, id in zip_longest(specs, given):
        ids.append(launch.start_run(runs, spec, id))
        yield ids[-1]
    if 2 <= len(ids) <= MOST_COMPARED:
        yield _comparison(runs, ids)


def _at_work(runs: Path) -> int:
    """Runs and studies that a job is at work on, or that wait for one."""
    folders = [runs / run.id for run in catalogue.list_runs(runs)]
    folders += [runs / STUDIES / study.id for study in catalogue.list_studies(runs)]
    return sum(state(folder).state in AT_WORK for folder in folders)


def _comparison(runs: Path, ids: list[str]) -> str:
    """A study of runs that are still to be sampled; its job is queued after theirs."""
    study = StudyFolder.create(runs, StudyFolder.new_id(runs), ids, AnalysisSpec())
    # Not a daemon: the launch's process ends after it, the answer does not wait for it. Should it
    # be lost, the page offers Start.
    threading.Thread(target=_launch_after, args=(runs, study), name="comparison").start()
    return study.id


def _launch_after(runs: Path, study: StudyFolder) -> None:
    """Launch the job of `study` once each of its runs has its place in the queue."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and any(
        state(runs / id).phase == "starting" for id in study.runs
    ):
        time.sleep(0.1)
    time.sleep(SETTLE)
    with suppress(LandscapeError):  # started by hand, or deleted, meanwhile
        launch.launch_comparison(runs, study, study.analysis)


def _resume(runs: Path, request: Request) -> Iterator[str]:
    id = str(request.get("id"))
    launch.start_resume(runs, id)
    yield id


def _analyse(runs: Path, request: Request) -> Iterator[str]:
    ids = request.get("ids")
    if not isinstance(ids, list) or not all(isinstance(id, str) for id in ids):
        raise SpecError("Tick the runs to compare: one to four.")
    yield launch.start_analyse(runs, ids, parse(AnalysisSpec, dict(request.get("analysis") or {})))


def _curvature(runs: Path, request: Request) -> Iterator[str]:
    yield from launch.start_curvature(runs, _few(request, "Curvature"))


def _few(request: Request, what: str) -> list[str]:
    ids = _few_of(str, request.get("ids"), MOST_COMPARED)
    if not ids:
        raise SpecError(f"{what} is computed for one to {MOST_COMPARED} runs.")
    return ids


def _few_of(kind: type, values: Any, most: int) -> list[Any]:
    """`values` where it is a list of at most `most` things of this kind; else none."""
    fits = isinstance(values, list) and len(values) <= most
    return values if fits and all(isinstance(value, kind) for value in values) else []


def _surface(runs: Path, request: Request) -> Iterator[str]:
    ids = _few(request, "A surface")
    settings = {name: request[name] for name in ("kind", "points", "extent") if name in request}
    # refuses a kind that is not in the table, and numbers out of their ranges
    yield from launch.start_surface(runs, ids, parse(SurfaceSpec, settings))


def _study(runs: Path, request: Request) -> Iterator[str]:
    spec = study_of_page(request.get("study"))
    yield launch.start_study(runs, spec)


def _verify(runs: Path, request: Request) -> Iterator[str]:
    yield from launch.start_verify(runs, _few(request, "What the checks find"))


def _lesson(runs: Path, request: Request) -> Iterator[str]:
    yield lesson_study.start(runs, str(request.get("lesson")))


def _paper(runs: Path, request: Request) -> Iterator[str]:
    yield launch.start_paper(runs, str(request.get("id")))


def _preset(runs: Path, request: Request) -> Iterator[str]:
    yield launch.start_study(runs, preset(str(request.get("preset"))))


def _gallery(runs: Path, request: Request) -> Iterator[str]:
    yield gallery.put(runs, str(request.get("shipped"))).id


def _quickstart(runs: Path, request: Request) -> Iterator[str]:
    yield launch.start_quickstart(runs)


# kind of request: what starts it and gives the ids of the runs and studies, one after the other
STARTS: dict[str, Callable[[Path, Request], Iterator[str]]] = {
    "run": _run,
    "resume": _resume,
    "analyse": _analyse,
    "surface": _surface,
    "curvature": _curvature,
    "verify": _verify,
    "study": _study,
    "quickstart": _quickstart,
    "lesson": _lesson,
    "paper": _paper,
    "preset": _preset,
    "gallery": _gallery,
}
