"""What every check is given, read from the run's folder at its first use, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from landscape_app.checks.rebuilt import Rebuilt
from landscape_app.errors import RunDamagedError
from landscape_app.records.snapshots import Snapshots
from landscape_app.settings import CONTROL, GIVEN, RunSpec
from landscape_app.store import derived, files, snapshots
from landscape_app.store.derived import Result
from landscape_app.store.run import RunFolder

if TYPE_CHECKING:
    from landscape_app.weights.layout import Layout

HELD = 2**28  # bytes of weights that a check holds at a time


class DoesNotApply(Exception):  # noqa: N818 - no error: the question has no answer here, and the words say why
    """Raised by a check that cannot be made of this run as it is."""


@dataclass(frozen=True)
class Outcome:
    """The figure that was found, in words what it is of, and whether all else holds that the check
    asks.

    on: the stored result that it was made on, in words, empty for the run's own files. most: the
    limit where it depends on the run. undecided: the figure says something of what was sampled, and
    nothing about whether it was done right; neither passed nor failed.
    """

    value: float
    detail: str
    sound: bool = True
    on: str = ""
    most: float | None = None
    undecided: bool = False


@dataclass(frozen=True, eq=False)
class CheckSubject:
    """A run as its checks see it. at: parameters of the analysis that is meant (t, distance, …);
    empty: the newest results.
    """

    run: RunFolder
    at: Mapping[str, Any] = field(default_factory=dict)

    @property
    def settings(self) -> RunSpec:
        """The run's."""
        return self.run.spec

    @cached_property
    def facts(self) -> Mapping[str, Any]:
        """The journal's "prepared" line. Raises RunDamagedError where there is none that tells of
        the network.
        """
        prepared = self.run.prepared() or {}
        if not isinstance(prepared.get("tensors"), list):
            raise RunDamagedError("the journal does not say what the network is made of")
        return prepared

    @cached_property
    def snapshots(self) -> Snapshots:
        """Every committed, intact snapshot."""
        return snapshots.read(self.run)

    @cached_property
    def tensors(self) -> Mapping[str, np.ndarray]:
        """The anchor's, by the store's names. Raises RunDamagedError."""
        return self.run.tensors("anchor.safetensors")

    @cached_property
    def loaded(self) -> Rebuilt:
        """The data loaded afresh. Raises DoesNotApply where the folder alone cannot."""
        rebuilt = Rebuilt.of(self.run)
        if isinstance(rebuilt, str):
            raise DoesNotApply(rebuilt)
        return rebuilt

    @property
    def rebuilt(self) -> Rebuilt:
        """Data and network made again from the settings. Raises DoesNotApply where the folder alone
        cannot.
        """
        if GIVEN in (self.settings.network, self.settings.loss):
            raise DoesNotApply("the network was given as an object; its folder cannot rebuild it")
        return self.loaded

    def how(self, command: str) -> str:
        """How what is missing would come about: by which command, or that only explore's caller
        could compute it.
        """
        if command != "analyse" and GIVEN in (
            self.settings.data,
            self.settings.network,
            self.settings.loss,
        ):
            return "only your Python objects can compute it"
        return f"run: landscape {command} {self.run.id}"

    @property
    def layout(self) -> Layout:
        """Where each tensor of the network lies among the weights."""
        from landscape_app.weights.layout import Layout, Slot

        slots = tuple(
            Slot(str(t["key"]), tuple(t["shape"]), int(t["start"]), int(t["stop"]))
            for t in self.facts["tensors"]
        )
        return Layout(slots, (), ())

    @cached_property
    def jumps(self) -> Snapshots:
        """The jumps, weights in memory: as many as fit into HELD, one of every seed first, the
        largest of each before the others.
        """
        snapshots = self.snapshots
        seed, step = snapshots.column("seed"), snapshots.column("step_size")
        places = np.flatnonzero(
            (snapshots.column("epoch") == 0)
            & (step > CONTROL)
            & (snapshots.column("trajectory") >= 0)
        )
        places = places[np.lexsort((seed[places], -step[places]))][: self.affordable]
        if not len(places):
            raise RunDamagedError("no jump is complete")
        return self.held(np.sort(places))

    @property
    def affordable(self) -> int:
        """Rows of weights that may be held at a time, two at least."""
        return max(2, HELD // (4 * max(1, self.snapshots.delta.shape[1])))

    def held(self, places: np.ndarray) -> Snapshots:
        """The snapshots at `places`, their weights in memory; read in blocks of columns."""
        from landscape_app.records.snapshots import Matrix

        chosen = self.snapshots.select(places)
        delta = np.concatenate(
            [np.empty((len(places), 0), np.float32), *chosen.delta.blocks()], axis=1
        )
        return replace(chosen, delta=Matrix.of(delta))

    def results(self, name: str, **parameters: Any) -> list[Result]:
        """The stored results `name` of the snapshots that the run has now, newest first, that agree
        with `at` and the parameters.
        """
        asked = {
            key: value for key, value in {**self.at, **parameters}.items() if value is not None
        }
        wanted, digest = files.plain(asked), self.run.digest()
        current = [stored for stored in derived.all(self.run.path, name) if stored.inputs == digest]
        return [
            stored
            for stored in current
            if all(stored.parameters.get(key, value) == value for key, value in wanted.items())
        ]

    def result(self, name: str, *, missing: str, **parameters: Any) -> Result:
        """The newest of them. Raises DoesNotApply with the words `missing`, RunDamagedError where
        its arrays are not as written.
        """
        results = self.results(name, **parameters)
        if not results:
            raise DoesNotApply(missing)
        len(results[0].arrays)
        return results[0]


def on(result: Result) -> str:
    """Which result a check was made on, in words: embedding phate 3-D, distance euclidean, t =
    31.
    """
    of = result.parameters
    head = [
        result.name,
        *(str(of[name]) + end for name, end in (("method", ""), ("dims", "-D")) if name in of),
    ]
    rest = [
        word + str(of[name])
        for name, word in (("distance", "distance "), ("t", "t = "))
        if of.get(name) is not None
    ]
    return ", ".join([" ".join(head), *rest])


def count(jumps: int) -> str:
    """16 jumps."""
    return "1 jump" if jumps == 1 else f"{jumps} jumps"
