"""Check: the anchor's losses, computed again from the stored weights on the data loaded afresh, are the recorded ones."""

from __future__ import annotations

from landscape_app.checks.subject import Outcome, Subject
from landscape_app.settings import GIVEN

LIMIT = 1e-5  # relative: another order of summation may be used
SMALL = 0.01  # nats; of a smaller loss float32 keeps about 1e-7 nats, however small it is


def check(subject: Subject) -> Outcome:
    """The larger relative difference of train and test loss (below 0.01 nats: relative to that); does not apply to networks handed over by `explore`."""
    if GIVEN in (subject.settings.data, subject.settings.network):
        return Outcome(None, f"≤ {LIMIT:g}", None, "the network was given as an object; its folder cannot rebuild it")
    from landscape_app.probes.anchor import losses

    again = losses(subject.settings, subject.facts["tensors"], subject.tensors)
    recorded = [float(subject.tensors[f"scores.{side}_loss"].reshape(-1)[0]) for side in ("train", "test")]
    worst = max(abs(a - b) / max(abs(b), SMALL) for a, b in zip(again, recorded, strict=True))
    return Outcome(worst, f"≤ {LIMIT:g}", worst <= LIMIT, f"train {again[0]:.6g}, test {again[1]:.6g}")
