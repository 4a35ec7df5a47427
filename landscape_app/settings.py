"""The settings of a run and of an analysis: label, unit, range, help and default of every field in
one place.

The command line's flags, the page's form, the validation and the stored provenance all come from
these models. Unknown fields are refused with a suggestion (`parse`). The numbers are those of
SCIENCE §2-3.
"""

from __future__ import annotations

import math
import typing
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from landscape_app.errors import SpecError, UnknownNameError, hint
from landscape_app.registries import (
    DATASETS,
    DISTANCES,
    EMBEDDINGS,
    NETWORKS,
    OBJECTIVES,
    OPTIMIZERS,
    PLANES,
    REGIMES,
    SCHEDULES,
    Entry,
    find,
)

# data or network handed over as objects by `explore`, which a folder alone cannot rebuild; as a
# regime: nothing is added
GIVEN = "given"
# settings that `explore` may be handed as objects
OBJECTS = ("data", "network", "loss", "optimizer", "train_optimizer")
CONTROL = 0.0  # a step of this size is no jump: a control trajectory


def setting(
    default: Any, label: str, help: str, *, group: str, unit: str = "", **limits: Any
) -> Any:
    """A pydantic field that also carries what a form and a flag need to show it."""
    return Field(
        default,
        title=label,
        description=help,
        json_schema_extra={"unit": unit, "group": group},
        **limits,
    )


def _named(kind: str, table: dict[str, Entry], also: tuple[str, ...] = ()) -> AfterValidator:
    def check(name: str) -> str:
        # "npz:PATH" and "module:callable" are the command line's: `from_form` keeps them out of
        # what a browser sends.
        if name not in also and not (kind in ("data set", "network") and ":" in name):
            if kind == "data set" and name.casefold().endswith(".npz"):
                raise SpecError(
                    f"There is no data set called '{name}'. For a file give npz:{name}."
                )
            find(kind, table, name)
        return name

    return AfterValidator(check)


def _scale(given: Any) -> Any:
    """A positive number, or "none", as text."""
    if given is None or given == "none":
        return given
    try:
        number = float(given)
    except (TypeError, ValueError):
        number = math.nan
    if isinstance(given, bool) or not (0 < number < math.inf):
        raise ValueError("must be a number above 0, or none")
    return str(int(number)) if number.is_integer() else repr(number)


DatasetName = Annotated[str, _named("data set", DATASETS, (GIVEN,))]
NetworkName = Annotated[str, _named("network", NETWORKS, (GIVEN,))]
RegimeName = Annotated[str, _named("regime", REGIMES, (GIVEN,))]
LossName = Annotated[str, _named("loss", OBJECTIVES, (GIVEN,))]
OptimizerName = Annotated[str, _named("optimizer", OPTIMIZERS, (GIVEN,))]
ScheduleName = Annotated[str, _named("schedule", SCHEDULES)]
EmbeddingName = Annotated[str, _named("embedding", EMBEDDINGS)]
DistanceName = Annotated[str, _named("distance", DISTANCES)]
PlaneName = Annotated[str, _named("kind of plane", PLANES)]


