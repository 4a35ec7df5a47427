"""The rows of the library: what is known of each run without reading its snapshots."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict

from landscape_app.dashboard import access
from landscape_app.dashboard.common.board import BoardEntry
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.job_parts import state_word
from landscape_app.dashboard.common.run_view import short_hash
from landscape_app.registries import REGIMES
from landscape_app.store import notes, run_facts
from landscape_app.store.run_facts import RunFacts


class RunRow(TypedDict):
    """One run as the grid takes it; the keys are the columns.

    Accuracies and gaps are fractions and losses at the anchor, None where unknown. size: bytes.
    created: to the minute, so that it sorts as text. tone, about: of its state, and what it means.
    locked: why its label and note cannot be changed. ignored: why those in its folder are not
    shown. live: a job is at work. sampled: it can be compared.
    """

    id: str
    label: str
    note: str
    study: str
    regime: str
    data: str
    network: str
    state: str
    tone: str
    about: str
    train_accuracy: float | None
    test_accuracy: float | None
    gap_accuracy: float | None
    gap_loss: float | None
    snapshots: int
    size: int
    created: str
    locked: str
    ignored: str
    live: bool
    sampled: bool


def rows(context: Context) -> list[RunRow]:
    """Every run, newest first."""
    entries = context.board.entries()
    studies = studies_of(entries)
    return [
        _row(entry, ", ".join(studies[entry.id]), run_facts.read(entry.path))
        for entry in entries
        if entry.summary.kind == "run"
    ]


def row_of(context: Context, id: str) -> RunRow | None:
    """The run `id`, None where there is none (any more)."""
    return next((row for row in rows(context) if row["id"] == id), None)


def token(rows: Iterable[RunRow]) -> str:
    """A short word for what the grid shows: equal words, equal rows."""
    return short_hash([tuple(row.values()) for row in rows])


def count(rows: Sequence[RunRow]) -> str:
    """The library in one line: 1,001 runs, 2 at work."""
    live = sum(row["live"] for row in rows)
    return f"{len(rows):,} run{'' if len(rows) == 1 else 's'}" + (
        f", {live:,} at work" if live else ""
    )


def studies_of(entries: Sequence[BoardEntry]) -> Mapping[str, list[str]]:
    """{run: the studies that compare it}."""
    studies: dict[str, list[str]] = defaultdict(list)
    for entry in entries:
        for id in entry.runs:
            studies[id].append(entry.id)
    return studies


def _row(entry: BoardEntry, study: str, facts: RunFacts) -> RunRow:
    summary = entry.summary
    regime = REGIMES[summary.regime].label if summary.regime in REGIMES else summary.regime
    word, tone, about = state_word(entry)
    made = datetime.datetime.fromtimestamp(summary.created) if summary.created else None
    return {
        "id": entry.id,
        "label": entry.notes.label,
        "note": entry.notes.note,
        "study": study,
        "regime": regime,
        "data": summary.data,
        "network": summary.network,
        "state": word,
        "tone": tone,
        "about": about,
        "train_accuracy": facts.train_accuracy,
        "test_accuracy": facts.test_accuracy,
        "gap_accuracy": facts.gap_accuracy,
        "gap_loss": facts.gap_loss,
        "snapshots": entry.standing.done,
        "size": facts.size,
        "created": made.strftime("%Y-%m-%d %H:%M") if made else "",
        "locked": notes.locked(entry.path) if access.may_change() else access.NO_CHANGE,
        "ignored": entry.notes.problem,
        "live": entry.live,
        "sampled": entry.sampled and not entry.broken,
    }
