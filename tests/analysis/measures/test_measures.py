"""Laws of every measure in the table: its known answer, what may not change it, and that what it
leaves out it names.
"""

from __future__ import annotations

import functools
import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from landscape_app.analysis.measures.listing import catalogue, measure_all
from landscape_app.analysis.measures.trajectories import NAMED
from landscape_app.analysis.topology.noise import POINTS
from landscape_app.analysis.topology.significance import SURROGATES
from landscape_app.errors import AnalysisError
from landscape_app.measure_table import SNAPSHOTS, entry_of, of
from landscape_app.registries import MEASURES
from tests.analysis.measures.clouds import (
    BASE,
    BLOCK,
    EPOCHS,
    FACTS,
    NORM,
    OUTSIDE,
    PARAMETERS,
    PROBES,
    REST,
    RETURN,
    SEEDS,
    STEPS,
    TRAIN_PROBES,
    cloud,
    diverging,
)

JUMPS = SEEDS * len(STEPS)
RISE = 1.1  # mean of 1 + seed/10
RISE_MOST = 1 + (SEEDS - 1) / 10  # of the longest jump
# of the way from the anchor, epoch by epoch
LEFT = 1 - (1 - RETURN) * np.arange(EPOCHS + 1) / EPOCHS
LOSSES = np.unique(
    np.round(
        [0, *((1 + s / 10) * left**2 for s in range(SEEDS) for left in np.outer(STEPS, LEFT).flat)],
        12,
    )
)
KNOWN = {
    "gap_accuracy": 0.2,
    "gap_accuracy[outside]": 0.25,
    "gap_loss": 0.5,
    "gap_loss[outside]": 0.75,
    "train_loss": BASE,
    "weight_norm": NORM,
    "distance_from_init": 6.0,
    "parameters": PARAMETERS,
    "jump_loss": BASE + RISE * np.mean(np.square(STEPS)),
    "expected_sharpness": RISE * np.mean(np.square(STEPS)),
    "expected_sharpness[0.25]": RISE * 0.0625,
    "expected_sharpness[0.5]": RISE * 0.25,
    "expected_sharpness[1]": RISE,
    "return_ratio": RETURN,
    "epochs_to_recover": 3.0,  # 0.9 + 3 · 0.02 is the first within 0.05 of 1
    "epochs_to_recover[never]": 0.0,
    "end_spread": np.sqrt(2) * NORM * RETURN,
    "trajectory_length": NORM * (1 - RETURN) * np.mean(STEPS),
    "trajectory_detour": 1.0,
    "trajectory_turning": 0.0,
    # straight back, so never further out, by any distance
    "moving_away": 0.0,
    "moving_away[function]": 0.0,
    "moving_away[function, train]": 0.0,
    "moving_away[cosine]": 0.0,
    "excursion": 1.0,
    "first_turn": 0.0,
    # ends are at q = a / 4: at two of the three step sizes both blocks of a pair change their class
    "end_disagreement": 2 / 3 * 2 * BLOCK / PROBES,
    "anchor_disagreement": 2 / 3 * BLOCK / PROBES,
    "jump_disagreement": BLOCK / PROBES,
    "function_return": RETURN,
    # q/2 lost and q/2 won on BLOCK of the inputs
    "function_distance_end": RETURN * np.mean(STEPS) * np.sqrt(BLOCK / PROBES / 2),
    "function_distance_jump": np.mean(STEPS) * np.sqrt(BLOCK / PROBES / 2),
    # a star: from the anchor to the farthest jump of every direction
    "mst_length_function": SEEDS * np.sqrt(BLOCK / PROBES / 2),
    "magnitude_function": math.nan,  # has laws of its own
    "persistence_function": math.nan,  # has laws of its own
    "mst_length": SEEDS * NORM,  # from the anchor to the farthest jump of every direction
    "mst_length_norm": SEEDS,
    "mst_length_norm[2]": (
        SEEDS * np.square(np.diff(np.unique(np.round([0, *np.outer(STEPS, LEFT).flat], 12)))).sum()
    ),
    # the losses lie on a line: from the least to the largest
    "mst_length_losses": 1 + (SEEDS - 1) / 10,
    "magnitude_norm": math.nan,  # has laws of its own
    # of points on a line
    "magnitude_losses": 1 + np.tanh(np.sqrt(FACTS["train_rows"]) * np.diff(LOSSES) / 2).sum(),
    "ph_dimension": math.nan,  # of fewer than 64 snapshots
    "ph_dimension_losses": math.nan,
}
# of twice as many inputs, of which as many differ
KNOWN |= {
    f"{name}[train]": value * (PROBES / TRAIN_PROBES) ** (0.5 if "distance" in name else 1)
    for name, value in KNOWN.items()
    if name.endswith("_disagreement") or name.startswith("function_distance")
}
KNOWN |= {
    "function_return[train]": RETURN,
    "mst_length_function[train]": SEEDS * np.sqrt(BLOCK / TRAIN_PROBES / 2),
    "magnitude_function[train]": math.nan,
    "persistence_function[train]": math.nan,
}
SPREAD = RISE_MOST - REST * STEPS[0] ** 2
OF_LOSSES = ("", "[test_loss]", "[released]", "[test_loss, released]")
KNOWN |= {
    f"{name}{part}": math.nan  # they have laws of their own
    for name in ("published_d0", "published_d1", "published_share")
    for part in OF_LOSSES
}
KNOWN |= {"loss_range": SPREAD**2, "loss_range[test_loss]": (1.5 * SPREAD) ** 2}
WITH_LAWS = ("magnitude_norm", "magnitude_f", "persistence_f", "published")
LAWS = [name for name in KNOWN if name.startswith(WITH_LAWS)]
OF_SNAPSHOTS = of(SNAPSHOTS)
# why a measure of the snapshots need not name a diverged trajectory: it reads the anchor alone, or
# the jumps alone, which are finite where only the retraining diverges
OF_THE_ANCHOR = {"train_loss", "weight_norm", "distance_from_init", "parameters"}
OF_THE_JUMP = {"expected_sharpness", "jump_loss"}
OF_CLOUD = [
    name
    for name in OF_SNAPSHOTS
    if any(file in MEASURES[name].target for file in ("cloud:", "published:"))
]


