"""Check: the anchor's losses, computed again from the stored weights on the data loaded afresh, are
the recorded ones.
"""

from __future__ import annotations

import numpy as np

from landscape_app.checks.check_subject import CheckSubject, Outcome

SMALL = 0.01  # nats; of a smaller loss float32 keeps about 1e-7 nats, however small it is
WORK = 5e10  # floating-point operations that all rows may take: some seconds


def check(checked: CheckSubject) -> Outcome:
    """The larger relative difference of train and test loss (below 0.01 nats: relative to that).

    Where all rows would take too long: of the mean over the train rows whose losses are stored one
    by one.
    """
    from landscape_app.probes.anchor import mean_loss, work

    made, stored = checked.rebuilt, checked.tensors
    data, network, objective = made.data, made.network(stored), made.objective
    rows = len(data.x_train) + len(data.x_test)
    # Counting operations imports torch's compiler, for a second: not where every weight at every
    # input number would still be few.
    most = 2 * sum(p.numel() for p in network.parameters()) * data.x_train[0].size
    if rows * most > WORK and rows * work(network, data.x_train) > WORK:
        return _sampled(checked)
    again = [
        mean_loss(network, objective, data.x_train, data.y_train),
        mean_loss(network, objective, data.x_test, data.y_test),
    ]
    recorded = [float(stored[f"scores.{side}_loss"].reshape(-1)[0]) for side in ("train", "test")]
    return Outcome(max(map(apart, again, recorded)), f"train {again[0]:.6g}, test {again[1]:.6g}")


def _sampled(checked: CheckSubject) -> Outcome:
    from landscape_app.datasets.recipe import loss_index
    from landscape_app.probes.anchor import mean_loss

    made, stored = checked.rebuilt, checked.tensors
    index, data = loss_index(made.data), made.data
    again = mean_loss(
        made.network(stored), made.objective, data.x_train[index], data.y_train[index]
    )
    recorded = float(np.asarray(stored["losses"], dtype=np.float64).mean())
    return Outcome(
        apart(again, recorded),
        f"of {len(index):,} of {len(data.x_train):,} train rows: {again:.6g}",
    )


def apart(value: float, recorded: float, *, small: float = SMALL) -> float:
    """|value − recorded|, relative to what was recorded, or to `small` where that is larger."""
    return abs(value - recorded) / max(abs(recorded), small)
