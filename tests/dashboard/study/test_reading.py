"""What is stored is what is shown: columns, ranks and numbers; what cannot be read is said."""

from __future__ import annotations

import csv
import io
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from landscape_app.check_table import fits
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.study import (
    choice,
    definitions,
    measure_table,
    network_table,
    rail,
    ranking,
    sampling_table,
    scatter,
    tables,
    verdict,
    view,
    words,
)
from landscape_app.dashboard.study.view import StudyView, read
from landscape_app.figures.gap_scatter import HOLLOW
from landscape_app.number_text import number, percent
from landscape_app.records.study_report import JudgedMeasure
from landscape_app.settings import AnalysisSpec
from landscape_app.store import derived
from landscape_app.store.study import StudyFolder


def seen(context: Context, **asked: Any) -> StudyView:
    return read(context, choice.of_values({"id": "whole", **asked}, asked.get("scheme")))


def stored(runs: Path) -> dict[str, Any]:
    """The study's own files: the table's rows and the report."""
    folder = runs / "_studies" / "whole"
    rows = json.loads((folder / "table.json").read_text())["rows"]
    return {
        "rows": {row["id"]: row for row in rows},
        "report": json.loads((folder / "statistics.json").read_text()),
    }


def test_the_ranking_is_the_report_s_in_its_order_with_its_numbers(
    context: Context, runs: Path
) -> None:
    lines = stored(runs)["report"]["strata"][0]["measures"]
    found = seen(context)
    figure = ranking.figure(found, {})
    assert list(figure.layout.meta["names"]) == [line["name"] for line in lines]
    told = {
        int(y): float(x) for trace in figure.data for x, y in zip(trace.x, trace.y, strict=True)
    }
    assert [told[i] for i in range(len(lines))] == pytest.approx(
        [line["tau"] for line in lines], abs=1e-6
    )
    baselines = {names for trace in figure.data if trace.name == "baseline" for names in trace.y}
    assert (
        {lines[i]["name"] for i in baselines}
        == {line["name"] for line in lines if line["baseline"]}
        != set()
    )
    twin = measure_table.table(found, {})
    assert [row["key"] for row in twin["rows"]] == [line["name"] for line in lines]
    assert [row["cells"][0]["text"] for row in twin["rows"]] == [
        words.signed(line["tau"]) for line in lines
    ]
    assert len(twin["columns"]) == 1 + len(twin["rows"][0]["cells"])


def test_the_words_under_the_ranking_are_the_report_s(context: Context, runs: Path) -> None:
    report = stored(runs)["report"]
    lines = report["strata"][0]["measures"]
    found = seen(context)
    told = ranking.summary(found)
    assert told.startswith(f"{len(lines)} measures, ranked")
    assert all(f"{line['label']} {words.signed(line['tau'])}" in told for line in lines[:3])
    best = next(line for line in lines if line["baseline"])
    assert f"best baseline, {best['label']}" in ranking.foot(found)
    assert f"{100 * report['level']:g} %" in ranking.foot(found)
    assert ranking.state(found) == ""
    line = next(line for line in lines if line["name"] == found.choice.measure)
    head = verdict.head(found)
    assert head.startswith(f"τ {words.signed(line['tau'])} · ")
    assert head.endswith(f" · {line['networks']} networks")
    assert verdict.summary(found).endswith(head)


def test_the_points_are_the_table_s_networks_and_so_is_their_twin(
    context: Context, runs: Path
) -> None:
    rows = stored(runs)["rows"]
    found = seen(context, measure="weight_norm", colour="train_rate")
    figure = scatter.figure(found, {})
    points = {
        id: (float(x), float(y))
        for trace in figure.data
        if trace.name != HOLLOW
        for id, x, y in zip(trace.customdata, trace.x, trace.y, strict=True)
    }
    assert points == {
        id: pytest.approx((row["weight_norm"], row["gap_accuracy"]), rel=1e-6)
        for id, row in rows.items()
    }
    assert sum(trace.name != HOLLOW for trace in figure.data) == 3, "a trace per learning rate"
    twin = network_table.table(found, {})
    assert {row["key"] for row in twin["rows"]} == set(rows)
    assert found.settings == ["regime", "train_rate"]


def test_networks_that_do_not_fit_their_labels_are_hollow_and_counted(
    context: Context, runs: Path
) -> None:
    low = {id for id, row in stored(runs)["rows"].items() if not fits(row["train_accuracy"])}
    found = seen(context)
    assert found.table is not None
    assert {id for id, is_low in zip(found.table.ids, found.unfitted, strict=True) if is_low} == low
    (sentence,) = [text for text in verdict.caveats(found) if "hollow" in text]
    assert sentence.startswith(f"{len(low)} of 6 networks ")
    assert HOLLOW in {trace.name for trace in scatter.figure(found, {}).data}
    fitted = seen(context, stratum="interpolating")
    assert not [text for text in verdict.caveats(fitted) if "hollow" in text]


