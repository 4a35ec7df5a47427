"""What is stored is what is shown: columns, ranks and numbers; what cannot be read is said."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from landscape_app.check_table import fits
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.study import (
    definitions,
    measure_table,
    network_table,
    ranking,
    sampling_table,
    scatter,
    tables,
    verdict,
    words,
)
from landscape_app.figures.gap_scatter import HOLLOW
from landscape_app.number_text import number, percent
from landscape_app.records.study_report import OUTSIDE, TAU, JudgedMeasure
from tests.dashboard.study.seen import seen, stored


def test_the_ranking_is_the_report_s_in_its_order_with_its_numbers(
    context: Context, runs: Path
) -> None:
    lines = stored(runs)["report"]["strata"][0]["measures"]
    study = seen(context)
    figure = ranking.figure(study, {})
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
    twin = measure_table.table(study, {})
    assert [row["key"] for row in twin["rows"]] == [line["name"] for line in lines]
    assert [row["cells"][0]["text"] for row in twin["rows"]] == [
        words.signed(line["tau"]) for line in lines
    ]
    assert len(twin["columns"]) == 1 + len(twin["rows"][0]["cells"])


def test_the_words_under_the_ranking_are_the_report_s(context: Context, runs: Path) -> None:
    report = stored(runs)["report"]
    lines = report["strata"][0]["measures"]
    study = seen(context)
    told = ranking.summary(study)
    assert told.startswith(f"{len(lines)} measures, ranked")
    assert all(f"{line['label']} {words.signed(line['tau'])}" in told for line in lines[:3])
    best = next(line for line in lines if line["baseline"])
    assert f"best baseline, {best['label']}" in ranking.foot(study)
    assert f"{100 * report['level']:g} %" in ranking.foot(study)
    assert ranking.state(study) == ""
    line = next(line for line in lines if line["name"] == study.choice.measure)
    head = verdict.head(study)
    assert head.startswith(f"τ {words.signed(line['tau'])} (")
    assert head.endswith(f" · {line['networks']} networks")
    assert verdict.summary(study).endswith(head)


def test_the_points_are_the_table_s_networks_and_so_is_their_twin(
    context: Context, runs: Path
) -> None:
    rows = stored(runs)["rows"]
    study = seen(context, measure="weight_norm", colour="train_rate")
    figure = scatter.figure(study, {})
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
    twin = network_table.table(study, {})
    assert {row["key"] for row in twin["rows"]} == set(rows)
    assert study.settings == ["regime", "train_rate"]


def test_networks_that_do_not_fit_their_labels_are_hollow_and_counted(
    context: Context, runs: Path
) -> None:
    low = {id for id, row in stored(runs)["rows"].items() if not fits(row["train_accuracy"])}
    study = seen(context)
    assert study.table is not None
    assert {id for id, is_low in zip(study.table.ids, study.unfitted, strict=True) if is_low} == low
    (sentence,) = [text for text in verdict.caveats(study) if "hollow" in text]
    assert sentence.startswith(f"{len(low)} of 6 networks ")
    assert HOLLOW in {trace.name for trace in scatter.figure(study, {}).data}
    fitted = seen(context, stratum="interpolating")
    assert not [text for text in verdict.caveats(fitted) if "hollow" in text]


def test_a_network_far_off_the_others_is_named_beside_the_scatter(context: Context) -> None:
    study = seen(context, measure="weight_norm")
    assert study.table is not None
    assert verdict.off_axes(study) == ""
    norms = study.table.numbers("weight_norm").copy()
    norms[2] = 1e12
    table = replace(study.table, columns={**study.table.columns, "weight_norm": norms})
    far = replace(study, table=table)
    assert study.called(table.ids[2]) in verdict.off_axes(far)
    assert verdict.off_axes(far) in verdict.caveats(far)


def test_where_the_gap_outside_the_probe_decides_it_is_its_tau_that_is_shown(
    context: Context,
) -> None:
    study = seen(context)
    assert study.decides == TAU
    stored = study.reports[study.choice.gap]
    strata = [
        stratum.model_copy(
            update={
                "decides": OUTSIDE,
                "measures": [
                    measure.model_copy(update={"outside": 0.25}) for measure in stratum.measures
                ],
            }
        )
        for stratum in stored.report.strata
    ]
    report = stored._replace(report=stored.report.model_copy(update={"strata": strata}))
    outside = replace(study, reports={study.choice.gap: report})
    assert outside.decides == OUTSIDE
    assert verdict.head(outside).startswith(f"τ outside the probe {words.signed(0.25)} (")
    drawn = {x for trace in ranking.figure(outside, {}).data for x in trace.x if x is not None}
    assert drawn == {0.25}


def test_the_interpolating_networks_are_those_the_report_counts(context: Context) -> None:
    study = seen(context, stratum="interpolating")
    assert study.stratum is not None
    assert int(study.inside.sum()) == study.stratum.networks < 6
    drawn = {trace.name: len(trace.x) for trace in scatter.figure(study, {}).data}
    assert drawn["other networks"] == 6 - study.stratum.networks


def test_every_measure_of_the_ranking_says_what_it_is(context: Context) -> None:
    study = seen(context)
    known = definitions.known(context, study)
    assert study.stratum is not None
    for line in study.stratum.measures:
        label, *rest = definitions.tip(line.name, line.label, known)
        assert label == line.label
        assert rest, line.name
    told = " ".join(definitions.tip("weight_norm", "‖θ‖", known))
    assert all(
        part in told
        for part in ("norm of the trainable weights", "unit:", "cost:", "When it misleads")
    )


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


def test_what_is_taken_away_has_every_digit_of_what_is_shown(context: Context, runs: Path) -> None:
    def rows(below: str, stratum: str = "all") -> list[dict[str, str]]:
        return list(
            csv.DictReader(io.StringIO(tables.csv(seen(context, below=below, stratum=stratum))))
        )

    files = stored(runs)
    lines = files["report"]["strata"][0]["measures"]
    assert [(row["measure"], float(row["tau"])) for row in rows("measures")] == [
        (line["name"], line["tau"]) for line in lines
    ]
    networks = {row["id"]: row for row in rows("networks")}
    for id, row in files["rows"].items():
        assert float(networks[id]["weight_norm"]) == row["weight_norm"]
        assert networks[id]["regime"] == row["regime"]
    inside = {id for id, row in files["rows"].items() if row["train_accuracy"] > 0.99}
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
