"""A study's report as text: its limits, the baselines, then the measures that follow the gap most
closely. The files have everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from landscape_app import number_text
from landscape_app.cli.output import table
from landscape_app.records.study_report import OUTSIDE
from landscape_app.store import commands

NAMED = 4  # measures named in one sentence
SHOWN = 12  # measures of a set of networks, beside the baselines
COLUMNS = {  # of a line -> its head
    "rank": "",
    "label": "measure",
    "networks": "networks",
    "tau": "τ",
    "tau_low": "from",
    "tau_high": "to",
    "outside": "τ outside probe",
    "partial": "partial τ",
    "twin": "twin",
    "twin_partial": "τ given twin",
    "granulated": "granulated",
    "sign_error_worst": "worst sign error",
    "over_baseline": "over baseline",
    "over_linear": "over linear",
    "q": "q",
}
SIGNED = (
    "tau",
    "tau_low",
    "tau_high",
    "outside",
    "partial",
    "twin_partial",
    "granulated",
    "over_baseline",
    "over_linear",
    "linear_tau",
    "value",
    "low",
    "high",
)


def told(report: Mapping[str, Any], runs: Path) -> str:
    """The whole report."""
    return "\n".join(_lines(report, runs)).rstrip()


def _lines(report: Mapping[str, Any], runs: Path) -> Iterator[str]:
    for stratum in report["strata"]:
        yield (
            f"{stratum['label'][0].upper()}{stratum['label'][1:]}: {stratum['networks']}, against"
            f" {report['gap_label']}."
        )
        notes = (stratum["problem"], stratum["too_few"], stratum.get("outside_note"))
        yield from (text for text in notes if text)
        if lines := stratum["measures"]:
            yield ""
            yield from _ranking(
                lines,
                "in statistics.csv" if report.get("files") else "with --to FOLDER, or --json",
                report.get("labels", {}),
            )
            yield from _legend(stratum, report)
        yield from _samplings(stratum["samplings"])
        if stratum.get("samplings_note"):
            yield stratum["samplings_note"]
        if out := list(stratum["left_out"]):
            yield (
                "Not ranked, because they are absent or equal in all networks:"
                f" {_named([report.get('labels', {}).get(name, name) for name in out])}."
            )
        yield ""
    yield from _left_out(report, runs)
    yield from report.get("files", [])


def _left_out(report: Mapping[str, Any], runs: Path) -> Iterator[str]:
    """Which networks and measures do not count, why, and which runs have failed checks."""
    from landscape_app.analysis.statistics.report import not_ranked

    if excluded := list(report["excluded"]):
        yield f"Left out, because {report['gap_label']} has no value: {_named(excluded)}."
    yield from report["notes"]
    yield from not_ranked(report["left_out"])
    for id, why in report.get("missing", {}).items():
        yield f"Not in the table: {id}: {why}"
    for id, why in report.get("problems", {}).items():
        if id not in report.get("missing", {}):
            yield f"Not complete: {id}: {why}"
    if unsound := report.get("checks_failed", {}):
        failures = [f"{id} ({', '.join(names)})" for id, names in unsound.items()]
        yield f"Checks failed: {_named(failures)}. See them: {commands.line('verify', 'ID', runs)}"


def _ranking(
    lines: Sequence[Mapping[str, Any]], where: str, labels: Mapping[str, str]
) -> Iterator[str]:
    """A table: first the baselines, whatever their rank, then the best of the other measures;
    labels: of columns, by name.
    """
    lines = [
        {**line, "twin": labels.get(str(line.get("twin")), line.get("twin"))} for line in lines
    ]
    baselines = [line for line in lines if line["baseline"]]
    others = [line for line in lines if not line["baseline"]]
    shown = [*baselines, *others[:SHOWN]]
    yield table(
        list(COLUMNS.values()),
        [[_number(name, line.get(name)) for name in COLUMNS] for line in shown],
    )
    if len(others) > SHOWN:
        yield f"… and {len(others) - SHOWN} more {where}"


def _legend(stratum: Mapping[str, Any], report: Mapping[str, Any]) -> Iterator[str]:
    labels = report.get("labels", {})
    parts = [
        f"τ with its {100 * report['level']:g} % interval",
        "The number before a measure is its rank among all measures",
    ]
    given: list[str] = max(
        (line["partial_given"] for line in stratum["measures"] if line["partial"] is not None),
        key=len,
        default=[],
    )
    if given:
        parts.append(
            f"Partial τ controls for {', '.join(labels.get(name, name) for name in given)}"
        )
    if any(line.get("twin") for line in stratum["measures"]):
        parts.append("twin: the trivial quantity that a measure follows most closely")
    if stratum.get("decides") == OUTSIDE:
        parts.append("the measures are ranked by τ with the gap outside the probe")
    for name, key in (("baseline", "baseline"), ("linear", "linear")):
        if stratum[key]:
            parts.append(f"over {name}: |τ| minus |τ| of {labels.get(stratum[key], stratum[key])}")
    yield "; ".join(parts) + "."


def _samplings(lines: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if lines:
        yield ""
        yield (
            "The same summary for jump-and-retrain snapshots and for a random plane. difference:"
            " how much more closely the first follows the gap:"
        )
        cells = ("name", "tau", "linear_tau", "value", "low", "high")
        head = ["summary", "τ", "τ, plane", "difference", "from", "to"]
        yield table(head, [[_number(name, line[name]) for name in cells] for line in lines])


def _number(name: str, value: Any) -> Any:
    if name in SIGNED and value is not None:
        return number_text.plain_signed(value)
    return number_text.plain(value, 2) if isinstance(value, float) else value


def _named(names: Sequence[str]) -> str:
    return "; ".join(names[:NAMED]) + (
        f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    )