class Spec(BaseModel):
    """Base of all settings: frozen, unknown fields refused, numbers finite."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


# of the regime GIVEN
NO_RECIPE = {"weight_decay": 0.0, "augmentation": False, "label_corruption": 0.0}


def own_network(values: Mapping[str, Any]) -> bool:
    """Whether a run's settings bring a network of the person's own: an object, module:callable, or
    the weights in a checkpoint.
    """
    network = str(values.get("network", ""))
    return network == GIVEN or ":" in network or values.get("checkpoint") is not None


class RunSpec(Spec):
    """One run: which network on which data, how it is trained, and how its landscape is sampled."""

    data: DatasetName = setting(
        "digits", "Data set", "A name from the table, npz:PATH, or module:callable.", group="what"
    )
    network: NetworkName = setting(
        "mlp", "Network", "A name from the table, or module:callable.", group="what"
    )
    layout: Literal["channels_first", "channels_last"] | None = setting(
        None,
        "Layout",
        "Which axis of the images (inputs of four axes) holds the channels: the second or the last."
        " Empty: the one of length 1, 3 or 4.",
        group="what",
    )
    scale: Annotated[str, BeforeValidator(_scale)] | None = setting(
        None,
        "Scale",
        "All inputs are divided by this number, e.g. 255; the word none leaves them as they are."
        " Empty: images of bytes are divided by 255.",
        group="what",
    )
    checkpoint: str | None = setting(
        None,
        "Checkpoint",
        "A file with the network's weights. Empty: initialised from the seed.",
        group="what",
    )
    regime: RegimeName = setting(
        "good",
        "Regime",
        "The recipe that makes a good or a poor generalizer. A network of your own (module:callable"
        " or a checkpoint) has the regime 'given' unless you name another: no weight decay, no"
        " augmentation, labels as they are.",
        group="what",
    )
    seed: int = setting(
        0, "Seed", "Root of every random stream of the run.", group="what", ge=0, le=2**31 - 1
    )
    width: int | None = setting(
        None,
        "Width",
        "Units of a hidden layer, channels of the first stage, or the factor of a Wide ResNet."
        " Empty: the network's own.",
        group="what",
        ge=1,
        le=16_384,
    )
    depth: int | None = setting(
        None,
        "Depth",
        "Hidden layers, convolutions, blocks, or the depth in a ResNet's name. Empty: the network's"
        " own.",
        group="what",
        ge=0,
        le=2_000,
    )

    dropout: float | None = setting(
        None,
        "Dropout",
        "Share of units dropped in training. Empty: the network's own.",
        group="recipe",
        ge=0,
        lt=1,
    )
    weight_decay: float | None = setting(
        None, "Weight decay", "Empty: the regime's.", group="recipe", ge=0, le=1
    )
    augmentation: bool | None = setting(
        None, "Augmentation", "Random shifts of images. Empty: the regime's.", group="recipe"
    )
    label_corruption: float | None = setting(
        None,
        "Label corruption",
        "Share of train labels redrawn. Empty: the regime's.",
        group="recipe",
        ge=0,
        le=1,
    )
    train_rows: int | None = setting(
        None, "Train rows", "Use only this many. Empty: all.", group="recipe", unit="rows", ge=2
    )

    loss: LossName | None = setting(
        None,
        "Loss",
        "Empty: cross-entropy for classes, squared error for regression.",
        group="training",
    )
    train_epochs: int = setting(
        200,
        "Epochs",
        "Training epochs before the anchor. 0: the initial weights are the anchor.",
        group="training",
        unit="epochs",
        ge=0,
        le=100_000,
    )
    train_batch: int = setting(
        50, "Batch size", "Rows a training step.", group="training", unit="rows", ge=1, le=65_536
    )
    train_rate: float = setting(
        0.1,
        "Learning rate",
        "At the start; the schedule changes it.",
        group="training",
        gt=0,
        le=10,
    )
    train_schedule: ScheduleName = setting(
        "steps", "Schedule", "How the learning rate falls.", group="training"
    )
    train_optimizer: OptimizerName = setting(
        "sgd", "Optimizer", "Of torch.optim.", group="training"
    )
    momentum: float = setting(
        0.9, "Momentum", "Of SGD, in training and in retraining.", group="training", ge=0, lt=1
    )

    seeds: int = setting(
        4, "Directions", "Random directions, one per seed.", group="sampling", ge=1, le=64
    )
    step_sizes: tuple[Annotated[float, Field(gt=0, le=10)], ...] = setting(
        (0.25, 0.5, 0.75, 1.0),
        "Step sizes",
        "Jump lengths in units of the weight norm.",
        group="sampling",
        unit="‖θ‖",
        min_length=1,
        max_length=32,
    )
    controls: bool = setting(
        True, "Controls", "Also retrain with no jump, once per seed.", group="sampling"
    )
    epochs: int = setting(
        40,
        "Retraining epochs",
        "After each jump; epoch 0 is the jump itself.",
        group="sampling",
        unit="epochs",
        ge=1,
        le=10_000,
    )
    batch: int = setting(
        128,
        "Retraining batch",
        "Rows a retraining step.",
        group="sampling",
        unit="rows",
        ge=1,
        le=65_536,
    )
    rate: float = setting(
        0.01,
        "Retraining rate",
        "Constant. The paper preset is 0.001.",
        group="sampling",
        gt=0,
        le=10,
    )
    optimizer: OptimizerName = setting(
        "sgd",
        "Retraining optimizer",
        "Of torch.optim; it begins afresh at every jump.",
        group="sampling",
    )
    batchnorm: Literal["keep", "re-estimate"] = setting(
        "keep",
        "BatchNorm at a jump",
        "Keep the running statistics, or re-estimate them in one pass over the train data.",
        group="sampling",
    )
    jump_tensors: Literal["filters", "all"] = setting(
        "filters",
        "Tensors that jump",
        "What a jump moves. filters: tensors of two or more dimensions, each filter by its own"
        " norm. all: also biases, scales and shifts, each moved as one filter.",
        group="sampling",
    )
    coupled_seeds: bool = setting(
        False,
        "Couple the seeds",
        "Derive direction and batch order from one stream, as the paper's release does.",
        group="sampling",
    )

    device: Literal["auto", "cpu", "cuda"] = setting(
        "auto", "Device", "GPUs where there are any, or the processor.", group="machine"
    )
    workers: int | None = setting(
        None,
        "Workers",
        "Bundles at work at once. Empty: one per core or GPU.",
        group="machine",
        ge=1,
        le=256,
    )
    memory_gib: float | None = setting(
        None,
        "Memory",
        "That sampling may use. Empty: half of what is free.",
        group="machine",
        unit="GiB",
        gt=0,
        le=65_536,
    )
    precision: Literal["float32", "bfloat16"] = setting(
        "float32",
        "Precision",
        "bfloat16: mixed precision, on a GPU only; the weights stay float32.",
        group="machine",
    )

    @model_validator(mode="before")
    @classmethod
    def _fill_recipe(cls, values: Any) -> Any:
        # The stored spec names concrete numbers: a later change of a preset must not change what an
        # old run says it did.
        if isinstance(values, dict):
            regime = values.get("regime", GIVEN if own_network(values) else "good")
            recipe = (
                NO_RECIPE
                if regime == GIVEN
                else REGIMES[regime].settings
                if regime in REGIMES
                else {}
            )
            return {
                **values,
                "regime": regime,
                **{k: v for k, v in recipe.items() if values.get(k) is None},
            }
        return values

    @model_validator(mode="after")
    def _network_takes_them(self) -> Self:
        # A network of the person's own (an object, or module:callable) is asked when it is built.
        accepted = NETWORKS[self.network].settings if self.network in NETWORKS else {}
        for name in ("width", "depth", "dropout"):
            if (
                getattr(self, name) is not None
                and name not in accepted
                and self.network in (*NETWORKS, GIVEN)
            ):
                raise ValueError(
                    f"{name}: the network '{self.network}' has no such setting; it accepts"
                    f" {', '.join(accepted) or 'none'}"
                )
        return self

    @model_validator(mode="after")
    def _distinct_steps(self) -> Self:
        if len(set(self.step_sizes)) != len(self.step_sizes):
            raise ValueError("step_sizes: each may be given once")
        return self

    @property
    def all_step_sizes(self) -> tuple[float, ...]:
        """Step sizes in ascending order, the control's 0 first where controls are on."""
        return ((CONTROL,) if self.controls else ()) + tuple(sorted(self.step_sizes))

    @property
    def trajectories(self) -> tuple[tuple[int, float], ...]:
        """(seed, step size) of every trajectory, in the order of the rows: seed by seed, step sizes
        ascending.
        """
        return tuple((seed, step) for seed in range(self.seeds) for step in self.all_step_sizes)

    @property
    def rows_per_trajectory(self) -> int:
        """Snapshots a trajectory: the jump (epoch 0) and one after each retraining epoch."""
        return self.epochs + 1

    @property
    def snapshots(self) -> int:
        """Rows of the finished run: the anchor and every trajectory's."""
        return 1 + len(self.trajectories) * self.rows_per_trajectory


