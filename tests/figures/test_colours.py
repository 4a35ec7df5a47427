"""Laws of colours: one range for all, ends where a value has none of its own, the page's and the
figures' palettes agree.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from landscape_app.dashboard.factory import assets
from landscape_app.figures import colours
from landscape_app.figures.palette import (
    CATEGORIES,
    MARKS,
    PALETTES,
    SYMBOLS,
    SYMBOLS_OF_SPACE,
    mixed,
    template,
)
from landscape_app.figures.view import DrawnRun
from tests.figures import made


@pytest.mark.parametrize("name", colours.COLOURS)
def test_the_range_holds_every_run(name: str) -> None:
    subjects = [made.subject(slot, factor=10.0**slot) for slot in range(3)]
    scale = colours.scale(name, subjects)
    for subject in subjects:
        values = scale.colour.scaled(subject.columns[scale.colour.column])
        counted = values[np.isfinite(values)][1:]  # the anchor has no seed
        assert ((counted >= scale.low - 1e-9) & (counted <= scale.high + 1e-9)).all()


MIXED = ("ray", "halo-")  # made of the others


def test_values_without_a_logarithm_take_the_low_end_and_nan_stays_nan() -> None:
    columns = made.columns()
    columns["train_loss"][2:5] = (0.0, np.nan, np.inf)
    subject = DrawnRun("odd", "Odd", 0, made.EPOCHS, columns)
    scale = colours.scale("train_loss", [subject])
    low, nan, high = scale.of(subject, np.array([2, 3, 4]))
    assert low == np.float32(scale.low)
    assert np.isnan(nan)
    assert high == np.float32(scale.high)


def test_a_range_of_nothing_and_of_one_value_is_a_range() -> None:
    assert colours.scale("train_loss", []).low < colours.scale("train_loss", []).high
    columns = {name: values[:1] for name, values in made.columns().items()}
    one = colours.scale("train_loss", [DrawnRun("one", "One", 0, 3, columns)])
    assert one.low < one.high


def test_every_seed_has_a_step_of_its_own() -> None:
    scale = colours.scale("seed", [made.subject()])
    stops = scale.stops(PALETTES["light"])
    for seed in range(made.SEEDS):
        place = (seed - scale.low) / (scale.high - scale.low)
        assert next(colour for edge, colour in reversed(stops) if edge <= place) == CATEGORIES[seed]


@pytest.mark.parametrize("scheme", PALETTES)
def test_figures_have_the_colours_of_the_page(scheme: str) -> None:
    css = (Path(assets()) / "theme.css").read_text()
    block = css.split("}")[0 if scheme == "light" else 1]
    page = dict(re.findall(r"--ls-([a-z0-9-]+): (#[0-9a-f]+);", block))
    for name, colour in PALETTES[scheme].named().items():
        if not name.startswith(MIXED):
            assert page[name] == colour, name


def test_what_steps_back_is_between_its_colour_and_the_card() -> None:
    for palette in PALETTES.values():
        named = palette.named()
        pairs = {"ray": "muted"} | {f"halo-{i}": f"run-{i}" for i in range(1, len(MARKS) + 1)}
        assert {name for name in named if name.startswith(MIXED)} == set(pairs)
        for faint, plain in pairs.items():
            between = zip(*(rgb(named[name]) for name in (faint, plain, "card")), strict=True)
            assert all(min(a, b) <= value <= max(a, b) for value, a, b in between), faint
    assert mixed("#fff", "#000", 1.0) == "#ffffff"
    assert mixed("#fff", "#102030", 0.0) == "#102030"
    assert mixed("#000", "#ffffff", 0.4) == "#999999"


def rgb(colour: str) -> tuple[int, ...]:
    digits = mixed(colour, "#000", 1.0)[1:]
    return tuple(int(digits[i : i + 2], 16) for i in (0, 2, 4))


def test_runs_differ_in_shape_as_well_as_in_colour() -> None:
    assert len(set(MARKS)) == len(set(SYMBOLS)) == len(set(SYMBOLS_OF_SPACE))
    for palette in PALETTES.values():
        assert len(set(palette.runs)) == len(palette.runs) == len(MARKS)
        assert palette.pick not in {
            *palette.runs,
            *palette.scale,
            *(colour.lower() for colour in CATEGORIES),
        }


@pytest.mark.parametrize("scheme", PALETTES)
def test_a_template_is_small(scheme: str) -> None:
    assert len(str(template(scheme).to_plotly_json())) < 4_000


@pytest.mark.parametrize(
    ("values", "logarithmic"),
    [
        ([0.1, 1.0], True),
        ([0.0, 1.0], True),
        ([-0.1, 1.0], False),
        ([-2.0, -1.0], False),
        ([0.0, 0.0], False),
        ([np.nan, np.inf], True),
    ],
)
def test_values_are_told_apart_by_their_logarithm_only_where_they_have_one(
    values: list[float], logarithmic: bool
) -> None:
    assert colours.logarithmic([np.array(values)]) is logarithmic
    assert colours.COLOURS["train_loss"].over([np.array(values)]).log is logarithmic
