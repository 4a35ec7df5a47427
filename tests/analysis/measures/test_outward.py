"""Laws of outward motion: equal to a plain recomputation on weights and outputs that wander, with
known answers on a circle, and absent by name without the anchor or the train probe.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from landscape_app.analysis.measures.function import NO_TRAIN_PROBE
from landscape_app.analysis.measures.listing import measure_all
from landscape_app.analysis.measures.motion import motion
from landscape_app.analysis.measures.outward import NO_ANCHOR
from landscape_app.records.snapshots import Matrix, Snapshots
from landscape_app.seeds import numpy_stream
from tests.analysis.measures.clouds import CLASSES, EPOCHS, FACTS, PROBES, TRAIN_PROBES, cloud

PARAMETERS = 1_500  # more than one block
BASE = numpy_stream(3, "outward").standard_normal(PARAMETERS).astype(np.float32)
HERE = {**FACTS, "anchor_weights": lambda: BASE}


def measured(snapshots: Snapshots, facts=HERE) -> dict[str, float | None]:
    lines = {line["name"]: line for line in measure_all(snapshots, facts)}
    return {
        name: line["value"]
        for name, line in lines.items()
        if name.partition("[")[0] in ("moving_away", "excursion", "first_turn")
    }


@pytest.fixture(scope="module")
def wandering() -> Snapshots:
    """The cloud with weights and outputs that walk at random from each jump."""
    plain, rng = cloud(seeds=4), numpy_stream(4, "outward")
    delta = rng.standard_normal((len(plain), PARAMETERS)).astype(np.float32)
    delta[0] = 0
    for row in range(1, len(plain)):
        if plain.column("epoch")[row]:
            delta[row] = 0.954 * delta[row - 1] + 0.3 * delta[row]  # as long as before, on average
    columns = dict(plain.columns)
    columns["distance"] = np.linalg.norm(delta.astype(np.float64), axis=1)

    def outputs(probes: int) -> Matrix:
        powers = np.exp(rng.standard_normal((len(plain), probes, CLASSES)))
        softmax = powers / powers.sum(-1, keepdims=True)
        return Matrix.of(softmax.reshape(len(plain), -1).astype(np.float32))

    return replace(
        plain,
        columns=columns,
        delta=Matrix.of(delta),
        probe=outputs(PROBES),
        train_probe=outputs(TRAIN_PROBES),
    )


def recomputed(snapshots: Snapshots) -> dict[str, float]:
    """Every measure by its definition, with plain loops."""
    column = snapshots.column
    theta = BASE.astype(np.float64) + snapshots.delta.whole()
    p = {
        name: getattr(snapshots, name).whole().astype(np.float64)
        for name in ("probe", "train_probe")
    }
    cosine = [1 - t @ theta[0] / np.linalg.norm(t) / np.linalg.norm(theta[0]) for t in theta]
    away = {
        "moving_away": [np.linalg.norm(t - theta[0]) for t in theta],
        "moving_away[function]": [np.linalg.norm(q - p["probe"][0]) for q in p["probe"]],
        "moving_away[function, train]": [
            np.linalg.norm(q - p["train_probe"][0]) for q in p["train_probe"]
        ],
        "moving_away[cosine]": cosine,
    }
    jumps = np.flatnonzero((column("step_size") > 0) & (column("epoch") == 0))
    answer = {
        name: np.mean([np.mean(np.diff(d[j : j + EPOCHS + 1]) > 0) for j in jumps])
        for name, d in away.items()
    }
    far = away["moving_away"]
    answer["excursion"] = np.mean([max(far[j : j + EPOCHS + 1]) / far[j] for j in jumps])
    angles = []
    for j in jumps:
        move, back = theta[j + 1] - theta[j], theta[0] - theta[j]
        angles.append(np.arccos(move @ back / np.linalg.norm(move) / np.linalg.norm(back)))
    answer["first_turn"] = np.degrees(np.mean(angles))
    return answer


def test_outward_motion_is_what_plain_loops_give(wandering):
    known = recomputed(wandering)
    assert 0.2 < known["moving_away[cosine]"] < 0.8, "a case that tells nothing"
    assert measured(wandering) == pytest.approx(known, rel=1e-5)


def test_straight_out_is_180_degrees_and_across_is_90():
    plain = cloud(controls=False)
    epoch, seed = plain.column("epoch"), plain.column("seed")
    for across, angle in ((False, 180.0), (True, 90.0)):
        delta = np.zeros((len(plain), PARAMETERS), np.float32)
        jumped = np.flatnonzero(seed >= 0)
        delta[jumped, seed[jumped]] = 1.0
        delta[jumped, (seed[jumped] + 10) if across else seed[jumped]] += 0.25 * epoch[jumped]
        columns = dict(plain.columns)
        columns["distance"] = np.linalg.norm(delta.astype(np.float64), axis=1)
        found = measured(replace(plain, columns=columns, delta=Matrix.of(delta)))
        assert found["first_turn"] == pytest.approx(angle, abs=1e-3)
        assert found["moving_away"] == 1.0
        far = np.hypot(1, 0.25 * EPOCHS) if across else 1 + 0.25 * EPOCHS
        assert found["excursion"] == pytest.approx(far)


def test_angles_near_the_anchor_keep_their_digits():
    plain, rng = cloud(), numpy_stream(5, "outward")
    delta = (1e-6 * rng.standard_normal((len(plain), PARAMETERS))).astype(np.float32)
    columns = dict(plain.columns)
    columns["distance"] = np.linalg.norm(delta.astype(np.float64), axis=1)
    found = motion(replace(plain, columns=columns, delta=Matrix.of(delta)), BASE).angle
    theta = BASE.astype(np.longdouble) + delta.astype(np.longdouble)
    base = BASE.astype(np.longdouble)
    unit = base / np.sqrt(base @ base)
    rest = theta - (theta @ unit)[:, None] * unit
    sine = np.square(rest).sum(1) / np.square(theta).sum(1)
    np.testing.assert_allclose(found, (sine / 2).astype(float), rtol=1e-4)


def test_without_the_anchor_or_a_train_probe_the_parts_are_absent_by_name(wandering):
    bare = replace(wandering, train_probe=None)
    lines = {line["name"]: line for line in measure_all(bare, {**HERE, "anchor_weights": None})}
    for name, why in (
        ("moving_away[cosine]", NO_ANCHOR),
        ("moving_away[function, train]", NO_TRAIN_PROBE),
        ("end_disagreement[train]", NO_TRAIN_PROBE),
        ("magnitude_function[train]", NO_TRAIN_PROBE),
    ):
        assert (lines[name]["value"], lines[name]["detail"]) == (None, why)
    whole = {line["name"]: line["value"] for line in measure_all(wandering, HERE)}
    assert lines["moving_away"]["value"] == whole["moving_away"] is not None
    assert lines["end_disagreement"]["value"] == whole["end_disagreement"] is not None
