"""What the address line and the controls choose of a study, and what gives way to what is there."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.study import callbacks, choice, rail, scatter, verdict, view
from landscape_app.dashboard.study.view import read
from landscape_app.settings import AnalysisSpec
from landscape_app.store import derived
from landscape_app.store.study import StudyFolder
from tests.dashboard.study.seen import seen


def test_a_choice_comes_back_from_the_address_line_and_nonsense_is_not_said() -> None:
    query = {
        "id": "a",
        "measure": "b[1]",
        "stratum": "interpolating",
        "colour": "none",
        "gap": "gap_loss",
        "below": "networks",
        "runs": "x,y",
    }
    asked = choice.of_query(query, "dark")
    assert asked == choice.StudyChoice(
        "a", "b[1]", "interpolating", "none", "gap_loss", ("x", "y"), "networks", "dark"
    )
    values: dict[str, Any] = {"id": 3, "measure": ["x"], "stratum": {}, "colour": None}
    values |= {"gap": "a" * 999, "below": "nowhere", "runs": ["../etc", 4, "ok", "ok", *"abcdef"]}
    odd = choice.of_values(values, "red")
    assert odd == choice.StudyChoice(runs=("ok", "a", "b", "c"))


def test_what_is_not_there_gives_way_to_what_is(context: Context) -> None:
    study = seen(
        context,
        measure="never-was",
        stratum="nowhere",
        colour="<b>",
        gap="gap_of_nothing",
        runs=["never-was"],
    )
    assert (study.choice.measure, study.choice.stratum) == (study.measures[0], "all")
    assert (study.choice.colour, study.choice.gap, study.choice.runs) == (
        "regime",
        "gap_accuracy",
        (),
    )


def test_only_grids_and_judged_studies_are_listed(context: Context, runs: Path) -> None:
    StudyFolder.create(runs, "compare-1", ["whole-plain-train_rate0.1-s0"], AnalysisSpec())
    assert {entry.id for entry in view.studies(context)} == {"whole", "begun"}
    assert read(context, choice.StudyChoice()).choice.id == "whole", (
        "the one that has something to show"
    )
    assert read(context, choice.of_values({"id": "compare-1"})).problem.startswith(
        "compare-1 compares 1 run. It has no grid"
    )
    comparison = read(context, choice.of_values({"id": "compare-1"}))
    assert "/?runs=whole-plain-train_rate0.1-s0" in str(callbacks.nothing(comparison))
    assert read(context, choice.of_values({"id": "compare-2"})).problem.startswith(
        "There is no study called 'compare-2'"
    )


def test_a_study_that_is_not_there_is_said_once(context: Context) -> None:
    for id in ("compare-1", "absent"):
        study = read(context, choice.of_values({"id": id}))
        assert study.problem
        page = [*rail.state(study), *callbacks.nothing(study)]
        assert str(page).count(study.problem) == 1


def test_a_gap_that_the_table_does_not_have_is_not_drawn(context: Context, runs: Path) -> None:
    folder = runs / "_studies" / "whole"
    table = derived.find(folder, "table")
    assert table is not None
    columns = [
        {**column, "name": column["name"].replace("gap_accuracy", "other")}
        for column in table.meta["columns"]
    ]
    derived.write(
        folder, "table", {}, dict(table.arrays), table.meta | {"columns": columns}, table.inputs
    )
    study = seen(context)
    assert study.gaps == ["gap_loss"]
    assert scatter.figure(study, {}).data


def test_a_gap_without_statistics_says_how_they_are_made(context: Context, runs: Path) -> None:
    assert seen(context, gap="gap_loss").measure is not None
    for result in derived.all(runs / "_studies" / "whole", "statistics"):
        if result.meta["gap"] == "gap_loss":
            shutil.rmtree(result.path)
    study = seen(context, gap="gap_loss")
    assert study.choice.gap == "gap_loss"
    assert study.measure is None
    assert "landscape study whole --only-table --gap gap_loss" in verdict.sentences(study)[0]
    assert scatter.figure(study, {}).data


def test_a_run_that_came_after_the_table_has_no_point(context: Context) -> None:
    study = seen(context)
    assert study.entry is not None
    assert study.missing() == {}
    entry = replace(study.entry, runs=(*study.entry.runs, "late"))
    later = replace(study, entry=entry)
    assert later.missing() == {"late": "made after the table"}
    assert "made after the table" in str(rail.state(later))


def test_without_a_ranking_a_measure_is_drawn_and_no_setting(context: Context, runs: Path) -> None:
    shutil.rmtree(next((runs / "_studies" / "whole" / "derived").glob("statistics-*")))
    study = seen(context)
    assert study.choice.measure in {"train_loss", *study.measures}
    assert not {"train_rate", "train_batch", "seed", "test_loss", "gap_accuracy"} & set(
        study.measures
    )


def test_names_in_a_table_are_shown_as_text(context: Context, runs: Path) -> None:
    folder = runs / "_studies" / "whole"
    table = derived.find(folder, "table")
    assert table is not None
    meta = {**table.meta, "words": {"regime": ["<b>a</b>", *table.meta["words"]["regime"][1:]]}}
    derived.write(folder, "table", {}, dict(table.arrays), meta, "x")
    figure = scatter.figure(seen(context, colour="regime"), {})
    texts = [text for trace in figure.data for text in (*trace.text, trace.name)]
    assert any("&lt;b&gt;a" in text for text in texts)
    assert not any("<b>a" in text for text in texts)
