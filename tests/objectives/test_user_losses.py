"""A user's loss is tried before it is used: what cannot be followed is refused in words."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional

from landscape_app.errors import ModelError
from landscape_app.objectives import objective_of
from landscape_app.records.dataset import Form
from tests.objectives.toy_losses import (
    BITS,
    CLASSES,
    LABELS,
    NUMBERS,
    OUTPUTS,
    ROWS,
    WEIGHT,
    contrastive,
    of,
    r_squared,
)


class Learned(nn.Module):
    def __init__(self):
        super().__init__()
        self.temperature = nn.Parameter(torch.ones(()))

    def forward(self, outputs, targets):
        return functional.cross_entropy(outputs / self.temperature, targets)


@pytest.mark.parametrize(
    ("loss", "targets", "said"),
    [
        (nn.MSELoss, NUMBERS, "give an instance: MSELoss()"),
        ({}, NUMBERS, "is a dict"),
        (lambda o, t: 0.5, NUMBERS, "gives a float"),
        (lambda o, t: torch.tensor(1.0), NUMBERS, "has no gradient"),
        (lambda o, t: (o - t) ** 2, NUMBERS, "gives a tensor of shape (48, 4)"),
        (lambda o: o.mean(), NUMBERS, "A loss takes (outputs, targets)"),
        (lambda model, batch, extra: 0, NUMBERS, "A loss takes (outputs, targets)"),
        (
            nn.CrossEntropyLoss(weight=WEIGHT[:3]),
            LABELS,
            "fails on outputs (48, 4) and targets (48,)",
        ),
        (nn.CrossEntropyLoss(), LABELS.float()[:, None], "For class labels give whole numbers"),
        (nn.BCEWithLogitsLoss(), LABELS, "give the targets as floating point"),
        (
            nn.MSELoss(),
            LABELS.float()[:, None],
            "the network has 4 outputs for a row, and there are 1 targets",
        ),
        (
            functional.huber_loss,
            NUMBERS[:, :1],
            "the network has 4 outputs for a row, and there are 1 targets",
        ),
        (nn.TripletMarginLoss(), LABELS, "an anchor, a positive and a negative row"),
        (nn.CTCLoss(), LABELS, "the lengths of sequences"),
        (Learned(), LABELS, "has weights of its own (temperature)"),
        (
            lambda o, t: functional.dropout(o - t).square().mean(),
            NUMBERS,
            "draws random numbers or keeps a state",
        ),
        (lambda o, t: o.sub_(t).square().mean(), NUMBERS, "changes the outputs"),
    ],
)
def test_a_loss_that_cannot_be_used_is_refused_in_words(loss, targets, said):
    with pytest.raises(ModelError) as refusal:
        of(loss, targets)
    assert said in str(refusal.value)


def test_trying_a_loss_leaves_the_global_generator_alone():
    before = torch.random.get_rng_state()
    with pytest.raises(ModelError):
        of(lambda o, t: functional.dropout(o - t).square().mean(), NUMBERS)
    assert torch.equal(before, torch.random.get_rng_state())


def test_a_loss_of_all_pairs_of_rows_is_refused_where_it_does_not_fit_in_memory():
    rows = 200_000
    outputs, labels = (
        OUTPUTS[0].repeat(rows // ROWS + 1, 1)[:rows],
        LABELS.repeat(rows // ROWS + 1)[:rows],
    )
    with pytest.raises(ModelError, match="needs all 200,000 rows at once"):
        objective_of(
            contrastive,
            classes=CLASSES,
            targets=(labels, labels[:10]),
            outputs=lambda index: outputs[index],
        )
    assert (
        objective_of(
            r_squared,
            classes=0,
            targets=(outputs, outputs),
            outputs=lambda index: 2 * outputs[index],
        ).rows
        is None
    )


def test_a_loss_that_fails_later_is_named():
    objective = of(nn.BCELoss(), BITS, OUTPUTS.sigmoid())
    with pytest.raises(ModelError, match="The loss 'BCELoss' fails on outputs of this network"):
        objective.minimised(OUTPUTS * 9, BITS.expand(3, *BITS.shape))


@pytest.mark.parametrize(
    ("form", "loss", "classes"),
    [
        (Form(1, "float32"), lambda o, t: (o[:, 0] - t).square().mean(), 0),
        (Form(1, "float64"), lambda o, t: functional.mse_loss(o, t[:, None]), 0),
        (Form(2, "float32"), lambda o, t: functional.mse_loss(o, t), 0),
        (
            Form(2, "int64"),
            lambda o, t: functional.binary_cross_entropy_with_logits(o, t.float()),
            2,
        ),
        (
            Form(1, "bool"),
            lambda o, t: torch.where(
                t, -functional.logsigmoid(o[:, 0]), -functional.logsigmoid(-o[:, 0])
            ).mean(),
            2,
        ),
    ],
)
def test_a_function_gets_the_targets_as_they_were_brought(form, loss, classes):
    stored = (LABELS % 2) if classes else BITS[:, :1]
    brought = stored.reshape(-1, 1)[:, 0] if form.axes == 1 else stored.reshape(-1, 1)
    brought = brought.to(getattr(torch, form.kind)) if classes else brought
    outputs = OUTPUTS[..., :1]
    objective = objective_of(
        loss,
        classes=classes,
        targets=(stored, stored),
        outputs=lambda index: outputs[0, index],
        form=form,
    )
    theirs = torch.stack([loss(output, brought) for output in outputs])
    torch.testing.assert_close(objective.recorded(outputs, stored)[0], theirs)
    torch.testing.assert_close(
        objective.minimised(outputs, stored.expand(3, *stored.shape)), theirs
    )


@pytest.mark.filterwarnings("ignore:Using a target size")
@pytest.mark.parametrize(
    ("loss", "axes"),
    [
        (lambda o, t: (o - t).square().mean(), 1),
        (lambda o, t: functional.huber_loss(o, t), 1),
        (lambda o, t: (o[:, 0] - t).square().mean(), 2),
        (lambda o, t: functional.l1_loss(o.squeeze(1), t), 2),
    ],
)
def test_outputs_that_meet_targets_of_another_number_of_axes_are_refused(loss, axes):
    column = BITS[:, :1]
    with pytest.raises(ModelError, match="spreads to every pair of rows"):
        objective_of(
            loss,
            classes=0,
            targets=(column, column),
            outputs=lambda i: OUTPUTS[0, i, :1],
            form=Form(axes, "float32"),
        )


def test_a_loss_that_keeps_what_it_makes_can_look_at_it():
    kept = []

    def loss(outputs, labels):
        value = functional.cross_entropy(outputs, labels)
        kept.append(value.detach())
        return value

    objective = of(loss, LABELS)
    objective.rows(OUTPUTS[:, :3], LABELS[:3])
    assert all(isinstance(value.item(), float) for value in kept)


@pytest.mark.parametrize(
    ("loss", "said"),
    [
        (
            lambda o, t: functional.cross_entropy(o, t) + nn.Linear(2, 2).weight.square().sum(),
            "depends on trainable tensors other than the outputs",
        ),
        (lambda o, t: undefined_name, "undefined_name"),  # noqa: F821
        (
            lambda o, t: (_ for _ in ()).throw(OSError("two\nlines")),
            "fails on outputs (48, 4) and targets (48,) of type int64: two.",
        ),
    ],
)
def test_what_a_function_raises_is_one_line(loss, said):
    with pytest.raises(ModelError) as refusal:
        of(loss, LABELS)
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)
