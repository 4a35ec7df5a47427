"""Losses: a name, one of torch's own, or a function (outputs, targets)."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from landscape_app.datasets.objects import from_objects
from landscape_app.objectives import ignored_label, of_torch
from landscape_app.pipeline.problem import problem_of
from landscape_app.pipeline.user_objects import UserObjects
from landscape_app.settings import GIVEN, RunSpec, parse
from landscape_app.training.engine import OneAtATime
from landscape_app.training.scores import score
from landscape_app.weights.bundle import Bundle
from tests.bring.case import Case

TITLE = "Losses"
ABOUT = """`explore(model, train, test, loss=…)`. The loss of a batch is what your function returns for that batch, in training and in
retraining; the recorded losses are what it returns for the whole train or test set. Accuracy is recorded wherever the targets are
classes: the largest output for class numbers, a threshold of 0 for losses of logits and of 0.5 for those of probabilities, the sign
for targets of −1 and 1. With several labels a row it is the share of label entries that are right."""

ROWS = 30
X = torch.randn(ROWS, 5, generator=torch.Generator().manual_seed(0))
LABELS = torch.arange(ROWS) % 7 % 3
SOME = torch.where(torch.arange(ROWS) % 4 == 0, -100, LABELS)
NUMBERS, POSITIVE = X[:, :3].sin(), X[:, :3].abs()
BITS = (X[:, :3] > 0).float()
WEIGHT = torch.tensor([1.0, 50.0, 0.5])


def network(last: nn.Module | None = None, outputs: int = 3) -> nn.Module:
    """Five inputs, three outputs, the same weights each time."""
    with torch.random.fork_rng():
        torch.manual_seed(1)
        return nn.Sequential(nn.Linear(5, outputs), *([last] if last else []))


def recorded(loss: Any, y: Tensor, model: nn.Module) -> dict[str, float]:
    """What a run records at the initial weights."""
    own = callable(loss) and not of_torch(loss)
    data = from_objects(GIVEN, (X, y), (X, y), ignored=ignored_label(loss), own=own)
    spec = parse(
        RunSpec, {"data": GIVEN, "network": GIVEN, "loss": loss if isinstance(loss, str) else GIVEN}
    )
    problem, _ = problem_of(
        spec,
        UserObjects(data=data, network=model, loss=None if isinstance(loss, str) else loss),
        tell=True,
    )
    bundle = Bundle.of(problem.network, problem.layout)
    found = score(problem, OneAtATime(problem), bundle, anchor=bundle.weights[0])
    return {
        name.removeprefix("scores."): float(found[name][0])
        for name in ("scores.train_loss", "scores.train_accuracy")
    }


def right(
    loss: Any,
    y: Tensor,
    model: nn.Module | None = None,
    accuracy: Callable[[Tensor], Tensor] | None = None,
    per: int = 1,
) -> Any:
    """A trial: the recorded loss is `loss` on all rows, divided by `per`; the accuracy is that of
    `accuracy`, or none.
    """

    def tried(_: Path) -> None:
        own = model or network()
        outputs = own(X).detach()
        found = recorded(loss, y, own)
        torch.testing.assert_close(
            found["train_loss"], float(loss(outputs, y).mean()) / per, rtol=1e-5, atol=1e-6
        )
        expected = float("nan") if accuracy is None else float(accuracy(outputs).double().mean())
        torch.testing.assert_close(
            found["train_accuracy"], expected, rtol=0, atol=1e-9, equal_nan=True
        )

    return tried


def refused(loss: Any, y: Tensor, model: nn.Module | None = None) -> Any:
    """A trial that must be refused."""
    return lambda _: recorded(loss, y, model or network())


def largest(outputs: Tensor) -> Tensor:
    return outputs.argmax(1) == LABELS


def focal(outputs: Tensor, labels: Tensor) -> Tensor:
    p = outputs.log_softmax(1).gather(1, labels[:, None])[:, 0]
    return (-((1 - p.exp()) ** 2) * p).mean()


def r_squared(outputs: Tensor, targets: Tensor) -> Tensor:
    return ((outputs - targets) ** 2).sum() / ((targets - targets.mean(0)) ** 2).sum()


def correlation(outputs: Tensor, targets: Tensor) -> Tensor:
    a, b = outputs - outputs.mean(0), targets - targets.mean(0)
    return 1 - ((a * b).sum(0) / (a.norm(dim=0) * b.norm(dim=0))).mean()


def weighted(outputs: Tensor, labels: Tensor) -> Tensor:
    return functional.cross_entropy(outputs, labels, weight=WEIGHT)


KEPT: list[Tensor] = []
PENALISED = nn.Linear(2, 2)


def noted(outputs: Tensor, labels: Tensor) -> Tensor:
    KEPT.append(functional.cross_entropy(outputs, labels).detach())
    assert math.isfinite(sum(value.item() for value in KEPT[-3:]))
    return functional.cross_entropy(outputs, labels)


def contrastive(outputs: Tensor, labels: Tensor) -> Tensor:
    unit = functional.normalize(outputs, dim=1)
    logits = unit @ unit.T - 1e9 * torch.eye(len(labels))
    alike = (labels[:, None] == labels[None, :]).float()
    return -(alike * logits.log_softmax(1)).sum() / alike.sum()


def squares(outputs: Tensor, targets: Tensor) -> Tensor:
    return (outputs - targets).square().sum()


class Learned(nn.Module):
    """A loss with a temperature of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.temperature = nn.Parameter(torch.ones(()))

    def forward(self, outputs: Tensor, targets: Tensor) -> Tensor:
        return functional.cross_entropy(outputs / self.temperature, targets)


