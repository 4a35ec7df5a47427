"""Checks of the jumps: their lengths, their weights, their directions."""

from __future__ import annotations

import math

import numpy as np

from landscape_app.checks.check_subject import CheckSubject, DoesNotApply, Outcome, count

DEVIATIONS = 6  # of 1/√d: how far from orthogonal two directions may be


def filter_norms(checked: CheckSubject) -> Outcome:
    """The largest error of a filter's norm over all jumps, relative to the tensor's largest filter.

    ‖v_f‖ = a·‖θ_f‖ for each filter f and step size a (Li et al. 2018, arXiv 1712.09913).
    """
    jumps = checked.jumps
    steps = jumps.column("step_size")
    worst = 0.0
    for tensor in checked.facts["tensors"]:
        delta = jumps.delta.read(tensor["start"], tensor["stop"]).astype(np.float64)
        if len(tensor["shape"]) < 2 and checked.settings.jump_tensors == "filters":
            worst = max(worst, _largest(np.abs(delta)))
            continue
        count_of_filters = tensor["shape"][0] if len(tensor["shape"]) >= 2 else 1
        theta = np.asarray(checked.tensors[f"param.{tensor['key']}"], dtype=np.float64).reshape(
            count_of_filters, -1
        )
        expected = steps[:, None] * np.linalg.norm(theta, axis=1)
        norms = np.linalg.norm(delta.reshape(len(jumps), count_of_filters, -1), axis=2)
        worst = max(
            worst, _largest(np.abs(norms - expected) / max(expected.max(initial=0.0), 1e-12))
        )
    return Outcome(worst, f"{count(len(jumps))}, {len(checked.facts['tensors'])} tensors")


def _largest(errors: np.ndarray) -> float:
    """NaN, which no comparison would notice, counts as infinite."""
    return float(np.nan_to_num(errors, nan=np.inf).max(initial=0.0))


def jumps(checked: CheckSubject) -> Outcome:
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
    return Outcome(
        worst, f"{count(len(jumps))}; largest at {named}" if named else count(len(jumps))
    )


def orthogonality(checked: CheckSubject) -> Outcome:
    """The largest |cos| between the largest jumps of two seeds; at most 6/√d for d weights that
    jump.

    A direction has the same length in every filter, whatever the number of weights there. Where all
    tensors jump, single numbers among them, d is the number of weights of a network of equal
    filters whose directions would be as far from orthogonal.
    """
    if checked.settings.seeds < 2:
        raise DoesNotApply("there is one direction only")
    jumps = checked.jumps
    seeds, step = jumps.column("seed"), jumps.column("step_size")
    places = [
        at[np.argmax(step[at])]
        for seed in np.unique(seeds)
        if len(at := np.flatnonzero(seeds == seed))
    ]
    chosen = jumps.delta.whole()[places].astype(np.float64)
    d = _weights(checked)
    limit = DEVIATIONS / math.sqrt(max(d, 1))
    if len(chosen) < 2:
        return Outcome(math.nan, "only one seed has complete jumps", sound=False, most=limit)
    norms = np.linalg.norm(chosen, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        cosines = np.abs(chosen @ chosen.T / np.outer(norms, norms))[
            np.triu_indices(len(chosen), 1)
        ]
    worst = float(np.nan_to_num(cosines, nan=np.inf).max())
    return Outcome(
        worst,
        f"{len(chosen)} directions of d = {d:,.0f} weights: {worst * math.sqrt(d):.2f}/√d",
        most=limit,
    )


def _weights(checked: CheckSubject) -> float:
    """d: of tensors with two or more dimensions their number; of all tensors (Σ‖θ_f‖²)² /
    Σ(‖θ_f‖⁴/n_f) over the filters f of n_f weights.
    """
    tensors = checked.facts["tensors"]
    if checked.settings.jump_tensors == "filters":
        return float(sum(t["stop"] - t["start"] for t in tensors if len(t["shape"]) >= 2))
    squares, fourths = 0.0, 0.0
    for tensor in tensors:
        theta = np.asarray(checked.tensors[f"param.{tensor['key']}"], dtype=np.float64)
        rows = np.square(theta.reshape(theta.shape[0] if theta.ndim >= 2 else 1, -1))
        squares += rows.sum()
        fourths += (rows.sum(1) ** 2).sum() / max(rows.shape[1], 1)
    return float(squares**2 / fourths) if fourths else 1.0
