"""The derived result "climbs": how far the train loss rises on the straight line between the two
minima of a sublevel bar.

A bar shows that no path over lower snapshots joins its minimum to that of the piece it merges with.
Whether there is a barrier between the two is another question, and only the network can answer it:
the climb is the highest train loss on the line, minus the higher of its two ends. Losses between
the evaluated points are not seen, so a climb is a lower bound; and a curved path may avoid it.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from landscape_app.pipeline import states
from landscape_app.pipeline.arrays import Stored
from landscape_app.pipeline.rebuilt import rebuilt
from landscape_app.pipeline.threads import one_thread
from landscape_app.pipeline.user_objects import UserObjects
from landscape_app.records.progress import Progress
from landscape_app.records.rows import look_up
from landscape_app.sampling.lines import evaluate
from landscape_app.sampling.machine import look
from landscape_app.store import derived
from landscape_app.store.run import RunFolder
from landscape_app.weights.bundle import Bundle, from_named_state

log = logging.getLogger("landscape")

POINTS = 21  # on each line, both ends included
MOST = 20  # bars, the longest of a diagram
MEMORY = 2**30  # bytes of the ends of the lines that are evaluated in one go
ROUNDING = 1e-6  # of the highest loss: a smaller rise cannot be told from the rounding of float32

# canonical ids of a bar's minimum and of the minimum of the piece it is joined to
Pair = tuple[int, int]


@one_thread()
def climbs(run: RunFolder, progress: Progress, objects: UserObjects | None = None) -> None:
    """The climbs of the longest bars of every current diagram of `run`, each stored under the
    diagram's parameters.

    arrays: bar (c,) positions in the diagram, pairs (c, 2) canonical ids: its minimum, and that of
    the piece it is joined to; losses (c, points) from the first to the second, climb (c,), NaN
    where a loss is not finite. meta: total_over_barriers, the sum of the finite climbs; checked,
    not_finite, bars (finite ones of the diagram), points. A bar whose snapshots are damaged is left
    out.

    What is current is kept, and no line is evaluated twice. Up to 20 × 21 passes over the train
    rows for a diagram. Raises ResumeError for a run made by explore without its `objects`, or
    where data or network have changed.
    """
    inputs = run.digest()
    todo = [
        result
        for result in _current(run, "sublevel", inputs)
        if derived.current(run.path, "climbs", result.parameters, inputs) is None
    ]
    known = _known(run, inputs)
    fresh = [
        pair
        for pair in dict.fromkeys(pair for result in todo for _, pair in longest(result.arrays))
        if pair not in known
    ]
    if fresh:
        known |= _evaluated(run, fresh, progress, objects)
    for result in todo:
        derived.write(run.path, "climbs", result.parameters, *_stored(result, known), inputs)


def longest(arrays: Mapping[str, np.ndarray]) -> list[tuple[int, Pair]]:
    """[(bar, its two minima)] of the longest finite bars of a stored diagram, whose bars are sorted
    by length.
    """
    birth, death, row = arrays["birth"], arrays["death"], arrays["birth_row"]
    finite = np.flatnonzero(np.isfinite(death) & (death > birth))[:MOST]
    return [(int(bar), (int(row[bar]), int(row[arrays["into"][bar]]))) for bar in finite]


def climb(losses: np.ndarray) -> float:
    """The maximum of `losses` (m,) minus the higher end, at least 0; NaN where one is not
    finite.
    """
    if not np.isfinite(losses).all():
        return math.nan
    highest = float(losses.max())
    rise = highest - float(max(losses[0], losses[-1]))
    return rise if rise > ROUNDING * abs(highest) else 0.0


def _current(run: RunFolder, name: str, inputs: str) -> list[derived.Result]:
    """The intact results `name` of these snapshots, computed by this version."""
    return [
        result
        for result in derived.all(run.path, name)
        if derived.current(run.path, name, result.parameters, inputs) is not None
    ]


def _known(run: RunFolder, inputs: str) -> dict[Pair, np.ndarray]:
    """The losses on every line that was already evaluated."""
    return {
        (int(low), int(high)): losses
        for result in _current(run, "climbs", inputs)
        for (low, high), losses in zip(result.arrays["pairs"], result.arrays["losses"], strict=True)
    }


def _evaluated(
    run: RunFolder, pairs: Sequence[Pair], progress: Progress, objects: UserObjects | None
) -> dict[Pair, np.ndarray]:
    """The losses on the line of every pair whose snapshots exist."""
    progress.phase("climbs", POINTS * len(pairs), "points")
    machine = look("cpu" if run.spec.device == "cpu" else "auto", workers=run.spec.workers)
    problem = rebuilt(run, objects, device=machine.devices[0], wanted="climbs")
    anchor = from_named_state(run.tensors("anchor.safetensors"), problem.layout, problem.device)
    size = max(1, MEMORY // (8 * problem.layout.parameters))
    lines: dict[Pair, np.ndarray] = {}
    for start in range(0, len(pairs), size):
        usable, (first, last) = _ends(run, anchor, np.array(pairs[start : start + size]))
        losses = evaluate(
            problem, anchor, first, last, points=POINTS, machine=machine, progress=progress
        )
        lines |= {
            (int(low), int(high)): line for (low, high), line in zip(usable, losses, strict=True)
        }
    if len(lines) < len(pairs):
        log.warning(
            "Run %s: the snapshots of %d bars are in damaged files. Their climbs are not computed.",
            run.id,
            len(pairs) - len(lines),
        )
    return lines


def _ends(
    run: RunFolder, anchor: Bundle, pairs: np.ndarray
) -> tuple[np.ndarray, tuple[Bundle, Bundle]]:
    """(the pairs (p, 2) whose snapshots exist, the states of their first snapshots and of their
    second ones).
    """
    rows = np.unique(pairs)
    states_of, there = states.read(run, anchor, rows)
    place = look_up(rows, pairs).at.reshape(pairs.shape)
    usable = there[place].all(axis=1)
    first, last = (states_of.chosen(place[usable, side]) for side in (0, 1))
    return pairs[usable], (first, last)


def _stored(diagram: derived.Result, known: Mapping[Pair, np.ndarray]) -> Stored:
    checked = [(bar, pair) for bar, pair in longest(diagram.arrays) if pair in known]
    losses = np.array([known[pair] for _, pair in checked]).reshape(len(checked), POINTS)
    rises = np.array([climb(line) for line in losses])
    finite = np.isfinite(rises)
    arrays = {
        "bar": np.array([bar for bar, _ in checked], dtype=np.int64),
        "pairs": np.array([pair for _, pair in checked], dtype=np.int64).reshape(len(checked), 2),
        "losses": losses,
        "climb": rises,
    }
    birth, death = diagram.arrays["birth"], diagram.arrays["death"]
    meta: dict[str, Any] = {
        "total_over_barriers": math.fsum(rises[finite]),
        "checked": len(checked),
        "not_finite": int((~finite).sum()),
        "bars": int((np.isfinite(death) & (death > birth)).sum()),
        "points": POINTS,
    }
    return arrays, meta