CE, BCE = nn.CrossEntropyLoss, nn.BCEWithLogitsLoss
CASES = [
    Case("`CrossEntropyLoss(weight=…, label_smoothing=…)`", "works", right(CE(weight=WEIGHT, label_smoothing=0.1), LABELS, accuracy=largest)),
    Case(
        "`CrossEntropyLoss()` with rows of label −100, or another `ignore_index`: they count nowhere",
        "works",
        right(CE(), SOME, accuracy=lambda outputs: (outputs.argmax(1) == SOME)[SOME >= 0]),
    ),
    Case("`CrossEntropyLoss()` on one-hot rows", "works", right(CE(), functional.one_hot(LABELS).float(), accuracy=largest)),
    Case("`CrossEntropyLoss()` on rows of probabilities (no accuracy)", "works", right(CE(), POSITIVE.softmax(1))),
    Case("`functools.partial(functional.cross_entropy, …)`", "works",
         right(functools.partial(functional.cross_entropy, weight=WEIGHT), LABELS, accuracy=largest)),
    Case("`NLLLoss(weight=…)` on log-probabilities", "works",
         right(nn.NLLLoss(weight=WEIGHT), LABELS, network(nn.LogSoftmax(1)), largest)),
    Case("`MultiMarginLoss()`", "works", right(nn.MultiMarginLoss(), LABELS, accuracy=largest)),
    Case("`BCEWithLogitsLoss()` on one column of zeros and ones", "works",
         right(BCE(), BITS[:, :1], network(outputs=1), lambda outputs: (outputs > 0) == (BITS[:, :1] > 0))),
    Case("`BCEWithLogitsLoss(pos_weight=…)` on several labels a row", "works",
         right(BCE(pos_weight=WEIGHT), BITS, accuracy=lambda outputs: (outputs > 0) == (BITS > 0))),
    Case("`BCELoss()` on probabilities", "works",
         right(nn.BCELoss(), BITS, network(nn.Sigmoid()), lambda outputs: (outputs > 0.5) == (BITS > 0))),
    Case("`SoftMarginLoss()` on −1 and 1", "works",
         right(nn.SoftMarginLoss(), 2 * BITS - 1, accuracy=lambda outputs: (outputs > 0) == (BITS > 0))),
    *(Case(f"`{type(loss).__name__}` on numbers", "works", right(loss, NUMBERS))
      for loss in (nn.MSELoss(), nn.HuberLoss(), nn.SmoothL1Loss(), nn.L1Loss())),
    Case("`PoissonNLLLoss()` on counts", "works", right(nn.PoissonNLLLoss(), POSITIVE.round() + 2)),
    Case("`KLDivLoss(reduction='batchmean')`", "works",
         right(nn.KLDivLoss(reduction="batchmean"), POSITIVE.softmax(1), network(nn.LogSoftmax(1)))),
    Case("a function of your own that is a mean over rows, as a focal loss", "works", right(focal, LABELS, accuracy=largest)),
    Case("a hinge loss of your own on −1 and 1", "works",
         right(lambda o, t: (1 - o * t).clamp(min=0).mean(), 2 * BITS - 1, accuracy=lambda outputs: (outputs > 0) == (BITS > 0))),
    Case("labels `(rows,)` for a function that compares `outputs[:, 0]`", "works",
         right(lambda o, t: (o[:, 0] - t).square().mean(), NUMBERS[:, 0], network(outputs=1))),
    Case("whole-number labels `(rows, 1)` for a function of outputs `(rows, 1)`", "works",
         right(lambda o, t: (o - t.float()).square().mean(), LABELS[:, None], network(outputs=1))),
    Case("booleans for a function that chooses by them", "works",
         right(lambda o, t: torch.where(t, -functional.logsigmoid(o[:, 0]), -functional.logsigmoid(-o[:, 0])).mean(), BITS[:, 0] > 0,
               network(outputs=1), lambda outputs: (outputs[:, 0] > 0) == (BITS[:, 0] > 0))),
    Case("whole numbers −1 and 1 for a hinge loss of your own", "works",
         right(lambda o, t: (1 - o[:, 0] * t).clamp(min=0).mean(), (2 * BITS[:, 0] - 1).long(), network(outputs=1),
               lambda outputs: (outputs[:, 0] > 0) == (BITS[:, 0] > 0))),
    Case("several whole-number labels a row for a function of your own", "works",
         right(lambda o, t: functional.binary_cross_entropy_with_logits(o, t.float()), BITS.long(),
               accuracy=lambda outputs: (outputs > 0) == (BITS > 0))),
    Case("a label that your own function leaves out, as 255 or −1", "works",
         right(lambda o, t: functional.cross_entropy(o, t, ignore_index=255), torch.where(SOME < 0, 255, SOME),
               accuracy=lambda outputs: (outputs.argmax(1) == SOME)[SOME >= 0])),
    Case("a function that keeps its losses in a list", "works", right(noted, LABELS, accuracy=largest)),
    Case("a contrastive or centre loss on embeddings (no accuracy)", "works, and says so", right(contrastive, LABELS), "is no mean over rows"),
    Case("`MSELoss()` with outputs `(rows, 1)` and labels `(rows,)`", "works, and says so",
         lambda _: recorded(nn.MSELoss(), NUMBERS[:, 0], network(outputs=1)), "are compared with the outputs (rows, 1) row by row"),
    Case("`reduction='sum'`", "works, and says so", right(nn.MSELoss(reduction="sum"), NUMBERS, per=ROWS),
         "training follows the gradient of the sum, and recorded losses are per row"),
    Case("`reduction='none'`", "works, and says so", right(nn.MSELoss(reduction="none"), NUMBERS), "training follows the mean over the rows"),
    Case("a function of your own that is a sum over rows", "works, and says so", right(squares, NUMBERS, per=ROWS), "is a sum over rows"),
    Case("a function that is no mean over rows: class weights inside it", "works, and says so", right(weighted, LABELS, accuracy=largest),
         "is no mean over rows"),
    Case("R², a correlation, a contrastive loss", "works, and says so", right(r_squared, NUMBERS), "it is evaluated on whole sets"),
    Case("a correlation", "works, and says so", right(correlation, NUMBERS), "there are no losses of single rows"),
    Case("the class `nn.MSELoss`, not an instance", "refused", refused(nn.MSELoss, NUMBERS), "give an instance: MSELoss()"),
    Case("a loss that returns a Python number", "refused", refused(lambda o, t: 0.5, NUMBERS), "gives a float"),
    Case("a loss without a gradient, as an accuracy", "refused",
         refused(lambda o, t: (o.argmax(1) != t).float().mean(), LABELS), "has no gradient"),
    Case("`outputs - labels` with outputs `(rows, 1)` and labels `(rows,)`", "refused",
         refused(lambda o, t: (o - t).square().mean(), NUMBERS[:, 0], network(outputs=1)), "torch spreads to every pair of rows"),
    Case("a penalty on the weights of your network inside the loss", "refused",
         refused(lambda o, t: functional.cross_entropy(o, t) + PENALISED.weight.square().sum(), LABELS), "use weight_decay"),
    Case("a loss that draws random numbers", "refused", refused(lambda o, t: functional.dropout(o - t).square().mean(), NUMBERS),
         "it draws random numbers or keeps a state"),
    Case("a loss that changes its inputs in place", "refused", refused(lambda o, t: o.sub_(t).square().mean(), NUMBERS),
         "changes the outputs or the targets in place"),
    Case("a loss with weights that would have to be trained", "refused", refused(Learned(), LABELS), "has weights of its own (temperature)"),
    Case("`TripletMarginLoss`, `MarginRankingLoss`, `CosineEmbeddingLoss`", "refused", refused(nn.TripletMarginLoss(), NUMBERS),
         "needs an anchor, a positive and a negative row"),
    Case("`CTCLoss`", "refused", refused(nn.CTCLoss(), LABELS), "needs the lengths of sequences"),
    Case("`GaussianNLLLoss`", "refused", refused(nn.GaussianNLLLoss(), NUMBERS), "needs a variance for every output"),
    Case("a function of the model and the batch", "refused", refused(lambda model, batch, weight: model, NUMBERS),
         "A loss takes (outputs, targets)."),
    Case("`CrossEntropyLoss()` on class numbers stored as floating point", "refused", refused(CE(), LABELS.float()),
         "For class labels give whole numbers (.long())"),
    Case("`BCEWithLogitsLoss()` on whole numbers", "refused", refused(BCE(), LABELS), "give the targets as floating point"),
    Case("`MSELoss()` for several outputs and one target", "refused", refused(nn.MSELoss(), NUMBERS[:, :1]), "compares every output with a target"),
    Case("`loss=\"squared_error\"` for classes", "refused", refused("squared_error", LABELS), "does not fit these data"),
]  # fmt: skip
