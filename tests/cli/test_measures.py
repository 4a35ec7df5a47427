"""Laws of `landscape measures`: of one measure it says the same as the table, whatever its stored
name.
"""

from __future__ import annotations

import json

import pytest

from landscape_app.cli.main import main
from landscape_app.registries import MEASURES


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("end_spread", "end_spread"),
        ("expected_sharpness[0.5]", "expected_sharpness"),
        ("sublevel[train_loss].longest", "sublevel.longest"),
        ("rips[h1].p", "rips[h1].p"),
    ],
)
def test_a_measure_is_explained_with_the_texts_of_the_table(
    capsys: pytest.CaptureFixture[str], asked: str, name: str
) -> None:
    entry = MEASURES[name]
    assert main(["measures", asked]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert told.startswith(f"{name}: {entry.label}")
    assert f"What it means: {entry.help}" in told
    assert f"When it misleads: {entry.misleads}" in told
    assert f"Source: {entry.load().source}" in told
    assert main(["measures", asked, "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["name"], row["misleads"]) == (name, entry.misleads)


def test_a_name_that_no_measure_has_is_refused_with_the_nearest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["measures", "end_spred"]) == 2
    assert "Did you mean 'end_spread'?" in capsys.readouterr().err
