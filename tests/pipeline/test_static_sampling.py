"""Laws of the stored static sampling: its columns are those of the run, it is reused, it goes on to
the same bytes after a kill, and it is refused in words.
"""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from landscape_app.analysis.function_space import distances_to
from landscape_app.cli.main import main
from landscape_app.errors import (
    AnalysisError,
    Cancelled,
    ResumeError,
    RunDamagedError,
    SpecError,
    UnknownNameError,
)
from landscape_app.pipeline import static_sampling
from landscape_app.pipeline.run import execute
from landscape_app.pipeline.static_sampling import PART, export, sample
from landscape_app.records.progress import Silent
from landscape_app.records.snapshots import COLUMNS
from landscape_app.registries import SAMPLINGS
from landscape_app.settings import RunSpec, SampleSpec, parse
from landscape_app.store import derived, snapshots, usable_results
from landscape_app.store.run import RunFolder
from landscape_app.stored_run import open_run
from tests.sampling.problems import TINY

pytestmark = pytest.mark.slow

SMALL = {"directions": 20, "step_sizes": (0.25, 0.5, 1.0), "lattice": (4, 4, 4)}


def made(runs, name="one", **settings):
    run = RunFolder.create(runs, name, parse(RunSpec, {**TINY, **settings}))
    with run.lock():
        execute(run, Silent())
    return run


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return made(tmp_path_factory.mktemp("runs"))


def of(run, progress=None, **settings):
    with run.lock():
        return sample(run, parse(SampleSpec, {**SMALL, **settings}), progress or Silent())


@pytest.mark.parametrize("kind", SAMPLINGS)
def test_it_has_the_columns_of_the_runs_snapshots(run, kind):
    result, taken = of(run, kind=kind), snapshots.read(run)
    arrays, n = result.arrays, result.arrays["seeds"].shape[0]
    assert usable_results.problem(result) == ""
    assert n == parse(SampleSpec, {**SMALL, "kind": kind}).points
    for name in ("train_loss", "test_loss", "train_accuracy", "test_accuracy", "distance"):
        assert arrays[name].shape == (n,)
        assert np.isfinite(arrays[name]).all()
    for name in ("probe", "train_probe", "losses"):
        assert arrays[name].reshape(n, -1).shape[1] == getattr(taken, name).shape[1]
    assert result.meta["classes"] == taken.classes
    np.testing.assert_allclose(arrays["probe"].sum(-1), 1, atol=1e-5)
    assert int(arrays["seeds"].min()) == run.spec.seeds


def test_a_point_of_a_jumps_direction_is_that_jump(run, monkeypatch):
    """The same direction and step size, by the way of jump and retrain and by this one."""
    naive = SAMPLINGS["naive"].load()
    jumped = run.spec.model_copy(update={"seeds": 0})
    monkeypatch.setattr(
        "landscape_app.sampling.sampling_kinds.naive", lambda _, spec: naive(jumped, spec)
    )
    arrays = of(run, directions=2, step_sizes=(0.5, 1.0)).arrays
    taken = snapshots.read(run)
    jumps = (taken.column("epoch") == 0) & (taken.column("step_size") > 0)
    assert jumps.sum() == len(arrays["seeds"]) == 4
    for name in ("train_loss", "test_loss", "train_accuracy", "distance"):
        np.testing.assert_allclose(arrays[name], taken.column(name)[jumps], rtol=1e-5)
    probe = taken.probe.whole()[jumps]
    np.testing.assert_allclose(arrays["probe"].reshape(4, -1), probe, atol=1e-5)


def test_it_is_not_computed_again(run, monkeypatch):
    first = of(run, kind="grid")
    monkeypatch.setattr(static_sampling, "_computed", None)
    assert of(run, kind="grid").sha256 == first.sha256


class Killed(BaseException):
    """As a process that is killed: nothing more is done."""


@pytest.mark.parametrize("kind", SAMPLINGS)
@pytest.mark.parametrize("after", [1, 2])
def test_a_kill_in_the_middle_resumes_to_the_same_bytes(tmp_path, monkeypatch, kind, after):
    monkeypatch.setattr("landscape_app.sampling.samplings.GROUP", 9)
    run = made(tmp_path, workers=1)
    whole = of(run, kind=kind)
    derived.remove([whole.path])
    monkeypatch.setattr(static_sampling, "EVERY", 0.0)
    store, parts = static_sampling._Parts.store, []

    def killed(self):
        if len(parts) >= after:
            raise Killed
        store(self)
        parts.append(self)

    with monkeypatch.context() as patched:
        patched.setattr(static_sampling._Parts, "store", killed)
        with pytest.raises(Killed):
            of(run, kind=kind)
    assert len(derived.all(run.path, PART)) == after
    evaluated = []

    class Counted(Silent):
        def advance(self, steps=1):
            evaluated.append(steps)

        def skip(self, steps):
            self.skipped = steps

    counted = Counted()
    again = of(run, counted, kind=kind)
    assert again.sha256 == whole.sha256
    assert sum(evaluated) + counted.skipped == len(again.arrays["seeds"])
    assert counted.skipped > 0
    assert not derived.all(run.path, PART)


def test_a_cancel_keeps_what_is_done_and_a_damaged_part_is_made_again(tmp_path, monkeypatch):
    monkeypatch.setattr("landscape_app.sampling.samplings.GROUP", 9)
    run = made(tmp_path, workers=1)

    class Asked(Silent):
        count = 0

        def advance(self, steps=1):
            self.count += 1
            if self.count == 3:
                raise Cancelled

    with pytest.raises(Cancelled):
        of(run, Asked())
    (part,) = derived.all(run.path, PART)
    assert 0 < len(part.arrays["place"]) < 60
    file = part.path / derived.ARRAYS
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    again = of(run)
    derived.remove([again.path])
    assert of(run).sha256 == again.sha256


