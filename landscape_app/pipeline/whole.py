"""What a run must have before anything is computed from it: an anchor, and no damage.

A result of a damaged sample would be stored as if it were complete, and would remain after the
sample is repaired.
"""

from __future__ import annotations

from landscape_app.errors import AnalysisError
from landscape_app.settings import GIVEN
from landscape_app.store import commands, damage
from landscape_app.store.run import RunFolder


def check_trained(run: RunFolder) -> None:
    """Raise AnalysisError where `run` has no anchor yet, with the command that goes on with it."""
    if not run.committed("anchor"):
        raise AnalysisError(
            f"Run {run.id} has no trained network yet, so it has no anchor. Go on with it:"
            f" {commands.line('resume', run.id, run.path.parent)}"
        )


def check_whole(run: RunFolder) -> None:
    """Raise AnalysisError where sampled snapshots of `run` are lost, with the remedy. Hashes its
    files.
    """
    lost = damage.thorough(run.inventory())
    if lost.rows:
        given = GIVEN in (run.spec.data, run.spec.network)
        raise AnalysisError(
            f"Run {run.id} cannot be analysed as it is. Damaged or missing:"
            f" {damage.missing(lost)}. {damage.remedy(lost, given=given)}"
        )
