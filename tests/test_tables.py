"""Law of every line of every table: it has a label and a help that explain it, and what it names
can be loaded. A line that breaks this fails by its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from landscape_app import registries
from landscape_app.analysis.statistics.statistic import STATISTICS
from landscape_app.cli.commands import COMMANDS
from landscape_app.dashboard.page_table import PAGES
from landscape_app.figures.colours import COLOURS
from landscape_app.measure_table import FAMILIES, MeasureEntry

TABLES: dict[str, dict[str, registries.Entry]] = {
    name: table
    for name, table in vars(registries).items()
    if name[0].isupper() and isinstance(table, dict)
}


def lines(tables: Mapping[str, Mapping[str, Any]]) -> list[Any]:
    """Each line, with the names of its table and of itself as the name of the test."""
    return [
        pytest.param(title, line, id=f"{title}-{name}")
        for title, table in tables.items()
        for name, line in table.items()
    ]


def is_words(text: str) -> bool:
    """Whether there is something to read, without space around it."""
    return bool(text) and text == text.strip()


@pytest.mark.parametrize(("table", "entry"), lines(TABLES))
def test_every_line_of_every_table_explains_itself(table: str, entry: registries.Entry) -> None:
    assert is_words(entry.label), "the label is empty, or has space around it"
    assert is_words(entry.help), "the help is empty, or has space around it"
    assert entry.help.endswith("."), "the help does not end with a full stop"
    same = [other.label for other in TABLES[table].values()].count(entry.label)
    assert same == 1, "another line of the table has this label"
    assert table == "REGIMES" or callable(entry.load()), "the target cannot be called"


@pytest.mark.parametrize(("table", "entry"), lines({"DISTANCES": registries.DISTANCES}))
def test_every_distance_has_its_words(table: str, entry: registries.Entry) -> None:
    assert is_words(entry.facts.get("words", "")), "no `words`"
    assert is_words(entry.facts.get("brief", "")), "no `brief`"


@pytest.mark.parametrize(("table", "entry"), lines({"MEASURES": registries.MEASURES}))
def test_every_measure_says_what_it_means_when_it_misleads_and_its_source(
    table: str, entry: MeasureEntry
) -> None:
    texts = {"help": entry.help, "misleads": entry.misleads, "source": entry.load().source}
    empty = [field for field, words in texts.items() if not is_words(words)]
    assert not empty, f"empty, or with space around it: {', '.join(empty)}"
    assert entry.misleads.endswith("."), "`misleads` is no sentence"
    assert entry.family in FAMILIES, "the family is none of FAMILIES"


@pytest.mark.parametrize(("table", "entry"), lines({"CHECKS": registries.CHECKS}))
def test_every_check_says_what_its_figure_is(table: str, entry: registries.Entry) -> None:
    assert is_words(entry.settings.get("figure", "")), "no `figure`"
    assert is_words(entry.settings.get("group", "")), "no `group`"


@pytest.mark.parametrize(("table", "line"), lines({"COLOURS": COLOURS, "STATISTICS": STATISTICS}))
def test_every_colour_and_statistic_has_a_label(table: str, line: Any) -> None:
    assert is_words(line.label), "the label is empty, or has space around it"
    assert is_words(getattr(line, "help", "-")), "the help is empty, or has space around it"


@pytest.mark.parametrize(("table", "page"), lines({"PAGES": PAGES}))
def test_every_page_has_a_title(table: str, page: Any) -> None:
    assert is_words(page.title), "the title is empty, or has space around it"


@pytest.mark.parametrize(("table", "command"), lines({"COMMANDS": COMMANDS}))
def test_every_command_has_a_help(table: str, command: Any) -> None:
    function = command.load()
    assert (getattr(function, "help", None) or function.__doc__ or "").strip(), "no docstring"
