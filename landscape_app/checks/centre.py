"""Check: the middle of every stored line and plane is the anchor, at the losses that were recorded
when it was trained.
"""

from __future__ import annotations

import numpy as np

from landscape_app.checks.anchor_loss import apart
from landscape_app.checks.check_subject import CheckSubject, DoesNotApply, Outcome

# nats; of a smaller loss float32, in which surfaces are evaluated, keeps about 1e-7 nats, however
# small it is
SMALL = 0.1


def check(checked: CheckSubject) -> Outcome:
    """The largest relative difference over surfaces, of train and test loss (see SMALL)."""
    surfaces = checked.results("surface")
    if not surfaces:
        raise DoesNotApply(f"no surface is computed yet; {checked.how('surface')}")
    worst, named = -1.0, ""
    for surface in surfaces:
        shape = surface.arrays["train_loss"].shape
        middle = tuple(size // 2 for size in shape)
        away = max(
            abs(float(surface.arrays["alpha"][middle[1]])),
            abs(float(surface.arrays["beta"][middle[0]])),
        )
        for name in ("train_loss", "test_loss"):
            recorded = float(checked.tensors[f"scores.{name}"].reshape(-1)[0])
            value = (
                apart(float(surface.arrays[name][middle]), recorded, small=SMALL)
                if away == 0
                else np.inf
            )
            value = float(value) if np.isfinite(value) else float("inf")
            if value > worst:
                worst, named = (
                    value,
                    (
                        f"{surface.parameters['kind']} {' × '.join(map(str, shape))},"
                        f" {name.replace('_', ' ')}"
                    ),
                )
    count = "1 surface" if len(surfaces) == 1 else f"{len(surfaces)} surfaces"
    return Outcome(
        worst,
        f"farthest: {named}",
        on=f"{count}: {', '.join(sorted({str(o.parameters['kind']) for o in surfaces}))}",
    )