def test_the_interpolating_networks_are_those_the_report_counts(context: Context) -> None:
    found = seen(context, stratum="interpolating")
    assert found.stratum is not None
    assert int(found.inside.sum()) == found.stratum.networks < 6
    drawn = {trace.name: len(trace.x) for trace in scatter.figure(found, {}).data}
    assert drawn["other networks"] == 6 - found.stratum.networks


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
    found = seen(
        context,
        measure="never-was",
        stratum="nowhere",
        colour="<b>",
        gap="gap_of_nothing",
        runs=["never-was"],
    )
    assert (found.choice.measure, found.choice.stratum) == (found.measures[0], "all")
    assert (found.choice.colour, found.choice.gap, found.choice.runs) == (
        "regime",
        "gap_accuracy",
        (),
    )


def test_only_grids_and_judged_studies_are_listed(context: Context, runs: Path) -> None:
    StudyFolder.create(runs, "compare-1", ["whole-plain-train_rate0.1-s0"], AnalysisSpec())
    assert {one.id for one in view.studies(context)} == {"whole", "begun"}
    assert read(context, choice.StudyChoice()).choice.id == "whole", (
        "the one that has something to show"
    )
    assert read(context, choice.of_values({"id": "compare-1"})).problem.startswith(
        "compare-1 compares 1 run. It has no grid"
    )
    assert read(context, choice.of_values({"id": "compare-2"})).problem.startswith(
        "There is no study called 'compare-2'"
    )


def test_statistics_of_another_table_say_so(context: Context, runs: Path) -> None:
    folder = runs / "_studies" / "whole"
    kept = derived.find(folder, "table")
    assert kept is not None
    assert not any("earlier table" in text for text in verdict.caveats(seen(context)))
    derived.write(folder, "table", {}, dict(kept.arrays), kept.meta, "other numbers")
    assert any("earlier table" in text for text in verdict.caveats(seen(context)))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda meta: meta | {"runs": meta["runs"][:2]}, "cannot be read"),
        (lambda meta: meta | {"columns": None}, "cannot be read"),
        (lambda meta: meta | {"words": {"regime": ["one"]}}, "cannot be read"),
    ],
)
def test_a_malformed_table_is_a_sentence(
    context: Context, runs: Path, spoil: Any, said: str
) -> None:
    folder = runs / "_studies" / "whole"
    kept = derived.find(folder, "table")
    assert kept is not None
    derived.write(folder, "table", {}, dict(kept.arrays), spoil(dict(kept.meta)), "x")
    shutil.rmtree(kept.path)  # else it is the older one that is shown
    found = seen(context)
    assert said in found.problem
    assert found.table is None


def test_malformed_statistics_count_as_none_and_the_points_stay(
    context: Context, runs: Path
) -> None:
    folder = runs / "_studies" / "whole"
    kept = derived.find(folder, "statistics")
    assert kept is not None
    for one in derived.all(folder, "statistics"):
        shutil.rmtree(one.path)
    derived.write(
        folder, "statistics", {}, {}, {**kept.meta, "strata": [{"name": "all"}]}, kept.inputs
    )
    found = seen(context)
    assert found.reports == {}
    assert scatter.figure(found, {}).data
    assert not ranking.figure(found, {}).data
    assert "No statistics yet" in ranking.why_none(found)


def test_a_gap_that_the_table_does_not_have_is_not_drawn(context: Context, runs: Path) -> None:
    folder = runs / "_studies" / "whole"
    kept = derived.find(folder, "table")
    assert kept is not None
    columns = [
        {**one, "name": one["name"].replace("gap_accuracy", "other")}
        for one in kept.meta["columns"]
    ]
    derived.write(
        folder, "table", {}, dict(kept.arrays), kept.meta | {"columns": columns}, kept.inputs
    )
    found = seen(context)
    assert found.gaps == ["gap_loss"]
    assert scatter.figure(found, {}).data


def test_every_measure_of_the_ranking_says_what_it_is(context: Context) -> None:
    found = seen(context)
    known = definitions.known(context, found)
    assert found.stratum is not None
    for line in found.stratum.measures:
        label, *rest = definitions.tip(line.name, line.label, known)
        assert label == line.label
        assert rest, line.name
    told = " ".join(definitions.tip("weight_norm", "‖θ‖", known))
    assert all(
        part in told
        for part in ("norm of the trainable weights", "unit:", "cost:", "When it misleads")
    )


def test_a_gap_without_statistics_says_how_they_are_made(context: Context, runs: Path) -> None:
    assert seen(context, gap="gap_loss").measure is not None
    for one in derived.all(runs / "_studies" / "whole", "statistics"):
        if one.meta["gap"] == "gap_loss":
            shutil.rmtree(one.path)
    found = seen(context, gap="gap_loss")
    assert found.choice.gap == "gap_loss"
    assert found.measure is None
    assert "landscape study whole --only-table --gap gap_loss" in verdict.sentences(found)[0]
    assert scatter.figure(found, {}).data


