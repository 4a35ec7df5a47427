"""The table of a study: one row per run, read from its stored results; and the study's tables and
statistics as files.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from landscape_app.analysis.statistics import linear
from landscape_app.analysis.statistics.csv_table import to_csv
from landscape_app.analysis.statistics.report import JUMPS
from landscape_app.analysis.statistics.statistic import STATISTICS
from landscape_app.errors import LandscapeError
from landscape_app.pipeline.spaces import kernel
from landscape_app.records import csv_text
from landscape_app.records.study_report import StudyReport
from landscape_app.records.study_table import StudyTable, column
from landscape_app.registries import DISTANCES, FILTRATIONS, MEASURES, PLANES
from landscape_app.settings import AnalysisSpec
from landscape_app.store import derived, files, usable_results
from landscape_app.store.run import RunFolder
from landscape_app.study_settings import StudySpec

# settings that are in the table though no knob turns them: they are controls
ALWAYS = ("train_rate", "train_batch")
SCORES = ("train_accuracy", "test_accuracy", "test_loss")
# Of distances in units of ‖θo‖ the first is the measure mst_length_norm. H1's count is not here:
# how many loops there are says little.
RIPS = ("rips[h0].total_persistence", "rips[h1].total_persistence", "rips[h1].longest")
P = "rips[h1].p"
TRAIN = "train_loss"  # the filtration whose bars have a column of their climbs
Cells = dict[str, Any]


def tabulate(runs: Path, spec: StudySpec, t: int | None) -> StudyTable:
    """A row per run of the grid that has measures. `t`: the diffusion time that the runs share."""
    rows: dict[str, Cells] = {}
    labels: dict[str, str] = {}
    missing = {}
    for id, point in zip(spec.runs, spec.points, strict=True):
        try:
            rows[id] = _settings(spec, id, point) | _row(RunFolder.open(runs, id), spec, t, labels)
        except LandscapeError as error:
            missing[id] = str(error)
    names = dict.fromkeys(name for row in rows.values() for name in row)
    columns = {name: column([row.get(name) for row in rows.values()]) for name in names}
    return StudyTable(tuple(rows), columns, labels, missing=missing)


def _settings(spec: StudySpec, id: str, point: Mapping[str, Any]) -> Cells:
    return {**point, **{name: getattr(spec.runs[id], name) for name in ALWAYS if name not in point}}


def _row(run: RunFolder, spec: StudySpec, t: int | None, labels: dict[str, str]) -> Cells:
    result = usable_results.find(run.path, "measures")
    if not run.committed("anchor") or result is None:
        raise LandscapeError(
            "it is not fully sampled" if not run.finished else "it is not analysed"
        )
    scores = run.tensors("anchor.safetensors")
    cells: Cells = {name: _finite(scores[f"scores.{name}"].reshape(-1)[0]) for name in SCORES}
    for measure in result.meta["measures"]:
        labels[measure["name"]] = measure["label"]
        cells[measure["name"]] = measure["value"]
    curved, topology = (
        _curved(run.path, spec, labels),
        _topology(run.path, spec.analysis, t, labels),
    )
    return cells | curved | topology | _linear(run.path, spec, labels)


def _curved(path: Path, spec: StudySpec, labels: dict[str, str]) -> Cells:
    """The measures that need the network, without their parts: layers, and eigenvalues after the
    first, differ from network to network.
    """
    result = (
        None
        if spec.curvature is None
        else derived.find(path, "curvature", **spec.curvature.model_dump())
    )
    whole = [
        line
        for line in ([] if result is None else result.meta["measures"])
        if "[" not in line["name"]
    ]
    labels.update({line["name"]: line["label"] for line in whole})
    return {line["name"]: line["value"] for line in whole}


def _topology(path: Path, spec: AnalysisSpec, t: int | None, labels: dict[str, str]) -> Cells:
    """Summaries of the snapshots' diagrams. A missing result gives no cells."""
    cells: Cells = {}
    for name, entry in FILTRATIONS.items():
        diagram = derived.find(
            path, "sublevel", filtration=name, t=t, graph_k=spec.graph_k, **kernel(spec)
        )
        meta = {} if diagram is None else diagram.meta
        for summary in (key for key in linear.SUMMARISED if key in meta):
            cells[f"{JUMPS}{name}].{summary}"] = meta[summary]
            labels[f"{JUMPS}{name}].{summary}"] = f"{linear.SUMMARISED[summary]}, {entry.label}"
    cells |= _climbs(path, spec, t, labels)
    normed = bool(DISTANCES[spec.distance].settings.get("normed"))
    quantile = {"quantile": spec.rips_quantile}
    rips = derived.find(path, "rips", **quantile, distance=spec.distance)
    against = derived.find(
        path, "significance", **quantile, t=t, graph_k=spec.graph_k, **kernel(spec)
    )
    for result, names in ((rips, RIPS[normed:]), (against, (P,))):
        if result is not None:
            cells |= {name: MEASURES[name].load()(result.meta)[0].value for name in names}
            labels.update({name: MEASURES[name].label for name in names})
    return cells


