"""The rail left of the figures, and its parts."""

from __future__ import annotations

from typing import Any

from dash import html

from landscape_app.dashboard.common import job_strip


def side_rail(label: str, *parts: Any) -> Any:
    """Everything left of the figures, with the strip of jobs at the end."""
    return html.Aside(
        [*parts, html.Div(job_strip.strip(), className="ls-rail-jobs")],
        className="ls-rail",
        **{"aria-label": label},
    )


def rail_part(title: Any, *children: Any, last: bool = False) -> Any:
    """A part under its title, a word or a whole head; last: of the rail."""
    head = html.H2(title) if isinstance(title, str) else title
    name = "ls-rail-part ls-picked" if last else "ls-rail-part"
    return html.Section([head, *children], className=name)
