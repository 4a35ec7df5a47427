"""The table: a row a check with its sentence and limit, a column a run, each cell a mark, a figure
and what it is of.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from landscape_app.check_table import threshold
from landscape_app.dashboard.checks import ids, words
from landscape_app.dashboard.common import ids as shell
from landscape_app.dashboard.common.run_checks import CheckedRun, verdict
from landscape_app.dashboard.common.run_mark import mark
from landscape_app.entries import Entry
from landscape_app.registries import CHECKS

# passed -> (sign, its name, class): the sign and its name tell what the colour tells
SIGNS: dict[bool | None, tuple[str, str, str]] = {
    True: ("✓", "passes", "pass"),
    False: ("✕", "fails", "fail"),
    None: ("–", "does not apply", "none"),
}
RAISED, PLAIN = re.compile(r"([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)"), str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "−0123456789")
COMMAND = re.compile(r"(landscape [a-z]+ [a-z0-9._-]+(?: --runs (?:'[^']*'|[^' ]+))?(?: --trust)?)")


def table(checked: tuple[CheckedRun, ...]) -> Any:
    """Head, and under each heading of the table of checks its rows."""
    if not checked:
        return html.Div(html.P("Choose a run above.", className="ls-muted"), className="ls-centred")
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
    columns = [html.Th("Check", scope="col"), html.Th("Threshold", scope="col")]
    return html.Thead(
        html.Tr(
            [
                *columns,
                *(
                    html.Th(_of_run(run), scope="col", **{"data-state": run.state})
                    for run in checked
                ),
            ]
        )
    )


def _of_run(run: CheckedRun) -> Any:
    """Over a column: the run, how many checks pass, how old the answers are, and the button that
    asks anew.
    """
    failed, now, notes = run.count(False), words.doing(run), words.notes(run)
    name = html.Span(
        [
            mark(run.slot),
            dcc.Link(run.label, href=f"/?runs={run.id}", title=f"{run.id}: see it in Explore"),
        ],
        className="ls-checks-run",
    )
    again = dmc.Button(
        "Verify" if run.stored is None else "Verify again",
        id=ids.verify(run.id),
        size="compact-xs",
        variant="light" if run.stored is None or run.stale or run.newer else "default",
        disabled=not run.askable,
        **{"aria-label": f"Verify {run.id}"},
    )
    # what was found before the damage is no verdict
    tone = "wait" if run.damage else "bad" if failed else "ok"
    counted = html.Span(words.counted(run), className=f"ls-badge ls-badge-{tone}")
    lines = (
        [
            html.Div(
                [counted, html.Span(words.made(run), className="ls-muted ls-small")],
                className="ls-checks-line",
            )
        ]
        if run.stored
        else []
    )
    lines += [html.P(now, className="ls-checks-note", role="status")] if now else []
    lines += [html.P(note, className="ls-checks-note ls-checks-old") for note in notes]
    if (
        run.damage
        and run.job is None
        and not (run.damage.sample and (run.given or run.damage.final))
    ):
        action, label = ("resume", "Resume") if run.damage.sample else ("analyse", "Analyse again")
        lines.append(
            dmc.Button(
                label,
                id=shell.action(action, run.id, "checks"),
                size="compact-xs",
                **{"aria-label": f"{label} {run.id}"},
            )
        )
    return [html.Div([name, again], className="ls-checks-line"), *lines]


def _heading(group: str, runs: int) -> Any:
    return html.Tr(html.Th(group, colSpan=runs + 2, scope="colgroup"), className="ls-checks-group")


def _row(name: str, entry: Entry, checked: tuple[CheckedRun, ...]) -> Any:
    answers = [run.answers.get(name) for run in checked]
    limits = list(
        dict.fromkeys(
            str(answer["limit"]) for answer in answers if answer is not None and answer.get("limit")
        )
    )
    limits = limits or [threshold(entry)]
    title = html.Th([html.Span(entry.label), html.P(entry.help)], scope="row")
    figure = str(entry.settings["figure"])
    held = html.Td(
        [
            html.Span(_powers(words.limit(limits[0] if len(limits) == 1 else "see each"))),
            html.P(figure),
        ]
    )
    cells = [
        _cell(run, answer, limit=len(limits) > 1)
        for run, answer in zip(checked, answers, strict=True)
    ]
    return html.Tr([title, held, *cells], **{"data-check": name})


def _cell(run: CheckedRun, answer: Mapping[str, Any] | None, *, limit: bool) -> Any:
    """One answer; `limit`: the runs have different ones, so each says its own."""
    if run.stored is None:
        return html.Td("", className="ls-checks-cell")
    sign, name, kind = SIGNS[verdict(answer)]
    own = words.limit(answer.get("limit")) if limit and answer is not None else ""
    value = words.figure(None if answer is None else answer.get("value"))
    figure = (
        []
        if value == "–"
        else [
            html.Span(_powers(value), className="ls-checks-figure"),
            html.Span([" ", *_powers(own)], className="ls-muted"),
        ]
    )
    said = words.detail(answer, run)
    return html.Td(
        [
            html.Span(
                sign,
                className=f"ls-checks-mark ls-checks-{kind}",
                role="img",
                **{"aria-label": name},
            ),
            html.Div(
                [*([html.Div(figure)] if figure else []), html.P(_with_command(said), title=said)]
            ),
        ],
        className=f"ls-checks-cell ls-checks-cell-{kind}"
        + (" ls-checks-stale" if run.stale else ""),
    )


def _powers(text: str) -> list[Any]:
    """The words, with powers as superscripts of the page's own font."""
    return [
        html.Sup(part.translate(PLAIN)) if at % 2 else part
        for at, part in enumerate(RAISED.split(text))
        if part
    ]


def _with_command(text: str) -> list[Any]:
    """The words, with a command that a person can type set apart."""
    return [
        html.Code(part) if COMMAND.fullmatch(part) else part for part in COMMAND.split(text) if part
    ]
