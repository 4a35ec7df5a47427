"""What a link holds beside runs and controls: filters, epochs, the pick and the camera. The script
assets/linked.js writes it. What a page cannot follow is left out, and said.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypedDict

from landscape_app.dashboard.explore.bars import BARS
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.explore.details import MOST
from landscape_app.dashboard.explore.stores import Pick
from landscape_app.errors import LandscapeError, SpecError
from landscape_app.figures.view import STATIC
from landscape_app.records import paper_sample

PARTS, AXES = ("eye", "center", "up"), "xyz"
FARTHEST = 100.0  # a camera's coordinate; the scene's cube ends at 1
Camera = dict[str, dict[str, float]]
# plotly's own: it looks at the middle, z is up
STRAIGHT = {"center": {"x": 0.0, "y": 0.0, "z": 0.0}, "up": {"x": 0.0, "y": 0.0, "z": 1.0}}


class LinkedState(TypedDict):
    """What the scripts set when a page opens (ids.LINKED); null: as a page opens anyway.

    seeds, steps: the chips that are on. epochs: the first and the last one shown. stamp: differs
    between two pages.
    """

    seeds: list[str] | None
    steps: list[str] | None
    epochs: list[int] | None
    pick: Pick | None
    camera: Camera | None
    stamp: int


class Choices(NamedTuple):
    """What a link may name: the runs, the chips of direction seeds and step sizes, the last
    epoch.
    """

    runs: tuple[str, ...]
    seeds: tuple[str, ...]
    steps: tuple[str, ...]
    last: int


def choices(comparison: Comparison) -> Choices:
    """What there is to choose of these runs."""
    specs = [run.spec for run in comparison.runs if run.spec is not None]
    steps = sorted({step for spec in specs for step in spec.all_step_sizes})
    return Choices(
        tuple(run.id for run in comparison.runs),
        tuple(map(str, range(max((spec.seeds for spec in specs), default=1)))),
        tuple(f"{step:g}" for step in steps),
        max((spec.epochs for spec in specs), default=1),
    )


def decode(query: Mapping[str, str], there: Choices) -> tuple[LinkedState, list[str]]:
    """(the state that `query` names, why a parameter of it was left out: a sentence each)."""
    faults: list[str] = []

    def read(name: str, parse: Callable[[str], Any], otherwise: str) -> Any:
        if name not in query:
            return None
        try:
            return parse(query[name])
        except LandscapeError as error:
            faults.append(f"{name}: {error} {otherwise}")
            return None

    state = LinkedState(
        seeds=read("seeds", lambda text: _chips(text, there.seeds), "All seeds are shown."),
        steps=read("steps", lambda text: _chips(text, there.steps), "All step sizes are shown."),
        epochs=read("epochs", lambda text: _epochs(text, there.last), "All epochs are shown."),
        pick=read("pick", lambda text: pick_of(text, there.runs), "Nothing is picked."),
        camera=read("camera", camera_of, "The view is not turned."),
        stamp=time.time_ns(),
    )
    return state, faults


def _chips(text: str, known: Sequence[str]) -> list[str]:
    """Names of chips that are on; "none": none of them."""
    chosen = [] if text == "none" else [f"{_number(part):g}" for part in text.split(",")]
    if unknown := [name for name in chosen if name not in known]:
        raise SpecError(f"{unknown[0]} is not among {', '.join(known)}.")
    return chosen


def _epochs(text: str, last: int) -> list[int]:
    ends = [_number(part) for part in text.split(",")]
    if len(ends) != 2 or not all(end.is_integer() for end in ends):
        raise SpecError("It must be the first and the last epoch.")
    if not 0 <= ends[0] <= ends[1] <= last:
        raise SpecError(f"The epochs are 0 to {last}.")
    return [int(end) for end in ends]


def turned_to(camera: str | Mapping[str, Any]) -> Camera:
    """A camera as plotly takes it, of which center and up may be left out. Raises SpecError."""
    given = _json(camera) if isinstance(camera, str) else camera
    return camera_of({**STRAIGHT, **given})


def camera_of(text: str | Mapping[str, Any]) -> Camera:
    """The camera of the scenes, of its JSON or as plotly has it: eye, center and up, each with x, y
    and z. Raises SpecError.
    """
    given = _json(text) if isinstance(text, str) else text
    camera: Camera = {}
    for part in PARTS:
        place = given.get(part)
        if not isinstance(place, Mapping):
            raise SpecError(f"It has no {part}.")
        camera[part] = {axis: _number(place.get(axis)) for axis in AXES}
        if max(map(abs, camera[part].values())) > FARTHEST:
            raise SpecError(f"Its {part} is too far away.")
    if camera["eye"] == camera["center"] or not any(camera["up"].values()):
        raise SpecError("It looks nowhere.")
    return camera


def pick_of(text: str, runs: Sequence[str]) -> Pick:
    """What is picked among `runs`, of its JSON (stores.Pick). Raises SpecError."""
    given = _json(text)
    kind, run = given.get("kind"), given.get("run")
    if kind not in ("trajectory", "lasso", "rows", "point", *BARS):
        raise SpecError("It is of no known kind.")
    if run not in runs:
        raise SpecError("Its run is not shown.")
    pick = Pick(kind=str(kind), run=str(run))
    if kind == "trajectory":
        pick["focus"] = _row(given.get("focus"))
    elif kind == "point":
        if given.get("sampling") not in STATIC:
            raise SpecError("It is a point of no known sampling.")
        pick["sampling"], pick["focus"] = str(given["sampling"]), _row(given.get("focus"))
    elif kind in BARS:
        pick["bar"] = _row(given.get("bar"))
    elif kind == "rows" and given.get("name") == paper_sample.NAME:
        pick["name"] = paper_sample.NAME  # its ids are those that the run has now
    else:
        sets = given.get("sets")
        pick["sets"] = {id: _rows(sets.get(id)) for id in sets} if isinstance(sets, dict) else {}
        if not pick["sets"] or not set(pick["sets"]) <= set(runs):
            raise SpecError("It names no snapshots of these runs.")
        if isinstance(name := given.get("name"), str):
            pick["name"] = name[:100]
    return pick


def _rows(given: Any) -> list[int]:
    if not isinstance(given, list) or len(given) > MOST:
        raise SpecError(f"It must name at most {MOST:,} snapshots of a run.")
    return [_row(row) for row in given]


def _row(given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given < 2**31:
        raise SpecError("A snapshot or a bar is a whole number from 0.")
    return given


def _json(text: str) -> Mapping[str, Any]:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise SpecError("It cannot be read.")
    return given


def _number(given: Any) -> float:
    try:
        value = float(given) if not isinstance(given, bool) else math.nan
    except (TypeError, ValueError, OverflowError):
        value = math.nan
    if not math.isfinite(value):
        raise SpecError(f"'{str(given)[:40]}' is not a number.")
    return value
