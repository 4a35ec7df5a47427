"""Menus and buttons with which a person takes something away: a figure, data, a report.

An entry names the file that it asks for (dashboard/downloads.py). assets/downloads.js adds what the
browser alone knows, fetches the file and saves it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import dash_mantine_components as dmc
from dash import html

from landscape_app.dashboard.common import addresses

WIDTHS = {89: "One column, 89 mm", 183: "Two columns, 183 mm"}  # of a page of a journal
PICTURES = {"png": "PNG", "svg": "SVG", "pdf": "PDF"}
SHARE = "share"
# what the button of shown_entries is given
SHARES: dict[str, Any] = {"className": "ls-take", "data-takes": SHARE}
PICTURE, DATA, REPORT = "Making the picture …", "Collecting the data …", "Making the report …"


def save_menu(
    figure: str,
    runs: Sequence[str],
    *,
    spoken: str,
    run: str | None = None,
    settings: Mapping[str, object] | None = None,
) -> Any:
    """The menu in the head of a card: its figure as a picture, and its points.

    figure: a name of export.figures, or the key of a panel. runs: all that are shown; run: whose
    card it is. settings: of the figure, beside those of the address. spoken: the card's name.
    """
    query = {**({"run": run} if run else {}), **(settings or {})}
    return _save_menu(f"figure/{figure}", {"runs": ",".join(runs), **query}, spoken)


def study_save_menu(figure: str, study: str, *, spoken: str) -> Any:
    """The menu in the head of a card of Study. figure: a name of export.study_figures."""
    return _save_menu(f"study/{figure}", {"id": study}, spoken)


def paper_save_menu(figure: str, study: str, *, spoken: str) -> Any:
    """The menu over a figure of Paper. figure: a name of export.paper_figures."""
    return _save_menu(f"paper/{figure}", {"id": study}, spoken)


def _save_menu(path: str, query: Mapping[str, object], spoken: str) -> Any:
    """A figure as a picture of each width and kind, and its points. path: without its ending."""
    name = f"save {spoken}"
    items: list[Any] = []
    for width, label in WIDTHS.items():
        items.append(dmc.MenuLabel(label))
        for ending, word in PICTURES.items():
            file = _address(f"{path}.{ending}", {**query, "width": width})
            items.append(_entry(word, name, file, PICTURE))
    items.append(dmc.MenuLabel("Data"))
    items.append(_entry("CSV", name, _address(f"{path}.csv", query), DATA))
    button = html.Button(
        _icon(),
        className="ls-quiet ls-take",
        type="button",
        title="Save",
        **{"aria-label": f"Save {spoken}", "data-takes": name},
    )
    return _menu(button, items, width=168)


def shown_entries(runs: Sequence[str]) -> list[Any]:
    """Entries of a menu whose button has SHARES: all that is shown, as data and as a report."""
    return [
        dmc.MenuLabel("What is shown"),
        _entry("Table (CSV)", SHARE, _path("shown.csv", runs), DATA),
        _entry("Arrays (NPZ)", SHARE, _path("shown.npz", runs), DATA),
        dmc.MenuLabel("Report"),
        _entry("One HTML file", SHARE, _path("report.html", runs), REPORT),
    ]


def report_button(study: str) -> Any:
    """The button that makes a report of a whole study."""
    return html.Button(
        "Report (one HTML file)",
        className="ls-button ls-take",
        type="button",
        title="The study as one file that opens without a server",
        **{
            "data-take": _path("report.html", [study]),
            "data-takes": "report",
            "data-from": "report",
            "data-making": REPORT,
        },
    )


def _icon() -> Any:
    return html.Span(className="ls-icon ls-icon-save")


def _menu(button: Any, items: Iterable[Any], *, width: int) -> Any:
    return dmc.Menu(
        [dmc.MenuTarget(button), dmc.MenuDropdown(list(items))],
        position="bottom-end",
        shadow="md",
        width=width,
        returnFocus=True,
    )


def _entry(word: str, name: str, path: str, making: str) -> Any:
    """One file. name: of the button whose menu it is in. making: what is said meanwhile."""
    about = {"data-take": path, "data-from": name, "data-making": making, "data-as-shown": "yes"}
    return dmc.MenuItem(word, **about)


def _path(file: str, runs: Sequence[str]) -> str:
    """The address of a file of these runs."""
    return _address(file, {"runs": ",".join(runs)})


def _address(file: str, query: Mapping[str, object]) -> str:
    return addresses.at(f"/take/{file}?{urlencode(query, safe=',')}")
