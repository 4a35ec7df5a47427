"""What a click on "launch" does, outside the web process: parse what the page sent, start the job,
answer with ids.

Imports neither Dash nor torch: the fork server preloads this module. One click is one launch
(claims.py); equal settings from two pages are two runs; a job that is at work refuses a second one
by its lock. Should the answer be lost, the run's folder is there all the same and every view finds
it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

from landscape_app import feasibility
from landscape_app.dashboard import servers
from landscape_app.dashboard.answers import Answers
from landscape_app.dashboard.claims import Answer, once
from landscape_app.dashboard.grids import study_of_page
from landscape_app.errors import LandscapeError, SpecError
from landscape_app.jobs import launch
from landscape_app.jobs.state import AT_WORK, state
from landscape_app.registries import (
    find,
)
from landscape_app.settings import AnalysisSpec, RunSpec, SurfaceSpec, from_form, parse
from landscape_app.settings.names import name_of
from landscape_app.store import catalogue
from landscape_app.store.folder import STUDIES
from landscape_app.store.study import StudyFolder

log = logging.getLogger("landscape")
MOST_RUNS = 8  # of one click
MOST_COMPARED = 4
MOST_WAITING = 64  # jobs at work or queued: beyond that a launch is refused
PATIENCE = 60.0  # s for launched runs to reach the queue, imports included
SETTLE = 0.3  # s between a job's first word and its place in the queue


def answer(fn: Callable[..., Any], runs: str, store: str, key: str, arguments: list[Any]) -> None:
    """Call `fn` with the runs folder and `arguments`; leave what it returns in the cache `store`
    under `key`, where Dash looks.
    """
    with Answers(store) as cache:
        try:
            cache.set(key, fn(Path(runs), *arguments), expire=3600)
        except Exception as error:
            log.exception("A launch failed.")
            cache.set(
                key, {"background_callback_error": {"msg": str(error), "tb": ""}}, expire=3600
            )


def start(runs: Path, request: Mapping[str, Any]) -> Answer:
    """Start what `request` asks for: {"do": a key of STARTS, …}; a refusal is the answer's
    "error".
    """
    return once(servers.claims(runs), request, lambda: _start(runs, request))


def _start(runs: Path, request: Mapping[str, Any]) -> Answer:
    begun: list[str] = []
    kind, place = str(request.get("do")), request.get("place")
    try:
        if kind not in STARTS:
            raise SpecError(
                f"There is nothing called '{kind}' to launch. Choose from: {', '.join(STARTS)}."
            )
        if _at_work(runs) >= MOST_WAITING:
            raise SpecError(
                f"{MOST_WAITING} jobs are at work or waiting already. Launch more when some of them"
                " are done."
            )
        for step in STARTS[kind](runs, request):
            begun.append(step)
    except LandscapeError as error:
        return {"ids": begun, "kind": kind, "place": place, "error": str(error)}
    return {"ids": begun, "kind": kind, "place": place, "error": None}


def spec_of_page(values: Mapping[str, Any]) -> RunSpec:
    """`values` as a run's settings; names must be those of the tables: no file and no code of this
    machine is named from a browser.
    """
    for field, choice in NAMED.items():
        given = values.get(field, RunSpec.model_fields[field].default)
        if given is not None:
            find(choice.kind, choice.table, str(given))
    for name in APART:
        if values.get(name) is not None:
            raise SpecError(
                f"{name} ({RunSpec.model_fields[name].title}): is for the command line and Python:"
                " a browser names no files."
            )
    spec = from_form(dict(values))
    feasibility.check(spec, AnalysisSpec(), otherwise="as every run that is made here is analysed")
    return spec


# the settings that are a name of a table
NAMED = {field: name for field, info in RunSpec.model_fields.items() if (name := name_of(info))}


def _bare(kind: Any) -> Any:
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


# Text that no table checks names a file or code: it is no business of a browser's. A new setting of
# this kind is shut out by itself. The layout is that of a file's axes: data by name have theirs.
APART = tuple(
    name
    for name, field in RunSpec.model_fields.items()
    if name not in NAMED
    and (name == "layout" or str in (field.annotation, *map(_bare, get_args(field.annotation))))
)


def _run(runs: Path, request: Mapping[str, Any]) -> Any:
    values = request.get("specs")
    if (
        not isinstance(values, list)
        or not 1 <= len(values) <= MOST_RUNS
        or not all(isinstance(one, dict) for one in values)
    ):
        raise SpecError(f"A launch needs the settings of one to {MOST_RUNS} runs.")
    specs = [spec_of_page(one) for one in values]  # all are parsed before the first is started
    ids = []
    for spec in specs:
        ids.append(launch.start_run(runs, spec))
        yield ids[-1]
    if 2 <= len(ids) <= MOST_COMPARED:
        yield _comparison(runs, ids)


def _at_work(runs: Path) -> int:
    """Runs and studies that a job is at work on, or that wait for one."""
    folders = [runs / one.id for one in catalogue.list_runs(runs)]
    folders += [runs / STUDIES / one.id for one in catalogue.list_studies(runs)]
    return sum(state(folder).state in AT_WORK for folder in folders)


def _comparison(runs: Path, ids: list[str]) -> str:
    """A study of runs that are still to be sampled: its folder now, its job as soon as theirs are
    in the queue before it.
    """
    study = StudyFolder.create(runs, StudyFolder.new_id(runs), ids, AnalysisSpec())
    # Not a daemon: the launch's process ends after it, the answer does not wait for it. Should it
    # be lost, the page offers Start.
    threading.Thread(target=_behind, args=(runs, study), name="comparison").start()
    return study.id


def _behind(runs: Path, study: StudyFolder) -> None:
    """Launch the job of `study` when each of its runs has its place in the queue, which is served
    in order.
    """
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and any(
        state(runs / id).phase == "starting" for id in study.runs
    ):
        time.sleep(0.1)
    time.sleep(SETTLE)
    with suppress(LandscapeError):  # started by hand, or deleted, meanwhile
        launch.launch_comparison(runs, study, study.analysis)


def _resume(runs: Path, request: Mapping[str, Any]) -> Any:
    id = str(request.get("id"))
    launch.start_resume(runs, id)
    yield id


def _analyse(runs: Path, request: Mapping[str, Any]) -> Any:
    ids = request.get("ids")
    if not isinstance(ids, list) or not all(isinstance(id, str) for id in ids):
        raise SpecError("Tick the runs to compare: one to four.")
    yield launch.start_analyse(runs, ids, parse(AnalysisSpec, dict(request.get("analysis") or {})))


def _curvature(runs: Path, request: Mapping[str, Any]) -> Any:
    yield from launch.start_curvature(runs, _few(request, "Curvature"))


def _few(request: Mapping[str, Any], what: str) -> list[str]:
    ids = request.get("ids")
    if (
        not isinstance(ids, list)
        or not 1 <= len(ids) <= MOST_COMPARED
        or not all(isinstance(id, str) for id in ids)
    ):
        raise SpecError(f"{what} is computed for one to {MOST_COMPARED} runs.")
    return ids


def _surface(runs: Path, request: Mapping[str, Any]) -> Any:
    ids = _few(request, "A surface")
    given = {name: request[name] for name in ("kind", "points", "extent") if name in request}
    # holds the kind against its table, the numbers to their ranges
    yield from launch.start_surface(runs, ids, parse(SurfaceSpec, given))


def _study(runs: Path, request: Mapping[str, Any]) -> Any:
    spec = study_of_page(request.get("study"))
    yield launch.start_study(runs, spec)


def _verify(runs: Path, request: Mapping[str, Any]) -> Any:
    yield from launch.start_verify(runs, _few(request, "What the checks find"))


def _quickstart(runs: Path, request: Mapping[str, Any]) -> Any:
    yield launch.start_quickstart(runs)


STARTS: dict[str, Callable[[Path, Mapping[str, Any]], Any]] = {
    "run": _run,
    "resume": _resume,
    "analyse": _analyse,
    "surface": _surface,
    "curvature": _curvature,
    "verify": _verify,
    "study": _study,
    "quickstart": _quickstart,
}