PRESETS: dict[str, dict[str, Any]] = {
    "quick": {},
    "paper": {"rate": 0.001, "coupled_seeds": True, "train_batch": 128, "train_schedule": "paper"},
}


ALSO = {"distance", "methods", "rips_dimension", "null_repeats", "loss_repeats", "stability"}


class AnalysisSpec(Spec):
    """How runs are embedded and characterised; compared runs share every one of these, t
    included.
    """

    distance: DistanceName = setting(
        "euclidean",
        "Distance",
        "What embeddings and Rips persistence are built on.",
        group="kernel",
    )
    methods: tuple[EmbeddingName, ...] = setting(
        ("phate", "phate-paper", "pca", "mds"), "Methods", "Embeddings that are computed, each in two and three dimensions.", group="kernel",
        min_length=1,
    )  # fmt: skip
    k: int = setting(5, "k", "Nearest snapshots in the kernel.", group="kernel", ge=1, le=100)
    k_cross: int = setting(
        3,
        "k×",
        "Nearest snapshots of other trajectories in the kernel.",
        group="kernel",
        ge=1,
        le=100,
    )
    decay: float = setting(
        40.0, "Decay", "Exponent of the kernel's fall-off.", group="kernel", ge=1, le=1000
    )
    t: int | None = setting(
        None,
        "t",
        "Diffusion time. Empty: the knee (compared runs: the median of their knees).",
        group="kernel",
        ge=1,
        le=100,
    )
    graph_k: int = setting(
        20,
        "Graph k",
        "Neighbours in the graph that carries the sublevel filtration.",
        group="topology",
        ge=1,
        le=200,
    )
    rips_quantile: float = setting(
        0.25,
        "Rips threshold",
        "Quantile of the distances at which the Rips filtration of H1 stops.",
        group="topology",
        gt=0,
        le=1,
    )
    rips_dimension: int = setting(
        1,
        "Rips dimension",
        "1: loops; 2: voids too, which take far longer.",
        group="topology",
        ge=1,
        le=2,
    )
    null_repeats: int = setting(
        39,
        "Null repeats",
        "Simulated runs without structure, to which the longest loop is compared for its p-value."
        " 0: no test.",
        group="topology",
        ge=0,
        le=9_999,
    )
    loss_repeats: int = setting(
        199,
        "Loss null repeats",
        "Times that the changes of the loss are put in another order, to which its persistence is"
        " compared for a two-sided p-value. 0: no test.",
        group="topology",
        ge=0,
        le=9_999,
    )
    stability: int = setting(
        3,
        "Stability seeds",
        "Starts from which each embedding is made again.",
        group="topology",
        ge=0,
        le=100,
    )
    seed: int = setting(
        0,
        "Seed",
        "Of every draw: subsamples, null worlds, methods that begin at random.",
        group="topology",
        ge=0,
        le=2**31 - 1,
    )

    def compares_as(self, other: AnalysisSpec) -> bool:
        """Whether both belong to one study: what else is computed of the same snapshots (`ALSO`)
        makes no other comparison.
        """
        return self.model_dump(exclude=ALSO) == other.model_dump(exclude=ALSO)


