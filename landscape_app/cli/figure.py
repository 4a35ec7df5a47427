"""The command figure: one figure of the page as a picture, data or a page of its own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from landscape_app.cli.flags import named, with_words
from landscape_app.cli.options import CAMERA, FILTERS, VIEW_SETTINGS, WHAT_IS_SHOWN, Runs
from landscape_app.cli.output import say
from landscape_app.errors import SpecError

MILLIMETRES = {"mm": 1.0, "cm": 10.0, "in": 25.4, "pt": 25.4 / 72}
LENGTH = re.compile(r"\s*([0-9]{1,6}(?:\.[0-9]{1,6})?)\s*([a-z]*)\s*")

Ids = Annotated[
    list[str],
    Parameter(
        help=(
            "One to four runs, or a study. A figure of one run shows the first. The others share"
            " its colours and axes."
        )
    ),
]
PanelName = Annotated[
    str,
    Parameter(
        help="The figure: scene, joint, diagram, barcode, tree, profile, curves, measures, surface."
    ),
]
Target = Annotated[
    Path,
    Parameter(
        help=(
            "The file. Its ending says what it is: .png, .svg and .pdf are pictures for a paper"
            " (these need Chromium or Chrome), .csv the points with run and snapshot, .npz all"
            " arrays that Explore shows, .html a page of its own, .json the figure as plotly reads"
            " it."
        )
    ),
]
Width = Annotated[str, Parameter(help="Width of a picture: 89mm, 18cm or 3.5in.")]
Height = Annotated[
    str | None,
    Parameter(help="Height of a picture. Not given: what suits the figure.", show_default=False),
]
SETTINGS = (
    VIEW_SETTINGS
    | FILTERS
    | CAMERA
    | {
        "dims": "Dimensions of a scene, or of a surface: 3 or 2.",
        "kind": "Kind of the surface: random, …",
        "value": "What the surface shows: train_loss, test_accuracy, …",
        "heights": "Heights of the surface: log or linear.",
        "points": "Points along each axis of the surface. Not given: the newest of its kind.",
        "extent": "How far the surface goes from the anchor. Not given: the newest of its kind.",
        "rows": "Measures that are shown: key (the six of the page) or all.",
    }
)


@with_words(SETTINGS, WHAT_IS_SHOWN)
def figure(
    ids: Ids,
    /,
    *,
    to: Target,
    panel: PanelName = "scene",
    width: Width = "89mm",
    height: Height = None,
    runs: Runs = Path("runs"),
    **settings: str,
) -> None:
    """Write one figure of the page into a file: a picture for a paper, its data, or a page.

    Pictures are in light colours, with their own colour bar and legend. Scenes in three dimensions
    are pixels at 300 dots per inch, all else is vectors in .svg and .pdf.
    """
    from landscape_app.dashboard.explore import linked
    from landscape_app.dashboard.export import exported, opened
    from landscape_app.store import files

    format = to.suffix.lstrip(".").lower()
    if format not in exported.FORMATS:
        raise SpecError(
            f"--to: the file must end in .{', .'.join(exported.FORMATS)}, not '{to.suffix}'."
        )
    size = {"width_mm": millimetres("width", width)}
    size |= {} if height is None else {"height_mm": millimetres("height", height)}
    camera = named("camera", linked.turned_to, settings.pop("camera", None))
    drawn = exported.exported(opened.context(runs), ids, panel, settings, camera=camera)
    files.make_own(to.parent)
    files.write_atomic(to, drawn.file(format, **size), own=True)
    say(str(to))


def millimetres(name: str, text: str) -> float:
    """A length in mm; a number alone is mm. Raises SpecError."""
    parts = LENGTH.fullmatch(text.lower())
    unit = parts.group(2) or "mm" if parts else ""
    if parts is None or unit not in MILLIMETRES:
        raise SpecError(f"--{name}: must be a length like 89mm, 18cm or 3.5in, not '{text[:40]}'.")
    return float(parts.group(1)) * MILLIMETRES[unit]
