"""The table: a row a check with its sentence and limit, a column a run, each cell a mark, a figure
and what it is of.
"""

from __future__ import annotations

from typing import Any

from dash import html

from landscape_app.check_table import threshold
from landscape_app.dashboard.checks.cell import cell, limit, powers
from landscape_app.dashboard.checks.column_head import head
from landscape_app.dashboard.common.controls import message
from landscape_app.dashboard.common.run_checks import CheckedRun
from landscape_app.entries import Entry
from landscape_app.registries import CHECKS


def table(checked: tuple[CheckedRun, ...]) -> Any:
    """Head, and under each heading of the table of checks its rows."""
    if not checked:
        return html.Div(message("Choose a run first."), className="ls-centred")
    groups: dict[str, list[str]] = {}
    for name, entry in CHECKS.items():
        groups.setdefault(str(entry.settings["group"]), []).append(name)
    bodies = [
        html.Tbody(
            [_heading(group, len(checked)), *(_row(name, CHECKS[name], checked) for name in names)]
        )
        for group, names in groups.items()
    ]
    return html.Table(
        [html.Caption("Checks of each run", className="ls-unseen"), _head(checked), *bodies],
        className=f"ls-checks-table ls-checks-of-{len(checked)}",
    )


def _head(checked: tuple[CheckedRun, ...]) -> Any:
    columns = [html.Th(name, scope="col") for name in ("Check", "Threshold")]
    columns += [html.Th(head(run), scope="col", **{"data-state": run.state}) for run in checked]
    return html.Thead(html.Tr(columns))


def _heading(group: str, runs: int) -> Any:
    return html.Tr(html.Th(group, colSpan=runs + 2, scope="colgroup"), className="ls-checks-group")


def _row(name: str, entry: Entry, checked: tuple[CheckedRun, ...]) -> Any:
    answers = [run.answers.get(name) for run in checked]
    stored = dict.fromkeys(
        str(answer["limit"]) for answer in answers if answer is not None and answer.get("limit")
    )
    limits = list(stored) or [threshold(entry)]
    differ = len(limits) > 1
    title = html.Th([html.Span(entry.label), html.P(entry.help)], scope="row")
    common = html.Span(powers(limit("see each" if differ else limits[0])))
    bound = html.Td([common, html.P(str(entry.settings["figure"]))])
    cells = [
        cell(run, answer, own_limit=differ) for run, answer in zip(checked, answers, strict=True)
    ]
    return html.Tr([title, bound, *cells], **{"data-check": name})
