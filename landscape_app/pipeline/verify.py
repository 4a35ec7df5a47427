"""All checks of a run, from its folder alone, and their storing beside its other results."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from typing import Any

from landscape_app.check_table import MADE_ON, threshold
from landscape_app.checks.check_subject import CheckSubject, DoesNotApply, Outcome
from landscape_app.entries import Entry
from landscape_app.errors import Cancelled, LandscapeError
from landscape_app.pipeline.threads import one_thread
from landscape_app.records.progress import Progress, Silent
from landscape_app.records.pulse import pulse
from landscape_app.registries import CHECKS
from landscape_app.settings import AnalysisSpec
from landscape_app.store import damage, derived, sources, verdict
from landscape_app.store.run import RunFolder

log = logging.getLogger("landscape")

AT = ("t", "distance", "k", "k_cross", "decay")  # what a stored answer is an answer about


@one_thread()
def verify(
    run: RunFolder, *, at: Mapping[str, Any] | None = None, progress: Progress | None = None
) -> list[dict[str, Any]]:
    """[{"name", "label", "help", "group", "figure", "value", "limit", "passed", "detail", "on"}]
    for every check in the table.

    passed None: does not apply, or the figure says nothing for or against; detail says why. value
    None: there is no figure, or it is not finite. at: parameters of the analysis that is meant;
    None: the newest. A check never raises: whatever a damaged folder makes it run into is a
    failure, in words.
    """
    checked, progress = CheckSubject(run, at or {}), progress or Silent()
    progress.phase("verifying", len(CHECKS), "checks")
    results = []
    for name, entry in CHECKS.items():
        pulse()
        told = {"group": entry.settings["group"], "figure": entry.settings["figure"]}
        results.append(
            {"name": name, "label": entry.label, "help": entry.help, **told, **_ask(checked, entry)}
        )
        progress.advance()
    return results


def store(
    run: RunFolder, *, inputs: str, parameters: Mapping[str, Any], progress: Progress | None = None
) -> list[dict[str, Any]]:
    """Run `verify` at `parameters` and store the answer as the derived result "checks"."""
    results = verify(run, at=parameters, progress=progress)
    verdict_of = {
        "checks": results,
        "untrusted": bool(sources.wanted(run)),
        verdict.FILES: damage.vouched(run.inventory()),
    }
    derived.write(run.path, "checks", parameters, {}, verdict_of, inputs)
    return results


def outdated(run: RunFolder, *, inputs: str, parameters: Mapping[str, Any]) -> bool:
    """Whether there is no current answer about `parameters`, a file was damaged when it was given,
    a result has come since that checks are made on, or the run is trusted now, so that checks can
    be made that could not.
    """
    stored = derived.current(run.path, "checks", parameters, inputs)
    if stored is None or (stored.meta.get("untrusted") and not sources.wanted(run)):
        return True
    if {str(line["file"]) for line in run.committed()} - set(stored.meta.get(verdict.FILES) or ()):
        return True
    return any(
        result.created > stored.created
        for name in MADE_ON
        for result in derived.all(run.path, name)[:1]
    )


def parameters(run: RunFolder) -> dict[str, Any]:
    """The parameters of the newest analysis: t, distance and kernel; the defaults, without t, where
    there is none.
    """
    # function space is stored beside every analysis, but only the analysis has a graph
    newest = derived.find(run.path, "neighbours")
    default: dict[str, Any] = {
        name: None if name == "t" else getattr(AnalysisSpec(), name) for name in AT
    }
    return (
        default
        if newest is None
        else {name: newest.parameters.get(name, default[name]) for name in AT}
    )


def _ask(checked: CheckSubject, entry: Entry) -> dict[str, Any]:
    """The result of one check."""
    try:
        outcome: Outcome = entry.load()(checked)
    except DoesNotApply as words:
        return _said(entry, None, None, str(words))
    except LandscapeError as error:
        return _said(entry, None, False, str(error).replace(f"{checked.run.path}/", ""))
    except Cancelled:
        raise
    except Exception as error:
        log.debug(
            "Run %s: the check '%s' met what it did not expect.",
            checked.run.id,
            entry.label,
            exc_info=True,
        )
        return _said(
            entry, None, False, f"what is stored cannot be checked: {type(error).__name__}: {error}"
        )
    value = outcome.value
    verdict = None if outcome.undecided else _passed(entry, outcome)
    return _said(entry, value if math.isfinite(value) else None, verdict, outcome.detail, outcome)


def _passed(entry: Entry, outcome: Outcome) -> bool:
    """Whether the check succeeded: the outcome is valid, and its figure is between the bounds of
    the check.
    """
    value, most, least = outcome.value, entry.settings.get("most"), entry.settings.get("least")
    most = outcome.most if outcome.most is not None else most
    return (
        outcome.sound
        and not math.isnan(value)
        and (most is None or value <= most)
        and (least is None or value >= least)
    )


def _said(
    entry: Entry,
    value: float | None,
    passed: bool | None,
    detail: str,
    outcome: Outcome | None = None,
) -> dict[str, Any]:
    limit = threshold(entry, None if outcome is None else outcome.most)
    return {
        "value": value,
        "limit": limit,
        "passed": passed,
        "detail": detail,
        "on": "" if outcome is None else outcome.on,
    }
