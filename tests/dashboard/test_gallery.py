"""Laws of the results that ship: each archive in studies/results is small, comes in, is of its spec
and opens; a button puts it into the folder; nothing of it is shown where that cannot be done.
"""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import numpy as np
import pytest

from landscape_app import study_presets
from landscape_app.dashboard import empty, factory, shell
from landscape_app.dashboard.common import gallery as offers
from landscape_app.dashboard.common import launch_requests
from landscape_app.dashboard.export import opened
from landscape_app.dashboard.launch import child
from landscape_app.dashboard.paper import cards, head, view
from landscape_app.store import derived, folder, gallery, unpacking
from landscape_app.study_presets import PLACES, results
from landscape_app.study_settings import parse_study
from tests.shipped import GRID, NAME, fault, ship, study, table_of
from tests.store.archived import content


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place that ships anything: the study toy."""
    study(tmp_path / "made")
    ship(tmp_path / "place", tmp_path / "made")
    for spec in PLACES[1].glob("*.toml"):  # the page Paper has one of them as its preset
        shutil.copy(spec, tmp_path / "place")
    monkeypatch.setattr(study_presets, "PLACES", (tmp_path / "place",))
    return tmp_path / "place"


@pytest.fixture
def none(tmp_path: Path) -> Path:
    """An empty runs folder."""
    (tmp_path / "none").mkdir()
    return tmp_path / "none"


@pytest.mark.parametrize("name", results())
def test_what_ships_is_small_and_opens(name: str, none: Path) -> None:
    assert fault(name, results()[name], study_presets.spec(name), none) == ""


def test_the_law_of_what_ships_can_fail(place: Path, tmp_path: Path) -> None:
    archive, spec = results()[NAME], parse_study(GRID)
    assert fault(NAME, archive, spec, tmp_path / "a") == ""
    assert study_presets.spec(NAME) == spec
    other = parse_study({**GRID, "seeds": 3})
    assert fault(NAME, archive, other, tmp_path / "b") == "another spec"
    assert fault("other", archive, spec, tmp_path / "c") == "no results alone"
    archive.write_bytes(archive.read_bytes()[:-9])
    assert "damaged" in fault(NAME, archive, spec, tmp_path / "d")
    archive.write_bytes(bytes(1_000_000))
    assert fault(NAME, archive, spec, tmp_path / "e") == "too large"
    bare = study(tmp_path / "bare")
    derived.remove([result.path for result in derived.all(bare.path, "statistics")])
    archive.unlink()
    ship(place, tmp_path / "bare")
    assert fault(NAME, archive, spec, tmp_path / "f") == "nothing to see in Study"


def test_an_installed_package_carries_them() -> None:
    root = PLACES[1].parent
    project = tomllib.loads((root / "pyproject.toml").read_text())
    carried = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert carried["studies"] == f"landscape_app/{PLACES[0].name}"


def test_a_click_puts_them_into_the_folder_and_a_second_one_finds_them(
    place: Path, none: Path
) -> None:
    for _ in range(2):
        answer = child.launch(none, launch_requests.ask("page", "gallery", shipped=NAME))
        assert answer == {"ids": [NAME], "kind": "gallery", "place": None, "error": None}
    assert [shipped.there for shipped in gallery.shipped(none)] == [True]
    refused = child.launch(none, launch_requests.ask("page", "gallery", shipped="../toy"))
    assert refused["ids"] == []
    assert "no shipped study called '../toy'. Choose from: toy" in str(refused["error"])


def test_a_damaged_one_is_refused_by_name_and_leaves_nothing(place: Path, none: Path) -> None:
    archive = results()[NAME]
    whole = archive.read_bytes()
    for at in range(60, len(whole), len(whole) // 7):
        archive.write_bytes(whole[:at] + bytes([whole[at] ^ 255]) + whole[at + 1 :])
        answer = child.launch(none, launch_requests.ask(str(at), "gallery", shipped=NAME))
        assert "toy.zip was not imported" in str(answer["error"])
        assert content(none) == {}


def test_the_empty_page_offers_them_and_leads_to_those_that_are_there(
    place: Path, none: Path
) -> None:
    context = opened.context(none)
    offered = str(empty.layout(context))
    assert "Open the results of toy" in offered
    assert "Does a trial ship? It asks nothing else. (6 networks" in offered
    gallery.put(none, NAME)
    _, page = shell.render(context, "/", "")
    assert "No runs yet" in str(page), "Explore shows runs, and there is none"
    assert "toy is here already" in str(page)
    assert "Open the results of toy" not in str(page)


@pytest.mark.parametrize("path", ["/", "/study", "/paper", "/runs"])
def test_every_empty_page_offers_them(place: Path, none: Path, path: str) -> None:
    app = factory.create(none)
    context = factory.context_of(app.server, none)
    assert "Open the results of toy" in str(shell.render(context, path, ""))


def test_the_page_study_of_another_study_offers_them(place: Path, none: Path) -> None:
    gallery.put(none, NAME)
    ship(place, none)
    (place / "results" / "other.zip").write_bytes(results()[NAME].read_bytes())
    context = opened.context(none)
    drawn = str(shell.render(context, "/study", "?id=toy"))
    assert "Open the results of other" in drawn
    assert "Report (one HTML file)" not in drawn, "a report needs the runs"


def test_nothing_is_offered_where_nothing_ships_or_nothing_can_be_written(
    place: Path, none: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert offers.offer(none, "here") is not None
    assert offers.offer(none / "gone", "here") is None
    monkeypatch.setattr(folder, "permits", lambda runs, what: False)
    assert offers.offer(none, "here") is None
    monkeypatch.undo()
    monkeypatch.setattr(study_presets, "PLACES", (none,))
    assert offers.offer(none, "here") is None
    assert offers.fold(none, "here") is None
    assert "ship" not in str(empty.layout(opened.context(none)))


def test_results_alone_can_be_saved_from_the_page(place: Path, none: Path, tmp_path: Path) -> None:
    gallery.put(none, NAME)
    with factory.create(none).server.test_client().get(f"/archive/{NAME}.tar") as answer:
        (tmp_path / "saved.tar").write_bytes(answer.data)
    unpacking.unpack(tmp_path / "saved.tar", tmp_path / "again")
    assert content(tmp_path / "again") == {
        name: data for name, data in content(none).items() if name.startswith("_studies/")
    }


def test_a_study_without_its_runs_offers_nothing_that_needs_them(place: Path, none: Path) -> None:
    gallery.put(none, NAME)
    shown = view.read(opened.context(none), NAME, "light")
    assert shown.stored.table is not None
    losses = table_of(parse_study(GRID)).numbers("test_loss")
    np.testing.assert_array_equal(shown.stored.table.numbers("test_loss"), losses)
    (words, hidden) = head.state(shown)
    assert "runs are not" in str(words)
    assert hidden.hidden, "the button that computes"
    assert "/?runs=" not in str(cards.body(shown))


def test_the_comment_above_a_spec_says_what_the_study_is(place: Path) -> None:
    assert study_presets.about(NAME) == "Does a trial ship? It asks nothing else."
    specs = list(PLACES[1].glob("*.toml"))
    assert specs
    assert [path.name for path in specs if not path.read_text().startswith("# ")] == []
