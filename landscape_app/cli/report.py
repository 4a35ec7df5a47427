"""The command report: a comparison or a study as one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from landscape_app.cli.flags import with_words
from landscape_app.cli.options import FILTERS, VIEW_SETTINGS, WHAT_IS_SHOWN, Runs
from landscape_app.cli.output import say
from landscape_app.errors import SpecError

Ids = Annotated[
    list[str],
    Parameter(
        help=(
            "Runs to compare, or a study. Four runs are shown beside each other. The report names"
            " the others."
        )
    ),
]
Target = Annotated[Path, Parameter(help="The file, for example report.html.")]

SETTINGS = VIEW_SETTINGS | {"part": "What the cards of topology show: diagrams, …"} | FILTERS


@with_words(SETTINGS, WHAT_IS_SHOWN)
def report(
    ids: Ids,
    /,
    *,
    to: Target,
    runs: Runs = Path("runs"),
    scheme: Annotated[Literal["light", "dark"], Parameter(help="The colours it opens in.")] = (
        "light"
    ),
    **settings: str,
) -> None:
    """Write what Explore shows of these runs into one HTML file that needs nothing else.

    The figures turn, filter and light up together as on the page. The file also holds the tables,
    the surfaces, the statistics of a study, the settings of the runs and where everything comes
    from. It works without a server and without a network: send it, or keep it with a paper.
    """
    from landscape_app.dashboard.export import opened
    from landscape_app.dashboard.export.report import ReportState
    from landscape_app.dashboard.export.report import report as made
    from landscape_app.dashboard.export.shown_snapshots import apart
    from landscape_app.store import files

    if to.suffix.lower() not in (".html", ".htm"):
        raise SpecError(f"--to: the file must end in .html, not '{to.suffix}'.")
    view, shown = apart(settings)
    state = ReportState(scheme=scheme, shown=shown)
    page = made(opened.context(runs), ids, opened.view_of(view), state)
    files.make_own(to.parent)
    files.write_atomic(to, page.encode(), own=True)
    say(f"{to}: {len(page.encode()) / 1e6:.1f} MB")
