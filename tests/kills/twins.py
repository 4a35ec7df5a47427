"""What a job is begun from, what it is asked for, and what it comes to when nobody disturbs it: its
undisturbed twin.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from landscape_app.store import derived, verdict
from landscape_app.store.run import RunFolder
from tests.kills.server import Server

TINY = [
    "--data",
    "blobs",
    "--regime",
    "plain",
    "--network",
    "mlp-small",
    "--seeds",
    "2",
    "--step-sizes",
    "0.5",
    "--train-epochs",
    "6",
]
TINY += ["--epochs", "10"]
FEW = [
    "--eigenvalues",
    "1",
    "--lanczos-steps",
    "10",
    "--probes",
    "2",
    "--steps",
    "4",
    "--trace-products",
    "6",
    "--draws",
    "2",
]
FEW += ["--points", "3", "--ends", "2"]
PLAIN = [
    "--methods",
    "phate",
    "pca",
    "--null-repeats",
    "5",
    "--loss-repeats",
    "5",
    "--stability",
    "0",
]
GRID = """
name = "tiny"
regimes = ["good", "plain", "poor"]
networks = ["mlp-small"]
seeds = 1
surfaces = []
curvature = false
[settings]
data = "blobs"
train_epochs = 4
train_batch = 30
epochs = 6
batch = 40
seeds = 2
step_sizes = [0.5]
[analysis]
methods = ["pca"]
null_repeats = 0
loss_repeats = 0
stability = 0
[statistics]
resamples = 100
"""
# job -> (what it begins from, its command line)
JOBS: dict[str, tuple[str, list[str]]] = {
    "run": ("begun", ["resume", "one"]),
    "analyse": ("sampled", ["analyse", "one", *PLAIN]),
    "curvature": ("sampled", ["curvature", "one", *FEW]),
    "surface": ("sampled", ["surface", "one", "--kind", "random", "--points", "15"]),
    "sample": ("sampled", ["sample", "one", "--kind", "naive"]),
    "verify": ("sampled", ["verify", "one", "--store"]),
    "study": ("grid", ["resume", "tiny"]),
    "delete": ("sampled", ["delete", "one", "--yes"]),
    "import": ("packed", ["import", "one.tar"]),
}
# are never the same twice
TIMES = ("seconds", "phases", "created", "points_per_second", verdict.FILES)


@dataclass(frozen=True)
class Twin:
    """The files from which a job begins, and `end`: what they hold when it is done (see `held`),
    after `seconds`.
    """

    begin: Path
    argv: list[str]
    end: dict[str, Any]
    seconds: float


class Twins:
    """Makes each beginning and each twin once."""

    def __init__(self, base: Path, server: Server) -> None:
        self.base, self.server = base, server
        self._twins: dict[str, Twin] = {}
        self._seconds: dict[Path, float] = {}  # that the last command in a runs folder took

    def twin(self, job: str) -> Twin:
        """The undisturbed twin of `job`."""
        if job not in self._twins:
            place, argv = JOBS[job]
            begin, runs = (
                getattr(self, place),
                {"begun": self.base / "sampled", "grid": self.base / "study"}.get(place),
            )
            if runs is None:
                runs = self.base / f"{job}-twin"
                shutil.copytree(begin, runs)
                self.do(argv, runs)
            self._twins[job] = Twin(begin, argv, held(runs), self._seconds[runs])
        return self._twins[job]

    def do(self, argv: list[str], runs: Path) -> None:
        """A command to its end."""
        since = time.monotonic()
        code = self.server.ended(
            self.server.start(placed(argv, runs), runs.with_suffix(".log")), block=True
        )
        self._seconds[runs] = time.monotonic() - since
        # 1: a check failed, on so few snapshots
        assert code in (0, 1), runs.with_suffix(".log").read_text()[-3000:]

    @cached_property
    def sampled(self) -> Path:
        """A run that is sampled, and not analysed."""
        runs = self.base / "sampled"
        self.do(["run", "--id", "one", "--no-analyse", *TINY], runs)
        return runs

    @cached_property
    def begun(self) -> Path:
        """The same with its plan and nothing else: a plan is measured, and another one may differ
        in the last digits.
        """
        runs = self.base / "begun"
        shutil.copytree(self.sampled, runs)
        begin_again(runs / "one")
        return runs

    @cached_property
    def grid(self) -> Path:
        """A study whose runs have their plans and nothing else."""
        whole, runs = self.base / "study", self.base / "grid"
        (self.base / "tiny.toml").write_text(GRID)
        self.do(["study", str(self.base / "tiny.toml")], whole)
        shutil.copytree(whole, runs)
        study = runs / "_studies" / "tiny"
        for left in study.iterdir():
            if left.is_dir():
                shutil.rmtree(left)
            elif left.suffix in (".csv", ".html") or left.name in (
                "status.json",
                "statistics.json",
            ):
                left.unlink()
        for run in runs.glob("tiny-*"):
            begin_again(run)
        return runs

    @cached_property
    def packed(self) -> Path:
        """An empty runs folder beside the archive of a run."""
        runs = self.base / "packed"
        runs.mkdir()
        self.do(["export", "one", "--archive", str(runs / "one.tar")], self.sampled)
        return runs


def placed(argv: list[str], runs: Path) -> list[str]:
    """The command line for that runs folder; an archive lies in it."""
    return [
        *(str(runs / word) if word.endswith(".tar") else word for word in argv),
        "--runs",
        str(runs),
    ]


def begin_again(run: Path) -> None:
    """Leave of a run its settings and its plan."""
    for place in ("chunks", "derived"):
        shutil.rmtree(run / place, ignore_errors=True)
    for file in [*run.glob("*.safetensors"), run / "status.json"]:
        file.unlink(missing_ok=True)
    lines = (run / "journal.jsonl").read_bytes().splitlines(keepends=True)
    last = next(number for number, line in enumerate(lines) if b'"kind":"prepared"' in line)
    (run / "journal.jsonl").write_bytes(b"".join(lines[: last + 1]))


def held(runs: Path) -> dict[str, Any]:
    """All that is kept in a runs folder, but for times: committed files, and stored results by name
    and parameters, with their hashes.
    """
    found: dict[str, Any] = {}
    for head in (path for path in sorted(runs.rglob("spec.json")) if not hidden(path)):
        for line in RunFolder.open(runs, head.parent.name).committed():
            found[f"{head.parent.name}/{line['file']}"] = line["sha256"]
    for path in (path for path in sorted(runs.rglob(derived.RESULT)) if not hidden(path)):
        facts = json.loads(path.read_bytes())
        owner = path.parents[2].relative_to(runs)
        arrays = hashlib.sha256((path.parent / derived.ARRAYS).read_bytes()).hexdigest()
        key = f"{owner} {facts['name']} {json.dumps(facts['parameters'], sort_keys=True)}"
        assert key not in found, "nothing twice"
        found[key] = (arrays, timeless(facts["meta"]))
    for path in sorted(runs.rglob("*.csv")):
        found[str(path.relative_to(runs))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def hidden(path: Path) -> bool:
    """In a folder on its way in or out, which nothing reads."""
    return any(part.startswith(".") for part in path.parts)


def timeless(value: Any) -> Any:
    """A value without what is never the same twice."""
    if isinstance(value, dict):
        # how many were stored when they were checked
        counted = ("detail",) if value.get("name") == "results" else ()
        return {key: timeless(item) for key, item in value.items() if key not in (*TIMES, *counted)}
    return [timeless(item) for item in value] if isinstance(value, list) else value