class SurfaceSpec(Spec):
    """A line or plane through the anchor on which the losses are evaluated point by point: the
    linear baselines of jump and retrain.
    """

    kind: PlaneName = setting(
        "random", "Kind", "A name from the table: line, random, hessian or pca.", group="surface"
    )
    points: int = setting(
        51,
        "Points",
        "Along each axis; odd, so that the anchor is one of them.",
        group="surface",
        ge=3,
        le=1001,
    )
    extent: float = setting(
        1.0,
        "Extent",
        "How far the axes reach on both sides of the anchor: 1 is a jump of step size 1, or"
        " (hessian) a quadratic rise of 1.",
        group="surface",
        unit="units",
        gt=0,
        le=10,
    )
    seed: int = setting(
        0,
        "Seed",
        "Line and random plane: the direction (the plane's second is the next one). Hessian: the"
        " start of the iteration.",
        group="surface",
        ge=0,
        le=2**31 - 2,
    )

    @model_validator(mode="after")
    def _anchor_is_a_point(self) -> Self:
        if self.points % 2 == 0:
            raise ValueError(
                f"points: must be odd, so that the anchor is one of them: {self.points - 1} or"
                f" {self.points + 1}"
            )
        return self


S = TypeVar("S", bound=Spec)
# What a choice is called elsewhere.
MEANT = {
    "gpu": "cuda",
    "nvidia": "cuda",
    "processor": "cpu",
    "bf16": "bfloat16",
    "fp32": "float32",
    "float": "float32",
    "full": "float32",
}


