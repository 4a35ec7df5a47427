"""Laws of self-verification: a sound run passes, every check can fail, and a damaged run makes none
of them raise.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from landscape_app.check_table import CHECKS
from landscape_app.errors import RunDamagedError
from landscape_app.pipeline.verify import parameters, store, verify
from landscape_app.store import derived
from landscape_app.store.run import JOURNAL, RunFolder
from tests.attacks import folders
from tests.checks.tampered import WAYS, answers, of_null_draws, of_result, set_meta

# of a dozen snapshots of a toy: no law says how good they are
PICTURES = {"embedding", "trustworthiness", "stability"}


def failing(run: RunFolder) -> set[str]:
    return {name for name, one in answers(run).items() if one["passed"] is False}


def test_a_sound_run_passes(run: RunFolder) -> None:
    found = answers(run)
    assert list(found) == list(CHECKS)
    assert {
        name: one["detail"]
        for name, one in found.items()
        if one["passed"] is False and name not in PICTURES
    } == {}
    assert {
        name: one["detail"]
        for name, one in found.items()
        if one["passed"] is None and name not in PICTURES
    } == {}
    for one in found.values():
        assert one["limit"], one
        assert one["detail"], one
        assert one["value"] is None or math.isfinite(one["value"])


@pytest.fixture(scope="module")
def before(made: Path) -> set[str]:
    """What fails before anything is tampered with: pictures at most."""
    found = failing(RunFolder.open(made, "sound"))
    assert found <= PICTURES
    return found


@pytest.mark.parametrize("way", WAYS)
def test_each_fault_is_noticed_by_its_checks(run: RunFolder, before: set[str], way: str) -> None:
    tamper, noticing = WAYS[way]
    tamper(run)
    assert noticing <= failing(RunFolder.open(run.path.parent, run.id))


def test_no_check_cannot_fail() -> None:
    # hvp: below
    assert set().union(*(noticing for _, noticing in WAYS.values())) | {"hvp"} == set(CHECKS)


def pieces(run: RunFolder) -> list[Path]:
    kept = [
        path
        for path in run.path.rglob("*")
        if path.is_file() and path.name not in ("spec.json", "run.lock", "status.json")
    ]
    return sorted(
        path.relative_to(run.path)
        for path in kept
        if "init" not in path.name and "base" not in path.name
    )


DAMAGE: list[Callable[[bytes], bytes | None]] = [
    lambda content: content[: len(content) // 2],
    lambda content: b"",
    lambda content: bytes(255 - byte for byte in content),
    lambda content: None,  # gone
]


@pytest.mark.slow
def test_whatever_file_is_damaged_no_check_raises_and_one_of_them_says_so(
    run: RunFolder, before: set[str]
) -> None:
    for number, piece in enumerate(pieces(run)):
        path = run.path / piece
        content = path.read_bytes()
        path.unlink()
        if (damaged := DAMAGE[number % len(DAMAGE)](content)) is not None:
            path.write_bytes(damaged)
        try:
            opened = RunFolder.open(run.path.parent, run.id)
        except RunDamagedError:
            assert piece.name == JOURNAL, "without it nothing says what the other files are"
            path.write_bytes(content)
            continue
        found = answers(opened)
        more = {name for name, one in found.items() if one["passed"] is False} - before
        assert more or piece.parts[-2].startswith("checks-"), piece
        assert all("Traceback" not in one["detail"] for one in found.values())
        path.write_bytes(content)


def test_a_run_that_is_sampled_in_part_says_what_is_missing(made: Path, run: RunFolder) -> None:
    for line in run.committed("chunk"):
        (run.path / line["file"]).unlink()
    found = answers(RunFolder.open(run.path.parent, run.id))
    assert "no jump is complete" in found["filter_norms"]["detail"]
    assert "missing" in found["alignment"]["detail"]
    assert found["anchor_loss"]["passed"], "the anchor is there"


def test_what_was_not_computed_does_not_apply_and_the_words_say_how_to(run: RunFolder) -> None:
    for path in (run.path / "derived").iterdir():
        for file in path.iterdir():
            file.unlink()
        path.rmdir()
    found = answers(run)
    for name, command in {
        "spectrum": "curvature",
        "centre": "surface",
        "distances": "analyse",
        "h1_null": "analyse",
    }.items():
        assert found[name]["passed"] is None
        assert f"landscape {command} {run.id}" in found[name]["detail"], found[name]
        assert found[name]["value"] is None


def test_an_untested_h1_is_no_fault_and_a_significant_one_neither(run: RunFolder) -> None:
    of_result("significance", set_meta(rips_h1={"p_high": None, "words": "not tested"}))(run)
    assert answers(run)["h1_null"]["passed"] is None
    of_null_draws(0.01, words="significant (p = 0.01)")(run)
    said = answers(run)["h1_null"]
    assert (said["passed"], said["value"]) == (True, 0.01)
    assert "significant (p = 0.01)" in said["detail"]


def test_the_answer_is_kept_at_what_it_is_about_and_names_it(run: RunFolder) -> None:
    at = parameters(run)
    picture = derived.find(run.path, "embedding", method="phate", dims=3)
    assert picture is not None
    assert at["t"] == picture.parameters["t"]
    results = store(run, inputs=run.digest(), parameters=at)
    kept = derived.find(run.path, "checks", **at)
    assert kept is not None
    assert kept.meta["checks"] == results
    assert not derived.stale(kept, run)
    made_on = {result["name"]: result["on"] for result in results}
    assert made_on["embedding"] == f"embedding phate 3-D, distance euclidean, t = {at['t']}"
    assert made_on["hashes"] == ""


def test_checks_of_one_analysis_do_not_take_another_ones_picture(run: RunFolder) -> None:
    found = derived.find(run.path, "embedding", method="phate", dims=3)
    assert found is not None
    derived.write(
        run.path,
        "embedding",
        found.parameters | {"t": 99},
        dict(found.arrays),
        found.meta | {"demap": -0.5},
        found.inputs,
    )
    assert answers(run)["embedding"]["value"] == -0.5, "the newest"
    meant = {one["name"]: one for one in verify(run, at={"t": found.parameters["t"]})}
    assert meant["embedding"]["value"] == found.meta["demap"]


def test_what_a_real_run_leaves_is_what_the_attacks_replace(made: Path, tmp_path: Path) -> None:
    attacked = {
        folders.general(name) for name in folders.names(folders.everything(tmp_path / "runs"))
    }
    assert {
        folders.general(str(path.relative_to(made))) for path in made.rglob("*")
    } - attacked == set()


def test_results_of_another_version_are_named_and_no_fault(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = derived.find(run.path, "embedding")
    assert stored is not None
    with monkeypatch.context() as before:
        before.setattr(derived, "ANALYSIS_VERSION", "0.3.0")
        for t in (98, 99):  # which no later analysis makes again
            other = {**stored.parameters, "t": t}
            derived.write(
                run.path, "embedding", other, dict(stored.arrays), stored.meta, stored.inputs
            )
    answer = answers(run)["results"]
    assert answer["passed"] is True
    assert "by another version of the analyses, no fault: embedding × 2" in answer["detail"]
