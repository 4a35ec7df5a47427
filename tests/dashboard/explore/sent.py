"""Every value that the page and the export send, by the snapshot, bar or cell that it is of: two
folders compare value by value.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go

from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.explore import cards, details, reading
from landscape_app.dashboard.explore.choice import ExploreChoice
from landscape_app.dashboard.surface import choice as surface_choice
from landscape_app.dashboard.surface import figures as surface_figures
from landscape_app.dashboard.surface import table as surface_table
from landscape_app.dashboard.surface import view as surface_view
from landscape_app.figures.view import View
from landscape_app.pipeline import export
from landscape_app.store.run import RunFolder

Sent = dict[tuple[Any, ...], Any]
GONE = "–"


def by_snapshot(name: str, figure: go.Figure) -> Sent:
    """{(figure, nth trace of its run, run, row, array): value} of what stands at snapshots."""
    meta, found, nth = figure.layout.meta or {}, Sent(), dict[str, int]()
    for base in meta.get("base", ()):
        trace = figure.data[base["trace"]]
        number = nth[base["run"]] = nth.get(base["run"], -1) + 1
        arrays = {axis: getattr(trace, axis, None) for axis in "xyz"}
        for part in ("line", "marker"):
            arrays[f"{part}.color"] = getattr(getattr(trace, part, None), "color", None)
        if trace.customdata is not None:
            arrays |= {
                f"customdata {i}": np.asarray(trace.customdata)[:, i]
                for i in range(np.asarray(trace.customdata).shape[1])
            }
        for array, values in arrays.items():
            if values is None or isinstance(values, str):
                continue
            assert len(values) == len(base["rows"]), (name, array)
            for row, value in zip(base["rows"], values, strict=True):
                if row >= 0:
                    found[name, number, base["run"], row, array] = _plain(value)
    return found


def by_bar(name: str, figure: go.Figure) -> Sent:
    """{(figure, trace, bar, what): value} of bars: their place, and the snapshots that they name,
    one key each.
    """
    found = Sent()
    for group in (figure.layout.meta or {}).get("bars", ()):
        trace, stride = figure.data[group["trace"]], group["stride"]
        for i, bar in enumerate(group["bar"]):
            key = (name, group["trace"], bar)
            # what never ends stands at the end of an axis
            axes = "x" if group.get("never") else "xy"
            found |= {(*key, axis): _plain(getattr(trace, axis)[i * stride]) for axis in axes}
            edge = group["edge"][i]
            found[(*key, "edge")] = GONE if edge[0] < 0 else tuple(edge)
            found[(*key, "focus")] = (
                group["focus"][i] if group.get("focus") and group["focus"][i] is not None else GONE
            )
            rows = [
                row for what in ("rows", "cycle") if group.get(what) for row in group[what][i] or ()
            ]
            found |= {(*key, "holds", row): row for row in rows}
    return found


def by_cell(component: Any, name: str, width: int) -> Sent:
    """{(table, run, kind, bar or trajectory, cell): text}; width: rows of a trajectory."""
    found = Sent()
    for line in _lines(component):
        pick = json.loads(getattr(line, "data-pick"))
        which = pick["bar"] if "bar" in pick else (pick["focus"] - 1) // width
        found |= {
            (name, pick["run"], pick["kind"], which, i): _text(cell)
            for i, cell in enumerate(line.children)
        }
    return found


def everything(
    context: Context, runs: Path, ids: tuple[str, ...], views: tuple[Mapping[str, Any], ...]
) -> Sent:
    """All that Explore and Surface send of the runs `ids` in some views, and the details of every
    snapshot.
    """
    found = Sent()
    for number, view in enumerate(views):
        comparison = reading.read(context, ExploreChoice(ids, View(**view)))
        width = comparison.subjects[0].epochs + 1
        for name, figure in cards.figures(comparison, cards.names(comparison)).items():
            found |= {
                (number, *key): value
                for key, value in (by_snapshot(name, figure) | by_bar(name, figure)).items()
            }
            found |= {
                (number, *key): value
                for key, value in by_cell(cards.twin(name, comparison), name, width).items()
            }
        for one in comparison.runs if not number else ():
            for row in range(one.spec.snapshots) if one.spec else ():
                told = details.details(
                    {"kind": "trajectory", "run": one.id, "focus": row}, comparison
                )
                found |= {("details", one.id, row, *key): text for key, text in _figures_of(told)}
    seen = surface_view.read(context, surface_choice.SurfaceChoice(ids[:1]))
    for name, figure in surface_figures.figures(seen, surface_figures.names(seen)).items():
        found |= {("surface", *key): value for key, value in by_snapshot(name, figure).items()}
    if seen.drawn:
        head, *lines = csv.reader(surface_table.text(seen).splitlines())
        points = [line for line in lines if line[1] == "point"]
        found |= {
            ("surface csv", *line[:7], head[i]): line[i]
            for line in lines
            if line not in points
            for i in (7, 8)
        }
        found |= {("surface csv", *line[:7]): line[8] for line in points}
    return found


def exported(runs: Path, id: str, to: Path) -> Sent:
    """{(file, row, column): value} of `landscape export`."""
    export.export(RunFolder.open(runs, id), to)
    with (to / f"{id}.csv").open() as file:
        lines = list(csv.DictReader(file))
    found: Sent = {
        ("csv", line["row"], name): value for line in lines for name, value in line.items()
    }
    with np.load(to / f"{id}.npz") as arrays:
        rows = arrays["row"]
        for name in arrays.files:
            found |= {
                ("npz", int(row), name): _plain(value)
                for row, value in zip(rows, arrays[name], strict=True)
            }
    return found


def differences(whole: Sent, damaged: Sent) -> list[str]:
    """Values of `damaged` that `whole` has otherwise, or not at all; a value that is not there is
    none.
    """
    return [
        f"{key}: {whole.get(key, 'nothing')} became {value}"
        for key, value in damaged.items()
        if not _absent(value) and not _same(whole.get(key), value)
    ]


def _same(one: Any, other: Any) -> bool:
    return one is not None and (
        one == other
        or (isinstance(other, float) and bool(np.isclose(one, other, rtol=1e-6, atol=1e-12)))
    )


def _absent(value: Any) -> bool:
    if isinstance(value, str):
        return value in ("", GONE, "nan") or "not there" in value
    return isinstance(value, float) and not np.isfinite(value)


def _plain(value: Any) -> Any:
    return (
        tuple(np.asarray(value).ravel().tolist())
        if np.ndim(value)
        else float(value)
        if not isinstance(value, str)
        else value
    )


def _figures_of(told: Any) -> list[tuple[tuple[str, str], str]]:
    """((score, run), text) of the details' table, whose head says which runs have a column."""
    table = told[-1]
    head, body = table.children[0].children, table.children[-1].children
    # the run's mark: its label depends on what it is compared with
    columns = [_text(cell)[:1] for cell in head.children[1:]]
    return [
        ((_text(line.children[0]), column), _text(cell))
        for line in body
        for column, cell in zip(columns, line.children[1:], strict=True)
    ]


def _lines(component: Any) -> list[Any]:
    found: list[Any] = []
    _walk(component, lambda one: found.append(one) if getattr(one, "data-pick", None) else None)
    return found


def _walk(component: Any, take: Callable[[Any], Any]) -> None:
    if isinstance(component, (list, tuple)):
        for one in component:
            _walk(one, take)
    elif hasattr(component, "to_plotly_json"):
        take(component)
        _walk(getattr(component, "children", None), take)


def _text(component: Any) -> str:
    if isinstance(component, (list, tuple)):
        return "".join(map(_text, component))
    if hasattr(component, "to_plotly_json"):
        return _text(getattr(component, "children", None))
    return "" if component is None else str(component)