def _climbs(path: Path, spec: AnalysisSpec, t: int | None, labels: dict[str, str]) -> Cells:
    """The climbs of the bars of the train loss only. Its logarithm and rank have the same minima,
    and a climb is measured in train loss.
    """
    result = derived.find(
        path, "climbs", filtration=TRAIN, t=t, graph_k=spec.graph_k, **kernel(spec)
    )
    if result is None:
        return {}
    name, measure = f"{JUMPS}{TRAIN}].total_over_barriers", MEASURES["sublevel.total_over_barriers"]
    labels[name] = f"{measure.label}, {FILTRATIONS[TRAIN].label}"
    return {name: measure.load()(result.meta)[0].value}


def _linear(path: Path, spec: StudySpec, labels: dict[str, str]) -> Cells:
    """The mean rise of the study's surfaces; for a plane also the same summaries as for the
    snapshots.
    """
    cells: Cells = {}
    for kind in spec.surfaces:
        result = usable_results.find(path, "surface", kind=kind, points=spec.surface_points)
        if result is None:
            continue
        losses, label = result.arrays["train_loss"], PLANES[kind].label.lower()
        cells[f"{kind}.rise"], labels[f"{kind}.rise"] = linear.rise(losses), f"mean rise, {label}"
        for name, value in linear.persistence(losses).items() if min(losses.shape) > 1 else ():
            cells[f"{kind}[{name}"] = value
            labels[f"{kind}[{name}"] = (
                f"{linear.SUMMARISED[name.split('.')[1]]}, {FILTRATIONS[name.split(']')[0]].label},"
                f" {label}"
            )
    return cells


def digest(table: StudyTable) -> str:
    """A hash of every number of the table. The statistics are computed from these."""
    return hashlib.sha256(to_csv(table).encode()).hexdigest()[:32]


def as_json(table: StudyTable) -> dict[str, Any]:
    """{"columns": [{"name", "label"}], "rows": [{"id", …}]}; None where there is no number."""
    columns = {name: column.tolist() for name, column in table.columns.items()}
    return {
        "columns": [{"name": name, "label": table.label(name)} for name in columns],
        "rows": [
            {"id": id, **{name: _finite(cells[i]) for name, cells in columns.items()}}
            for i, id in enumerate(table.ids)
        ],
    }


def write_table(folder: Path, table: StudyTable) -> list[Path]:
    """Write table.csv and table.json to `folder`."""
    return _write(folder, "table", to_csv(table), as_json(table))


def write_statistics(folder: Path, report: StudyReport, *, own: bool = False) -> list[Path]:
    """Write statistics.csv, a line per set of networks and measure, and statistics.json, the whole
    report, to a study's folder or the user's `own`.
    """
    granulated = [f"granulated[{name}]" for name in report.hyper]
    rows: list[list[Any]] = [
        ["networks_of", "measure", "label", "baseline", *STATISTICS, *granulated, "twin"]
    ]
    for stratum in report.strata:
        for measure in stratum.measures:
            baseline = "yes" if measure.baseline else "no"
            numbers = [measure.number(name) for name in STATISTICS]
            by_hyper = [measure.granulated_by.get(name) for name in report.hyper]
            about = [stratum.name, measure.name, measure.label, baseline]
            rows.append([*about, *numbers, *by_hyper, measure.twin or ""])
    return _write(folder, "statistics", csv_text.lines(rows), report.model_dump(), own=own)


def _write(folder: Path, stem: str, text: str, value: Any, *, own: bool = False) -> list[Path]:
    if own:
        files.make_own(folder)
    files.write_atomic(folder / f"{stem}.csv", text.encode(), own=own)
    files.write_atomic(folder / f"{stem}.json", files.to_json(value, indent=1) + b"\n", own=own)
    return [folder / f"{stem}.csv", folder / f"{stem}.json"]


def _finite(value: Any) -> Any:
    return (float(value) if math.isfinite(value) else None) if not isinstance(value, str) else value
