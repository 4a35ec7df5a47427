"""Check: a jump's coordinates reproduce its weights: θo + a·v̄, with v̄ drawn again from the stream
of its seed.
"""

from __future__ import annotations

import numpy as np

from landscape_app.checks.check_subject import CheckSubject, DoesNotApply, Outcome, count


def check(checked: CheckSubject) -> Outcome:
    """The largest ‖δ − a·v̄‖ / ‖a·v̄‖ over all jumps; float32 rounds θo + a·v̄ to about 1e-7
    ‖θo‖.
    """
    import torch

    from landscape_app.directions import of_spec

    jumps, spec, layout = checked.jumps, checked.settings, checked.layout
    weights = layout.flatten(
        {
            slot.key: torch.from_numpy(np.array(checked.tensors[f"param.{slot.key}"]))
            for slot in layout.slots
        }
    )
    worst, named = 0.0, ""
    for seed in np.unique(jumps.column("seed")):
        drawn = of_spec(weights, layout, spec, int(seed)).numpy().astype(np.float64)
        length = float(np.linalg.norm(drawn))
        if length == 0:
            raise DoesNotApply("the network has no filters, so no tensor jumps")
        for at in np.flatnonzero(jumps.column("seed") == seed):
            step = float(jumps.column("step_size")[at])
            apart = float(np.linalg.norm(jumps.delta.whole()[at] - step * drawn)) / (step * length)
            if not apart <= worst:
                worst, named = (
                    (apart if np.isfinite(apart) else np.inf),
                    f"seed {seed} · step {step:g}",
                )
    return Outcome(worst, f"{count(len(jumps))}; farthest: {named}" if named else count(len(jumps)))
