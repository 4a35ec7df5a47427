"""The form of a new study: which recipes, networks and knobs, how often each, and beside it what
will happen.
"""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.setting_fields import explained
from landscape_app.dashboard.launch.page_study import EFFORT, KNOBS, MOST_NETWORKS, MOST_SEEDS
from landscape_app.dashboard.study import ids
from landscape_app.dashboard.study.form_values import PRESETS, REGIMES
from landscape_app.registries import DATASETS, NETWORKS
from landscape_app.registries import REGIMES as TABLE
from landscape_app.settings import RunSpec
from landscape_app.store import names
from landscape_app.store.study import StudyFolder

PURPOSE = (
    "A study trains one network per recipe, knob value and seed, samples the landscape around each,"
    " and holds every measure against the generalization gap: Kendall's τ with its interval, beside"
    " the baselines that cost nothing."
)


def form(context: Context) -> Any:
    """The form, at the small preset."""
    preset = PRESETS["small"]
    return html.Div(
        [
            html.Div(
                [_head(context), _recipes(), _grid(preset, free_name(context)), _effort(preset)],
                className="ls-form-main",
            ),
            _aside(),
        ],
        id=ids.FORM,
        className="ls-form",
    )


def _head(context: Context) -> Any:
    choices = [{"value": name, "label": one["label"]} for name, one in PRESETS.items()]
    back = (
        dcc.Link("All studies", href="/study", className="ls-small")
        if names.times(context.runs / "_studies")
        else None
    )
    return html.Div(
        [
            html.H1("New study"),
            back,
            html.Span(className="ls-grow"),
            html.Span("Preset", className="ls-muted"),
            dmc.SegmentedControl(
                id=ids.FORM_PRESET,
                data=choices,
                value="small",
                size="xs",
                **{"aria-label": "Preset"},
            ),
        ],
        className="ls-form-head",
    )


def _recipes() -> Any:
    cards = [
        dmc.CheckboxCard(
            html.Div(
                [
                    dmc.CheckboxIndicator(size="xs"),
                    html.Div(
                        [
                            html.Strong(entry.label),
                            html.Span(entry.help, className="ls-muted ls-small"),
                        ]
                    ),
                ],
                className="ls-regime",
            ),
            value=name,
            **{"aria-label": f"{entry.label}: {entry.help}"},
        )
        for name, entry in TABLE.items()
    ]
    group = dmc.CheckboxGroup(
        html.Div(cards, className="ls-regimes"), id=ids.FORM_REGIMES, value=list(REGIMES)
    )
    return _part("Regimes", "What makes good and poor generalizers.", group)


def _grid(preset: dict[str, Any], name: str) -> Any:
    networks = dmc.MultiSelect(
        id=ids.FORM_NETWORKS,
        data=[{"value": name, "label": entry.label} for name, entry in NETWORKS.items()],
        value=["mlp"],
        size="xs",
        comboboxProps={"shadow": "md"},
        **{"aria-label": "Networks"},
    )
    data = dmc.Select(
        id=ids.FORM_DATA,
        data=[{"value": name, "label": entry.label} for name, entry in DATASETS.items()],
        value="digits",
        size="xs",
        allowDeselect=False,
        comboboxProps={"shadow": "md"},
        **{"aria-label": "Data set"},
    )
    seeds = dmc.NumberInput(
        id=ids.FORM_SEEDS,
        value=preset["seeds"],
        clampBehavior="none",
        allowDecimal=False,
        size="xs",
        **{"aria-label": "Seeds"},
    )
    named = dmc.TextInput(
        id=ids.FORM_NAME, value=name, size="xs", debounce=250, **{"aria-label": "Name"}
    )
    fields = [
        _field("Name", named, "Name of the study. The names of its runs begin with it."),
        _field("Networks", networks, "Every one with every recipe."),
        _field("Data set", data, "The same for all."),
        _field("Seeds", seeds, f"Networks of each configuration (1 to {MOST_SEEDS})."),
    ]
    for place, (setting, values) in enumerate(preset["knobs"]):
        fields += _knob(place, setting, values)
    help = (
        "Every regime with every network, every value of every knob, and every seed: at most"
        f" {MOST_NETWORKS} runs from here."
    )
    return _part("Grid", help, html.Div(fields, className="ls-fields ls-study-fields"))


def _knob(place: int, setting: str, values: list[str]) -> list[Any]:
    choices = [{"value": name, "label": RunSpec.model_fields[name].title or name} for name in KNOBS]
    which = dmc.Select(
        id=ids.knob(place),
        data=choices,
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
        **{"aria-label": f"Values of knob {place + 1}"},
    )
    return [
        _field(f"Knob {place + 1}", which, "A setting that varies."),
        _field("… takes", taken, "Numbers, up to six."),
    ]


def _effort(preset: dict[str, Any]) -> Any:
    fields = []
    for name in EFFORT:
        field = RunSpec.model_fields[name]
        control = dmc.NumberInput(
            id=ids.effort(name),
            value=preset["effort"][name],
            clampBehavior="none",
            allowDecimal=False,
            size="xs",
            **{"aria-label": field.title},
        )
        fields.append(
            _field(
                "Training epochs" if name == "train_epochs" else str(field.title),
                control,
                explained(name, None),
            )
        )
    return _part(
        "Effort",
        "How long each network is trained, and how densely its surroundings are sampled.",
        html.Div(fields, className="ls-fields"),
    )


def _part(title: str, help: str, body: Any) -> Any:
    head = html.Div(
        [html.H2(title), html.Span(help, className="ls-muted")], className="ls-group-head"
    )
    return html.Section([head, body], className="ls-card ls-group")


def _field(label: str, control: Any, help: str) -> Any:
    return html.Div(
        [
            html.Label(label, className="ls-field-label"),
            control,
            html.Div(help, className="ls-field-help"),
        ],
        className="ls-field",
    )


def _aside() -> Any:
    return html.Aside(
        [
            html.H2("What will happen"),
            html.P(PURPOSE, className="ls-muted ls-small"),
            html.Div(id=ids.FORM_OUTLOOK),
            html.Div(id=ids.FORM_STATUS, role="alert", className="ls-form-status"),
            dmc.Button("Launch", id=ids.FORM_LAUNCH, fullWidth=True, disabled=True),
            html.Div(
                [
                    html.H3("The same as a file, study.toml"),
                    html.Pre(id=ids.FORM_TOML, className="ls-command"),
                    dcc.Clipboard(target_id=ids.FORM_TOML, title="Copy", className="ls-copy"),
                    html.P(
                        [
                            html.Code("landscape study study.toml"),
                            " makes it; called again, it goes on.",
                        ],
                        className="ls-muted ls-small",
                    ),
                ],
                className="ls-command-box",
            ),
        ],
        className="ls-card ls-form-aside",
    )


def free_name(context: Context) -> str:
    """A name that no study or run has yet."""
    return StudyFolder.new_id(context.runs, "study")