def lines(snapshots, facts=FACTS) -> dict[str, dict]:
    return {line["name"]: line for line in measure_all(snapshots, facts)}


def values(snapshots, facts=FACTS) -> dict[str, float]:
    """NaN where there is no value."""
    return {
        name: math.nan if line["value"] is None else line["value"]
        for name, line in lines(snapshots, facts).items()
    }


def near(expected, **tolerance):
    return pytest.approx(expected, nan_ok=True, **tolerance)


def test_every_measure_has_its_known_answer():
    found = values(cloud())
    # a new measure needs a known answer
    assert {name.partition("[")[0] for name in KNOWN} == set(OF_SNAPSHOTS)
    assert all(1 < found[name] < len(cloud()) for name in LAWS if name.startswith("magnitude"))
    assert {name: value for name, value in found.items() if name not in LAWS} == near(
        {name: value for name, value in KNOWN.items() if name not in LAWS},
        rel=1e-5,
        abs=1e-4,
    )


@pytest.mark.parametrize("name", OF_SNAPSHOTS)
def test_every_measure_says_what_it_is(name):
    found = [line for line in measure_all(cloud(), FACTS) if line["name"].partition("[")[0] == name]
    assert found
    for line in found:
        assert list(line) == [
            "name",
            "label",
            "value",
            "unit",
            "direction",
            "worse",
            "source",
            "help",
            "cost",
            "detail",
            "error",
        ]
        assert line["direction"].startswith("higher = ")
        assert line["source"]
        assert line["cost"]
        assert line["label"].startswith(MEASURES[name].label)
        assert line["help"] == MEASURES[name].help
        assert json.loads(json.dumps(line, allow_nan=False)) == line


