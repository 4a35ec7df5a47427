"""Laws of results that are damaged, or of another run: they are no damage of its samples, and
are made again.
"""

from __future__ import annotations

import time

from landscape_app.store import damage, derived, sample_digest, usable_results, verdict
from landscape_app.stored_run import OpenRun
from tests.store import samples


def test_a_damaged_result_is_no_damaged_sample(tmp_path) -> None:
    run = samples.checked_run(tmp_path)
    stored = derived.write(
        run.path, "measures", {}, {"x": samples.anchor()["losses"]}, {"measures": []}, run.digest()
    )
    assert verdict.opened(run.inventory()).sound
    samples.flip(stored.path / derived.ARRAYS, (stored.path / derived.ARRAYS).stat().st_size - 1)
    told = verdict.opened(run.inventory()).damage
    assert told.results == ("measures",)
    assert not told.sample
    assert "landscape analyse run" in damage.words(told)
    assert damage.short(told) == "1 result damaged"


def test_results_of_another_run_are_nobodys_and_those_of_an_earlier_time_are_the_runs_own(
    tmp_path,
) -> None:
    run, other = samples.full_run(tmp_path), samples.full_run(tmp_path, "other")
    early = sample_digest.digest(run.journal.lines()[:-2])  # before the last chunk was there
    samples.commit_chunk(other, [0, 1], 6, 7, salt=0.5)
    assert len({early, run.digest(), other.digest()}) == 3
    for inputs, value in ((early, 1), (other.digest(), 2)):
        derived.write(run.path, "anything", {"value": value}, {}, {}, inputs)
    assert usable_results.find(run.path, "anything", value=2) is None
    assert OpenRun(run).result("anything").parameters["value"] == 1


def test_a_damaged_result_that_was_computed_again_is_gone(tmp_path, monkeypatch) -> None:
    run = samples.checked_run(tmp_path)
    monkeypatch.setattr(derived, "ANALYSIS_VERSION", "earlier")
    arrays, inputs = {"x": samples.anchor()["losses"]}, run.digest()
    flipped, cut, alone = (
        derived.write(run.path, name, {"k": 1}, arrays, {"measures": []}, inputs)
        for name in ("measures", "extra", "alone")
    )
    samples.flip(flipped.path / derived.ARRAYS, (flipped.path / derived.ARRAYS).stat().st_size - 1)
    for damaged in (cut, alone):
        (damaged.path / derived.RESULT).write_bytes(b'{"name": "')
    monkeypatch.undo()
    usable_results.sweep(run.path)
    assert flipped.path.exists(), "nothing has taken its place"
    derived.write(run.path, "measures", {"k": 2}, arrays, {"measures": []}, inputs)
    usable_results.sweep(run.path)
    assert flipped.path.exists(), "what was computed is another analysis"
    time.sleep(0.02)
    for name in ("measures", "extra"):
        derived.write(run.path, name, {"k": 1}, arrays, {"measures": []}, inputs)
    usable_results.sweep(run.path)
    assert not flipped.path.exists()
    assert not cut.path.exists()
    assert alone.path.exists()


def test_a_damaged_surface_is_made_again_by_its_own_command(tmp_path) -> None:
    results = ("curvature", "embedding", "sublevel", "surface", "sampling", "sampling_part")
    told = damage.remedy(damage.Damage(tmp_path / "run", results=results))
    assert [part.split()[:3] for part in told.removeprefix("Compute again: ").split(", ")] == [
        ["landscape", job, "run"] for job in ("curvature", "analyse", "surface", "sample")
    ]
    assert "landscape analyse run" in damage.remedy(
        damage.Damage(tmp_path / "run", results=("embedding",))
    )
