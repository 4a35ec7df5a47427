"""Tables of bars: what the parts of the topology card show, in rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from landscape_app.dashboard.explore import bar_text, messages, verdicts
from landscape_app.dashboard.explore.panel import Card
from landscape_app.dashboard.explore.snapshot_names import snapshot
from landscape_app.dashboard.explore.trajectory_table import MOST, line, table
from landscape_app.figures import rips_bars
from landscape_app.figures.climbs import of as of_bars
from landscape_app.figures.view import DrawnRun
from landscape_app.number_text import DASH, number
from landscape_app.protocol import NORM_UNIT
from landscape_app.registries import FILTRATIONS


def sublevel_table(card: Card, subject: DrawnRun) -> Any:
    """The sublevel bars, a row each."""
    stored = subject.results.get("sublevel")
    if stored is None:
        return messages.plain("Sublevel persistence has not been computed yet.")
    if stored.meta.get("absent"):
        return messages.plain(
            f"There is no {FILTRATIONS[card.view.filtration].label}: {stored.meta['absent']}."
        )
    arrays, climbs = stored.arrays, of_bars(subject)
    rows = [
        line(
            [
                number(arrays["birth"][i]),
                number(arrays["death"][i]) if np.isfinite(arrays["death"][i]) else "never",
                bar_text.climb(climbs, i) if np.isfinite(arrays["death"][i]) else DASH,
                snapshot(subject, int(arrays["birth_row"][i])),
            ],
            {"kind": "sublevel", "run": subject.run, "bar": i},
        )
        for i in range(min(len(arrays["birth"]), MOST))
    ]
    title = (
        f"Sublevel bars of {FILTRATIONS[card.view.filtration].label}; climb: of the train loss,"
        " on the straight line"
    )
    return table(title, ("birth", "death", "climb", "born at"), rows)


def loop_table(card: Card, subject: DrawnRun) -> Any:
    """The loops that are drawn, the tested one first."""
    stored = subject.results.get("rips")
    if stored is None:
        return messages.plain("Rips persistence has not been computed yet.")
    arrays, tested = rips_bars.loops(subject)
    rows = [
        line(
            [
                number(arrays["h1_birth"][i]),
                (
                    number(arrays["h1_death"][i])
                    if np.isfinite(arrays["h1_death"][i])
                    else "beyond the threshold"
                ),
                snapshot(subject, int(arrays["h1_birth_rows"][i][0])),
            ],
            {"kind": "rips1", "run": subject.run, "bar": i},
        )
        for i in range(min(len(arrays["h1_birth"]), MOST))
    ]
    run, unit = card.run, stored.meta.get("unit", NORM_UNIT)
    verdict = verdicts.loops(run).removeprefix("H₁ ")
    of = (
        f" of {verdicts.tested(run, '')[1].get('thinning')}; the first is the longest, {verdict}"
        if tested
        else f" of all snapshots, {verdict}"
    )
    return table(
        f"Rips loops (H₁){of}{f'; distances in {unit}' if unit else ''}",
        ("birth", "death", "closed at"),
        rows,
    )
