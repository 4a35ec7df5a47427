"""The accuracy is recorded wherever targets are classes, and rows that the loss leaves out do not
count.
"""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional

from landscape_app.objectives import objective_of
from landscape_app.objectives.accuracy import Accuracy
from tests.objectives.toy_losses import (
    BITS,
    CLASSES,
    CROSS,
    LABELS,
    NUMBERS,
    OUTPUTS,
    WEIGHT,
    contrastive,
    focal,
    of,
)


@pytest.mark.parametrize(
    ("loss", "targets", "rule", "name"),
    [
        (CROSS(weight=WEIGHT), LABELS, "largest output", "accuracy"),
        (focal, LABELS, "largest output", "accuracy"),
        (contrastive, LABELS, None, None),
        (lambda o, t: functional.cross_entropy(-o, t), LABELS, None, None),
        (
            lambda o, t: (o.clamp(min=0) - o * t + (-o.abs()).exp().log1p()).mean(),
            BITS,
            "above 0",
            "label_accuracy",
        ),
        (lambda o, t: ((o.tanh() + 1) / 2 - t).square().mean(), BITS[:, :1], "above 0", "accuracy"),
        (lambda o, t: functional.soft_margin_loss(o, 2 * t - 1), BITS, "above 0", "label_accuracy"),
        (
            lambda o, t: functional.binary_cross_entropy_with_logits(o, t, pos_weight=WEIGHT),
            BITS,
            "above 0",
            "label_accuracy",
        ),
        (nn.MSELoss(), functional.one_hot(LABELS, CLASSES).float(), "largest output", "accuracy"),
        (nn.BCEWithLogitsLoss(), BITS, "above 0", "label_accuracy"),
        (nn.BCEWithLogitsLoss(), BITS[:, :1], "above 0", "accuracy"),
        (
            lambda o, t: -(t * o.sigmoid().log() + (1 - t) * (1 - o.sigmoid()).log()).mean(),
            BITS,
            "above 0",
            "label_accuracy",
        ),
        (nn.MSELoss(), BITS, "above 0.5", "label_accuracy"),
        (nn.SoftMarginLoss(), 2 * BITS - 1, "sign", "label_accuracy"),
        (lambda o, t: (1 - o * t).clamp(min=0).mean(), 2 * BITS[:, :1] - 1, "sign", "accuracy"),
        (CROSS(), functional.one_hot(LABELS, CLASSES).float(), "largest output", "accuracy"),
        (CROSS(), NUMBERS.softmax(1), None, None),
        (nn.MSELoss(), NUMBERS, None, None),
        (nn.HingeEmbeddingLoss(), 2 * BITS - 1, None, None),
        (nn.PoissonNLLLoss(), BITS, None, None),
        (
            nn.KLDivLoss(reduction="batchmean"),
            functional.one_hot(LABELS, CLASSES).float(),
            "largest output",
            "accuracy",
        ),
    ],
)
def test_accuracy_is_recorded_wherever_targets_are_classes(loss, targets, rule, name):
    outputs = OUTPUTS[..., : targets.shape[1]] if targets.dim() == 2 else OUTPUTS
    accuracy = of(loss, targets, outputs).accuracy
    if rule is None:
        assert accuracy is None
        return
    assert (accuracy.rule, accuracy.name) == (rule, name)
    if rule == "largest output":
        right = (outputs.argmax(-1) == LABELS).double()
    else:
        threshold, wanted = (
            {"above 0.5": 0.5}.get(rule, 0.0),
            targets > {"sign": 0.0}.get(rule, 0.5),
        )
        right = ((outputs > threshold) == wanted).double().mean(-1)
    torch.testing.assert_close(accuracy.share(outputs, targets, None), right.mean(-1))


def test_one_output_tells_two_classes_apart():
    labels = LABELS % 2
    outputs = OUTPUTS[..., :1]
    accuracy = objective_of(
        lambda o, t: functional.binary_cross_entropy_with_logits(o[:, 0], t.float()),
        classes=2, targets=(labels, labels), outputs=lambda index: outputs[0, index],
    ).accuracy  # fmt: skip
    assert torch.equal(
        accuracy.share(outputs, labels, None),
        ((outputs[..., 0] > 0) == (labels == 1)).double().mean(-1),
    )


def test_ignored_rows_count_neither_in_the_loss_nor_in_the_accuracy():
    objective = of(CROSS(ignore_index=2), LABELS)
    kept = LABELS != 2
    losses = objective.rows(OUTPUTS, LABELS)
    assert not losses[:, ~kept].any()
    torch.testing.assert_close(
        objective.accuracy.share(OUTPUTS, LABELS, losses),
        (OUTPUTS.argmax(-1) == LABELS)[:, kept].double().mean(-1),
    )


def test_a_probability_loss_that_calls_a_sigmoid_on_its_targets_is_one_of_probabilities():
    def loss(outputs, targets):
        return functional.binary_cross_entropy(
            outputs, targets, weight=torch.sigmoid(3 * (targets - 0.5))
        )

    assert of(loss, BITS, OUTPUTS.sigmoid()).accuracy.rule == "above 0.5"


def test_a_label_that_a_function_leaves_out_does_not_count():
    objective = of(lambda o, t: functional.cross_entropy(o, t, ignore_index=1), LABELS)
    assert objective.accuracy.ignored == (1,)
    right = (OUTPUTS.argmax(-1) == LABELS)[:, LABELS != 1].double().mean(-1)
    torch.testing.assert_close(objective.accuracy.share(OUTPUTS, LABELS, None), right)


@pytest.mark.parametrize(
    "loss",
    [
        lambda o, t: ((o.softmax(1) * torch.arange(4.0)).sum(1) - t).square().mean(),
        lambda o, t: (functional.cross_entropy(o, t, reduction="none") - 1.5).relu().mean(),
    ],
)
def test_a_label_is_left_out_only_where_it_never_has_a_slope(loss):
    accuracy = of(loss, LABELS).accuracy
    assert accuracy.ignored == ()
    torch.testing.assert_close(
        accuracy.share(OUTPUTS, LABELS, None), (OUTPUTS.argmax(-1) == LABELS).double().mean(-1)
    )


def test_a_loss_that_wants_small_outputs_has_no_accuracy():
    assert (
        of(lambda o, t: functional.binary_cross_entropy_with_logits(-o, t), BITS).accuracy is None
    )


@pytest.mark.parametrize("ties", [False, True])
def test_of_equal_outputs_the_first_is_the_prediction_in_any_order_of_memory(ties):
    generator = torch.Generator().manual_seed(0)
    outputs = torch.randn(3, 200, 4, generator=generator)
    if ties:
        outputs = outputs.round()
    labels = torch.randint(0, 4, (200,), generator=generator)
    hits = Accuracy("largest output").hits(outputs, labels, None)
    assert torch.equal(hits, (outputs.argmax(-1) == labels).double())
    strided = outputs.transpose(1, 2).contiguous().transpose(1, 2)
    assert torch.equal(Accuracy("largest output").hits(strided, labels, None), hits)
    outside = torch.full_like(labels, -100)
    assert not Accuracy("largest output").hits(outputs, outside, None).any()
