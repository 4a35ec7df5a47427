"""The table: a row a check with its sentence and threshold, a column a run. A cell has the mark of
an answer, its figure, and what the figure is of.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dash import html

from landscape_app.check_table import CheckVerdict, threshold, verdict
from landscape_app.dashboard.checks.column_head import head
from landscape_app.dashboard.common.controls import message
from landscape_app.dashboard.common.run_checks import CheckedRun
from landscape_app.entries import Entry
from landscape_app.number_text import DASH, SUPERSCRIPT, number
from landscape_app.registries import CHECKS
from landscape_app.store import commands

# verdict -> (sign, its name, class): the sign and its name tell what the colour tells
SIGNS: dict[CheckVerdict, tuple[str, str, str]] = {
    True: ("✓", "passes", "pass"),
    False: ("✕", "fails", "fail"),
    "note": ("!", "a note, no fault", "amber"),
    None: ("–", "does not apply", "none"),
}
RAISED, PLAIN = re.compile(r"([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)"), str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "−0123456789")
COMMAND = re.compile(r"(landscape [a-z]+ [a-z0-9._-]+(?: --runs (?:'[^']*'|[^' ]+))?(?: --trust)?)")
POWER = re.compile(r"(\d(?:\.\d+)?)e(-?)0*(\d+)")


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
    common = html.Span(_powers(limit("see each" if differ else limits[0])))
    bound = html.Td([common, html.P(str(entry.settings["figure"]))])
    cells = [
        _cell(run, answer, own_limit=differ) for run, answer in zip(checked, answers, strict=True)
    ]
    return html.Tr([title, bound, *cells], **{"data-check": name})


def _cell(run: CheckedRun, answer: Mapping[str, Any] | None, *, own_limit: bool) -> Any:
    """One answer; own_limit: the runs have different limits, so each says its own."""
    if run.stored is None:
        return html.Td("", className="ls-checks-cell")
    sign, name, kind = SIGNS[verdict(answer or {})]
    words = _detail(answer, run)
    stale = " ls-checks-stale" if run.stale else ""
    return html.Td(
        [
            html.Span(
                sign,
                className=f"ls-checks-mark ls-checks-{kind}",
                role="img",
                **{"aria-label": name},
            ),
            html.Div(
                [*_figure(answer or {}, own_limit), html.P(_with_command(words), title=words)]
            ),
        ],
        className=f"ls-checks-cell ls-checks-cell-{kind}{stale}",
    )


def _figure(answer: Mapping[str, Any], own_limit: bool) -> list[Any]:
    """The figure of an answer and, where it is its own, the limit; nothing where there is none."""
    value = figure(answer.get("value"))
    if value == DASH:
        return []
    own = limit(answer.get("limit")) if own_limit else ""
    return [
        html.Div(
            [
                html.Span(_powers(value), className="ls-checks-figure"),
                html.Span([" ", *_powers(own)], className="ls-muted"),
            ]
        )
    ]


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


def figure(value: Any) -> str:
    """Three significant digits; – where there is none."""
    return number(
        value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    )


def limit(text: Any) -> str:
    """The limit as it is written by hand: ≤ 1e-5 is ≤ 10⁻⁵."""

    def by_hand(match: re.Match[str]) -> str:
        power = f"10{(match[2] + match[3]).translate(SUPERSCRIPT)}"
        return power if match[1] == "1" else f"{match[1]} × {power}"

    return POWER.sub(by_hand, str(text or ""))


def _detail(answer: Mapping[str, Any] | None, run: CheckedRun) -> str:
    """What the figure is of, and which stored result it was taken from."""
    if answer is None:
        return "not checked yet: verify again"
    text = " · ".join(str(part) for part in (answer.get("detail"), answer.get("on")) if part)
    text = commands.whole(text, run.damage.folder.parent)
    return text.replace(" = ", "\u00a0=\u00a0").replace("3-D", "3\u2011D")  # never parted
