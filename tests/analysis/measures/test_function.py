"""Laws of the measures in function space, beside the closed forms that all measures share: equal to
a plain recomputation, and blind to what a network's outputs do not show.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import torch
from torch import nn

from landscape_app.analysis.function_space import distances_to, predicted
from landscape_app.analysis.measures.function import jackknife
from landscape_app.analysis.measures.listing import measure_all
from landscape_app.records.snapshots import Matrix, Snapshots
from landscape_app.seeds import numpy_stream
from tests.analysis.measures.clouds import BLOCK, CLASSES, EPOCHS, FACTS, PROBES, STEPS, cloud

NAMES = (
    "end_disagreement",
    "anchor_disagreement",
    "jump_disagreement",
    "function_return",
    "function_distance_end",
    "function_distance_jump",
)


def measured(snapshots: Snapshots) -> dict[str, dict]:
    lines = {line["name"]: line for line in measure_all(snapshots, FACTS)}
    return {name: lines[name] for name in NAMES}


def values(snapshots: Snapshots) -> dict[str, float]:
    return {name: line["value"] for name, line in measured(snapshots).items()}


@pytest.fixture(scope="module")
def drawn() -> Snapshots:
    """The cloud with outputs drawn at random, more alike the nearer to the anchor."""
    plain = cloud(seeds=4)
    noise = numpy_stream(5, "function").standard_normal((len(plain), PROBES, CLASSES))
    scores = noise[:1] + noise * plain.column("distance")[:, None, None] / 4
    powers = np.exp(2 * scores)
    softmax = powers / powers.sum(axis=-1, keepdims=True)
    return replace(plain, probe=Matrix.of(softmax.reshape(len(plain), -1).astype(np.float32)))


def recomputed(snapshots: Snapshots) -> dict[str, float]:
    """Every measure by its definition, with plain loops."""
    p = snapshots.probe.whole().astype(np.float64).reshape(len(snapshots), PROBES, CLASSES)
    c = p.argmax(axis=-1)
    column = snapshots.column
    jumps = np.flatnonzero((column("step_size") > 0) & (column("epoch") == 0))
    end = {
        j: np.flatnonzero(
            (column("trajectory") == column("trajectory")[j]) & (column("epoch") == EPOCHS)
        )[0]
        for j in jumps
    }
    apart = lambda a, b: np.sqrt(np.mean(((p[a] - p[b]) ** 2).sum(axis=-1)))  # noqa: E731
    differ = lambda a, b: np.mean(c[a] != c[b])  # noqa: E731
    pairs = [
        differ(end[i], end[j])
        for i, j in product(jumps, jumps)
        if column("step_size")[i] == column("step_size")[j]
        and column("seed")[i] != column("seed")[j]
    ]
    return {
        "end_disagreement": np.mean(pairs),
        "anchor_disagreement": np.mean([differ(end[j], 0) for j in jumps]),
        "jump_disagreement": np.mean([differ(j, 0) for j in jumps]),
        "function_return": np.mean([apart(end[j], 0) / apart(j, 0) for j in jumps]),
        "function_distance_end": np.mean([apart(end[j], 0) for j in jumps]),
        "function_distance_jump": np.mean([apart(j, 0) for j in jumps]),
    }


def test_they_are_what_their_definitions_give(drawn):
    found = values(drawn)
    assert found == pytest.approx(recomputed(drawn), rel=1e-6)
    assert len(set(found.values())) == len(NAMES)
    assert all(value > 0 for value in found.values())


def test_the_order_of_snapshots_directions_and_inputs_changes_nothing(drawn):
    before = values(drawn)
    order = numpy_stream(6, "order").permutation(len(drawn))
    assert values(drawn.select(order)) == pytest.approx(before, rel=1e-12)
    seed = drawn.column("seed")
    swapped = np.where(seed == 0, 3, np.where(seed == 3, 0, seed))
    other = replace(drawn, columns={**drawn.columns, "seed": swapped})
    assert values(other) == pytest.approx(before, rel=1e-12)
    p = drawn.probe.whole().reshape(len(drawn), PROBES, CLASSES)[:, ::-1]
    other = replace(drawn, probe=Matrix.of(p.reshape(len(drawn), -1)))
    assert values(other) == pytest.approx(before, rel=1e-6)


def test_their_errors_are_over_directions(drawn):
    lines = measured(drawn)
    apart = distances_to(drawn, 0)
    column, rows = drawn.column, np.arange(len(drawn))
    means = []
    for seed in range(4):
        of = (column("seed") == seed) & (column("step_size") > 0)
        ends, jumps = rows[of & (column("epoch") == EPOCHS)], rows[of & (column("epoch") == 0)]
        means.append(np.mean(apart[ends] / apart[jumps]))
    assert lines["function_return"]["error"] == pytest.approx(np.std(means, ddof=1) / 2)
    leaving = [
        recomputed(drawn.select(column("seed") != seed))["end_disagreement"] for seed in range(4)
    ]
    spread = np.sqrt(3 / 4 * np.sum((np.array(leaving) - np.mean(leaving)) ** 2))
    assert lines["end_disagreement"]["error"] == pytest.approx(spread)
    assert (
        f"± {spread:.2g} (standard error, jackknife over 4 seeds)"
        in (lines["end_disagreement"]["detail"])
    )


def test_a_jackknife_over_seeds_that_are_in_every_pair_is_none():
    assert jackknife([0.1, 0.2], [(0, 1), (0, 1)]) is None
    assert jackknife([0.1, 0.2], [(0, 1), (0, 2)]) is None
    # without seed 0: the mean is 0.3, …
    without = np.array([0.3, 0.2, 0.1])
    expected = np.sqrt(2 / 3 * np.sum((without - 0.2) ** 2))
    assert jackknife([0.1, 0.2, 0.3], [(0, 1), (0, 2), (1, 2)]) == pytest.approx(expected)


def network(hidden: int = 12) -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(5, hidden), nn.ReLU(), nn.Linear(hidden, CLASSES))


def outputs(weights: torch.Tensor, inputs: torch.Tensor) -> np.ndarray:
    """Softmax outputs of the network with these weights."""
    net = network()
    nn.utils.vector_to_parameters(weights, net.parameters())
    with torch.no_grad():
        return net(inputs).softmax(-1).numpy().reshape(-1)


def permuted(weights: torch.Tensor, order: torch.Tensor) -> torch.Tensor:
    """The weights of the same function with its hidden units in another order."""
    net = network()
    nn.utils.vector_to_parameters(weights, net.parameters())
    first, _, last = net
    parts = (first.weight[order], first.bias[order], last.weight[:, order], last.bias)
    return torch.cat([part.detach().reshape(-1) for part in parts])


@pytest.mark.slow
def test_an_order_of_the_hidden_units_changes_nothing():
    """Every trajectory may have an order of its own: the weights are far apart, the functions are
    the same.
    """
    plain = cloud(seeds=3)
    base = nn.utils.parameters_to_vector(network().parameters()).detach()
    torch.manual_seed(1)
    directions, inputs = torch.randn(3, len(base)), torch.randn(PROBES, 5)
    length = torch.from_numpy(plain.column("distance")).float() / 8
    theta = [
        base + length[row] * directions[max(int(seed), 0)]
        for row, seed in enumerate(plain.column("seed"))
    ]
    orders = {trajectory: torch.randperm(12) for trajectory in plain.column("trajectory").tolist()}
    moved = [
        permuted(weights, orders[trajectory])
        for weights, trajectory in zip(theta, plain.column("trajectory").tolist(), strict=True)
    ]
    first, second = (
        replace(plain, probe=Matrix.of(np.array([outputs(w, inputs) for w in all])))
        for all in (theta, moved)
    )
    assert min((a - b).norm() for a, b in zip(theta, moved, strict=True)) > 1
    assert values(first)["function_distance_jump"] > 0.05
    assert values(second) == pytest.approx(values(first), rel=1e-4)
    assert (predicted(first) == predicted(second)).all()


def test_a_jump_that_changes_no_output_has_nothing_to_return_from():
    plain = cloud()
    probe = plain.probe.whole().copy()
    probe[plain.column("seed") == 2] = probe[0]
    lines = measured(replace(plain, probe=Matrix.of(probe)))
    assert lines["function_return"]["value"] == pytest.approx(0.25)
    assert "seed 2, step 1 (its jump changes no output)" in lines["function_return"]["detail"]
    still = lines["function_distance_jump"]["value"]
    assert still == pytest.approx(2 / 3 * np.mean(STEPS) * np.sqrt(BLOCK / PROBES / 2))


def test_outputs_that_are_not_finite_are_left_out_by_name():
    plain = cloud()
    probe = plain.probe.whole().copy()
    ends = (plain.column("epoch") == EPOCHS) & (plain.column("seed") == 1)
    probe[ends & (plain.column("step_size") == 1), 3] = np.nan
    lines = measured(replace(plain, probe=Matrix.of(probe)))
    rest = plain.select(~((plain.column("seed") == 1) & (plain.column("step_size") == 1)))
    assert {name: line["value"] for name, line in lines.items()} == pytest.approx(values(rest))
    assert all("seed 1, step 1 (outputs not finite)" in line["detail"] for line in lines.values())


def test_of_a_regression_outputs_are_in_units_of_their_targets():
    plain = cloud(accuracy=False)
    at = numpy_stream(7, "regression").standard_normal((len(plain), PROBES, 2))
    at *= plain.column("distance")[:, None, None]
    scale = (0.5, 40.0)
    probe = Matrix.of((at * scale).reshape(len(plain), -1).astype(np.float32))
    found = measured(replace(plain, probe=probe, target_scale=scale))
    jumps = (plain.column("step_size") > 0) & (plain.column("epoch") == 0)
    apart = np.sqrt(np.mean((at[jumps] - at[0]) ** 2, axis=(1, 2)))
    assert found["function_distance_jump"]["value"] == pytest.approx(apart.mean(), rel=1e-5)
    assert found["function_return"]["value"] == pytest.approx(0.25, rel=0.2)
    for name in ("end_disagreement", "anchor_disagreement", "jump_disagreement"):
        assert (found[name]["value"], found[name]["error"]) == (None, None)
        assert found[name]["detail"] == "this task has no classes that could disagree"


def test_without_outputs_there_is_no_value_and_the_reason():
    for line in measured(replace(cloud(), probe=None)).values():
        assert line["value"] is None
        assert "no softmax outputs on a probe set" in line["detail"]
    for line in measured(cloud(accuracy=False)).values():
        assert "spread over the train rows" in line["detail"] or "no classes" in line["detail"]
