"""Laws of the recipes: one line in a table, and the entry is in the command line, in the form, in
the settings, in a run, and in what the run stores.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cyclopts import App

from landscape_app import registries
from landscape_app.cli.commands import Command, program
from landscape_app.cli.flags import with_settings
from landscape_app.cli.main import main
from landscape_app.dashboard.new_run.page import control
from landscape_app.errors import LandscapeError
from landscape_app.settings import RunSpec, from_form
from landscape_app.store.run import RunFolder
from tests.test_tables import TABLES
from tests.toys import RECIPE, TOYS


@pytest.fixture(autouse=True)
def _added() -> Iterator[None]:
    for name, entry in TOYS.values():
        TABLES[name]["toy"] = entry
    yield
    for name, _ in TOYS.values():
        del TABLES[name]["toy"]


@pytest.mark.parametrize("setting", TOYS)
def test_a_line_in_a_table_is_a_choice_of_the_command_line_and_of_the_form(
    setting: str, capsys: pytest.CaptureFixture[str]
) -> None:
    program = App(name="toys", result_action="return_value")
    program.default(with_settings(RunSpec)(lambda **settings: None))
    program("--help")
    assert " toy" in capsys.readouterr().out.split(f"--{setting.replace('_', '-')} ")[1][:900]
    if setting == "regime":  # several regimes make several runs: the form shows them as cards
        return
    choices = control(setting, None).to_plotly_json()["props"]["data"]
    assert {"value": "toy", "label": TOYS[setting][1].label} in choices


def test_a_line_in_a_table_is_taken_from_a_browser_and_a_regime_fills_in_its_numbers() -> None:
    spec = from_form(dict.fromkeys(TOYS, "toy"))
    assert {name: getattr(spec, name) for name in TOYS} == dict.fromkeys(TOYS, "toy")
    assert {name: getattr(spec, name) for name in RECIPE} == RECIPE


@pytest.mark.slow
def test_a_run_is_trained_with_all_of_them_and_stores_their_names(tmp_path: Path) -> None:
    flags = [word for name in TOYS for word in (f"--{name.replace('_', '-')}", "toy")]
    short = ["--train-epochs", "2", "--epochs", "2", "--seeds", "1", "--no-analyse", "--quiet"]
    assert main(["run", "--runs", str(tmp_path), "--id", "toys", *flags, *short]) == 0
    run = RunFolder.open(tmp_path, "toys")
    assert run.finished
    assert {name: getattr(run.spec, name) for name in TOYS} == dict.fromkeys(TOYS, "toy")


def test_a_line_in_the_table_of_commands_is_a_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = program({"toy": Command("tests.toys:greet", works=True)})
    how = {"exit_on_error": False, "print_error": False, "result_action": "return_value"}
    app(["toy", "--help"], **how)
    words = capsys.readouterr().out
    assert all(word in words for word in ("Say hello", "Whom to greet", "--runs", "--quiet"))
    app(["toy", "Ada", "--runs", str(tmp_path)], **how)
    assert capsys.readouterr().out == "Hello, Ada.\n"
    (tmp_path / "file").touch()
    with pytest.raises(LandscapeError):
        app(["toy", "Ada", "--runs", str(tmp_path / "file")], **how)


def test_every_regime_has_the_same_numbers() -> None:
    wrong: dict[str, Any] = {
        name: entry.settings
        for name, entry in registries.REGIMES.items()
        if entry.settings.keys() != RECIPE.keys()
    }
    assert wrong == {}