def test_the_catalogue_tells_of_every_measure_without_the_network():
    rows = {row["name"]: row for row in catalogue()}
    assert set(rows) == set(MEASURES)
    for name, row in rows.items():
        assert row["direction"].startswith("higher = "), name
        for part in ("label", "source", "cost"):
            assert row[part], f"{name} has no {part}"
        assert row["help"].endswith("."), name
        assert name in of(row["needs"])
    assert len({row["label"] for row in rows.values()}) == len(rows)
    code = (
        "import sys\nfrom landscape_app.analysis.measures.listing import"
        " catalogue\ncatalogue()\nsys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_the_documentation_has_the_texts_of_the_table_and_none_of_its_own():
    root = Path(__file__).parents[3]
    page = (root / "docs" / "measures.md").read_text(encoding="utf-8")
    made = "import sys; sys.path.insert(0, 'docs/_make'); import generated; print({part})"
    command = made.format(part="generated.PARTS['meanings']()")
    built = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", command],
        cwd=root,
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout
    assert "<!-- generated: meanings -->" in page
    assert "| `" not in page
    for name, entry in MEASURES.items():
        assert f"| `{name}` | {entry.help} | {entry.misleads} |" in built


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("expected_sharpness[0.5]", "expected_sharpness"),
        ("sublevel[train_loss].longest", "sublevel.longest"),
        ("rips[h1].p", "rips[h1].p"),
        ("hessian_top[2]", "hessian_top"),
    ],
)
def test_a_stored_number_has_the_texts_of_its_measure(name, of):
    assert entry_of(name) is MEASURES[of]


def test_a_number_of_another_program_has_no_texts_of_ours():
    assert entry_of("nothing[0.5]") is None


def test_sharpness_of_a_step_and_of_the_hessian_are_said_to_differ():
    told = {row["name"]: row["help"] for row in catalogue()}
    for name in ("expected_sharpness", "sam_sharpness", "asam_sharpness"):
        assert "finite" in told[name].lower()
        assert "infinitesimal" not in told[name].lower()
    for name in ("hessian_top", "hessian_trace"):
        assert "infinitesimal" in told[name].lower()


def test_the_p_of_the_loops_names_every_null_draw_that_it_is_compared_with():
    p = next(line for line in catalogue() if line["name"] == "rips[h1].p")
    assert all(words in p["help"] for words in SURROGATES.values())
    assert f"up to {POINTS} snapshots" in p["help"]


def test_the_standard_error_is_over_seeds():
    rises = 1 + np.arange(SEEDS) / 10
    error = rises.std(ddof=1) / np.sqrt(SEEDS)
    assert (
        f"± {error:.2g} (standard error, {SEEDS} seeds)"
        in lines(cloud())["expected_sharpness[1]"]["detail"]
    )
    assert (
        f"± {error * np.mean(np.square(STEPS)):.2g} (standard error, {SEEDS} seeds)"
        in lines(cloud())["expected_sharpness"]["detail"]
    )
    assert lines(cloud())["expected_sharpness[1]"]["error"] == near(error)
    assert "one seed, so no standard error" in lines(cloud(seeds=1))["return_ratio"]["detail"]
    assert lines(cloud(seeds=1))["return_ratio"]["error"] is None


def test_the_error_of_the_gap_in_loss_is_that_of_two_means_over_rows():
    assert lines(cloud())["gap_loss"]["error"] is None
    assert lines(cloud(), {**FACTS, "train_loss_error": 0.3})["gap_loss"]["error"] is None
    of_both = {**FACTS, "train_loss_error": 0.3, "test_loss_error": 0.4}
    assert lines(cloud(), of_both)["gap_loss"]["error"] == near(0.5)


def test_without_rows_outside_the_probe_or_scores_there_no_gap_outside_it_and_why():
    for there, why in (
        (None, "this run was begun before the test rows outside the probe were scored"),
        ({"rows": 0, "test_loss": None}, "every test row is in the probe"),
    ):
        found = lines(cloud(), {**FACTS, "outside_probe": there})
        for name in ("gap_accuracy[outside]", "gap_loss[outside]"):
            assert (found[name]["value"], found[name]["detail"]) == (None, why)
        assert found["gap_accuracy"]["value"] == near(0.2)
    error = lines(cloud())["gap_accuracy[outside]"]["error"]
    assert error == near(math.sqrt(0.75 * 0.25 / OUTSIDE["rows"]))


def test_controls_change_nothing():
    assert values(cloud(controls=False)) == near(values(cloud()), rel=1e-12)


def test_the_order_of_the_rows_changes_nothing():
    whole = cloud()
    order = np.random.default_rng(0).permutation(len(whole))
    assert values(whole.select(order)) == near(values(whole), rel=1e-12)


