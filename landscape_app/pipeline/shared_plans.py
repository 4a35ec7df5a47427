"""Plans that runs of equal shape share: measured when the first of them begins, recorded in each.

Two runs have one shape where every step of theirs does the same work: the same network on rows of
the same shapes, in the same batches, on the same devices. Weight decay, rates, seeds and labels may
differ, since no step takes longer for them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from landscape_app.errors import LandscapeError
from landscape_app.forecast.pace import SHAPE, Pace, stored
from landscape_app.pipeline.identity_differences import Identity
from landscape_app.records.plan import Plan
from landscape_app.sampling.machine import Machine
from landscape_app.sampling.planner import fits
from landscape_app.settings import RunSpec
from landscape_app.store.run import RunFolder
from landscape_app.training.engines import ENGINES
from landscape_app.training.problem import Problem
from landscape_app.versions import installed

NAME = "shape"  # of the fact in the journal's line of what a run was begun with
# Besides those that decide the pace of a step, the settings that decide the bundles and what a
# step of the optimizer does.
SETTINGS = (*SHAPE, "epochs", "step_sizes", "controls", "seeds", "coupled_seeds", "memory_gib")
ROWS = ("x_train", "y_train", "x_test", "y_test", "probe", "train_probe", "loss_rows")
FACTS_OF = ("outputs", "augmentation", "flips", "stochastic", "mixed")


@dataclass(frozen=True)
class MeasuredPlan:
    """A plan and the pace that was measured with it, and the run that they were measured for."""

    plan: Plan
    pace: Pace
    run: str


@dataclass(eq=False)
class SharedPlans:
    """The plans of the runs `ids` in the folder `runs`. What is measured now is kept; what other
    processes have measured is read from the runs' journals.
    """

    runs: Path
    ids: Sequence[str]
    _known: dict[str, MeasuredPlan] = field(default_factory=dict)
    _read: set[str] = field(default_factory=set)

    def find(
        self, shape: str, problem: Problem, spec: RunSpec, machine: Machine
    ) -> MeasuredPlan | None:
        """What was measured for a run of `shape` on this machine, if that many trajectories still
        fit into its memory.
        """
        for id in self.ids if shape not in self._known else ():
            if id not in self._read:
                self._read_plan(id)
            if shape in self._known:
                break
        measured = self._known.get(shape)
        usable = measured is not None and fits(measured.plan, problem, spec, machine)
        return measured if usable else None

    def keep(self, shape: str, measured: MeasuredPlan) -> None:
        """Remember what was measured for a run of `shape`."""
        self._known[shape] = measured

    def _read_plan(self, id: str) -> None:
        """Read what the run `id` was begun with. One that cannot be read has nothing to share."""
        with suppress(LandscapeError, LookupError, TypeError, ValueError):
            run = RunFolder.open(self.runs, id)
            prepared = run.prepared()
            if prepared is None:
                return
            self._read.add(id)
            pace, shape = stored(run), prepared.get(NAME)
            plan = Plan.from_json(prepared["plan"])
            if pace is None or not shape or plan.fault(len(run.spec.trajectories), ENGINES):
                return
            self._known.setdefault(str(shape), MeasuredPlan(plan, pace, id))


def shape_of(problem: Problem, spec: RunSpec, machine: Machine, same: Identity) -> str:
    """A hash of all that decides how long the steps of a run take, and which engines can take
    them. same: the identity of its network.
    """
    settings: dict[str, Any] = spec.model_dump(mode="json")
    told = {
        "settings": {name: settings[name] for name in SETTINGS},
        "momentum": bool(spec.momentum),
        "trained": bool(spec.train_epochs),
        "tensors": problem.layout.describe(),
        "buffers": [[key, list(v.shape)] for key, v in problem.network.named_buffers()],
        "network": [same["network"][part] for part in ("fixed", "code")],
        "rows": [
            [list(rows.shape), str(getattr(rows, "dtype", ""))]
            for rows in (getattr(problem, name) for name in ROWS)
        ],
        "facts": {name: getattr(problem, name) for name in FACTS_OF},
        "loss": problem.objective.name,
        "machine": [machine.devices, machine.workers],
        "versions": [torch.__version__, installed("landscape-app")],
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]
