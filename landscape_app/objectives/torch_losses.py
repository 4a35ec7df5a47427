"""torch's own losses, split exactly: what every row contributes, and the weights that their mean is
divided by.

torch.nn.CrossEntropyLoss and NLLLoss divide by the sum of the weights of the labels, so a mean of
batch means would be another number. The other losses divide by the number of entries. Source: the
formulas in torch's documentation of each loss.
"""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from landscape_app.errors import ModelError
from landscape_app.objectives.accuracy import Scale
from landscape_app.objectives.named_losses import classes_first
from landscape_app.objectives.objective import Losses, Objective
from landscape_app.objectives.single_rows import harmless

# Losses over (outputs, targets) -> what their outputs are.
SPLIT: dict[type[nn.Module], Scale] = {
    nn.CrossEntropyLoss: "largest output",
    nn.NLLLoss: "largest output",
    nn.MultiMarginLoss: "largest output",
    nn.BCELoss: "above 0.5",
    nn.BCEWithLogitsLoss: "above 0",
    nn.MultiLabelSoftMarginLoss: "above 0",
    nn.SoftMarginLoss: "sign",
    nn.MSELoss: None,
    nn.L1Loss: None,
    nn.SmoothL1Loss: None,
    nn.HuberLoss: None,
    nn.KLDivLoss: "largest output",  # for one-hot rows
    nn.PoissonNLLLoss: "none",
    nn.HingeEmbeddingLoss: "none",  # its outputs are distances
}
BY_FUNCTION: dict[Callable[..., Tensor], type[nn.Module]] = {
    functional.cross_entropy: nn.CrossEntropyLoss,
    functional.nll_loss: nn.NLLLoss,
    functional.multi_margin_loss: nn.MultiMarginLoss,
    functional.binary_cross_entropy: nn.BCELoss,
    functional.binary_cross_entropy_with_logits: nn.BCEWithLogitsLoss,
    functional.multilabel_soft_margin_loss: nn.MultiLabelSoftMarginLoss,
    functional.soft_margin_loss: nn.SoftMarginLoss,
    functional.mse_loss: nn.MSELoss,
    functional.l1_loss: nn.L1Loss,
    functional.smooth_l1_loss: nn.SmoothL1Loss,
    functional.huber_loss: nn.HuberLoss,
    functional.poisson_nll_loss: nn.PoissonNLLLoss,
    functional.kl_div: nn.KLDivLoss,
    functional.hinge_embedding_loss: nn.HingeEmbeddingLoss,
}
OTHER_INPUTS: dict[type[nn.Module], str] = {
    nn.CTCLoss: "the lengths of sequences",
    nn.GaussianNLLLoss: "a variance for every output",
    nn.TripletMarginLoss: "an anchor, a positive and a negative row",
    nn.TripletMarginWithDistanceLoss: "an anchor, a positive and a negative row",
    nn.MarginRankingLoss: "two outputs to rank",
    nn.CosineEmbeddingLoss: "two outputs to compare",
    nn.AdaptiveLogSoftmaxWithLoss: "weights of its own that would have to be trained",
}
DIVIDES_BY_WEIGHTS = (nn.CrossEntropyLoss, nn.NLLLoss)
SUMMED = (
    "the loss has reduction='sum': training follows the gradient of the sum, and recorded losses"
    " are per row"
)
UNREDUCED = "the loss has reduction='none': training follows the mean over the rows"


def module_of(loss: Callable[..., Any]) -> nn.Module | None:
    """The module of SPLIT that `loss` is, or that does the same as the function or
    functools.partial `loss`; None for any other.

    Raises ModelError for a loss of torch that takes more than (outputs, targets).
    """
    kind: Any = type(loss)
    if kind in OTHER_INPUTS:
        raise ModelError(
            f"The loss {type(loss).__name__} needs {OTHER_INPUTS[kind]}; a loss here takes"
            " (outputs, targets). Wrap it in a function of these two."
        )
    if kind in SPLIT:
        return loss  # type: ignore[return-value]
    function, options = (
        (loss.func, loss.keywords)
        if isinstance(loss, functools.partial) and not loss.args
        else (loss, {})
    )
    try:
        kind = BY_FUNCTION.get(function)
    except TypeError:  # a callable without a hash
        kind = None
    if kind is None or not set(options) <= set(inspect.signature(kind).parameters):
        return None
    module: nn.Module = kind(**options)
    return module


