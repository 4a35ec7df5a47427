"""The loss is the caller's: on every batch, and over whole sets, it is what the caller's function
returns there.
"""

from __future__ import annotations

import functools

import pytest
import torch
from torch import nn
from torch.nn import functional

from tests.objectives.toy_losses import (
    BITS,
    CROSS,
    LABELS,
    NUMBERS,
    OUTPUTS,
    ROWS,
    WEIGHT,
    added_up,
    branching,
    contrastive,
    correlation,
    focal,
    of,
    r_squared,
    weighted,
)

SPLIT = {  # name: (loss, targets)
    "CE": (CROSS(), LABELS),
    "CE, weights": (CROSS(weight=WEIGHT), LABELS),
    "CE, weights, smoothed": (CROSS(weight=WEIGHT, label_smoothing=0.2), LABELS),
    "CE, ignored": (CROSS(ignore_index=2), LABELS),
    "CE, weights, ignored, smoothed": (
        CROSS(weight=WEIGHT, ignore_index=1, label_smoothing=0.1),
        LABELS,
    ),
    "CE, sum": (CROSS(weight=WEIGHT, reduction="sum"), LABELS),
    "CE, probabilities": (CROSS(weight=WEIGHT), NUMBERS.softmax(1)),
    "NLL, weights": (nn.NLLLoss(weight=WEIGHT), LABELS),
    "multi-margin": (nn.MultiMarginLoss(weight=WEIGHT), LABELS),
    "BCE with logits": (nn.BCEWithLogitsLoss(pos_weight=WEIGHT), BITS),
    "multi-label": (nn.MultiLabelSoftMarginLoss(weight=WEIGHT), BITS),
    "MSE": (nn.MSELoss(), NUMBERS),
    "MSE, sum": (nn.MSELoss(reduction="sum"), NUMBERS),
    "Huber": (nn.HuberLoss(delta=0.5), NUMBERS),
    "smooth L1": (nn.SmoothL1Loss(beta=0.3), NUMBERS),
    "L1": (nn.L1Loss(), NUMBERS),
    "Poisson": (nn.PoissonNLLLoss(), BITS),
    "hinge embedding": (nn.HingeEmbeddingLoss(), 2 * BITS - 1),
    "KL": (nn.KLDivLoss(reduction="batchmean"), NUMBERS.softmax(1)),
    "soft margin": (nn.SoftMarginLoss(), 2 * BITS - 1),
    "function": (functional.cross_entropy, LABELS),
    "partial": (functools.partial(functional.cross_entropy, weight=WEIGHT, ignore_index=3), LABELS),
    "focal": (focal, LABELS),
    "branching": (branching, NUMBERS),
    "sum": (added_up, NUMBERS),
}


WHOLE = {
    "R²": (r_squared, NUMBERS),
    "correlation": (correlation, NUMBERS),
    "contrastive": (contrastive, LABELS),
    "weights in a function": (weighted, LABELS),
}


@pytest.mark.parametrize(("loss", "targets"), (SPLIT | WHOLE).values(), ids=(SPLIT | WHOLE).keys())
def test_training_follows_the_callers_function_on_each_batch(loss, targets):
    objective = of(loss, targets)
    batch, y = OUTPUTS[:, 5:22].clone().requires_grad_(), targets[5:22]
    each = objective.minimised(batch, y.expand(3, *y.shape))
    theirs = torch.stack([loss(outputs, y) for outputs in batch])
    torch.testing.assert_close(each, theirs, rtol=1e-5, atol=1e-6)
    mine, other = (torch.autograd.grad(value.sum(), batch)[0] for value in (each, theirs))
    torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(("loss", "targets"), (SPLIT | WHOLE).values(), ids=(SPLIT | WHOLE).keys())
def test_what_is_recorded_is_the_callers_function_on_the_whole_set(loss, targets):
    objective = of(loss, targets)
    recorded, _ = objective.recorded(OUTPUTS, targets)
    per_row = ROWS if objective.summed else 1
    theirs = torch.stack([loss(outputs, targets) for outputs in OUTPUTS]) / per_row
    torch.testing.assert_close(recorded.float(), theirs.float(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("loss", "targets"), SPLIT.values(), ids=SPLIT.keys())
def test_blocks_of_rows_add_up_to_the_whole(loss, targets):
    objective = of(loss, targets)
    parts = sum(
        objective.total(OUTPUTS[:, part], targets[part])
        for part in (slice(0, 7), slice(7, 40), slice(40, ROWS))
    )
    torch.testing.assert_close(
        (parts / objective.norm(targets)).float(),
        objective.recorded(OUTPUTS, targets)[0].float(),
        rtol=1e-5,
        atol=1e-6,
    )
    single = torch.cat(
        [objective.rows(OUTPUTS[:, i : i + 1], targets[i : i + 1]) for i in range(ROWS)], 1
    )
    torch.testing.assert_close(single, objective.rows(OUTPUTS, targets), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("loss", "targets"), WHOLE.values(), ids=WHOLE.keys())
def test_a_loss_that_is_no_mean_over_rows_has_none_and_says_so(loss, targets):
    objective = of(loss, targets)
    assert objective.rows is None
    assert objective.block(7, ROWS) == ROWS
    assert "no mean over rows" in objective.notes[0]


@pytest.mark.parametrize("loss", [nn.BCELoss(), lambda o, t: functional.binary_cross_entropy(o, t)])
def test_a_trajectory_that_diverges_does_not_stop_its_neighbours(loss):
    outputs = OUTPUTS.sigmoid()
    objective = of(loss, BITS, outputs)
    broken = outputs.clone()
    broken[1, 3] = torch.nan
    for found, whole in (
        (objective.minimised, objective.minimised),
        (lambda o, t: objective.recorded(o, t[0])[0],) * 2,
    ):
        values, sound = (
            found(broken, BITS.expand(3, *BITS.shape)),
            whole(outputs, BITS.expand(3, *BITS.shape)),
        )
        assert torch.isnan(values[1])
        torch.testing.assert_close(values[[0, 2]], sound[[0, 2]])
    rows = objective.rows(broken, BITS)
    assert torch.isnan(rows[1]).any()
    torch.testing.assert_close(rows[[0, 2]], objective.rows(outputs, BITS)[[0, 2]])