def test_the_verdict_follows_the_interval() -> None:
    def line(tau: float, low: float | None, high: float | None) -> JudgedMeasure:
        numbers = {"networks": 20, "tau": tau, "tau_low": low, "tau_high": high}
        return JudgedMeasure.model_construct(name="a", label="a", baseline=False, **numbers)

    assert "do not show" in verdict.of_interval(line(0.4, -0.1, 0.7), 9)
    assert verdict.of_interval(line(0.4, 0.1, 0.7), 9).startswith("It grows with the gap")
    assert verdict.of_interval(line(-0.4, -0.7, -0.1), 9).startswith("It falls as the gap grows")
    assert "too few for an interval" in verdict.of_interval(line(0.4, None, None), 3)


def test_numbers_are_written_with_a_minus_and_never_as_minus_nothing() -> None:
    assert [words.signed(value) for value in (-0.561, 0.0, -0.001, None, float("nan"))] == [
        "−0.56",
        "0.00",
        "0.00",
        "–",
        "–",
    ]


def test_numbers_intervals_and_long_lists_in_words() -> None:
    assert words.between(-0.861, 0.24) == "−0.86 to 0.24"
    assert words.between(None, 0.24) == ""
    assert words.shown("gap_accuracy", 0.037) == percent(0.037)
    assert words.shown("weight_norm", 0.037) == number(0.037)
    assert words.named(["a", "b"]) == "a, b"
    assert words.named(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"


def test_a_run_that_came_after_the_table_has_no_point(context: Context) -> None:
    found = seen(context)
    assert found.entry is not None
    assert found.missing() == {}
    entry = replace(found.entry, runs=(*found.entry.runs, "late"))
    later = replace(found, entry=entry)
    assert later.missing() == {"late": "made after the table"}
    assert "made after the table" in str(rail.state(later))


def test_without_a_ranking_a_measure_is_drawn_and_no_setting(context: Context, runs: Path) -> None:
    shutil.rmtree(next((runs / "_studies" / "whole" / "derived").glob("statistics-*")))
    found = seen(context)
    assert found.choice.measure in {"train_loss", *found.measures}
    assert not {"train_rate", "train_batch", "seed", "test_loss", "gap_accuracy"} & set(
        found.measures
    )


def test_what_is_taken_away_has_every_digit_of_what_is_shown(context: Context, runs: Path) -> None:
    def rows(below: str, stratum: str = "all") -> list[dict[str, str]]:
        return list(
            csv.DictReader(io.StringIO(tables.csv(seen(context, below=below, stratum=stratum))))
        )

    kept = stored(runs)
    lines = kept["report"]["strata"][0]["measures"]
    assert [(row["measure"], float(row["tau"])) for row in rows("measures")] == [
        (line["name"], line["tau"]) for line in lines
    ]
    networks = {row["id"]: row for row in rows("networks")}
    for id, row in kept["rows"].items():
        assert float(networks[id]["weight_norm"]) == row["weight_norm"]
        assert networks[id]["regime"] == row["regime"]
    inside = {id for id, row in kept["rows"].items() if row["train_accuracy"] > 0.99}
    assert {row["id"] for row in rows("networks", "interpolating")} == inside
    shown = sampling_table.table(seen(context, below="sampling"), {})["rows"]
    assert [row["name"] for row in rows("sampling")] == [row["key"] for row in shown] != []


def test_the_words_under_the_samplings_count_its_marks(context: Context) -> None:
    table = sampling_table.table(seen(context, below="sampling"), {})
    assert [head["label"] for head in table["columns"]] == [
        head[0] for head in sampling_table.HEADS
    ]
    marks = [row["mark"] for row in table["rows"]]
    assert f"Of {len(marks)} measures {marks.count('●') or 'none'} follow" in table["said"]
    assert f"{marks.count('·')} cannot be told apart" in table["said"]


def test_a_table_that_names_folders_outside_is_not_followed(context: Context, runs: Path) -> None:
    folder = runs / "_studies" / "whole"
    kept = derived.find(folder, "table")
    assert kept is not None
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
    meta = {**kept.meta, "runs": ["../outside", *kept.meta["runs"][1:]]}
    derived.write(folder, "table", {}, dict(kept.arrays), meta, "x")
    found = seen(context, runs=["../outside"])
    assert found.table is not None
    assert "from outside" not in str(definitions.known(context, found))
    assert found.choice.runs == ()


def test_names_in_a_table_are_shown_as_text(context: Context, runs: Path) -> None:
    folder = runs / "_studies" / "whole"
    kept = derived.find(folder, "table")
    assert kept is not None
    meta = {**kept.meta, "words": {"regime": ["<b>a</b>", *kept.meta["words"]["regime"][1:]]}}
    derived.write(folder, "table", {}, dict(kept.arrays), meta, "x")
    figure = scatter.figure(seen(context, colour="regime"), {})
    said = [text for trace in figure.data for text in (*trace.text, trace.name)]
    assert any("&lt;b&gt;a" in text for text in said)
    assert not any("<b>a" in text for text in said)
