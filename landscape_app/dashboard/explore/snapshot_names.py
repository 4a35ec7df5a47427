"""Which snapshot a canonical id is, in words."""

from __future__ import annotations

from landscape_app.figures.view import DrawnRun


def snapshot(subject: DrawnRun, row: int) -> str:
    """Which snapshot a canonical id is: seed 1 · step 0.5 · epoch 12."""
    if row == 0:
        return "anchor" if len(subject.rows) and subject.rows[0] == 0 else "anchor (not there)"
    at = position(subject, row)
    trajectory, epoch = divmod(row - 1, subject.epochs + 1)
    if at is None:
        return f"trajectory {trajectory} · epoch {epoch} (not there)"
    return (
        f"seed {int(subject.columns['seed'][at])} · step {subject.columns['step_size'][at]:g} ·"
        f" epoch {epoch}"
    )


def position(subject: DrawnRun, row: int) -> int | None:
    """Where the snapshot is among the run's columns; None where it is not."""
    place = subject.find([row])
    return None if place.missing else int(place.at[0])
