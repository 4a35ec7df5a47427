"""A table or statistics that do not fit are a sentence, and count as none."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.study import definitions, ranking, scatter, verdict
from landscape_app.store import derived
from tests.dashboard.study.seen import seen


def test_statistics_of_another_table_say_so(context: Context, runs: Path) -> None:
    folder = runs / "_studies" / "whole"
    table = derived.find(folder, "table")
    assert table is not None
    assert not any("earlier table" in text for text in verdict.caveats(seen(context)))
    derived.write(folder, "table", {}, dict(table.arrays), table.meta, "other numbers")
    assert any("earlier table" in text for text in verdict.caveats(seen(context)))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda meta: meta | {"runs": meta["runs"][:2]}, "cannot be read"),
        (lambda meta: meta | {"columns": None}, "cannot be read"),
        (lambda meta: meta | {"words": {"regime": ["one"]}}, "cannot be read"),
    ],
)
def test_a_malformed_table_is_a_sentence(
    context: Context, runs: Path, spoil: Any, words: str
) -> None:
    folder = runs / "_studies" / "whole"
    table = derived.find(folder, "table")
    assert table is not None
    derived.write(folder, "table", {}, dict(table.arrays), spoil(dict(table.meta)), "x")
    shutil.rmtree(table.path)  # else it is the older one that is shown
    study = seen(context)
    assert words in study.problem
    assert study.table is None


def test_malformed_statistics_count_as_none_and_the_points_stay(
    context: Context, runs: Path
) -> None:
    folder = runs / "_studies" / "whole"
    statistics = derived.find(folder, "statistics")
    assert statistics is not None
    for result in derived.all(folder, "statistics"):
        shutil.rmtree(result.path)
    derived.write(
        folder,
        "statistics",
        {},
        {},
        {**statistics.meta, "strata": [{"name": "all"}]},
        statistics.inputs,
    )
    study = seen(context)
    assert study.reports == {}
    assert scatter.figure(study, {}).data
    assert not ranking.figure(study, {}).data
    assert "No statistics yet" in ranking.why_none(study)


def test_a_table_that_names_folders_outside_is_not_followed(context: Context, runs: Path) -> None:
    folder = runs / "_studies" / "whole"
    table = derived.find(folder, "table")
    assert table is not None
    outside = runs.parent / "outside"
    outside.mkdir()
    derived.write(
        outside,
        "measures",
        {},
        {},
        {"measures": [{"name": "weight_norm", "help": "from outside"}]},
        "x",
    )
    meta = {**table.meta, "runs": ["../outside", *table.meta["runs"][1:]]}
    derived.write(folder, "table", {}, dict(table.arrays), meta, "x")
    study = seen(context, runs=["../outside"])
    assert study.table is not None
    assert "from outside" not in str(definitions.known(context, study))
    assert study.choice.runs == ()