def of_torch(loss: Any) -> bool:
    """Whether `loss` is one of torch's own, as a module, a function or a partial: then its formula
    is known.
    """
    return type(loss) in OTHER_INPUTS or (
        callable(loss) and not inspect.isclass(loss) and module_of(loss) is not None
    )


def taken_apart(module: nn.Module, *, classes: int) -> Objective:
    """The objective of a module of SPLIT, for class labels (classes > 0) or floating-point
    targets.
    """
    reduction = getattr(module, "reduction", "mean")
    weighted = bool(classes) and isinstance(module, DIVIDES_BY_WEIGHTS) and reduction != "none"
    weights = _weights(module, by_class=reduction == "mean") if weighted else None
    notes = {"sum": (SUMMED,), "none": (UNREDUCED,)}.get(reduction, ())
    rows = harmless(_rows(module, reduction, classes), type(module).__name__)
    probabilities = bool(classes) and SPLIT[type(module)] == "largest output"
    return Objective(
        type(module).__name__,
        rows,
        weights=weights,
        summed=reduction == "sum",
        probabilities=probabilities,
        notes=notes,
    )


def ignored_label(loss: Any) -> int | None:
    """The label whose rows `loss` ignores (ignore_index); None where it has none."""
    options = loss.keywords if isinstance(loss, functools.partial) else {}
    value = options.get("ignore_index", getattr(loss, "ignore_index", None))
    if value is None and getattr(loss, "func", loss) in (
        functional.cross_entropy,
        functional.nll_loss,
    ):
        value = nn.CrossEntropyLoss().ignore_index
    return value if isinstance(value, int) else None


def _rows(module: nn.Module, reduction: str, classes: int) -> Losses:
    quiet = _quiet(module)
    ignored = isinstance(module, nn.CrossEntropyLoss)

    def rows(outputs: Tensor, targets: Tensor) -> Tensor:
        lead, own = outputs.shape[:-1], 1 if classes else 2
        shape = targets.shape[targets.dim() - own + 1 :]
        targets = targets.expand(*lead, *shape)
        if not classes:
            targets = targets.to(outputs.dtype)
        alike = quiet(outputs.device, outputs.dtype)
        if classes and ignored:  # classes before rows: see named.classes_first
            each: Tensor = alike(classes_first(outputs), targets.reshape(-1, lead[-1]))
            return each.view(lead)
        each = alike(outputs.reshape(-1, outputs.shape[-1]), targets.reshape(-1, *shape)).view(
            *lead, -1
        )
        return each.sum(-1) if reduction in ("sum", "batchmean") else each.mean(-1)

    return rows


def _quiet(module: nn.Module) -> Callable[[torch.device, torch.dtype], nn.Module]:
    """`module` without its reduction, on any device and in any type; made once for each."""
    made: dict[tuple[torch.device, torch.dtype], nn.Module] = {}

    def alike(device: torch.device, dtype: torch.dtype) -> nn.Module:
        if (device, dtype) not in made:
            own = copy.deepcopy(module).to(device, dtype)
            own.reduction = "none"  # type: ignore[assignment]
            made[device, dtype] = own
        return made[device, dtype]

    return alike


def _weights(module: nn.Module, *, by_class: bool) -> Callable[[Tensor], Tensor]:
    """Labels (…, batch) -> weights (…, batch) float64: the weight of the label's class (or 1), and
    0 for an ignored label.
    """
    weight = getattr(module, "weight", None) if by_class else None
    ignored = int(module.ignore_index)  # type: ignore[arg-type]

    def weights(labels: Tensor) -> Tensor:
        counted = (labels != ignored).double()
        if weight is None:
            return counted
        of_class = weight.to(labels.device).double()
        weights: Tensor = of_class[labels.clamp(0, len(of_class) - 1)] * counted
        return weights

    return weights
