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


def table(shown: tuple[CheckedRun, ...]) -> Any:
    """Head, and under each heading of the table of checks its rows."""
    if not shown:
        return html.Div(html.P("Choose a run above.", className="ls-muted"), className="ls-centred")
    groups: dict[str, list[str]] = {}
    for name, entry in CHECKS.items():
        groups.setdefault(str(entry.settings["group"]), []).append(name)
    bodies = [
        html.Tbody(
            [_heading(group, len(shown)), *(_row(name, CHECKS[name], shown) for name in names)]
        )
        for group, names in groups.items()
    ]
    return html.Table(
        [html.Caption("Checks of each run", className="ls-unseen"), _head(shown), *bodies],
        className=f"ls-checks-table ls-checks-of-{len(shown)}",
    )


def _head(shown: tuple[CheckedRun, ...]) -> Any:
    columns = [html.Th("Check", scope="col"), html.Th("Threshold", scope="col")]
    return html.Thead(
        html.Tr(
            [
                *columns,
                *(html.Th(_of_run(one), scope="col", **{"data-state": one.state}) for one in shown),
            ]
        )
    )


def _of_run(one: CheckedRun) -> Any:
    """Over a column: the run, how many checks pass, how old the answers are, and the button that
    asks anew.
    """
    failed, now, notes = one.count(False), words.doing(one), words.notes(one)
    name = html.Span(
        [
            mark(one.slot),
            dcc.Link(one.label, href=f"/?runs={one.id}", title=f"{one.id}: see it in Explore"),
        ],
        className="ls-checks-run",
    )
    again = dmc.Button(
        "Verify" if one.stored is None else "Verify again",
        id=ids.verify(one.id),
        size="compact-xs",
        variant="light" if one.stored is None or one.stale or one.newer else "default",
        disabled=not one.askable,
        **{"aria-label": f"Verify {one.id}"},
    )
    # what was found before the damage is no verdict
    tone = "wait" if one.damage else "bad" if failed else "ok"
    counted = html.Span(words.counted(one), className=f"ls-badge ls-badge-{tone}")
    lines = (
        [
            html.Div(
                [counted, html.Span(words.made(one), className="ls-muted ls-small")],
                className="ls-checks-line",
            )
        ]
        if one.stored
        else []
    )
    lines += [html.P(now, className="ls-checks-note", role="status")] if now else []
    lines += [html.P(note, className="ls-checks-note ls-checks-old") for note in notes]
    if (
        one.damage
        and one.job is None
        and not (one.damage.sample and (one.given or one.damage.final))
    ):
        action, label = ("resume", "Resume") if one.damage.sample else ("analyse", "Analyse again")
        lines.append(
            dmc.Button(
                label,
                id=shell.action(action, one.id, "checks"),
                size="compact-xs",
                **{"aria-label": f"{label} {one.id}"},
            )
        )
    return [html.Div([name, again], className="ls-checks-line"), *lines]


def _heading(group: str, runs: int) -> Any:
    return html.Tr(html.Th(group, colSpan=runs + 2, scope="colgroup"), className="ls-checks-group")


def _row(name: str, entry: Entry, shown: tuple[CheckedRun, ...]) -> Any:
    answers = [one.answers.get(name) for one in shown]
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
        _cell(one, answer, limit=len(limits) > 1)
        for one, answer in zip(shown, answers, strict=True)
    ]
    return html.Tr([title, held, *cells], **{"data-check": name})


def _cell(one: CheckedRun, answer: Mapping[str, Any] | None, *, limit: bool) -> Any:
    """One answer; `limit`: the runs have different ones, so each says its own."""
    if one.stored is None:
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
    said = words.detail(answer, one)
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
        + (" ls-checks-stale" if one.stale else ""),
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
