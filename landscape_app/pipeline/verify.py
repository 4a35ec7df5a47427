"""All checks of a run, from its folder alone, and their storing beside its other results."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from typing import Any

from landscape_app.checks.subject import DoesNotApply, Outcome, Subject
from landscape_app.entries import Entry
from landscape_app.errors import Cancelled, LandscapeError
from landscape_app.records.progress import Progress, Silent
from landscape_app.registries import CHECKS
from landscape_app.settings import AnalysisSpec
from landscape_app.store import derived
from landscape_app.store.run import RunFolder

log = logging.getLogger("landscape")

AT = ("t", "distance", "k", "k_cross", "decay")  # what a stored answer is an answer about


def verify(run: RunFolder, *, at: Mapping[str, Any] | None = None, progress: Progress | None = None) -> list[dict[str, Any]]:
    """[{"name", "label", "help", "group", "figure", "value", "limit", "passed", "detail", "on"}] for every check in the table.

    passed None: does not apply, and detail says why. value None: there is no figure, or it is not finite. at: parameters of the analysis
    that is meant; None: the newest. A check never raises: whatever a damaged folder makes it run into is a failure, in words.
    """
    subject, progress = Subject(run, at or {}), progress or Silent()
    progress.phase("verifying", len(CHECKS), "checks")
    results = []
    for name, entry in CHECKS.items():
        told = {"group": entry.settings["group"], "figure": entry.settings["figure"]}
        results.append({"name": name, "label": entry.label, "help": entry.help, **told, **_ask(subject, entry)})
        progress.advance()
    return results


def store(run: RunFolder, *, inputs: str, parameters: Mapping[str, Any], progress: Progress | None = None) -> list[dict[str, Any]]:
    """`verify` at `parameters` and keep the answer as the derived result "checks"."""
    results = verify(run, at=parameters, progress=progress)
    derived.write(run.path, "checks", parameters, {}, {"checks": results}, inputs)
    return results


def parameters(run: RunFolder) -> dict[str, Any]:
    """What the newest analysis was made at: t, distance and kernel; the defaults, without t, where there is none."""
    found = derived.find(run.path, "embedding", method="phate", dims=3)
    default: dict[str, Any] = {name: None if name == "t" else getattr(AnalysisSpec(), name) for name in AT}
    return default if found is None else {name: found.parameters.get(name, default[name]) for name in AT}


def _ask(subject: Subject, entry: Entry) -> dict[str, Any]:
    """One check's answer."""
    try:
        outcome: Outcome = entry.load()(subject)
    except DoesNotApply as words:
        return _said(entry, None, None, str(words))
    except LandscapeError as error:
        return _said(entry, None, False, str(error))
    except Cancelled:
        raise
    except Exception as error:
        log.debug("Run %s: the check '%s' met what it did not expect.", subject.run.id, entry.label, exc_info=True)
        return _said(entry, None, False, f"what is stored cannot be checked: {type(error).__name__}: {error}")
    value, most, least = outcome.value, _limit(entry, "most", outcome), _limit(entry, "least", outcome)
    passed = outcome.sound and not math.isnan(value) and (most is None or value <= most) and (least is None or value >= least)
    return _said(entry, value if math.isfinite(value) else None, passed, outcome.detail, outcome)


def _limit(entry: Entry, side: str, outcome: Outcome | None) -> float | None:
    own = outcome.most if outcome is not None and side == "most" else None
    found: float | None = own if own is not None else entry.settings.get(side)
    return found


def _said(entry: Entry, value: float | None, passed: bool | None, detail: str, outcome: Outcome | None = None) -> dict[str, Any]:
    most, least = _limit(entry, "most", outcome), _limit(entry, "least", outcome)
    words = [f"{sign} {limit:.3g}".replace("e-0", "e-") for sign, limit in (("≤", most), ("≥", least)) if limit is not None]
    words = ["= 0" if word == "≤ 0" else word for word in words] + ([entry.settings["also"]] if "also" in entry.settings else [])
    return {"value": value, "limit": ", ".join(words), "passed": passed, "detail": detail, "on": outcome.on if outcome else ""}
