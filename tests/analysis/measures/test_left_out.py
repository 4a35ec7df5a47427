"""Laws of what a measure leaves out: a trajectory that diverged or lacks a snapshot changes no
value but its own, and is named.
"""

from __future__ import annotations

import functools

import numpy as np
import pytest

from landscape_app.analysis.measures.trajectories import NAMED
from landscape_app.registries import MEASURES
from tests.analysis.measures.clouds import EPOCHS, NORM, RETURN, SEEDS, STEPS, cloud, diverging
from tests.analysis.measures.known_values import JUMPS, OF_THE_ANCHOR, OF_THE_JUMP
from tests.analysis.measures.measured import OF_SNAPSHOTS, lines, near, values

OF_CLOUD = [
    name
    for name in OF_SNAPSHOTS
    if any(file in MEASURES[name].target for file in ("cloud:", "published:"))
]


@pytest.mark.parametrize("trajectory", range(SEEDS * (1 + len(STEPS))))
@pytest.mark.parametrize("since", [0, 3, EPOCHS])
def test_a_diverged_trajectory_changes_no_value_but_its_own(trajectory, since):
    whole = cloud()
    without = whole.select(whole.column("trajectory") != trajectory)
    by_name, expected = values(diverging(whole, trajectory, since=since)), values(without)
    if since > 0:  # its jump was finite, and sharpness looks at the jump alone
        expected |= {
            name: value
            for name, value in values(whole).items()
            if name.partition("[")[0] in OF_THE_JUMP
        }
    finite = whole.select(
        (whole.column("trajectory") != trajectory) | (whole.column("epoch") < since)
    )
    expected |= {
        name: value for name, value in values(finite).items() if name.partition("[")[0] in OF_CLOUD
    }
    assert by_name == near(expected, rel=1e-12)


@functools.cache
def lines_with_one_diverged(since: int) -> dict[str, dict]:
    """Of a cloud where the jump of seed 0, step 1 diverges; large enough for every measure."""
    return lines(diverging(cloud(seeds=6), 3, since=since))


@pytest.mark.parametrize("since", [0, 3])
@pytest.mark.parametrize("name", OF_SNAPSHOTS)
def test_a_diverged_trajectory_is_named_where_it_is_left_out(name, since):
    detail = lines_with_one_diverged(since)[name]["detail"]
    words = [
        f"seed 0, step 1 (diverged at epoch {since})",
        f"{EPOCHS + 1 - since} not finite are left out",
    ]
    if name in OF_THE_JUMP:
        words.append("seed 0, step 1 (the jump is not finite)")
    told = any(text in detail for text in words)
    if name in OF_THE_ANCHOR or (since and name in OF_THE_JUMP):
        assert not told, f"{name} names what it does not use: {detail}"
    else:
        assert told, f"{name} names in its detail none of {words}: {detail!r}"


def test_a_part_names_the_diverged_trajectories_of_its_own():
    assert "seed 0, step 1 (" in lines_with_one_diverged(3)["epochs_to_recover[never]"]["detail"]
    jumped = lines_with_one_diverged(0)
    assert "seed 0, step 1 (the jump is not finite)" in jumped["expected_sharpness[1]"]["detail"]
    assert "left out" not in jumped["expected_sharpness[0.5]"]["detail"]


def test_where_all_diverge_there_is_no_value_and_the_reason_is_said():
    whole = cloud(seeds=4, controls=False)
    for trajectory in range(4 * len(STEPS)):
        whole = diverging(whole, trajectory, since=0)
    by_name = lines(whole)
    for name in (
        "expected_sharpness",
        "expected_sharpness[1]",
        "return_ratio",
        "epochs_to_recover",
        "end_spread",
        "trajectory_length",
    ):
        assert by_name[name]["value"] is None
        assert "left out: seed 0, step" in by_name[name]["detail"]
    assert by_name["return_ratio"]["detail"].endswith(f" and {4 * len(STEPS) - NAMED} more")
    assert by_name["gap_accuracy"]["value"] == pytest.approx(0.2)


def test_a_trajectory_with_a_missing_snapshot_is_left_out_by_name():
    whole = cloud()
    gone = (whole.column("trajectory") == 1) & (whole.column("epoch") == 4)
    by_name = lines(whole.select(~gone))
    assert "seed 0, step 0.25 (incomplete)" in by_name["trajectory_length"]["detail"]
    assert by_name["trajectory_length"]["value"] == pytest.approx(
        NORM * (1 - RETURN) * (SEEDS * sum(STEPS) - 0.25) / (JUMPS - 1)
    )
    assert "left out" not in by_name["expected_sharpness"]["detail"]


def test_jumps_that_never_recover_are_counted_apart():
    whole = cloud()
    columns = dict(whole.columns)
    columns["train_accuracy"] = np.where(
        columns["step_size"] == 1.0, 0.5, columns["train_accuracy"]
    )
    by_name = lines(type(whole)(whole.run_id, columns, whole.delta, classes=10))
    assert by_name["epochs_to_recover"]["value"] == 3.0
    assert (
        f"of the {JUMPS - SEEDS} of {JUMPS} jumps that recover"
        in by_name["epochs_to_recover"]["detail"]
    )
    assert by_name["epochs_to_recover[never]"]["value"] == SEEDS
