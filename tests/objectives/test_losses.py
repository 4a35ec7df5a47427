"""The loss is the caller's: on every batch, and over whole sets, it is what the caller's function
returns there.
"""

from __future__ import annotations

import functools

import pytest
import torch
from torch import nn
from torch.nn import functional

from landscape_app.errors import ModelError
from landscape_app.objectives import objective_of
from landscape_app.records.dataset import Form

ROWS, CLASSES = 60, 4


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


OUTPUTS = normal(3, ROWS, CLASSES)  # (trajectory, row, output)
LABELS = torch.arange(ROWS) ** 2 % 7 % CLASSES
WEIGHT = torch.tensor([1.0, 50.0, 0.5, 3.0])
NUMBERS, BITS = normal(ROWS, CLASSES, seed=1), (normal(ROWS, CLASSES, seed=2) > 0).float()


def of(loss, targets, outputs=OUTPUTS):
    classes = 0 if targets.is_floating_point() else CLASSES
    return objective_of(
        loss, classes=classes, targets=(targets, targets), outputs=lambda index: outputs[0, index]
    )


def focal(outputs, labels):
    p = outputs.log_softmax(-1).gather(1, labels[:, None])[:, 0]
    return (-((1 - p.exp()) ** 2) * p).mean()


def r_squared(outputs, targets):
    return ((outputs - targets) ** 2).sum() / ((targets - targets.mean(0)) ** 2).sum()


def correlation(outputs, targets):
    a, b = outputs - outputs.mean(0), targets - targets.mean(0)
    return 1 - ((a * b).sum(0) / (a.norm(dim=0) * b.norm(dim=0) + 1e-8)).mean()


def contrastive(outputs, labels):
    unit = functional.normalize(outputs, dim=1)
    alike = (labels[:, None] == labels[None, :]).float()
    logits = unit @ unit.T - 1e9 * torch.eye(len(labels))
    return -(alike * logits.log_softmax(1)).sum() / alike.sum()


def branching(outputs, targets):
    error = (outputs - targets).abs().mean()
    return error if float(error.detach()) >= 0 else -error


def weighted(outputs, labels):
    return functional.cross_entropy(outputs, labels, weight=WEIGHT)


def added_up(outputs, targets):
    return ((outputs - targets) ** 2).sum()


CROSS = nn.CrossEntropyLoss
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


def test_a_loss_that_fails_later_is_named():
    objective = of(nn.BCELoss(), BITS, OUTPUTS.sigmoid())
    with pytest.raises(ModelError, match="The loss 'BCELoss' fails on outputs of this network"):
        objective.minimised(OUTPUTS * 9, BITS.expand(3, *BITS.shape))


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
