"""What the form of a new study holds, as plain values for the launch; its presets; and the same
study as a TOML file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landscape_app.dashboard.launch.page_settings import EFFORT, MOST_KNOBS, study_of_page
from landscape_app.errors import LandscapeError
from landscape_app.interval_width import FEW
from landscape_app.interval_width import expected_width as width
from landscape_app.study_settings import StudySpec

__all__ = ["FEW", "PRESETS", "StudyForm", "number", "read", "toml", "width"]

# Every network fits the labels it was given, also half of them random: 60 epochs do not, and a
# network that is not done learning has the smallest gap of all. Every preset has configurations
# enough for intervals.
PRESETS: dict[str, dict[str, Any]] = {
    "small": {
        "label": "Small",
        "seeds": 1,
        "knobs": [["train_rate", ["0.1", "0.07", "0.05"]], ["", []]],
        "effort": {"train_epochs": 200, "seeds": 2, "epochs": 10},
    },
    "medium": {
        "label": "Medium",
        "seeds": 3,
        "knobs": [["train_rate", ["0.1", "0.07", "0.05"]], ["", []]],
        "effort": {"train_epochs": 200, "seeds": 3, "epochs": 20},
    },
    "large": {
        "label": "Large",
        "seeds": 4,
        "knobs": [["train_rate", ["0.1", "0.05"]], ["train_batch", ["50", "100"]]],
        "effort": {"train_epochs": 300, "seeds": 4, "epochs": 40},
    },
}
REGIMES = ("good", "plain", "poor")  # of every preset


@dataclass(frozen=True)
class StudyForm:
    """The form as read: the values that a launch is asked with, and the study they make, or the
    fault that stands in the way.
    """

    values: Mapping[str, Any]
    spec: StudySpec | None
    fault: str


def read(
    name: Any,
    data: Any,
    regimes: Any,
    networks: Any,
    seeds: Any,
    knobs: Sequence[tuple[Any, Any]],
    effort: Mapping[str, Any],
    samplings: Any = (),
) -> StudyForm:
    """The controls' values as a study; knobs: MOST_KNOBS pairs of a setting ("" for none) and its
    values as text.
    """
    turned = [(str(setting), given) for setting, given in knobs[:MOST_KNOBS] if setting]
    values: dict[str, Any] = {
        "name": str(name or "").strip(),
        "data": data,
        "regimes": regimes if isinstance(regimes, list) else [],
        "networks": networks if isinstance(networks, list) else [],
        "seeds": seeds,
        "knobs": {setting: _numbers(given) for setting, given in turned},
        "effort": {setting: effort.get(setting) for setting in EFFORT},
        "samplings": samplings if isinstance(samplings, list) else [],
    }
    if len(values["knobs"]) < len(turned):
        fault = "Both knobs change the same setting. Choose another for one of them."
        return StudyForm(values, None, fault)
    try:
        return StudyForm(values, study_of_page(values), "")
    except LandscapeError as error:
        return StudyForm(values, None, str(error))


def _numbers(given: Any) -> Any:
    return [number(text) for text in given] if isinstance(given, list) else given


def number(text: Any) -> Any:
    """Text as a number, a whole one as such; what is none is left as it is, for the validation to
    name.
    """
    try:
        value = float(text)
    except (TypeError, ValueError):
        return text
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def toml(spec: StudySpec) -> str:
    """The file that makes the same study on the command line: what a browser may ask for has a
    plain form.
    """
    lines = [
        f"name = {_toml(spec.name)}",
        f"regimes = {_toml(list(spec.regimes))}",
        f"networks = {_toml(list(spec.networks))}",
        f"seeds = {len(spec.seeds)}",
    ]
    if spec.samplings:
        lines.append(f"samplings = {_toml(list(spec.samplings))}")
    if spec.equal_cost:
        lines.append("equal_cost = true")
    if spec.knobs:
        lines += [
            "",
            "[knobs]",
            *(f"{name} = {_toml(list(values))}" for name, values in spec.knobs.items()),
        ]
    lines += [
        "",
        "[settings]",
        *(f"{name} = {_toml(value)}" for name, value in spec.settings.items()),
    ]
    return "\n".join(lines)


def _toml(value: Any) -> str:
    """Text, numbers and lists of them are written in TOML as in JSON."""
    return json.dumps(value, ensure_ascii=False)
