"""Laws of a resumed run's progress: it counts the same steps as one without a break, and begins
with what was done before.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from landscape_app.errors import Cancelled
from landscape_app.pipeline.listeners import Steps
from landscape_app.pipeline.quickstart import Both, Stopwatch
from landscape_app.pipeline.run import execute
from landscape_app.records.progress import Progress, skip
from landscape_app.settings import RunSpec, parse
from landscape_app.store.run import RunFolder

pytestmark = pytest.mark.slow

SPEC = parse(
    RunSpec,
    {
        "data": "blobs",
        "network": "mlp-small",
        "regime": "plain",
        "train_epochs": 30,
        "seeds": 2,
        "step_sizes": [0.5],
        "epochs": 12,
    },
)


class Counted:
    """Phases with [total, done before, done now]; `most`: cancels after so many steps of `name`."""

    def __init__(self, name: str = "", most: int = 0) -> None:
        self.phases: dict[str, list[int]] = {}
        self._name, self._most = name, most

    def phase(self, name: str, total: int = 0, unit: str = "") -> None:
        self._now = name
        self.phases[name] = [total, 0, 0]

    def advance(self, steps: int = 1) -> None:
        self.phases[self._now][2] += steps
        if self._now == self._name and self.phases[self._now][2] > self._most:
            raise Cancelled

    def skip(self, steps: int) -> None:
        self.phases[self._now][1] += steps

    def check(self) -> None:
        pass


class Own:
    """A user's own progress, which has no `skip`."""

    def __init__(self) -> None:
        self.done = self.total = 0

    def phase(self, name: str, total: int = 0, unit: str = "") -> None:
        self.done, self.total = 0, total

    def advance(self, steps: int = 1) -> None:
        self.done += steps

    def check(self) -> None:
        pass


def _sample(run: RunFolder, progress: Progress) -> None:
    with run.lock():
        execute(run, progress)


@pytest.mark.parametrize(("name", "most"), [("training", 26), ("sampling", 30)])
def test_a_resumed_run_goes_on_where_it_stopped(tmp_path: Path, name: str, most: int) -> None:
    whole = Counted()
    _sample(RunFolder.create(tmp_path, "whole", SPEC), whole)
    run, broken = RunFolder.create(tmp_path, "broken", SPEC), Counted(name, most)
    with pytest.raises(Cancelled):
        _sample(run, broken)
    resumed, own = Counted(), Own()
    _sample(run, Both(resumed, own))
    total, before, now = resumed.phases[name]
    assert total == whole.phases[name][0] == broken.phases[name][0]
    assert 0 < before < total
    assert before + now == total
    assert (own.done, own.total) == (resumed.phases["sampling"][0],) * 2


def test_every_listener_hears_what_was_done_before() -> None:
    listeners = Counted(), Counted(), Counted()
    watched, steps = Stopwatch(listeners[0], {}), Steps(listeners[1])
    both = Both(watched, steps, listeners[2])
    listeners[1].phase("runs", 100)
    both.phase("training", 50)
    skip(both, 20)
    both.phase("checks", 3)
    skip(both, 2)
    assert listeners[0].phases == {"training": [50, 20, 0], "checks": [3, 2, 0]}
    assert listeners[1].phases == {"runs": [100, 20, 0]}
    assert steps.done == 20
