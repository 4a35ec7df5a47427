"""Damage of a stored run: the files, the lost snapshots, the results, and the remedy.

A list of runs must be quick, so files are first judged by size and times. Two kinds of file count
as unchanged: those that the stored checks have read, and those that are not newer than the journal,
which is written after them. Every other file is hashed. The hash is remembered in the user's own
state folder while the file does not change. When one run is opened, all its files are hashed.
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from landscape_app.records.row_set import RowSet
from landscape_app.records.rows import count
from landscape_app.store import commands, derived, hash_cache, names
from landscape_app.store.committed_files import CHUNKS
from landscape_app.store.inventory import Inventory
from landscape_app.store.journal import Line
from landscape_app.store.sample_digest import JOURNAL

Stamp = tuple[int, int, int]  # size in bytes, times of modification and of change in ns
# result that no analysis makes -> the command that makes it
OWN_JOB = {
    "cloud": "sample",
    "curvature": "curvature",
    "sampling": "sample",
    "sampling_part": "sample",
    "surface": "surface",
}
NAMED = 3  # stretches of snapshots, or kinds of results, named in one sentence


@dataclass(frozen=True)
class Damage:
    """`folder`: of the run. `files`: committed files that are missing or changed. `results`: names
    of damaged results, each once.

    rows: canonical ids of the lost snapshots; None where this was not determined. width: rows of a
    trajectory. lines: the kinds of journal line that are lost.
    """

    folder: Path
    files: tuple[str, ...] = ()
    rows: RowSet | None = None
    width: int = 1
    results: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.sample or self.results)

    @property
    def sample(self) -> bool:
        """Whether sampled files are damaged. Only Resume makes these again; an analysis makes the
        results again.
        """
        return bool(self.files or self.rows or self.lines)

    @property
    def anchor(self) -> bool:
        """Whether the anchor is gone."""
        return "anchor" in self.lines or (
            0 in self.rows if self.rows is not None else "anchor.safetensors" in self.files
        )

    @property
    def final(self) -> bool:
        """Whether nothing can be sampled again, because the journal has lost its line
        "prepared".
        """
        return "prepared" in self.lines

    @property
    def snapshots(self) -> int:
        """How many snapshots are lost, without the anchor."""
        return 0 if self.rows is None else len(self.rows) - (0 in self.rows)


NOTHING = Damage(Path())


def stamps(run: Path) -> dict[str, Stamp]:
    """{name in the journal: stamp} of every regular file of a run and of its chunks; empty where
    there is no folder.
    """
    by_name: dict[str, Stamp] = {}
    for inside, prefix in ((run, ""), (run / CHUNKS, f"{CHUNKS}/")):
        for name, status in names.stats(inside).items():
            if stat.S_ISREG(status.st_mode):
                by_name[f"{prefix}{name}"] = (
                    status.st_size,
                    status.st_mtime_ns,
                    status.st_ctime_ns,
                )
    return by_name


def mark(run: Path) -> str:
    """A short hash of the names, sizes and times of all stored files of a run or study. It changes
    when a file changes. Reads no file.
    """
    places = [(path.name, sorted(_result(path).items())) for path in derived.places(run)]
    stamped = sorted(
        (name, stamp)
        for name, stamp in stamps(run).items()
        if name.endswith((".safetensors", JOURNAL))
    )
    return hashlib.sha256(repr((stamped, places)).encode()).hexdigest()[:16]


def _result(path: Path) -> dict[str, Stamp]:
    statuses = names.stats(path, (derived.ARRAYS, derived.RESULT))
    return {
        name: (status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        for name, status in statuses.items()
    }


def vouched(inventory: Inventory) -> dict[str, Stamp]:
    """The stamps of the committed files that are intact, for the checks to store. Hashes these
    files.
    """
    there = stamps(inventory.path)
    return {file: there[file] for file in inventory.places if file in there}


def quick(inventory: Inventory, vouched: Mapping[str, Sequence[int]]) -> tuple[str, ...]:
    """The committed files that are damaged. Only files with a suspect time or size are hashed.
    `vouched`: stamps that the stored checks have recorded.
    """
    there = stamps(inventory.path)
    written = there.get(JOURNAL, (0, 0, 0))[1]

    def suspect(line: Line) -> bool:
        stamp, known = there.get(str(line["file"])), vouched.get(str(line["file"]))
        if stamp is None or stamp[0] != line.get("bytes"):
            return True
        return max(stamp[1:]) > written if known is None else stamp != tuple(known)

    suspects = [line for line in inventory.committed if suspect(line)]
    return tuple(hash_cache.damaged(inventory.path, suspects, there)) if suspects else ()


def thorough(inventory: Inventory, there: np.ndarray | None = None) -> Damage:
    """All damage of the sample. Hashes every file. there: ids of the snapshots that could be read,
    if known.
    """
    return located(inventory, inventory.damaged, there)


def located(inventory: Inventory, files: Sequence[str], there: np.ndarray | None = None) -> Damage:
    """The damage of `files`, with the snapshots that are lost with them. there: as for
    `thorough`.
    """
    read = inventory.rows_without(files)
    if there is not None:
        read[:] = False
        read[there] = True
    # all of a finished run should be there, else what is committed
    lost = ~read if inventory.finished else inventory.rows & ~read
    width = inventory.spec.rows_per_trajectory
    return Damage(inventory.path, tuple(files), RowSet.of(lost), width, lines=inventory.missing)


def missing(damage: Damage) -> str:
    """What is missing: 'the anchor and 12 snapshots (trajectories 0–3, epochs 5–9)', 'a file of the
    training'; empty if nothing is.
    """
    parts = ["the anchor"] if damage.anchor else []
    if damage.snapshots:
        parts.append(f"{count(damage.snapshots)} ({_where(damage)})")
    training = sum(
        file == "init.safetensors" or file.startswith(f"{CHUNKS}/base-") for file in damage.files
    )
    training += sum(kind in ("init", "base") for kind in damage.lines)
    if training:
        parts.append(
            "a file of the training" if training == 1 else f"{training} files of the training"
        )
    if damage.final:
        parts.append("what the journal said of how the run was begun")
    if not parts and damage.files:
        parts.append("1 file" if len(damage.files) == 1 else f"{len(damage.files)} files")
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _where(damage: Damage) -> str:
    """'trajectories 0–3, epochs 5–9; trajectory 7, epochs 0–4'."""
    rows = damage.rows or RowSet()
    # of whole trajectories, the anchor not counted
    length = -(-(8 * len(rows.bits) - 1) // damage.width) * damage.width
    gone = rows.mask(1 + length)[1:].reshape(-1, damage.width)
    trajectories = np.flatnonzero(gone.any(axis=1))
    of: dict[bytes, list[int]] = {}
    for trajectory in trajectories.tolist():
        of.setdefault(gone[trajectory].tobytes(), []).append(trajectory)
    places = [
        f"{_span('trajectory', 'trajectories', alike)},"
        f" {_span('epoch', 'epochs', np.flatnonzero(gone[alike[0]]).tolist())}"
        for alike in list(of.values())[:NAMED]
    ]
    more = f"; and {len(of) - NAMED} more" if len(of) > NAMED else ""
    return f"{'; '.join(places)}{more}"


def _span(single: str, many: str, numbers: Sequence[int]) -> str:
    """'epoch 3', 'epochs 3–7', 'epochs 3, 5, 7–9'."""
    apart = np.flatnonzero(np.diff(numbers) != 1) + 1
    parts = [part.tolist() for part in np.split(np.array(numbers), apart)]
    named = [str(part[0]) if len(part) == 1 else f"{part[0]}–{part[-1]}" for part in parts]
    shown = ", ".join(named[:NAMED]) + (" …" if len(named) > NAMED else "")
    return f"{single if len(numbers) == 1 else many} {shown}"


def follows(damage: Damage) -> str:
    """The consequences of what is missing, in sentences; empty if there are none."""
    if not damage:
        return ""
    sentences = []
    if damage.anchor:
        sentences.append("Without the anchor no surface, curvature or climb can be computed.")
    if damage.results:
        more = " …" if len(damage.results) > NAMED else ""
        sentences.append(
            f"Damaged results are left out: {', '.join(damage.results[:NAMED])}{more}."
        )
    return " ".join(sentences)


def remedy(damage: Damage, *, given: bool = False, button: bool = False) -> str:
    """What the user can do, with the command. given: the run was made from objects that its folder
    cannot rebuild. button: a button for it stands beside the text.
    """
    if not damage:
        return ""
    if damage.final:
        return (
            f"It can be read, but nothing can be added. Restore {JOURNAL} from a copy, or start a"
            " new run."
        )
    if damage.sample and given:
        return (
            "Call explore again with the same objects and folder. It makes the damaged files again."
        )
    jobs = dict.fromkeys(OWN_JOB.get(name, "analyse") for name in damage.results)
    if not damage.sample and set(jobs) & set(OWN_JOB.values()):
        run = damage.folder
        told = (commands.line(job, run.name, run.parent) for job in jobs)
        return f"Compute again: {', '.join(told)}"
    advice, command = (
        ("Resume makes it again", "resume") if damage.sample else ("Analyse it again", "analyse")
    )
    if damage.sample and _several(damage):
        advice = "Resume makes them again"
    return (
        f"{advice}."
        if button
        else f"{advice}: {commands.line(command, damage.folder.name, damage.folder.parent)}"
    )


def _several(damage: Damage) -> bool:
    """Whether more than one thing of the sample is missing."""
    training = sum(
        file == "init.safetensors" or file.startswith(f"{CHUNKS}/base-") for file in damage.files
    )
    return (damage.anchor + damage.snapshots + training or len(damage.files)) > 1


def words(damage: Damage, *, given: bool = False, button: bool = False) -> str:
    """The damage, its consequences and the remedy in sentences; empty where nothing is damaged.
    button: as for `remedy`.
    """
    if not damage:
        return ""
    gone = f"Damaged or missing: {missing(damage)}." if damage.sample else ""
    return " ".join(
        part for part in (gone, follows(damage), remedy(damage, given=given, button=button)) if part
    )


def short(damage: Damage) -> str:
    """'damaged: the anchor and 12 snapshots'."""
    if not damage.sample:
        return f"{len(damage.results)} result{'' if len(damage.results) == 1 else 's'} damaged"
    return (
        f"damaged: {missing(damage).partition(' (')[0]}" if damage.rows is not None else "damaged"
    )
