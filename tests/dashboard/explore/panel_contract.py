"""The contract of a panel: `faults` says by name what a panel leaves out or gets wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import plotly.utils

from landscape_app.dashboard import factory
from landscape_app.dashboard.explore import cards, choice, panels
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.explore.panel import BELOW, Card, Panel
from landscape_app.figures.figure_meta import faults as meta_faults
from landscape_app.figures.palette import PALETTES, colourscale, template
from landscape_app.figures.view import InMemoryResult
from landscape_app.records.result_arrays import FORMS
from tests.dashboard.explore.test_words import text

OTHER = {
    "method": "pca",
    "dims": 2,
    "joint_dims": 3,
    "colour": "epoch",
    "filtration": "test_loss",
    "distance": "softmax",
    "part": "profile",
    "curve": "test_loss",
    "sampling": "naive",
}  # of each control another value than the default
FILES = sorted(
    path.stem for path in Path(panels.__file__).parent.glob("*.py") if path.stem != "__init__"
)


def file_faults(file: str) -> list[str]:
    """What is wrong with the file of this name among the panels."""
    modules = {target.partition(":")[0] for target in panels.PANELS.values()}
    known = f"{panels.__name__}.{file}" in modules
    return [] if known else [f"panels/{file}.py: no line of PANELS names it"]


def faults(key: str, comparisons: Iterable[Comparison]) -> list[str]:
    """What is wrong with the panel `key`, looked at in each of `comparisons`."""
    panel = cards.panels()[key]
    found = _of_the_record(panel)
    if found:
        return found
    for comparison in comparisons:
        for card in cards.cards(comparison):
            if card.key == key:
                found += [f"{_where(card)}: {fault}" for fault in _of_card(card)]
    return list(dict.fromkeys(found))


def _where(card: Card) -> str:
    return f"{card.name} of {', '.join(run.id for run in card.comparison.runs)}"


def _of_the_record(panel: Panel) -> list[str]:
    found = []
    if not panel.title:
        found.append("it has no title")
    if not panel.area:
        found.append("it has no area")
    if panel.table is None and panel.draw is None:
        found.append("it has no figure")
    if panel.table is None and panel.twin is None:
        found.append("it has no twin: its figure has no table")
    found += [
        f"there is no control '{name}'" for name in panel.controls if name not in choice.SHOWN
    ]
    for need in (*panel.needs(choice.DEFAULT), *panel.study_needs(choice.DEFAULT)):
        if need.name not in FORMS:
            found.append(f"it needs '{need.name}', which is in no table of stored results")
    return found


def _of_card(card: Card) -> list[str]:
    found = _of_place(card) + _of_words(card)
    if card.panel.draw is not None:
        figure = card.panel.draw(card)
        found += _of_stamp(card)
        if figure is not None:
            broken = [f"figure: {fault}" for fault in meta_faults(figure)]
            found += broken or _of_theme(card, figure) + _of_controls(card, figure)
    return found


def _of_place(card: Card) -> list[str]:
    if card.area == BELOW:
        return []
    style = (Path(factory.assets()) / "explore.css").read_text()
    rule = re.search(rf"\.ls-grid-{len(card.comparison.runs)} {{([^}}]*)}}", style)
    assert rule is not None
    named = set(" ".join(re.findall(r'"([^"]*)"', rule[1])).split())
    if card.area not in named:
        return [f"explore.css has no area '{card.area}'"]
    others = [other for other in cards.cards(card.comparison) if other.key != card.key]
    return [
        f"its area '{card.area}' is that of the panel '{other.key}'"
        for other in others
        if other.area == card.area
    ]


def _of_words(card: Card) -> list[str]:
    words = card.panel.captions(card)
    found = [] if len(words.summary) > 10 else ["it has no summary"]
    if not text(card.panel.heading(card)).strip():
        found.append("it has no heading")
    if not isinstance(card.panel.note(card.comparison), str):
        found.append("its note is no text")
    for name, part in words._asdict().items():
        try:
            _plain(part)
        except TypeError:
            found.append(f"caption {name} is nothing that a page can show")
    if card.panel.twin is not None and not _plain(cards.twin(card.name, card.comparison)):
        found.append("its twin is empty")
    if card.panel.draw is not None and not card.panel.draw(card) and not words.state:
        found.append("nothing is drawn and nothing says why")
    return found


def _of_stamp(card: Card) -> list[str]:
    """Another stored result is another stamp."""
    before = cards.stamps(card.comparison)[card.name]
    found = []
    for name in _stored(card):
        after = cards.stamps(_with_other(card.comparison, name))[card.name]
        if after == before:
            found.append(f"its stamp is the same with another '{name}'")
    if _reads(card) - {need.name for need in card.panel.needs(card.view)}:
        found.append("it is drawn from results it does not need")
    return found


class _Noted(dict[str, Any]):
    """Results that note which of them are asked for."""

    def __init__(self, results: Any) -> None:
        super().__init__(results)
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.asked.add(name)
        return super().__getitem__(name)


def _reads(card: Card) -> set[str]:
    """Names of the runs' results that the figure takes values from."""
    if card.panel.draw is None:
        return set()
    noted: dict[str, _Noted] = {}
    runs = []
    for run in card.comparison.runs:
        if run.subject is not None and run in card.runs:
            noted[run.id] = _Noted(run.subject.results)
            run = replace(run, subject=replace(run.subject, results=noted[run.id]))
        runs.append(run)
    of = next((run for run in runs if card.of is not None and run.id == card.of.id), None)
    card.panel.draw(replace(card, of=of, comparison=replace(card.comparison, runs=tuple(runs))))
    return {name for results in noted.values() for name in results.asked}


