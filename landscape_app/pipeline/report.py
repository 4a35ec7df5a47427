"""The results in numbers: the JSON of a run and of a study, read from their folders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from landscape_app.check_table import verdict
from landscape_app.errors import RunDamagedError
from landscape_app.pipeline.spaces import EUCLIDEAN, common, kernel
from landscape_app.protocol import JOINT_SPACES
from landscape_app.settings import AnalysisSpec
from landscape_app.store import derived
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder


def of_run(run: RunFolder, *, t: int | None = None, distance: str = EUCLIDEAN) -> dict[str, Any]:
    """The report of one run. `t`: the shared diffusion time of the embedding (None: the newest
    embedding), in `distance`.
    """
    at: dict[str, Any] = {"distance": distance} if t is None else {"distance": distance, "t": t}
    measures = {m["name"]: m["value"] for m in _meta(run, "measures").get("measures", [])}
    checks = _meta(run, "checks").get("checks", [])
    anchor = _anchor(run)
    return {
        "id": run.id,
        "regime": run.spec.regime,
        "parameters": (run.prepared() or {}).get("parameters"),
        "snapshots": _rows(run),
        "distance": distance,
        "train_accuracy": anchor.get("scores.train_accuracy"),
        "test_accuracy": anchor.get("scores.test_accuracy"),
        "gap_accuracy": measures.get("gap_accuracy"),
        "gap_loss": measures.get("gap_loss"),
        "embedding": _embedding(run, at),
        "topology": _topology(run, at),
        "checks_passed": sum(check.get("passed") is True for check in checks),
        "checks_failed": sum(verdict(check) is False for check in checks),
    }


def _embedding(run: RunFolder, at: dict[str, Any]) -> dict[str, Any]:
    """How well PHATE in three dimensions preserves the distances."""
    embedding = _meta(run, "embedding", method="phate", dims=3, **at)
    names = ("components", "t", "knee", "stress", "demap", "step_over_spread")
    return {name: embedding.get(name) for name in names}


def _topology(run: RunFolder, at: dict[str, Any]) -> dict[str, Any]:
    """The persistence of the train loss and of the distances, and its significance."""
    sublevel = _meta(run, "sublevel", filtration="train_loss", **at)
    rips = _meta(run, "rips", distance=at["distance"])
    climbs = _meta(run, "climbs", filtration="train_loss", **at)
    tested = _meta(run, "significance", **at)
    loops = tested.get("rips_h1") or {}
    return {
        "total_persistence_h0": sublevel.get("total_persistence"),
        "bars_h0": sublevel.get("bars"),
        "total_over_barriers_h0": climbs.get("total_over_barriers"),
        "p_h0": (tested.get("sublevel") or {}).get("train_loss", {}).get("p"),
        "verdict_h0": (tested.get("verdict") or {}).get("side"),
        "rips_h1_longest": rips.get("longest_h1"),
        "rips_h1_censored": rips.get("censored_h1"),
        "rips_h1_p_high": loops.get("p_high"),
        "rips_h1_smallest_p": loops.get("smallest_p"),
    }


def _anchor(run: RunFolder) -> dict[str, float]:
    """The anchor's scores, by their names in the store; empty where its file is damaged."""
    try:
        tensors = run.tensors("anchor.safetensors")
    except RunDamagedError:
        return {}
    return {
        name: float(value.reshape(-1)[0])
        for name, value in tensors.items()
        if name.startswith("scores.")
    }


def of_study(runs: Path, study: StudyFolder, spec: AnalysisSpec | None = None) -> dict[str, Any]:
    """{"joint": {...}, "runs": [...]} of a study whose analyses are stored, by `spec` (None: as it
    was first analysed).
    """
    spec = spec or study.analysis
    folders = [RunFolder.open(runs, id) for id in study.runs]
    space = JOINT_SPACES[common(spec, folders)]
    joint = derived.find(study.path, "joint", method="phate", dims=3, distance=space)
    meta = {} if joint is None else joint.meta
    shared = meta.get("t")
    return {
        "joint": {
            "components": meta.get("components"),
            "t": shared,
            "demap": meta.get("demap"),
            "distance": space,
            "refused": meta.get("refused"),
        },
        "runs": [
            of_run(folder, t=_shared_t(study, spec), distance=spec.distance) for folder in folders
        ],
    }


def _shared_t(study: StudyFolder, spec: AnalysisSpec) -> int | None:
    shared = derived.find(study.path, "shared", asked=spec.t, **kernel(spec))
    return None if shared is None else shared.meta["t"]


def _rows(run: RunFolder) -> int:
    """Number of committed snapshots: the anchor, and trajectories × epochs of every chunk."""
    chunks = sum(
        len(line["trajectories"]) * (line["last"] - line["first"] + 1)
        for line in run.committed("chunk")
    )
    return int(chunks + len(run.committed("anchor")))


def _meta(run: RunFolder, name: str, **parameters: Any) -> dict[str, Any]:
    result = derived.find(run.path, name, **parameters)
    return {} if result is None else dict(result.meta)