def parse(model: type[S], values: dict[str, Any]) -> S:
    """`values` as a `model`; raises SpecError in one line that names the field, what was given,
    what is allowed.
    """
    for name in values:
        if name not in model.model_fields:
            fields = model.model_fields
            raise SpecError(
                f"There is no setting called '{name}'.{hint(name, fields)} Choose from:"
                f" {', '.join(fields)}."
            )
    try:
        return model.model_validate(values)
    except UnknownNameError as error:
        raise SpecError(str(error)) from error
    except ValidationError as error:
        raise SpecError(_first_fault(model, error)) from error


def _first_fault(model: type[Spec], error: ValidationError) -> str:
    fault = error.errors()[0]
    path = ".".join(str(part) for part in fault["loc"])
    field = model.model_fields.get(str(fault["loc"][0])) if fault["loc"] else None
    name = (
        f"{path} ({field.title})" if field is not None and field.title else path or "The settings"
    )
    given = fault.get("input")
    shown, near = "" if isinstance(given, dict) else f", not {given!r}", ""
    if fault["type"] == "literal_error" and field is not None and isinstance(given, str):
        choices = [str(one) for one in typing.get_args(field.annotation)]
        meant = MEANT.get(given.casefold())
        near = f" Did you mean '{meant}'?" if meant in choices else hint(given, choices)
    return f"{name}: {fault['msg'].removeprefix('Value error, ')}{shown}.{near}"


def differences(spec: RunSpec, preset: str = "paper") -> dict[str, tuple[Any, Any]]:
    """{field: (value in `spec`, value in the preset)} for every protocol field in which they
    differ.
    """
    reference = parse(
        RunSpec,
        {
            "data": spec.data,
            "network": spec.network,
            "regime": spec.regime,
            "seed": spec.seed,
            **PRESETS[preset],
        },
    )
    mine, theirs = spec.model_dump(), reference.model_dump()
    return {
        name: (mine[name], theirs[name]) for name in mine if not _same(mine[name], theirs[name])
    }


def _same(a: Any, b: Any) -> bool:
    return math.isclose(a, b) if isinstance(a, float) and isinstance(b, float) else bool(a == b)


def from_form(values: dict[str, Any]) -> RunSpec:
    """A run's settings as a browser may send them: names from the tables only, no path and no code.
    Raises SpecError.
    """
    spec = parse(RunSpec, values)
    for name in (*OBJECTS, "regime"):
        if ":" in (getattr(spec, name) or "") or getattr(spec, name) == GIVEN:
            raise SpecError(
                f"{name}: '{getattr(spec, name)}' is for the command line or Python; the page takes"
                " names from the table."
            )
    if spec.checkpoint is not None:
        raise SpecError("checkpoint: files are named on the command line only.")
    return spec
