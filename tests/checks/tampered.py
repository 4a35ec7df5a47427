"""Ways in which a run can be wrong although its files are whole, each with the checks that must
notice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from landscape_app.pipeline.verify import verify
from landscape_app.store import derived
from landscape_app.store.run import RunFolder

Tamper = Callable[[RunFolder], None]
FACTS = ("kind", "file", "sha256", "bytes")


def recommit(
    run: RunFolder, line: dict[str, Any], change: Callable[[dict[str, np.ndarray]], None]
) -> None:
    """A committed file with other content, and a line that fits it: only a check that computes can
    notice.
    """
    tensors = {name: np.array(value) for name, value in run.tensors(line["file"]).items()}
    change(tensors)
    with run.lock():
        run.commit(
            line["kind"],
            line["file"],
            tensors,
            **{name: value for name, value in line.items() if name not in FACTS},
        )


def of_first_chunk(change: Callable[[dict[str, np.ndarray], dict[str, Any]], None]) -> Tamper:
    """Changes the chunk that holds the jumps of the first bundle."""

    def tamper(run: RunFolder) -> None:
        line = next(line for line in run.committed("chunk") if line["first"] == 0)
        recommit(run, line, lambda tensors: change(tensors, line))

    return tamper


def of_anchor(name: str, factor: float) -> Tamper:
    return lambda run: recommit(
        run,
        run.committed("anchor")[0],
        lambda tensors: tensors.update({name: tensors[name] * factor}),
    )


def of_result(
    name: str, change: Callable[[dict[str, np.ndarray], dict[str, Any]], None], **parameters: Any
) -> Tamper:
    """A stored result with other content, of the same snapshots."""

    def tamper(run: RunFolder) -> None:
        found = derived.find(run.path, name, **parameters)
        assert found is not None, name
        arrays, meta = (
            {key: np.array(value) for key, value in found.arrays.items()},
            dict(found.meta),
        )
        change(arrays, meta)
        derived.write(run.path, name, found.parameters, arrays, meta, found.inputs)

    return tamper


def prepared(**changes: Any) -> Tamper:
    """Another "prepared" line, later than the true one."""

    def tamper(run: RunFolder) -> None:
        with run.lock():
            run.mark("prepared", **{**(run.prepared() or {}), **changes})

    return tamper


def flip(pattern: str) -> Tamper:
    """One bit of the first file that fits the pattern."""

    def tamper(run: RunFolder) -> None:
        victim = sorted(run.path.glob(pattern))[0]
        content = bytearray(victim.read_bytes())
        content[-1] ^= 1
        victim.write_bytes(content)

    return tamper


def swap_epochs(tensors: dict[str, np.ndarray], _: dict[str, Any]) -> None:
    tensors["delta"][:, [1, 2]] = tensors["delta"][:, [2, 1]]


def scale_jump(tensors: dict[str, np.ndarray], _: dict[str, Any]) -> None:
    tensors["delta"][-1, 0] *= 1.01
    tensors["scores.distance"][-1, 0] *= 1.01


def turn_jump(tensors: dict[str, np.ndarray], _: dict[str, Any]) -> None:
    tensors["delta"][-1, 0] *= -1


def same_direction(run: RunFolder) -> None:
    """Every jump along the direction of the first seed."""
    spec, found = run.spec, {}
    for line in [line for line in run.committed("chunk") if line["first"] == 0]:
        delta = run.tensors(line["file"])["delta"]
        found |= {
            spec.trajectories[trajectory]: delta[place, 0]
            for place, trajectory in enumerate(line["trajectories"])
        }
    for line in [line for line in run.committed("chunk") if line["first"] == 0]:

        def change(tensors: dict[str, np.ndarray], line: dict[str, Any] = line) -> None:
            for place, trajectory in enumerate(line["trajectories"]):
                tensors["delta"][place, 0] = found[(0, spec.trajectories[trajectory][1])]

        recommit(run, line, change)


def diverge(tensors: dict[str, np.ndarray], _: dict[str, Any]) -> None:
    tensors["delta"][-1, 2] = np.nan
    for name in ("scores.train_loss", "scores.test_loss", "scores.distance"):
        tensors[name][-1, 2] = np.nan
    tensors["scores.diverged"][-1, 2] = 1


def unmarked(tensors: dict[str, np.ndarray], _: dict[str, Any]) -> None:
    tensors["scores.train_loss"][-1, 2] = np.inf


def shuffled(arrays: dict[str, np.ndarray], _: dict[str, Any]) -> None:
    order = np.roll(np.arange(len(arrays["rows"])), 1)
    arrays["distances"] = arrays["distances"][np.ix_(order, order)]


def set_meta(**changes: Any) -> Callable[[dict[str, np.ndarray], dict[str, Any]], None]:
    return lambda arrays, meta: meta.update(changes)


def scale(name: str, factor: float) -> Callable[[dict[str, np.ndarray], dict[str, Any]], None]:
    return lambda arrays, meta: arrays.update({name: arrays[name] * factor})


def shift_centre(arrays: dict[str, np.ndarray], _: dict[str, Any]) -> None:
    """As by a snake traversal that forgot to turn round: every value one cell on."""
    for name in ("train_loss", "test_loss"):
        arrays[name] = np.roll(arrays[name], 1, axis=1)


def other_snapshots(run: RunFolder) -> None:
    found = derived.find(run.path, "rips")
    assert found is not None
    derived.write(run.path, "rips", found.parameters, dict(found.arrays), found.meta, "of others")


def of_null_draws(
    p: float,
    *,
    repeats: int = 99,
    claimed: float | None = None,
    words: str = "not significant",
    drawn: float = 1.0,
) -> Tamper:
    """Significance whose null draws give `p` for a loop of length 1; `claimed`: what is said
    instead; `drawn`: length of the stored loop.
    """

    def change(arrays: dict[str, np.ndarray], meta: dict[str, Any]) -> None:
        for name in [name for name in arrays if name.startswith("rips_h1_")]:
            del arrays[name]
        arrays["rips_h1_longest_noise"] = np.where(
            np.arange(repeats) < round(p * (repeats + 1)) - 1, 2.0, 0.0
        )
        arrays["rips_h1_longest_reordered"] = np.zeros(repeats)
        arrays["h1_birth"], arrays["h1_death"] = np.array([0.0]), np.array([drawn])
        said = p if claimed is None else claimed
        meta["rips_h1"] = {
            "statistic": "longest finite H1 bar",
            "observed": 1.0,
            "p_high": said,
            "repeats": repeats,
            "words": words,
        }

    return of_result("significance", change)


PICTURE = {"method": "phate", "dims": 3}
WAYS: dict[str, tuple[Tamper, set[str]]] = {
    "a bit of a chunk": (flip("chunks/0*"), {"hashes", "alignment"}),
    "a bit of the anchor": (
        flip("anchor.safetensors"),
        {"hashes", "anchor_loss", "filter_norms", "interpolation"},
    ),
    "a bit of a result": (flip("derived/geometry-*/arrays.safetensors"), {"results", "distances"}),
    "a result of other snapshots": (other_snapshots, {"results"}),
    "other data": (prepared(data_hash="0" * 64), {"data"}),
    "another probe set": (prepared(probe_hash="0" * 64), {"data"}),
    "two epochs swapped": (of_first_chunk(swap_epochs), {"alignment"}),
    "a diverged snapshot": (of_first_chunk(diverge), {"finite"}),
    "an infinite loss that is not marked": (of_first_chunk(unmarked), {"finite"}),
    "a longer jump": (of_first_chunk(scale_jump), {"filter_norms", "jumps"}),
    "a jump the other way": (of_first_chunk(turn_jump), {"jumps"}),
    "one direction for all": (same_direction, {"orthogonality", "jumps"}),
    "another anchor's loss": (of_anchor("scores.train_loss", 1.001), {"anchor_loss"}),
    "other weights": (of_anchor("param.1.weight", 1.01), {"anchor_loss", "filter_norms", "jumps"}),
    "half of the labels fitted": (of_anchor("scores.train_accuracy", 0.5), {"interpolation"}),
    "a plane shifted by a cell": (of_result("surface", shift_centre, kind="random"), {"centre"}),
    "a spectrum too heavy": (of_result("curvature", scale("weights", 1.01)), {"spectrum"}),
    "a density too heavy": (of_result("curvature", scale("density", 0.99)), {"spectrum"}),
    "distances of other rows": (of_result("geometry", shuffled), {"distances"}),
    "distances a little off": (of_result("geometry", scale("distances", 1.0001)), {"distances"}),
    "an entropy of another operator": (
        of_result("diffusion", scale("entropy", 1.0001), kernel="paper"),
        {"phate_package"},
    ),
    "another knee": (of_result("diffusion", set_meta(knee=99), kernel="paper"), {"phate_package"}),
    "a graph in pieces": (of_result("embedding", set_meta(components=2), **PICTURE), {"embedding"}),
    "a scrambled picture": (of_result("embedding", set_meta(demap=0.1), **PICTURE), {"embedding"}),
    "strangers as neighbours": (
        of_result("embedding", set_meta(trustworthiness=0.4), **PICTURE),
        {"trustworthiness"},
    ),
    "a picture of its start": (
        of_result(
            "embedding", set_meta(stability=0.4, stress=0.3, stability_misfit=0.2), **PICTURE
        ),
        {"stability"},
    ),
    "too few null draws": (of_null_draws(0.2, repeats=9), {"h1_null"}),
    "a p that its null draws do not give": (
        of_null_draws(0.31, claimed=0.01, words="significant"),
        {"h1_null"},
    ),
    "a p of another loop than the stored one": (of_null_draws(0.31, drawn=0.9), {"h1_null"}),
    "a p of nothing": (of_null_draws(0.31, claimed=0.0, words="significant"), {"h1_null"}),
}


def answers(run: RunFolder) -> dict[str, dict[str, Any]]:
    """{check: its answer} of a run."""
    return {answer["name"]: answer for answer in verify(run)}
