"""The snapshots of a run as one aligned record. Columns are in memory; weights and outputs are read
from the chunk files when they are used.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from landscape_app.errors import RunDamagedError
from landscape_app.records.snapshots import COLUMNS, Matrix, Snapshots
from landscape_app.settings import RunSpec
from landscape_app.store import coverage
from landscape_app.store.inventory import Inventory
from landscape_app.store.journal import Line
from landscape_app.store.run import RunFolder
from landscape_app.store.tensors import TensorFile

log = logging.getLogger("landscape")

NAMED = 5  # files named in one line of the log
SCORES = ("train_loss", "test_loss", "train_accuracy", "test_accuracy", "distance", "diverged")


@dataclass(frozen=True)
class SnapshotFile:
    """One intact file: the canonical ids (trajectory, epoch) of its rows, flattened, and which of
    the rows are taken from it.
    """

    file: TensorFile
    rows: np.ndarray  # (trajectory·epoch,) ids
    # (trajectory·epoch,) bool: a row that a newer file holds too is taken from that one
    taken: np.ndarray

    @property
    def anchor(self) -> bool:
        """Whether it is the anchor's file. The anchor's δ is zero by definition and not stored."""
        return bool(self.rows[0] == 0)


def read(run: RunFolder, inventory: Inventory | None = None) -> Snapshots:
    """Every committed, intact snapshot of `run`, in canonical order. Damaged files are left out,
    and the log names them. inventory: of the run, if the caller has it; otherwise it is made here.
    """
    inventory = inventory or run.inventory()
    facts = inventory.prepared or {}
    parts = _newest_only(_parts(inventory))
    rows = (
        np.concatenate([part.rows[part.taken] for part in parts])
        if parts
        else np.empty(0, np.int64)
    )
    order = np.argsort(rows)  # position in canonical order -> position in file order
    rows = rows[order]
    width = int(facts.get("parameters", 0))
    delta = _matrix(run.id, parts, order, "delta", width)
    return Snapshots(
        run.id,
        _protocol(run.spec, rows) | _named(facts, _scores(parts, order)),
        Matrix.of(np.empty((0, 0), np.float32)) if delta is None else delta,
        _matrix(run.id, parts, order, "probe"),
        _matrix(run.id, parts, order, "losses"),
        train_probe=_matrix(run.id, parts, order, "train_probe"),
        classes=int(facts.get("classes", 0)),
        target_scale=tuple(facts.get("target_scale") or ()),
        unsplit=str(facts.get("loss_unsplit") or ""),
    )


def _parts(inventory: Inventory) -> list[SnapshotFile]:
    """The files of the anchor and of all chunks, oldest first, without those that are damaged or do
    not fit the protocol.
    """
    parts, left = list[SnapshotFile](), list[str]()
    for line in [*inventory.of("anchor"), *inventory.of("chunk")]:
        path = inventory.places.get(str(line["file"]))
        try:
            if path is None:
                raise RunDamagedError("its bytes are not those that were written")
            file = TensorFile.open(path)
            rows = _ids(inventory.spec, line, file)
            parts.append(SnapshotFile(file, rows, np.ones(len(rows), bool)))
        except RunDamagedError as error:
            left.append(f"{line['file']} ({error})")
    if left:
        # a page that is open asks again and again
        more = f" and {len(left) - NAMED:,} more" if len(left) > NAMED else ""
        log.warning("Run %s: left out %s%s", inventory.path.name, "; ".join(left[:NAMED]), more)
    return parts


def _ids(spec: RunSpec, line: Line, file: TensorFile) -> np.ndarray:
    """Canonical ids of a file's rows. Raises RunDamagedError where its line and its tensors
    contradict each other or the protocol.
    """
    anchor = line["kind"] == "anchor"
    block = None if anchor else coverage.held(spec, line)
    if not anchor and block is None:
        raise RunDamagedError("its trajectories and epochs are not those of the protocol")
    trajectories, first, last = block or (np.zeros(1, np.int64), 0, 0)
    lead = (len(trajectories), last - first + 1)
    scores = [f"scores.{name}" for name in SCORES]
    for name in [*scores, "delta", "probe", "train_probe", "losses"]:
        tensor, needed = file.tensors.get(name), name in scores or (name == "delta" and not anchor)
        shape = None if tensor is None else tensor.shape if name in scores else tensor.shape[:2]
        if shape != lead and (needed or tensor is not None):
            raise RunDamagedError(f"'{name}' is missing or of another shape than its line says")
    if anchor:
        return np.zeros(1, np.int64)
    return np.asarray(
        1 + trajectories[:, None] * spec.rows_per_trajectory + np.arange(first, last + 1)
    ).reshape(-1)


def _newest_only(parts: Sequence[SnapshotFile]) -> list[SnapshotFile]:
    """Parts in which every row is taken exactly once: from the newest file that holds it."""
    seen = np.zeros(1 + max((int(part.rows.max(initial=0)) for part in parts), default=0), bool)
    newest = list[SnapshotFile]()
    for part in reversed(parts):
        taken = ~seen[part.rows]
        taken &= np.isin(np.arange(len(part.rows)), np.unique(part.rows, return_index=True)[1])
        seen[part.rows] = True
        if taken.any():
            newest.append(SnapshotFile(part.file, part.rows, taken))
    return newest[::-1]


def _protocol(spec: RunSpec, rows: np.ndarray) -> dict[str, np.ndarray]:
    """The columns that follow from the canonical ids."""
    trajectory = np.where(rows == 0, -1, (rows - 1) // spec.rows_per_trajectory)
    plan = np.array([*spec.trajectories, (-1, 0.0)], np.float64)  # index −1 is the anchor's
    return {
        "row": rows,
        "trajectory": trajectory,
        "seed": plan[trajectory, 0].astype(np.int64),
        "step_size": plan[trajectory, 1],
        "epoch": np.where(rows == 0, 0, (rows - 1) % spec.rows_per_trajectory),
    }


def _scores(parts: Sequence[SnapshotFile], order: np.ndarray) -> dict[str, np.ndarray]:
    """The columns that were measured."""
    scores = [part.file.several([f"scores.{name}" for name in SCORES]) for part in parts]
    columns = {}
    for name in SCORES:
        values = [
            arrays[f"scores.{name}"].reshape(-1)[part.taken]
            for part, arrays in zip(parts, scores, strict=True)
        ]
        columns[name] = (np.concatenate(values) if values else np.empty(0))[order].astype(
            COLUMNS[name][0]
        )
    return columns


def _named(facts: Mapping[str, Any], columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """`columns`. Where the accuracy is a share of label entries, it is also stored under that name
    (train_label_accuracy).
    """
    rule = facts.get("accuracy")
    name = rule.get("name") if isinstance(rule, dict) else None
    if name != "label_accuracy":
        return columns
    return columns | {f"{side}_{name}": columns[f"{side}_accuracy"] for side in ("train", "test")}


def _matrix(
    run: str, parts: Sequence[SnapshotFile], order: np.ndarray, name: str, width: int = 0
) -> Matrix | None:
    """The lazy matrix of tensor `name` over all parts; None where a part other than the anchor's
    has no such tensor, or shapes differ. width: of δ, where no part has it.
    """
    widths = [
        math.prod(part.file.tensors[name].shape[2:]) for part in parts if name in part.file.tensors
    ]
    if name == "delta" and not widths:
        widths = [width]
    lacking = any(
        name not in part.file.tensors and not (name == "delta" and part.anchor) for part in parts
    )
    if lacking or len(set(widths)) != 1:
        if name == "delta" and parts:
            raise RunDamagedError(
                f"The chunks of run {run} hold weights of different lengths: {sorted(set(widths))}."
            )
        return None
    place = np.empty_like(order)
    place[order] = np.arange(len(order))  # position in file order -> position in canonical order

    def columns(start: int, stop: int) -> np.ndarray:
        out = np.zeros((len(order), stop - start), np.float32)
        begin = 0
        for part in parts:
            count = int(part.taken.sum())
            if name in part.file.tensors:
                block = part.file.columns(name, lead=2, start=start, stop=stop)
                out[place[begin : begin + count]] = (
                    block if count == len(block) else block[part.taken]
                )
            begin += count
        return out

    return Matrix((len(order), widths[0]), columns)
