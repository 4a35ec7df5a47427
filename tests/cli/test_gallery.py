"""Laws of the command gallery: it lists what ships and how it stands here, puts it into the runs
folder once, and refuses in words.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from landscape_app import study_presets
from landscape_app.cli.main import main
from landscape_app.store import derived
from tests.cli.tiny import printed
from tests.shipped import NAME, ship, study
from tests.store.archived import content


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place from which anything ships; nothing does yet."""
    monkeypatch.setattr(study_presets, "PLACES", (tmp_path / "place",))
    return tmp_path / "place"


@pytest.fixture
def shipped(place: Path, tmp_path: Path) -> Path:
    """That place with the study toy."""
    study(tmp_path / "made")
    ship(place, tmp_path / "made")
    return place


def test_without_anything_that_ships_it_says_so(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = ["--runs", str(tmp_path / "runs")]
    for more in ([], ["--all"]):
        assert printed(capsys, "gallery", *runs, *more).out.startswith("No results of studies ship")
        assert json.loads(printed(capsys, "gallery", *runs, *more, "--json").out) == []
    assert "No results of studies ship" in printed(capsys, "gallery", "toy", *runs, code=2).err


def test_it_lists_what_ships_and_puts_it_there_once(
    shipped: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = ["--runs", str(tmp_path / "runs")]
    told = printed(capsys, "gallery", *runs).out
    assert "Does a trial ship?" in told
    assert f"landscape gallery NAME --runs {tmp_path / 'runs'}" in told
    (listed,) = json.loads(printed(capsys, "gallery", *runs, "--json").out)
    size = (shipped / "results" / "toy.zip").stat().st_size
    expected = {"name": NAME, "networks": 6, "size": size, "there": False}
    assert {key: listed[key] for key in expected} == expected
    assert printed(capsys, "gallery", NAME, *runs).out.startswith("Imported: toy.")
    assert "toy is there already" in printed(capsys, "gallery", "--all", *runs).out
    assert json.loads(printed(capsys, "gallery", *runs, "--json").out)[0]["there"] is True
    assert "results without runs" in printed(capsys, "list", *runs).out


def test_a_name_that_does_not_ship_is_refused_with_the_list(
    shipped: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = printed(capsys, "gallery", NAME, "tay", "--runs", str(tmp_path / "runs"), code=2).err
    assert "no shipped study called 'tay'. Did you mean 'toy'? Choose from: toy" in told
    assert not (tmp_path / "runs").exists(), "all names are looked at first"


def test_one_that_cannot_come_in_does_not_keep_the_others_out(
    shipped: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shipped / "results" / "damaged.zip").write_bytes(b"PK\x03\x04 and more")
    told = printed(capsys, "gallery", "--all", "--runs", str(tmp_path / "runs"), code=2)
    assert "damaged.zip was not imported" in told.err
    assert "Imported: toy." in told.out


@pytest.mark.parametrize(
    "command", [("study", "--only-table"), ("paper", "--stored"), ("paper",), ("experiment",)]
)
def test_no_command_replaces_results_that_it_cannot_compute(
    shipped: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    runs = tmp_path / "runs"
    assert main(["gallery", NAME, "--runs", str(runs)]) == 0
    before = content(runs)
    assert main([command[0], NAME, *command[1:], "--runs", str(runs)]) == 2
    after = content(runs)
    assert {name: after.get(name) for name in before} == before
    assert len(derived.all(runs / "_studies" / NAME, "table")) == 1
