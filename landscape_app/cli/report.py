"""The command report: a comparison or a study as one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from landscape_app.cli.flags import named, with_words
from landscape_app.cli.options import CAMERA, FILTERS, PICK, VIEW_SETTINGS, WHAT_IS_SHOWN, Runs
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

PART = {"part": "What the cards of topology show: diagrams, …"}
SETTINGS = VIEW_SETTINGS | PART | FILTERS | CAMERA | PICK


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
    from landscape_app.dashboard.explore import linked
    from landscape_app.dashboard.export import opened
    from landscape_app.dashboard.export.report import ReportState, shown_runs
    from landscape_app.dashboard.export.report import report as made
    from landscape_app.dashboard.export.shown_snapshots import apart
    from landscape_app.store import files

    if to.suffix.lower() not in (".html", ".htm"):
        raise SpecError(f"--to: the file must end in .html, not '{to.suffix}'.")
    camera = named("camera", linked.turned_to, settings.pop("camera", None))
    pick = settings.pop("pick", None)
    view, shown = apart(settings)
    folder = opened.context(runs)
    picked = named("pick", lambda text: linked.pick_of(text, shown_runs(folder, ids)[0]), pick)
    state = ReportState(scheme=scheme, camera=camera, pick=picked, shown=shown)
    page = made(folder, ids, opened.view_of(view), state)
    files.make_own(to.parent)
    files.write_atomic(to, page.encode(), own=True)
    say(f"{to}: {len(page.encode()) / 1e6:.1f} MB")
