"""A tiny grid, begun again, and sessions that are cancelled."""

from __future__ import annotations

import shutil
from contextlib import contextmanager

from landscape_app.errors import Cancelled
from landscape_app.jobs.session import session
from landscape_app.records.progress import Silent
from landscape_app.store.study import StudyFolder
from landscape_app.study_settings import parse_study

TINY = {
    "data": "blobs",
    "train_epochs": 6,
    "train_batch": 30,
    "epochs": 7,
    "batch": 40,
    "seeds": 2,
    "step_sizes": [0.5, 1.0],
}
GRID = {
    "name": "tiny",
    "regimes": ["plain", "poor"],
    "networks": ["mlp-small"],
    "seeds": 2,
    "settings": TINY,
    "surface_points": 5,
}
FEW = {
    "eigenvalues": 1,
    "lanczos_steps": 10,
    "probes": 2,
    "steps": 4,
    "trace_products": 6,
    "draws": 2,
    "points": 3,
    "ends": 2,
}
GRID |= {"statistics": {"resamples": 100}, "curvature": FEW}
GRID |= {"analysis": {"methods": ["phate", "pca", "mds"], "null_repeats": 9, "stability": 0}}
IDS = ["tiny-plain-s0", "tiny-plain-s1", "tiny-poor-s0", "tiny-poor-s1"]


def spec(**changes):
    return parse_study({**GRID, **changes})


def folder_of(runs):
    return StudyFolder.open(runs, "tiny").path


def begun_again(runs, target):
    """The study with the plans that were measured for its runs, and nothing else: another plan may
    differ in the last digits.
    """
    shutil.copytree(runs, target)
    for id in IDS:
        for place in ("chunks", "derived"):
            shutil.rmtree(target / id / place, ignore_errors=True)
        for file in (target / id).glob("*.safetensors"):
            file.unlink()
        lines = (target / id / "journal.jsonl").read_bytes().splitlines(keepends=True)
        prepared = next(
            i for i, line in enumerate(lines) if b'"kind":"prepared"' in line.replace(b": ", b":")
        )
        (target / id / "journal.jsonl").write_bytes(b"".join(lines[: prepared + 1]))
    shutil.rmtree(folder_of(target) / "derived")
    for file in folder_of(target).glob("*.csv"):
        file.unlink()


def stopping(steps):
    """Sessions that are cancelled after so many steps of the study."""
    left = [steps]

    class Stops(Silent):
        def advance(self, steps=1):
            left[0] -= 1
            self.check()

        def check(self):
            if left[0] < 0:
                raise Cancelled

    @contextmanager
    def open_session(path, *, slot=True):
        with session(path, slot=slot):
            yield Stops() if slot else Silent()

    return open_session
