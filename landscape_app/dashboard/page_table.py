"""The table of the pages: what each is called, what draws it, and what it needs.

A page is a line here and a package of its own. Router, navigation, document title and application
factory read the table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Literal

from landscape_app.dashboard.lessons import LESSONS

Part = Literal["layout", "register", "header"]


@dataclass(frozen=True)
class Page:
    """One page; `layout`, `register` and `header` are "module:name" of functions.

    title: in the navigation and in the browser's tab. layout(context, query): its components.
    register(app, context): adds its callbacks; "" for a page without callbacks, or with those of
    another page. header(context, query): what it puts into the header. needs_runs: a folder without
    runs shows the quickstart in its place. navigation: whether a link in the header leads to it.
    library: a package of components that this page alone uses. The browser gets its scripts with
    this page only, so a link to it loads the page anew. query: what is part of its query anyway.
    """

    title: str
    layout: str
    register: str = ""
    header: str = ""
    needs_runs: bool = False
    navigation: bool = True
    library: str = ""
    query: Mapping[str, str] = field(default_factory=dict)


PAGES: dict[str, Page] = {
    "/": Page(
        "Explore",
        "landscape_app.dashboard.explore:layout",
        register="landscape_app.dashboard.explore:register",
        header="landscape_app.dashboard.explore:header",
        needs_runs=True,
    ),
    "/surface": Page(
        "Surface",
        "landscape_app.dashboard.surface:layout",
        register="landscape_app.dashboard.surface:register",
        needs_runs=True,
    ),
    "/study": Page(
        "Study",
        "landscape_app.dashboard.study:layout",
        register="landscape_app.dashboard.study:register",
    ),
    "/study/new": Page("New study", "landscape_app.dashboard.study:new_study", navigation=False),
    "/paper": Page(
        "Paper",
        "landscape_app.dashboard.paper:layout",
        register="landscape_app.dashboard.paper:register",
    ),
    "/checks": Page(
        "Checks",
        "landscape_app.dashboard.checks:layout",
        register="landscape_app.dashboard.checks:register",
        needs_runs=True,
    ),
    "/new": Page(
        "New run",
        "landscape_app.dashboard.new_run:layout",
        register="landscape_app.dashboard.new_run:register",
    ),
    "/runs": Page(
        "Runs",
        "landscape_app.dashboard.runs:layout",
        register="landscape_app.dashboard.runs:register",
        library="dash_ag_grid",
    ),
    "/jobs": Page(
        "Jobs",
        "landscape_app.dashboard.jobs:layout",
        register="landscape_app.dashboard.jobs:register",
    ),
    "/lessons": Page(
        "Lessons",
        "landscape_app.dashboard.teaching:layout",
        register="landscape_app.dashboard.teaching:register",
    ),
    **{
        f"/lessons/{name}": Page(
            entry.label,
            "landscape_app.dashboard.teaching:lesson",
            navigation=False,
            query={"name": name},
        )
        for name, entry in LESSONS.items()
    },
}


def registers() -> list[Callable[..., Any]]:
    """What registers the callbacks of every page. Raises ImportError where a page lacks a part."""
    for path, page in PAGES.items():
        for part in ("layout", "header") if page.header else ("layout",):
            load(path, part)
    return [load(path, "register") for path, page in PAGES.items() if page.register]


def load(path: str, part: Part) -> Callable[..., Any]:
    """A function of the page at `path`. Raises ImportError, which names the page."""
    target = str(getattr(PAGES[path], part))
    module, _, name = target.partition(":")
    try:
        function: Callable[..., Any] = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ImportError(f"The page {path} has no {part} '{target}': {error}") from error
    return function
