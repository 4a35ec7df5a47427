"""The rail of a report: the filters, and what is picked."""

from __future__ import annotations

from collections.abc import Sequence

from landscape_app.dashboard.explore import details, ids, rail
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.export.static_html import element, html_of

FILTERS = "report-filters"
PICK_LEFT = "What was picked on the page is too large for a report. Nothing is picked here."


def report_rail(comparison: Comparison, *, pick_left: bool = False) -> str:
    """Everything left of the main grid, as HTML. pick_left: what was picked on the page is not."""
    left = element("p", {"class": "ls-caveat ls-small"}, PICK_LEFT) if pick_left else ""
    parts = (
        ("Shown", _filters(comparison)),
        ("Picked", left + _picked(comparison)),
    )
    sections = [
        element("section", {"class": "ls-rail-part"}, element("h2", {}, title) + inside)
        for title, inside in parts
    ]
    attributes = {"class": "ls-rail", "aria-label": "What is shown"}
    return element("aside", attributes, "".join(sections))


def _picked(comparison: Comparison) -> str:
    return element("div", {"id": ids.DETAILS}, html_of(details.nothing(comparison)))


def _filters(comparison: Comparison) -> str:
    """Direction seeds, step sizes and epochs, as assets/filter.js takes them."""
    specs = [run.spec for run in comparison.runs if run.spec is not None]
    seeds = range(max((spec.seeds for spec in specs), default=1))
    steps = sorted({step for spec in specs for step in spec.all_step_sizes})
    rows = [
        _row("Seeds", _choices("seeds", [str(seed) for seed in seeds])),
        _row("Step sizes", _choices("steps", [f"{step:g}" for step in steps])),
        _epochs(max((spec.epochs for spec in specs), default=1)),
        element("p", {"class": "ls-muted ls-small"}, rail.FILTERED),
    ]
    return element("div", {"id": FILTERS}, "".join(rows))


def _row(label: str, inside: str) -> str:
    named = element("span", {"class": "ls-label"}, label)
    group = {"class": "ls-row ls-labelled", "role": "group", "aria-label": label}
    return element("div", group, named + inside)


def _choices(name: str, values: Sequence[str]) -> str:
    boxes = [
        element(
            "label",
            {"class": "ls-report-choice"},
            element("input", {"type": "checkbox", "name": name, "value": value, "checked": True})
            + value,
        )
        for value in values
    ]
    return element("span", {"class": "ls-choices"}, "".join(boxes))


def _epochs(last: int) -> str:
    """Two sliders: the first and the last epoch that is shown, and the button that plays them."""
    common = {"type": "range", "name": "epochs", "min": 0, "max": last, "step": 1}
    sliders = element("input", {**common, "value": 0, "aria-label": "First epoch shown"})
    sliders += element("input", {**common, "value": last, "aria-label": "Last epoch shown"})
    named = {"title": "Play the retraining", "aria-label": "Play the retraining"}
    play = element("button", {"id": ids.PLAY, "class": "ls-play", "type": "button", **named}, "▶")
    shown = {"id": ids.EPOCHS_SHOWN, "class": "ls-num ls-small"}
    return element(
        "div",
        {"class": "ls-row ls-epochs"},
        element("span", {"class": "ls-label"}, "Epochs")
        + play
        + element("span", {"class": "ls-report-epochs"}, sliders)
        + element("span", shown, f"0–{last}"),
    )
