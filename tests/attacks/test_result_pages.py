"""A folder of 0.2 on every page; and the same folder with results that say something else, with a
right checksum: no page fails.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from landscape_app.cli.main import main
from landscape_app.dashboard import factory
from landscape_app.dashboard.common import ids
from landscape_app.store import derived, files
from landscape_app.store.seal import sealed
from tests.dashboard.conftest import Page
from tests.store import old

GOOD, POOR = "grid-good-s0", "grid-poor-s0"
PATHS = [
    ("/", f"?runs={GOOD},{POOR}"),
    ("/", f"?runs={GOOD}"),
    ("/surface", f"?runs={GOOD}"),
    ("/checks", f"?runs={GOOD},{POOR}"),
]
PATHS += [
    ("/study", "?id=grid"),
    ("/jobs", f"?show={GOOD}"),
    ("/jobs", "?show=grid"),
    ("/new", f"?from={GOOD}"),
]
STRANGE = [
    None,
    0,
    -1,
    3,
    10**15,
    2**63,
    0.5,
    -1e300,
    True,
    "",
    "text",
    "<script>alert(1)</script>",
    "x" * 20_000,
    "\ud800",
    [],
    ["x"],
    [0],
    {},
    {"a": 1},
]
Place = tuple[Any, ...]


@pytest.fixture
def world(tmp_path: Path) -> tuple[Path, Page]:
    runs = old.unpack(tmp_path, "grid", "_studies/")
    return runs, Page(factory.create(runs))


def visit(page: Page) -> str:
    shown = ""
    for path, search in PATHS:
        answer = page.call(
            f"{ids.PAGE}.children",
            {f"{ids.LOCATION}.pathname": path, f"{ids.LOCATION}.search": search},
        )
        assert answer.status_code == 200, (path, search, answer.text[:300])
        shown += answer.text
    return shown


def test_a_folder_of_0_2_is_on_every_page(
    world: tuple[Path, Page], capsys: pytest.CaptureFixture[str]
) -> None:
    runs, page = world
    shown = visit(page)
    for words in ("DEMaP", "largest Hessian eigenvalue", "weight norm", "Random plane"):
        assert words in shown, words
    assert main(["show", GOOD, "--runs", str(runs)]) == 0
    assert "gap, accuracy" in capsys.readouterr().out


def test_a_surface_without_its_losses_is_no_part_of_a_study_s_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = old.unpack(tmp_path, "grid", "_studies/")
    for found in (result for run in runs.glob("grid-*") for result in derived.all(run, "surface")):
        left = {name: found.arrays[name] for name in found.arrays if name != "train_loss"}
        derived.write(
            found.path.parents[1], "surface", found.parameters, left, found.meta, found.inputs
        )
    assert main(["study", "grid", "--only-table", "--json", "--runs", str(runs)]) == 0
    assert "Traceback" not in capsys.readouterr().err


def test_what_was_tested_may_be_nothing(tmp_path: Path) -> None:
    runs = old.unpack(tmp_path, "grid", "_studies/")
    for path in (runs / GOOD / "derived").glob("significance-*/result.json"):
        facts = json.loads(path.read_bytes())
        say(
            path,
            facts | {"meta": facts["meta"] | dict.fromkeys(("sublevel", "verdict", "rips_h1"))},
        )
    assert main(["show", GOOD, "--runs", str(runs)]) == 0


@pytest.mark.slow
def test_no_words_of_a_result_make_a_page_fail(
    world: tuple[Path, Page], capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(world, capsys, rounds=2, seed=1)


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(20))
def test_none_of_many_words_of_a_result_make_a_page_fail(
    seed: int, world: tuple[Path, Page], capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(world, capsys, rounds=20, seed=100 + seed)


def spoil(
    world: tuple[Path, Page], capsys: pytest.CaptureFixture[str], *, rounds: int, seed: int
) -> None:
    """In each round every result has one place changed, by what its readers may find strange."""
    (runs, page), chance = world, random.Random(seed)
    real = {path: json.loads(path.read_bytes()) for path in sorted(runs.rglob("result.json"))}
    for _ in range(rounds):
        for path, facts in real.items():
            changed = copy.deepcopy(facts)
            place = chance.choice(
                [
                    *places(changed["meta"], ("meta",)),
                    *places(changed["parameters"], ("parameters",)),
                ]
                or [("meta",)]
            )
            at = changed
            for key in place[:-1]:
                at = at[key]
            at[place[-1]] = chance.choice(STRANGE)
            say(path, changed)
        visit(page)
        for words in (["show", GOOD], ["list"], ["study", "grid", "--only-table"]):
            assert main([*words, "--runs", str(runs)]) in (0, 2), words
        assert "Traceback" not in capsys.readouterr().err


def say(path: Path, facts: dict[str, Any]) -> None:
    """Those facts with a right checksum."""
    path.write_bytes(files.to_json(sealed(facts | {"schema": 2})))


def places(value: Any, path: Place) -> Iterator[Place]:
    """Every place of a JSON value; of a list the first."""
    if isinstance(value, dict):
        for key in value:
            yield (*path, key)
            yield from places(value[key], (*path, key))
    elif isinstance(value, list) and value:
        yield (*path, 0)
        yield from places(value[0], (*path, 0))
