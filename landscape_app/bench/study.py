"""How many networks of a study are made and analysed in an hour on this machine, phase by phase."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

from landscape_app.bench.forecast import PhaseWatch
from landscape_app.pipeline.workers import crew_of
from landscape_app.study_settings import StudySpec, parse_study

HOUR = 3600.0  # s
REGIMES = ("plain", "poor")


def measure(
    *,
    networks: int = 8,
    curvature: bool = True,
    joint: bool = True,
    alone: bool = False,
    more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """{"networks", "workers", "cores", "load", "seconds", "processor", "networks_per_hour",
    "phases": [{"name", "seconds", "processor", "networks_per_hour"}], "problems"} of one study of
    digits MLPs with default settings, in an empty folder.

    seconds: as they were, imports and other work on the machine included; processor: those of all
    its processes. alone: one process does everything. more: other settings of the study.
    """
    spec = study_of(networks, {"curvature": curvature, "joint": joint, **(more or {})})
    load = os.getloadavg()
    begun, spent = time.perf_counter(), processor()
    watch = PhaseWatch(clock=processor)
    with tempfile.TemporaryDirectory(prefix="landscape-bench-") as folder:
        problems, workers = _made(Path(folder), spec, watch, alone=alone)
        rows = watch.rows()
    seconds = time.perf_counter() - begun
    return {
        "networks": networks,
        "workers": workers,
        "cores": os.cpu_count(),
        "load": [[round(value, 1) for value in loads] for loads in (load, os.getloadavg())],
        "seconds": round(seconds, 2),
        "processor": round(processor() - spent, 2),
        "networks_per_hour": round(HOUR * networks / seconds, 1),
        "phases": [_phase(row, networks) for row in rows],
        "problems": problems,
    }


def study_of(networks: int, more: Mapping[str, Any]) -> StudySpec:
    """The study of so many networks: plain and poor digits MLPs of several seeds, with the settings
    `more`.
    """
    regimes = REGIMES[: 1 + (networks % 2 == 0)]
    return parse_study(
        {
            "name": "bench",
            "regimes": list(regimes),
            "seeds": networks // len(regimes),
            **more,
        }
    )


def processor() -> float:
    """Processor seconds of this process and of all that it has started."""
    own = psutil.Process()
    total = _spent(own)
    for child in own.children(recursive=True):
        try:
            total += _spent(child)
        except psutil.NoSuchProcess:  # counted with its parent from now on
            continue
    return total


def _spent(process: psutil.Process) -> float:
    times = process.cpu_times()
    more = (getattr(times, name, 0.0) for name in ("children_user", "children_system"))
    return float(times.user + times.system + sum(more))


def _made(
    runs: Path, spec: StudySpec, watch: PhaseWatch, *, alone: bool
) -> tuple[dict[str, str], int]:
    """(what could not be done, how many workers did the rest)."""
    from landscape_app.pipeline import studies

    if alone:
        return studies.run(runs, spec, session=watch.session)[1]["problems"], 1
    members = list(spec.runs.values())
    with crew_of(runs, spec.name, members, session=watch.session) as crew:
        _, told = studies.run(runs, spec, session=watch.session, crew=crew)
    return told["problems"], crew.workers


def _phase(row: dict[str, Any], networks: int) -> dict[str, Any]:
    seconds = row["seconds"]
    return {
        "name": row["name"],
        "seconds": round(seconds, 2),
        "processor": round(row["processor"], 2),
        "networks_per_hour": round(HOUR * networks / seconds, 1) if seconds else None,
    }
