"""The settings of a run: training, and how the landscape around the anchor is sampled."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from landscape_app.settings.base import parse, setting
from landscape_app.settings.names import OptimizerName
from landscape_app.settings.training import TrainingSpec

CONTROL = 0.0  # a step of this size is no jump: a control trajectory


class RunSpec(TrainingSpec):
    """One run: which network on which data, how it is trained, and how its landscape is sampled."""

    seeds: int = setting(
        4, "Directions", "Random directions, one per seed.", group="sampling", ge=1, le=64
    )
    step_sizes: tuple[Annotated[float, Field(gt=0, le=10)], ...] = setting(
        (0.25, 0.5, 0.75, 1.0),
        "Step sizes",
        "Lengths of the jumps. The unit is the norm of the weights.",
        group="sampling",
        unit="‖θ‖",
        min_length=1,
        max_length=32,
    )
    controls: bool = setting(
        True, "Controls", "Also retrain without a jump, once per seed.", group="sampling"
    )
    epochs: int = setting(
        40,
        "Retraining epochs",
        "Epochs after each jump. Epoch 0 is the jump itself.",
        group="sampling",
        unit="epochs",
        ge=1,
        le=10_000,
    )
    batch: int = setting(
        128,
        "Retraining batch",
        "Rows per retraining step.",
        group="sampling",
        unit="rows",
        ge=1,
        le=65_536,
    )
    rate: float = setting(
        0.01,
        "Retraining rate",
        "The learning rate of retraining. It is constant. The paper preset has 0.001.",
        group="sampling",
        gt=0,
        le=10,
    )
    optimizer: OptimizerName = setting(
        "sgd",
        "Retraining optimizer",
        "An optimizer of torch.optim. Its state is empty after every jump.",
        group="sampling",
    )
    batchnorm: Literal["keep", "re-estimate"] = setting(
        "keep",
        "BatchNorm at a jump",
        "keep: the running statistics stay. re-estimate: one pass over the train data computes them"
        " again.",
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
        "Draw the direction and the batch order from one random stream, as the paper's code does.",
        group="sampling",
    )

    device: Literal["auto", "cpu", "cuda"] = setting(
        "auto", "Device", "auto: GPUs where there are any, else the processor.", group="machine"
    )
    workers: int | None = setting(
        None,
        "Workers",
        "Bundles of trajectories that are computed at the same time. Empty: one per core or GPU.",
        group="machine",
        ge=1,
        le=256,
    )
    memory_gib: float | None = setting(
        None,
        "Memory",
        "Memory that sampling may use. Empty: half of what is free.",
        group="machine",
        unit="GiB",
        gt=0,
        le=65_536,
    )
    precision: Literal["float32", "bfloat16"] = setting(
        "float32",
        "Precision",
        "bfloat16: mixed precision, on a GPU only. The weights stay float32.",
        group="machine",
    )

    @model_validator(mode="after")
    def _distinct_steps(self) -> Self:
        if len(set(self.step_sizes)) != len(self.step_sizes):
            raise ValueError("step_sizes: give each value once")
        return self

    @property
    def all_step_sizes(self) -> tuple[float, ...]:
        """Step sizes in ascending order, the control's 0 first where controls are on."""
        return ((CONTROL,) if self.controls else ()) + tuple(sorted(self.step_sizes))

    @property
    def trajectories(self) -> tuple[tuple[int, float], ...]:
        """(seed, step size) of every trajectory in the order of the rows: seed by seed, step sizes
        ascending.
        """
        return tuple((seed, step) for seed in range(self.seeds) for step in self.all_step_sizes)

    @property
    def rows_per_trajectory(self) -> int:
        """Snapshots of a trajectory: the jump (epoch 0) and one after each retraining epoch."""
        return self.epochs + 1

    @property
    def snapshots(self) -> int:
        """Rows of the finished run: the anchor and every trajectory's."""
        return 1 + len(self.trajectories) * self.rows_per_trajectory


PRESETS: dict[str, dict[str, Any]] = {
    "quick": {},
    "paper": {"rate": 0.001, "coupled_seeds": True, "train_batch": 128, "train_schedule": "paper"},
}


def differences(spec: RunSpec, preset: str = "paper") -> dict[str, tuple[Any, Any]]:
    """{field: (value in `spec`, value in the preset)} of every field in which they differ. Data,
    network, regime and seed are taken from `spec`.
    """
    same = {name: getattr(spec, name) for name in ("data", "network", "regime", "seed")}
    ours, theirs = spec.model_dump(), parse(RunSpec, {**same, **PRESETS[preset]}).model_dump()
    return {
        name: (ours[name], theirs[name]) for name in ours if not _same(ours[name], theirs[name])
    }


def _same(a: Any, b: Any) -> bool:
    return math.isclose(a, b) if isinstance(a, float) and isinstance(b, float) else bool(a == b)
