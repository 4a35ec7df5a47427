"""A folder of checkpoints of one training, as the recorded states of a run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from landscape_app.errors import ModelError
from landscape_app.networks.checkpoint import load_into
from landscape_app.networks.checkpoint_file import SUFFIXES
from landscape_app.networks.copies import private
from landscape_app.pipeline.problem import problem_of
from landscape_app.pipeline.user_objects import UserObjects, begun_with
from landscape_app.records.progress import Progress
from landscape_app.store import path_states, sources
from landscape_app.store.run import RunFolder
from landscape_app.weights.bundle import Bundle, named_state

STEP = re.compile(r"(?:step|iter|checkpoint|ckpt|global_step)s?[^0-9a-z]{0,2}(\d{1,12})", re.I)
EPOCH = re.compile(r"(?:epoch|ep)s?[^0-9a-z]{0,2}(\d{1,9})", re.I)
NUMBER = re.compile(r"(\d{1,12})")
SHOWN = 3


@dataclass(frozen=True)
class CheckpointFile:
    """One file. number: of its step, else of its epoch, else the last one in its name."""

    number: int
    epoch: int | None
    path: Path


def listed(folder: Path) -> tuple[list[CheckpointFile], list[str]]:
    """(the checkpoints in `folder` and in the folders right below it, by number; names of files
    without a number, which are left out).

    Raises ModelError: no such folder, none with a number, two with the same number.
    """
    if not folder.is_dir():
        raise ModelError(f"There is no folder {folder}.")
    paths = sorted(
        path
        for path in (*folder.iterdir(), *folder.glob("*/*"))
        if path.suffix in SUFFIXES and path.is_file()
    )
    names = [str(path.relative_to(folder).with_suffix("")) for path in paths]
    steps = _all(STEP, names)
    epochs = _all(EPOCH, names)
    files, left = [], []
    for path, name, step, epoch in zip(paths, names, steps, epochs, strict=True):
        any_number = NUMBER.findall(name)
        if step is None and epoch is None and not any_number:
            left.append(path.name)
            continue
        number = step if step is not None else epoch
        files.append(CheckpointFile(int(any_number[-1]) if number is None else number, epoch, path))
    _check(folder, files)
    return sorted(files, key=lambda file: file.number), left


def _all(pattern: re.Pattern[str], names: Iterable[str]) -> list[int | None]:
    """The number that `pattern` finds in each name; none at all where one name has no number of
    this kind but one of another: the numbers would not be of one kind.
    """
    matches = {name: pattern.search(name) for name in names}
    if not all(match for name, match in matches.items() if NUMBER.search(name)):
        return [None] * len(matches)
    return [None if match is None else int(match[1]) for match in matches.values()]


def _check(folder: Path, files: list[CheckpointFile]) -> None:
    if not files:
        raise ModelError(
            f"No file in {folder} is a checkpoint with a number in its name: step or epoch,"
            f" and one of {', '.join(SUFFIXES)}."
        )
    seen: dict[int, Path] = {}
    for file in files:
        if file.number in seen:
            raise ModelError(
                f"{seen[file.number].name} and {file.path.name} have the same number"
                f" ({file.number}). Move one of them."
            )
        seen[file.number] = file.path


def keep(run: RunFolder, files: list[CheckpointFile], progress: Progress) -> None:
    """Store the weights of each file as a state of the training of `run` (its lock is held); those
    that are stored already are left. Raises ModelError for a file that does not fit the network,
    before any is stored.
    """
    there = {state.step for state in path_states.recorded(run.inventory())}
    spec = sources.located(run)
    problem, _ = problem_of(spec, begun_with(run, spec, UserObjects()))
    progress.phase("checkpoints", len(files), "files")
    for file in files:
        if file.number not in there:
            network = private(problem.network)
            load_into(network, str(file.path))
            tensors = named_state(Bundle.of(network, problem.layout), problem.layout)
            facts: dict[str, float] = {"step": file.number}
            facts |= {} if file.epoch is None else {"epoch": float(file.epoch)}
            name = f"chunks/path-{file.number:012d}.safetensors"
            run.commit(path_states.PATH, name, tensors, **facts)
        progress.advance()
