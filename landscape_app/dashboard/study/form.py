"""The form of a new study: which recipes, networks and knobs, how often each, and beside it what
will happen.
"""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from landscape_app.dashboard.common import addresses, form_parts, gallery
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.controls import (
    entry_options,
    message,
    options,
    segments,
    select,
)
from landscape_app.dashboard.common.form_parts import explained
from landscape_app.dashboard.launch.page_settings import (
    EFFORT,
    KNOBS,
    MOST_NETWORKS,
    MOST_SEEDS,
    MOST_VALUES,
)
from landscape_app.dashboard.study import ids
from landscape_app.dashboard.study.form_values import PRESETS, REGIMES
from landscape_app.registries import DATASETS, NETWORKS, SAMPLINGS, Entry
from landscape_app.settings import RunSpec
from landscape_app.store import commands, names
from landscape_app.store.study import StudyFolder
from landscape_app.study_settings import StudySpec

PURPOSE = (
    "A study trains one network for each recipe, knob value and seed. It samples the landscape"
    " around each network. Then it compares each measure with the generalization gap: Kendall's τ"
    " with its interval, beside baselines that cost nothing."
)


def form(context: Context) -> Any:
    """The form, at the small preset."""
    preset = PRESETS["small"]
    regimes = form_parts.regimes(ids.FORM_REGIMES, REGIMES)
    has_studies = bool(names.times(context.runs / "_studies"))
    parts = [
        _head(has_studies),
        None if has_studies else gallery.offer(context.runs, "form", card=True),
        form_parts.group(
            "Regimes", "Training recipes. Some networks generalize well, some poorly.", regimes
        ),
        _grid(preset, StudyFolder.new_id(context.runs, "study")),
        _effort(preset),
    ]
    return html.Div(
        [html.Div(parts, className="ls-form-main"), _aside(context)],
        id=ids.FORM,
        className="ls-form",
    )


def _head(has_studies: bool) -> Any:
    back = dcc.Link("All studies", href=addresses.at("/study"), className="ls-small")
    labels = options({name: preset["label"] for name, preset in PRESETS.items()})
    presets = segments(ids.FORM_PRESET, labels, "small", "Preset", wide=False)
    return form_parts.head("New study", back if has_studies else None, presets)


def _grid(preset: dict[str, Any], name: str) -> Any:
    named = dmc.TextInput(
        id=ids.FORM_NAME, value=name, size="xs", debounce=250, **{"aria-label": "Name"}
    )
    data = select(ids.FORM_DATA, entry_options(DATASETS), "digits", "Data set")
    networks = _several(ids.FORM_NETWORKS, NETWORKS, ["mlp"], "Networks")
    seeds = _whole(ids.FORM_SEEDS, preset["seeds"], "Seeds")
    fields = [
        _field("Name", named, "Name of the study. The names of its runs begin with it."),
        _field("Networks", networks, "Every network is trained with every regime."),
        _field("Data set", data, "All networks are trained on it."),
        _field("Seeds", seeds, f"Networks of each configuration (1 to {MOST_SEEDS})."),
    ]
    for place, (setting, values) in enumerate(preset["knobs"]):
        fields += _knob(place, setting, values)
    help = (
        f"All combinations of regimes, networks, knob values and seeds. At most {MOST_NETWORKS}"
        " runs from this page."
    )
    body = html.Div(fields, className="ls-fields ls-study-fields")
    return form_parts.group("Grid", help, body)


def _several(id: str, table: dict[str, Entry], chosen: list[str], label: str) -> Any:
    """A menu of the names of a table, of which several can be chosen."""
    return dmc.MultiSelect(
        id=id,
        data=entry_options(table),
        value=chosen,
        placeholder="none",
        size="xs",
        comboboxProps={"shadow": "md"},
        className="ls-tags",
        **{"aria-label": label},
    )


def _whole(id: str, value: int, label: str | None) -> Any:
    return dmc.NumberInput(
        id=id,
        value=value,
        clampBehavior="none",
        allowDecimal=False,
        size="xs",
        **{"aria-label": label},
    )


def _knob(place: int, setting: str, values: list[str]) -> list[Any]:
    which = dmc.Select(
        id=ids.knob(place),
        data=options({name: RunSpec.model_fields[name].title or name for name in KNOBS}),
        value=setting or None,
        placeholder="none",
        clearable=True,
        size="xs",
        comboboxProps={"shadow": "md"},
        **{"aria-label": f"Knob {place + 1}"},
    )
    taken = dmc.TagsInput(
        id=ids.knob_values(place),
        value=values,
        placeholder="0.1, 0.05",
        acceptValueOnBlur=True,
        splitChars=[",", " ", ";"],
        size="xs",
        className="ls-tags",
        **{"aria-label": f"Values of knob {place + 1}"},
    )
    return [
        _field(f"Knob {place + 1}", which, "A setting that varies."),
        _field(f"Values {place + 1}", taken, f"Up to {MOST_VALUES} numbers."),
    ]


def _effort(preset: dict[str, Any]) -> Any:
    fields = []
    for name in EFFORT:
        title = RunSpec.model_fields[name].title
        control = _whole(ids.effort(name), preset["effort"][name], title)
        label = "Training epochs" if name == "train_epochs" else str(title)
        fields.append(_field(label, control, explained(name, None)))
    label = str(StudySpec.model_fields["samplings"].title)
    chosen = _several(ids.FORM_SAMPLINGS, SAMPLINGS, [], label)
    told = "640 points around each network, without retraining. None is necessary."
    fields.append(_field(label, chosen, told))
    help = "How long each network is trained, and how densely the surroundings are sampled."
    return form_parts.group("Effort", help, html.Div(fields, className="ls-fields"))


def _field(label: str, control: Any, help: str) -> Any:
    return html.Div(
        [
            html.Label(label, className="ls-field-label"),
            control,
            html.Div(help, className="ls-field-help"),
        ],
        className="ls-field",
    )


def _aside(context: Context) -> Any:
    command = [
        html.Code(commands.line("study", "study.toml", context.runs)),
        " makes this study. If it stops, the same command resumes it.",
    ]
    return form_parts.aside(
        outlook=ids.FORM_OUTLOOK,
        status=ids.FORM_STATUS,
        launch=ids.FORM_LAUNCH,
        command=ids.FORM_TOML,
        title="The same as a file, study.toml",
        purpose=message(PURPOSE, small=True),
        use=message(command, small=True),
    )