@pytest.mark.parametrize("trajectory", range(SEEDS * (1 + len(STEPS))))
@pytest.mark.parametrize("since", [0, 3, EPOCHS])
def test_a_diverged_trajectory_changes_no_value_but_its_own(trajectory, since):
    whole = cloud()
    without = whole.select(whole.column("trajectory") != trajectory)
    found, expected = values(diverging(whole, trajectory, since=since)), values(without)
    if since > 0:  # its jump was finite, and sharpness looks at the jump alone
        kept = values(whole)
        expected |= {
            name: value for name, value in kept.items() if name.partition("[")[0] in OF_THE_JUMP
        }
    finite = whole.select(
        (whole.column("trajectory") != trajectory) | (whole.column("epoch") < since)
    )
    expected |= {
        name: value for name, value in values(finite).items() if name.partition("[")[0] in OF_CLOUD
    }
    assert found == near(expected, rel=1e-12)


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
    found = lines(whole)
    for name in (
        "expected_sharpness",
        "expected_sharpness[1]",
        "return_ratio",
        "epochs_to_recover",
        "end_spread",
        "trajectory_length",
    ):
        assert found[name]["value"] is None
        assert "left out: seed 0, step" in found[name]["detail"]
    assert found["return_ratio"]["detail"].endswith(f" and {4 * len(STEPS) - NAMED} more")
    assert found["gap_accuracy"]["value"] == pytest.approx(0.2)


def test_a_trajectory_with_a_missing_snapshot_is_left_out_by_name():
    whole = cloud()
    gone = (whole.column("trajectory") == 1) & (whole.column("epoch") == 4)
    found = lines(whole.select(~gone))
    assert "seed 0, step 0.25 (incomplete)" in found["trajectory_length"]["detail"]
    assert found["trajectory_length"]["value"] == pytest.approx(
        NORM * (1 - RETURN) * (SEEDS * sum(STEPS) - 0.25) / (JUMPS - 1)
    )
    assert "left out" not in found["expected_sharpness"]["detail"]


def test_jumps_that_never_recover_are_counted_apart():
    whole = cloud()
    columns = dict(whole.columns)
    columns["train_accuracy"] = np.where(
        columns["step_size"] == 1.0, 0.5, columns["train_accuracy"]
    )
    found = lines(type(whole)(whole.run_id, columns, whole.delta, classes=10))
    assert found["epochs_to_recover"]["value"] == 3.0
    assert (
        f"of the {JUMPS - SEEDS} of {JUMPS} jumps that recover"
        in found["epochs_to_recover"]["detail"]
    )
    assert found["epochs_to_recover[never]"]["value"] == SEEDS


def test_a_run_without_jumps_or_recorded_norms_has_no_values_and_says_why():
    found = lines(cloud().select(np.array([0])), {})
    assert {name for name, line in found.items() if line["value"] is not None} == {
        "gap_accuracy",
        "gap_loss",
        "train_loss",
        "parameters",
    }
    silent = [name for name, line in found.items() if line["value"] is None and not line["detail"]]
    assert not silent, "no value and no reason"


def test_one_direction_has_no_spread():
    line = lines(cloud(seeds=1))["end_spread"]
    assert (line["value"], line["detail"]) == (
        None,
        "needs two directions at the largest step size",
    )


def test_a_regression_has_no_accuracy_and_its_loss_no_known_unit():
    found = lines(cloud(accuracy=False))
    for name in ("gap_accuracy", "epochs_to_recover"):
        assert (found[name]["value"], found[name]["detail"]) == (None, "this task has no accuracy")
    assert found["gap_loss"]["value"] == pytest.approx(0.5)
    assert {found[name]["unit"] for name in ("gap_loss", "train_loss", "expected_sharpness")} == {
        ""
    }
    assert lines(cloud(), {**FACTS, "loss": "cross_entropy"})["gap_loss"]["unit"] == "nats"


def test_a_value_that_is_not_finite_is_none_and_said_to_be_so():
    whole = cloud()
    columns = {
        **whole.columns,
        "test_loss": np.where(whole.column("row") == 0, np.inf, whole.column("test_loss")),
    }
    line = lines(type(whole)(whole.run_id, columns, whole.delta, classes=10))["gap_loss"]
    assert line["value"] is None
    assert line["detail"].startswith("not finite (inf)")


def test_without_the_anchor_nothing_is_measured():
    whole = cloud()
    with pytest.raises(AnalysisError, match="anchor's snapshot is missing"):
        measure_all(whole.select(whole.column("trajectory") >= 0), FACTS)