def _stored(card: Card) -> set[str]:
    here = {name for run in card.runs if run.subject for name in run.subject.results}
    needs = card.panel.needs(card.view)
    study = card.panel.study_needs(card.view)
    return {need.name for need in needs if need.name in here} | {
        need.name for need in study if need.name in card.comparison.results
    }


def _with_other(comparison: Comparison, name: str) -> Comparison:
    """`comparison` where the result `name`, wherever it is stored, is another."""
    other = InMemoryResult({}, {"of": "another"})
    runs = []
    for run in comparison.runs:
        if run.subject is not None and name in run.subject.results:
            subject = replace(run.subject, results={**run.subject.results, name: other})
            run = replace(run, subject=subject)
        runs.append(run)
    results = {**comparison.results, **({name: other} if name in comparison.results else {})}
    return replace(comparison, runs=tuple(runs), results=results)


def _seen(comparison: Comparison, **view: Any) -> Comparison:
    return replace(comparison, view=replace(comparison.view, **view))


def _again(card: Card, comparison: Comparison) -> go.Figure:
    draw = card.panel.draw
    other = next(one for one in cards.cards(comparison) if one.name == card.name)
    figure = draw(other) if draw is not None else None
    assert figure is not None
    return figure


def _of_theme(card: Card, light: go.Figure) -> list[str]:
    """The dark figure is the light one with its template and its `paint` changed."""
    dark = _plain(_again(card, _seen(card.comparison, scheme="dark")))
    now = _plain(light)
    found = []
    if now["layout"].pop("template") != _plain(template("light")):
        found.append("its template is not that of the light scheme")
    if dark["layout"].pop("template") != _plain(template("dark")):
        found.append("its template is not that of the dark scheme")
    colours: dict[str, Any] = dict(PALETTES["dark"].named())
    for trace, where, name in now["layout"]["meta"]["paint"]:
        place, *rest = where.split(".")
        value = colourscale(PALETTES["dark"]) if name == "scale" else colours.get(name)
        if name == "fading":
            value = now["layout"]["meta"]["fading"]["dark"]
        if name == "stepped":
            continue
        if rest:
            now["data"][trace][place][rest[0]] = _plain(value)
        else:
            now["data"][trace][place] = _plain(value)
    if now != dark:
        found.append("a change of scheme leaves colours that `paint` does not name")
    return found


def _of_controls(card: Card, figure: go.Figure) -> list[str]:
    """A control that is not among the panel's changes nothing of its figure."""
    found = []
    for name, value in OTHER.items():
        if name in card.panel.controls:
            continue
        if _plain(_again(card, _seen(card.comparison, **{name: value}))) != _plain(figure):
            found.append(f"'{name}' changes its figure and is not among its controls")
    return found


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, cls=plotly.utils.PlotlyJSONEncoder))


assert set(OTHER) | {"scheme", "function"} == {field.name for field in fields(choice.DEFAULT)}
