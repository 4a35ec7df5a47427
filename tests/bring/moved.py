"""Runs folders that have moved, and files that have changed or are gone since a run was begun."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import numpy as np
import torch

from landscape_app.errors import LandscapeError
from landscape_app.networks.construction import create
from landscape_app.pipeline.beginning import Begun, undone_if_it_fails
from landscape_app.pipeline.prepare import ready
from landscape_app.pipeline.problem import problem_of
from landscape_app.pipeline.user_objects import UserObjects
from landscape_app.settings import RunSpec, parse
from landscape_app.store import shared_data, sources
from landscape_app.store.run import RunFolder
from tests.bring import names
from tests.bring.case import Case

TITLE = "Folders that move, files that change"
ABOUT = (
    "A run notes the hash of its npz file and of its checkpoint. Up to 50 MB, and what `explore`"
    " was given up to that size, are kept once per runs folder as `_data/HASH`; larger files are"
    " found by their path, or where they lie as seen from the runs folder."
)


def _saved(folder: Path, shift: float = 0.0) -> Path:
    x = np.arange(48, dtype=np.float32).reshape(12, 4) % 7 + np.float32(shift)
    np.savez(
        folder / "table.npz",
        x_train=x,
        y_train=np.arange(12) % 2,
        x_test=x,
        y_test=np.arange(12) % 2,
    )
    return folder / "table.npz"


def _begun(folder: Path, most: int = shared_data.MOST) -> RunFolder:
    """A run that is prepared, and nothing more, of a file and a checkpoint."""
    (folder / "files").mkdir()
    weights = folder / "files" / "weights.pt"
    torch.save(create("mlp-small", (4,), 2, seed=5).state_dict(), weights)
    settings = {
        "data": f"npz:{_saved(folder / 'files')}",
        "network": "mlp-small",
        "checkpoint": str(weights),
        "epochs": 1,
        "seeds": 1,
    }
    run = RunFolder.create(folder / "runs", "own", parse(RunSpec, settings))
    with run.lock(), patch.object(shared_data, "MOST", most):
        ready(run)
    return run


def _again(runs: Path) -> None:
    """What resume, curvature and verify begin with."""
    run = RunFolder.open(runs, "own")
    problem_of(sources.located(run), UserObjects())
    with run.lock():
        ready(run)


def _moved(folder: Path) -> None:
    _begun(folder)
    (folder / "files").rename(folder / "lost")
    (folder / "runs").rename(folder / "elsewhere")
    _again(folder / "elsewhere")


def _together(folder: Path) -> None:
    _begun(folder, most=0)
    (folder / "project").mkdir()
    for name in ("files", "runs"):
        (folder / name).rename(folder / "project" / name)
    _again(folder / "project" / "runs")


def _changed(folder: Path) -> None:
    _begun(folder)
    _saved(folder / "files", shift=1)
    _again(folder / "runs")


def _large_changed(folder: Path) -> None:
    _begun(folder, most=0)
    _saved(folder / "files", shift=1)
    _again(folder / "runs")


def _large_gone(folder: Path) -> None:
    _begun(folder, most=0)
    (folder / "files" / "table.npz").unlink()
    _again(folder / "runs")


def _explored(folder: Path) -> None:
    names.tried(folder / "runs")
    (folder / "runs").rename(folder / "elsewhere")
    found = shared_data.arrays(RunFolder.open(folder / "elsewhere", "my-network"))
    assert found is not None
    assert np.array_equal(found.x_train, names.TABLE[0].numpy())


def _missing(folder: Path) -> None:
    spec = parse(RunSpec, {"data": f"npz:{folder / 'nowhere.npz'}"})
    try:
        with (
            undone_if_it_fails(
                Begun(RunFolder.create(folder / "runs", "own", spec), made=True)
            ) as run,
            run.lock(),
        ):
            ready(run)
    except LandscapeError:
        assert not (folder / "runs" / "own").exists()
        raise


CASES = [
    Case("a runs folder that has moved without its npz file and checkpoint", "works", _moved),
    Case(
        "a runs folder that has moved together with a file too large to be kept", "works", _together
    ),
    Case("a runs folder of `explore` that has moved: its data", "works", _explored),
    Case(
        "an npz file that has changed since, up to 50 MB",
        "works, and says so",
        _changed,
        "The copy that is kept with the run is used",
    ),
    Case(
        "a larger npz file that has changed since",
        "refused",
        _large_changed,
        "table.npz has changed since: its SHA-256 was",
    ),
    Case("a larger npz file that is gone", "refused", _large_gone, "no file with the SHA-256"),
    Case(
        "a command that fails before training: no run is left behind",
        "refused",
        _missing,
        "There is no file",
    ),
]
