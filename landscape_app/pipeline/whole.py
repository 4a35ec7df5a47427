"""Nothing is computed of a damaged sample: it would be stored as if it were of the whole, and stay
so when the sample is whole again.
"""

from __future__ import annotations

from landscape_app.errors import AnalysisError
from landscape_app.settings import GIVEN
from landscape_app.store import damage
from landscape_app.store.run import RunFolder


def check_whole(run: RunFolder) -> None:
    """Raise AnalysisError where snapshots of `run` that were sampled are gone, with which and the
    way back. Hashes its files.
    """
    lost = damage.thorough(run.inventory())
    if lost.rows:
        given = GIVEN in (run.spec.data, run.spec.network)
        raise AnalysisError(
            f"Run {run.id} cannot be analysed as it is. Damaged or missing:"
            f" {damage.missing(lost)}. {damage.remedy(lost, given=given)}"
        )
