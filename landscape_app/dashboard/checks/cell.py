"""A cell of the table: the mark of one answer, its figure and limit, and what they are of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dash import html

from landscape_app.dashboard.common.run_checks import CheckedRun, verdict
from landscape_app.number_text import DASH, SUPERSCRIPT, number
from landscape_app.store import commands

# passed -> (sign, its name, class): the sign and its name tell what the colour tells
SIGNS: dict[bool | None, tuple[str, str, str]] = {
    True: ("✓", "passes", "pass"),
    False: ("✕", "fails", "fail"),
    None: ("–", "does not apply", "none"),
}
RAISED, PLAIN = re.compile(r"([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)"), str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "−0123456789")
COMMAND = re.compile(r"(landscape [a-z]+ [a-z0-9._-]+(?: --runs (?:'[^']*'|[^' ]+))?(?: --trust)?)")
POWER = re.compile(r"(\d(?:\.\d+)?)e(-?)0*(\d+)")


def cell(run: CheckedRun, answer: Mapping[str, Any] | None, *, own_limit: bool) -> Any:
    """One answer; own_limit: the runs have different limits, so each says its own."""
    if run.stored is None:
        return html.Td("", className="ls-checks-cell")
    sign, name, kind = SIGNS[verdict(answer)]
    words = detail(answer, run)
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
                html.Span(powers(value), className="ls-checks-figure"),
                html.Span([" ", *powers(own)], className="ls-muted"),
            ]
        )
    ]


def powers(text: str) -> list[Any]:
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


def detail(answer: Mapping[str, Any] | None, run: CheckedRun) -> str:
    """What the figure is of, and which stored result it was taken from."""
    if answer is None:
        return "not checked yet: verify again"
    text = " · ".join(str(part) for part in (answer.get("detail"), answer.get("on")) if part)
    text = commands.whole(text, run.damage.folder.parent)
    return text.replace(" = ", "\u00a0=\u00a0").replace("3-D", "3\u2011D")  # never parted