def test_a_regression_has_its_outputs_and_no_accuracy(tmp_path):
    run = made(tmp_path, data="diabetes")
    result, taken = of(run), snapshots.read(run)
    assert result.meta["classes"] == 0
    assert result.meta["target_scale"] == list(taken.target_scale)
    assert np.isnan(result.arrays["train_accuracy"]).all()
    assert result.arrays["probe"].shape[-1] == 1
    assert np.ptp(result.arrays["probe"]) > 1e-3


def test_a_run_without_anchor_a_damaged_one_and_an_unknown_kind_are_refused_in_words(tmp_path):
    empty = RunFolder.create(tmp_path, "empty", parse(RunSpec, TINY))
    with pytest.raises(AnalysisError, match=r"no trained network yet.*landscape resume empty"):
        of(empty)
    run = made(tmp_path)
    (run.path / run.committed("chunk")[0]["file"]).unlink()
    with pytest.raises(AnalysisError, match="cannot be analysed as it is"):
        of(run)
    with pytest.raises(SpecError, match=r"no kind of sampling called 'naiv'. Did you mean 'naive'"):
        parse(SampleSpec, {"kind": "naiv"})
    with pytest.raises(SpecError, match="200,000"):
        parse(SampleSpec, {"directions": 20_000, "step_sizes": [i / 10 for i in range(1, 12)]})
    with pytest.raises(SpecError, match="each value once"):
        parse(SampleSpec, {"step_sizes": [0.5, 0.5]})


def test_a_run_of_a_callers_objects_says_that_its_folder_is_not_enough(run, monkeypatch):
    given = run.spec.model_copy(update={"network": "given"})
    other = RunFolder(run.id, run.path, given, run.created, run.journal, run.settings)
    with pytest.raises(ResumeError, match="its sampling cannot be computed"):
        sample(other, parse(SampleSpec, {"directions": 7}), Silent())


def test_the_command_counts_640_points_and_exports_them(run, tmp_path, capsys):
    runs = ["--runs", str(run.path.parent)]
    assert main(["sample", run.id, "--kind", "naive", "--json", "--to", str(tmp_path), *runs]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["points"] == 640
    assert told["direction_seeds"] == "2-65"
    assert told["not_finite"] == 0
    packed, text = (
        tmp_path / name for name in ("one-sampling-naive.npz", "one-sampling-naive.csv")
    )
    assert sorted(told["files"]) == sorted(map(str, (packed, text)))
    with text.open() as file:
        lines = list(csv.DictReader(file))
    arrays = np.load(packed)
    assert len(lines) == len(arrays["probe"]) == 640
    assert float(lines[7]["coefficient_1"]) == arrays["coefficients"][7, 0] == 0.8
    assert float(lines[7]["train_loss"]) == pytest.approx(arrays["train_loss"][7])
    assert main(["sample", run.id, "--kind", "nave", *runs]) == 2
    assert "Did you mean 'naive'?" in capsys.readouterr().err


@pytest.mark.parametrize("kind", SAMPLINGS)
def test_it_is_read_as_snapshots_after_the_anchor(run, kind):
    result, taken = of(run, kind=kind), snapshots.read(run)
    points = open_run(run.path).sampling(kind, **SMALL)
    n = len(result.arrays["seeds"])
    assert points.column("row").tolist() == list(range(n + 1))
    for name in COLUMNS:
        assert points.column(name)[0] == taken.column(name)[0]
        assert points.column(name).dtype == taken.column(name).dtype
    for name in ("train_loss", "test_loss", "train_accuracy", "test_accuracy", "distance"):
        np.testing.assert_array_equal(points.column(name)[1:], result.arrays[name])
    for name in ("probe", "train_probe", "losses"):
        whole = getattr(points, name).whole()
        np.testing.assert_array_equal(whole[0], getattr(taken, name).whole()[0])
        np.testing.assert_array_equal(whole[1:], result.arrays[name].reshape(n, -1))
    lines = points.column("trajectory")[1:].reshape(-1, result.meta["line"])
    assert (lines == np.arange(len(lines))[:, None]).all()
    if kind == "naive":
        np.testing.assert_array_equal(points.column("seed")[1:], result.arrays["seeds"][:, 0])
        np.testing.assert_allclose(
            points.column("step_size")[1:], result.arrays["coefficients"][:, 0]
        )
    p = points.probe.whole().astype(np.float64).reshape(n + 1, -1, points.classes)
    apart = np.sqrt(np.square(p - p[0]).sum(-1).mean(-1))
    np.testing.assert_allclose(distances_to(points, 0), apart, atol=1e-6)


def test_a_sampling_that_was_not_made_is_told_with_its_command(tmp_path):
    run = made(tmp_path)
    with pytest.raises(AnalysisError, match=r"no grid sampling.*landscape sample one.*--kind grid"):
        open_run(run.path).sampling("grid")
    with pytest.raises(UnknownNameError, match="'naive'"):
        open_run(run.path).sampling("naiv")


def test_a_sampling_of_another_form_is_not_exported(run, tmp_path):
    result = of(run)
    wrong = derived.write(
        run.path,
        "sampling",
        {**result.parameters, "extent": 2.0},
        {**dict(result.arrays), "seeds": result.arrays["coefficients"]},
        result.meta,
        result.inputs,
    )
    with pytest.raises(RunDamagedError, match=r"whole numbers.*landscape sample one"):
        export(run, wrong, tmp_path)
