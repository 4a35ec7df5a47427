"""What a stranger made elsewhere: runs, with the code and the files that their settings name, and
a watch on whether any of that is imported or opened.
"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from landscape_app.cli.main import main
from landscape_app.networks.mlp import build
from landscape_app.settings import AnalysisSpec
from landscape_app.store import journal
from landscape_app.store.run import RunFolder
from landscape_app.store.study import REGIMES, StudyFolder

CODE = "strangers_code"
QUICK = ["--train-epochs", "1", "--epochs", "4", "--seeds", "2", "--no-analyse"]
ANALYSIS = ["--methods", "pca", "--stability", "0", "--null-repeats", "0", "--loss-repeats", "0"]
MODULE = """
from pathlib import Path
import numpy as np
from landscape_app.cli.main import main
from landscape_app.networks.mlp import build

Path({marker!r}).write_text("imported")

def make(shape, outputs):
    return build(shape, outputs, width=4, depth=1, dropout=0.0)

def load():
    x = np.random.default_rng(0).normal(size=(40, 4)).astype(np.float32)
    return (x[:24], np.arange(24) % 2), (x[24:], np.arange(16) % 2)
"""

watched: set[str] = set()  # paths that must not be opened
opened: list[str] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if (
        event == "open"
        and watched
        and isinstance(arguments[0], (str, bytes))
        and os.fsdecode(arguments[0]) in watched
    ):
        opened.append(os.fsdecode(arguments[0]))
        raise PermissionError("a stranger's file")


sys.addaudithook(_hook)  # a hook stays; it looks at nothing while nothing is watched


@dataclass(frozen=True)
class Stranger:
    """What somebody made elsewhere: runs, and beside them the code and the files that their
    settings name.
    """

    runs: Path
    marker: Path
    files: tuple[Path, ...]

    @property
    def untouched(self) -> bool:
        return not self.marker.exists() and CODE not in sys.modules and not opened


def data_and_weights(folder: Path) -> tuple[Path, Path]:
    """A file of data and a checkpoint in `folder`."""
    x, y = np.random.default_rng(0).normal(size=(40, 4)).astype(np.float32), np.arange(40) % 2
    np.savez(folder / "table.npz", x_train=x[:24], y_train=y[:24], x_test=x[24:], y_test=y[24:])
    torch.save(build((4,), 2, width=4, depth=1, dropout=0.0).state_dict(), folder / "weights.pt")
    return folder / "table.npz", folder / "weights.pt"


def run_made(runs: Path, id: str, *settings: str) -> RunFolder:
    """A small run that the command line made with these settings."""
    assert main(["run", "--runs", str(runs), "--id", id, *settings, *QUICK]) == 0
    return RunFolder.open(runs, id)


class Bomb:
    """A pickle that writes a file when it is loaded."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> Any:
        return os.system, (f"touch {self.marker}",)


def edited(run: Path, dropped: Any = lambda line: False) -> None:
    """The run's journal, its lines changed, or dropped where `dropped` is true, as a stranger can
    who knows the format.
    """
    path = run / "journal.jsonl"
    lines = [line for line in journal.decode(path.read_bytes())[0] if not dropped(line)]
    path.write_bytes(b"".join(map(journal.encode, lines)))


def hostile(stranger: Stranger) -> Stranger:
    """The same without anything that is kept, with a run that is not done, and with a quickstart
    study of such runs.
    """
    shutil.rmtree(stranger.runs / "_data")
    shutil.copytree(stranger.runs / "theirs", stranger.runs / "begun")
    edited(stranger.runs / "begun", lambda line: line["kind"] == "finished")
    for regime in REGIMES:
        shutil.copytree(stranger.runs / "begun", stranger.runs / f"quickstart-{regime}")
    StudyFolder.create(
        stranger.runs,
        "quickstart",
        [f"quickstart-{regime}" for regime in REGIMES],
        AnalysisSpec(),
        made_by="quickstart",
    )
    shutil.rmtree(stranger.runs / "grid-s3")  # a run of the grid that is still to be made
    return stranger


def lost_chunk(runs: Path, id: str) -> RunFolder:
    """A run whose newest chunk is gone."""
    run = RunFolder.open(runs, id)
    (run.path / run.committed("chunk")[-1]["file"]).unlink()
    return run
