"""The command report: a comparison or a study as one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from landscape_app.cli.figure import Setting
from landscape_app.cli.options import Runs
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


def report(
    ids: Ids,
    /,
    *,
    to: Target,
    runs: Runs = Path("runs"),
    scheme: Annotated[Literal["light", "dark"], Parameter(help="The colours it opens in.")] = (
        "light"
    ),
    method: Setting = None,
    dims: Setting = None,
    joint_dims: Setting = None,
    colour: Setting = None,
    filtration: Setting = None,
    distance: Setting = None,
    curve: Setting = None,
    part: Setting = None,
) -> None:
    """Write what Explore shows of these runs into one HTML file that needs nothing else.

    The figures turn, filter and light up together as on the page. The file also holds the tables,
    the surfaces, the statistics of a study, the settings of the runs and where everything comes
    from. It works without a server and without a network: send it, or keep it with a paper.

    Parameters
    ----------
    method: str
        Embedding method of the scenes: phate, pca, …
    dims: str
        Dimensions of the scenes: 3 or 2.
    joint_dims: str
        Dimensions of the joint scene: 2 or 3.
    colour: str
        What colours the scenes: train_loss, epoch, …
    filtration: str
        Filtration of the sublevel bars.
    distance: str
        Distance between snapshots: function for function space, euclidean, …
    curve: str
        What the curves show: function_distance, train_loss, …
    part: str
        What the cards of topology show: diagrams, …
    """
    from landscape_app.dashboard.export import opened
    from landscape_app.dashboard.export.report import ReportState
    from landscape_app.dashboard.export.report import report as made
    from landscape_app.store import files

    if to.suffix.lower() not in (".html", ".htm"):
        raise SpecError(f"--to: the file must end in .html, not '{to.suffix}'.")
    asked = {
        "method": method,
        "dims": dims,
        "joint_dims": joint_dims,
        "colour": colour,
        "filtration": filtration,
        "distance": distance,
        "curve": curve,
        "part": part,
    }
    view = opened.view_of({name: given for name, given in asked.items() if given is not None})
    page = made(opened.context(runs), ids, view, ReportState(scheme=scheme))
    files.make_own(to.parent)
    files.write_atomic(to, page.encode(), own=True)
    say(f"{to}: {len(page.encode()) / 1e6:.1f} MB")
