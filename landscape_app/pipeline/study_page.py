"""A study's figures as one page without other files and without network access: the rankings, and
the best measures against the gap.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from plotly.io import to_html

from landscape_app.analysis.statistics.report import not_ranked
from landscape_app.analysis.statistics.roles import LINEAR
from landscape_app.figures.gap_scatter import Marked, against
from landscape_app.figures.network_axis import off_scale
from landscape_app.figures.ranking import RankingMarks, ranking
from landscape_app.records.study_report import JudgedMeasure, Stratum, StudyReport
from landscape_app.records.study_table import StudyTable
from landscape_app.store import files

FILE = "figures.html"
DRAWN = 6  # measures drawn against the gap
RANKED = 40  # rows of a ranking
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
)
STYLE = (
    "body{font:15px/1.5"
    " system-ui,sans-serif;color:#1a1f24;background:#fff;max-width:76rem;margin:2rem auto;padding:0"
    " 1.5rem}"
    "h1{font-size:1.35rem;margin:0}h2{font-size:1.05rem;margin:2.2rem 0 .2rem}p{margin:.2rem"
    " 0;max-width:60rem;color:#4a545e}"
    ".pair{display:grid;grid-template-columns:repeat(auto-fill,minmax(29rem,1fr));gap:.6rem}"
)


def write(
    folder: Path, table: StudyTable, report: StudyReport, *, name: str, own: bool = False
) -> Path:
    """Write figures.html to `folder`, which is a study's, or the user's `own`. It has about 5 MB,
    nearly all of it the drawing library.
    """
    if own:
        files.make_own(folder)
    files.write_atomic(folder / FILE, page(table, report, name=name).encode(), own=own)
    return folder / FILE


def page(table: StudyTable, report: StudyReport, *, name: str) -> str:
    """HTML: each set of networks with its ranking and its limits, then the best measures against
    the gap, with a point per network.
    """
    hyper = report.hyper[0] if report.hyper else None
    parts = [
        f"<h1>{escape(name)}</h1><p>{escape(_summary(report))}</p>",
        *(f"<p>{escape(note)}</p>" for note in [*report.notes, *not_ranked(report.left_out)]),
    ]
    count = 0
    for stratum in report.strata:
        parts.append(f"<h2>{escape(heading(stratum, report))}</h2>")
        parts += [
            f"<p>{escape(text)}</p>"
            for text in (stratum.problem, stratum.too_few, stratum.samplings_note)
            if text
        ]
        if stratum.measures:
            parts += [f"<p>{LEGEND}</p>", _html(_ranking(stratum), count)]
            count += 1
    inside = report.strata[0].measures[:DRAWN]
    if inside:
        parts.append(
            f"<h2>The {len(inside)} measures that follow the gap most closely</h2><div"
            " class='pair'>"
        )
        parts += [
            f"<div>{_html(_against(table, report, measure, hyper), count + i)}"
            f"<p>{escape(_off(table, report, measure))}</p></div>"
            for i, measure in enumerate(inside)
        ]
        parts.append("</div>")
    head = (
        "<meta charset='utf-8'><meta http-equiv='Content-Security-Policy'"
        f' content="{POLICY}"><title>{escape(name)}</title>'
    )
    return (
        "<!doctype html><html"
        f" lang='en'><head>{head}<style>{STYLE}</style></head><body>{''.join(parts)}</body></html>"
    )


LEGEND = (
    "Kendall's τ_b with its interval. Circles: measures; open diamonds: baselines, which cost"
    " nothing; open squares: linear samples."
)


def heading(stratum: Stratum, report: StudyReport) -> str:
    """A set of networks in words, as a heading."""
    return (
        f"{stratum.label[0].upper()}{stratum.label[1:]}: {stratum.networks}, against"
        f" {report.gap_label}"
    )


def _summary(report: StudyReport) -> str:
    excluded = f"; {len(report.excluded)} more without a finite gap" if report.excluded else ""
    varied = f" that differ in {', '.join(report.hyper)}" if report.hyper else ""
    return (
        f"{report.networks} networks{varied}{excluded}. Intervals: {100 * report.level:g} %,"
        f" {report.resamples:,} resamples."
    )


def _ranking(stratum: Stratum) -> Any:
    measures = stratum.measures[:RANKED]
    low, high = (
        np.array([measure.number(end) for measure in measures], dtype=np.float64)
        for end in ("tau_low", "tau_high")
    )
    values, names = (
        np.array([measure.tau for measure in measures]),
        [measure.name for measure in measures],
    )
    baseline = np.array([measure.baseline for measure in measures])
    best = stratum.measure(stratum.baseline)
    reference = None if best is None else abs(best.tau)
    marks = RankingMarks(
        baseline, linear=np.array([name in LINEAR for name in names]), reference=reference
    )
    return ranking(
        [measure.label for measure in measures], values, low, high, marks=marks, names=names
    )


def _against(
    table: StudyTable, report: StudyReport, measure: JudgedMeasure, hyper: str | None
) -> Any:
    labels = measure.label, report.gap_label
    outside = np.isin(np.array(table.ids), list(report.excluded))
    drawn = against(
        table.numbers(measure.name),
        table.numbers(report.gap),
        table.ids,
        labels=labels,
        colour=None if hyper is None else table.columns[hyper],
        colour_label=hyper or "",
        marked=Marked(outside=outside),
    )
    return drawn.update_layout(height=360)


def _off(table: StudyTable, report: StudyReport, measure: JudgedMeasure) -> str:
    """Which networks are off the axes of a figure."""
    labels = measure.label, report.gap_label
    return off_scale(table.numbers(measure.name), table.numbers(report.gap), table.ids, labels)


def _html(figure: Any, number: int) -> str:
    config = {"displaylogo": False, "responsive": True, "modeBarButtons": [["toImage"]]}
    return str(
        to_html(
            figure,
            full_html=False,
            include_plotlyjs=number == 0,
            config=config,
            div_id=f"figure-{number}",
        )
    )
