"""Checks of the anchor: its losses, its fit, and the middle of its surfaces."""

from __future__ import annotations

import math

import numpy as np

from landscape_app.check_table import fits
from landscape_app.checks.check_subject import CheckSubject, DoesNotApply, Outcome

# nats; of a smaller loss float32 keeps about 1e-7 nats, however small it is. Surfaces are evaluated
# in float32 alone, so they are allowed more.
SMALL, SURFACE_SMALL = 0.01, 0.1
WORK = 5e10  # floating-point operations that all rows may take: some seconds


def anchor_loss(checked: CheckSubject) -> Outcome:
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


def interpolation(checked: CheckSubject) -> Outcome:
    """Train accuracy at the anchor on the labels given, without augmentation."""
    accuracy = float(checked.tensors["scores.train_accuracy"].reshape(-1)[0])
    if math.isnan(accuracy) and not checked.facts.get("classes"):
        raise DoesNotApply("a regression has no accuracy")
    return Outcome(
        accuracy,
        "interpolates"
        if fits(accuracy)
        else "does not interpolate: it does not fit all its labels",
    )


def centre(checked: CheckSubject) -> Outcome:
    """The largest relative difference over surfaces, of train and test loss (see SURFACE_SMALL)."""
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
                apart(float(surface.arrays[name][middle]), recorded, small=SURFACE_SMALL)
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
        f"largest at {named}",
        on=f"{count}: {', '.join(sorted({str(o.parameters['kind']) for o in surfaces}))}",
    )
