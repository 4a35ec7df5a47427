"""What τ says about the chosen measure, in sentences, and what must be known to believe it."""

from __future__ import annotations

from landscape_app.dashboard.study.ranking import without_statistics
from landscape_app.dashboard.study.view import INTERPOLATING, StudyView
from landscape_app.dashboard.study.words import between, column, named, signed
from landscape_app.figures.network_axis import off_scale
from landscape_app.records.study_report import OUTSIDE, TAU, JudgedMeasure


def head(study: StudyView) -> str:
    """τ 0.40 (−0.04 to 0.65) · 36 networks; the ranking's foot says the interval's level."""
    measure = study.measure
    if measure is None or study.report is None:
        return ""
    tau, low, high = measure.decided(study.decides)
    interval = between(low, high)
    which = "outside the probe " if study.decides == OUTSIDE else ""
    return f"τ {which}{signed(tau)} ({interval or 'no interval'}) · {measure.networks} networks"


def sentences(study: StudyView) -> list[str]:
    """What τ says about the chosen measure."""
    measure, stratum, report = study.measure, study.stratum, study.report
    if report is None:
        return [without_statistics(study)] if study.table is not None else []
    if stratum is None or stratum.problem:
        return [] if stratum is None else [stratum.problem]
    if measure is None:
        name = study.choice.measure
        why = stratum.left_out.get(name) or report.left_out.get(name)
        return [f"Not ranked here: {why or 'it is not among the measures'}."]
    parts = [of_interval(measure, stratum.configurations, study.decides)]
    if measure.partial is not None and measure.partial_given:
        controls = [column(name, study.label(name)) for name in measure.partial_given]
        given = ", ".join(_lower(control) for control in controls)
        parts.append(f"Its partial τ, given {given}, is {signed(measure.partial)}.")
    parts += _of_twin(study, measure)
    if not measure.baseline and stratum.baseline and measure.over_baseline is not None:
        parts.append(_over_baseline(measure, study.label(stratum.baseline)))
    if measure.left_out:
        has = "has" if len(measure.left_out) == 1 else "have"
        parts.append(f"{named(measure.left_out)} {has} no value of it.")
    return parts


def of_interval(measure: JudgedMeasure, configurations: int, decides: str = TAU) -> str:
    """Whether the measure follows the gap, as far as the interval of the τ that decides tells."""
    tau, low, high = measure.decided(decides)
    way = (
        "grows with the gap"
        if tau > 0
        else "falls as the gap grows"
        if tau < 0
        else "is not related to the gap"
    )
    if low is None or high is None:
        return (
            f"It {way} in these {measure.networks} networks. {configurations} configurations are"
            " too few for an interval."
        )
    if low <= 0 <= high:
        return "The interval contains 0: these networks do not show that it follows the gap."
    return f"It {way}. To resample the {configurations} configurations does not change that."


def _of_twin(study: StudyView, measure: JudgedMeasure) -> list[str]:
    """Which trivial quantity it follows most closely, and whether it says more than that one."""
    if measure.twin is None:
        return []
    twin = _lower(column(measure.twin, study.label(measure.twin)))
    follows = f"It follows {twin} most closely (τ {signed(measure.twin_tau)})."
    if measure.twin_partial is None:
        return [f"{follows} Nothing is left of it beyond that."]
    low, high = measure.twin_partial_low, measure.twin_partial_high
    interval = between(low, high)
    told = f" ({interval})" if interval else ""
    more = f"Given that, its τ with the gap is {signed(measure.twin_partial)}{told}."
    if low is None or high is None or not low <= 0 <= high:
        return [follows, more]
    return [follows, more, "So it may be that quantity under another name."]


def _over_baseline(measure: JudgedMeasure, baseline: str) -> str:
    apart = measure.over_baseline or 0.0
    interval = between(measure.over_baseline_low, measure.over_baseline_high)
    return (
        f"Its |τ| is {signed(abs(apart))} {'above' if apart >= 0 else 'below'} that of the best"
        f" baseline, {baseline}{f' ({interval})' if interval else ''}."
    )


def caveats(study: StudyView) -> list[str]:
    """What a person must know before believing the picture and the statistics."""
    if study.report is None:
        return [text for text in [_unfitted(study), off_axes(study)] if text]
    stale = (
        "These statistics are of an earlier table. Networks were added since then. Resume the"
        " study."
    )
    excluded = list(study.report.excluded)
    texts = [
        stale if study.stale else "",
        _unfitted(study),
        off_axes(study),
        "" if study.stratum is None else study.stratum.too_few,
        "" if study.stratum is None else study.stratum.outside_note,
        f"{named(excluded)}: left out, because the gap is not finite." if excluded else "",
    ]
    return [text for text in texts if text] + study.report.notes


def _unfitted(study: StudyView) -> str:
    """How many of the chosen networks do not interpolate; "" where all do."""
    if study.table is None or not (count := int((study.inside & study.unfitted).sum())):
        return ""
    do, drawn = ("does", "It is") if count == 1 else ("do", "They are")
    return (
        f"{count} of {int(study.inside.sum())} networks {do} not fit all their labels. {drawn}"
        " drawn hollow. Such a network can have a small gap because it has not learned its labels."
    )


def off_axes(study: StudyView) -> str:
    """Which networks are drawn at the edge of the scatter, beyond its axes."""
    table, chosen = study.table, study.choice
    if table is None or not chosen.measure or not chosen.gap:
        return ""
    names = [study.called(id) for id in table.ids]
    labels = study.label(chosen.measure), table.label(chosen.gap)
    return off_scale(table.numbers(chosen.measure), table.numbers(chosen.gap), names, labels)


def strata(study: StudyView) -> list[dict[str, str]]:
    """The sets of networks to choose from, with how many each has."""
    if study.report is None:
        count = 0 if study.table is None else len(study.table)
        return [{"value": "all", "label": f"All {count}"}]
    short = {"all": "All", INTERPOLATING: "Interpolating"}
    return [
        {
            "value": stratum.name,
            "label": f"{short.get(stratum.name, stratum.label)} {stratum.networks}",
        }
        for stratum in study.report.strata
    ]


def stratum_help(study: StudyView) -> str:
    """What the chosen set is."""
    if study.choice.stratum != INTERPOLATING or study.report is None:
        return "Every network with a finite gap."
    return (
        f"Networks with a train accuracy above {100 * study.interpolating:g} %. In some studies τ"
        " has the other sign among these."
    )


def summary(study: StudyView) -> str:
    """The points in a sentence."""
    if study.table is None or not study.choice.measure:
        return "No points."
    return (
        f"{study.label(study.choice.measure)} against {study.label(study.choice.gap)}, a point per"
        f" network. {head(study)}"
    )


def _lower(label: str) -> str:
    """A setting's title inside a sentence."""
    return label[0].lower() + label[1:] if label[1:2].islower() else label
