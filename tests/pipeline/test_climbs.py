"""Laws of climbs: a plain loop over the line finds the same, they belong to two snapshots, and no
line is evaluated twice.
"""

from __future__ import annotations

import copy
import math

import numpy as np
import pytest
import torch

from landscape_app.datasets import recipe
from landscape_app.errors import ResumeError
from landscape_app.library import explore
from landscape_app.networks.construction import of_spec
from landscape_app.pipeline import climbs
from landscape_app.pipeline.run import execute
from landscape_app.records.progress import Silent
from landscape_app.seeds import numpy_stream
from landscape_app.settings import RunSpec, parse
from landscape_app.store import derived
from landscape_app.store.run import RunFolder
from tests.sampling.problems import IMAGES, TINY

pytestmark = pytest.mark.slow

POINTS = 21


def made(runs, name="one", **settings):
    run = RunFolder.create(runs, name, parse(RunSpec, settings))
    with run.lock():
        execute(run, Silent())
    return run


def diagram(run, rows, *, into=(-1, 0, 0, 1), t=1):
    """A stored diagram whose bars are born at the snapshots `rows`; the first never dies."""
    b = len(rows)
    arrays = {
        "birth": np.arange(b) / 100,
        "death": np.r_[np.inf, np.arange(b, 0, -1) + 10.0][:b],
        "birth_row": np.array(rows),
        "into": np.array(into[:b]),
    }
    return derived.write(
        run.path,
        "sublevel",
        {"filtration": "train_loss", "t": t},
        arrays,
        {"bars": b - 1},
        run.digest(),
    )


def state(run, row):
    """The state_dict of the snapshot `row`, from the chunk that holds it."""
    anchor = run.tensors("anchor.safetensors")
    whole = {
        key: torch.from_numpy(np.array(value))
        for key, value in anchor.items()
        if key.startswith(("param.", "buffer."))
    }
    found = {
        key.partition(".")[2]: value.double() if value.is_floating_point() else value
        for key, value in whole.items()
    }
    if row == 0:
        return found
    trajectory, epoch = divmod(row - 1, run.spec.rows_per_trajectory)
    for line in run.committed("chunk"):
        if trajectory in line["trajectories"] and line["first"] <= epoch <= line["last"]:
            tensors, at = (
                run.tensors(line["file"]),
                (line["trajectories"].index(trajectory), epoch - line["first"]),
            )
            for slot in run.prepared()["tensors"]:
                part = tensors["delta"][at][slot["start"] : slot["stop"]].reshape(slot["shape"])
                found[slot["key"]] = found[slot["key"]] + torch.from_numpy(part).double()
            return found | {
                key.removeprefix("buffers."): torch.tensor(value[at]).to(
                    found[key.removeprefix("buffers.")]
                )
                for key, value in tensors.items()
                if key.startswith("buffers.")
            }
    raise AssertionError(row)


def by_hand(run, low, high):
    """Losses on the line between two snapshots: one network after another, in double precision."""
    data = recipe.load(run.spec)
    network = of_spec(run.spec, data).double().eval()
    x, y = torch.from_numpy(data.x_train).double(), torch.from_numpy(data.y_train)
    one, other = state(run, low), state(run, high)
    losses = []
    for share in np.linspace(0, 1, POINTS):
        mixed = {
            k: (1 - share) * v + share * other[k] if v.is_floating_point() else v
            for k, v in one.items()
        }
        network.load_state_dict(mixed)
        with torch.no_grad():
            losses.append(float(torch.nn.functional.cross_entropy(network(x), y)))
    return np.array(losses)


@pytest.mark.parametrize(
    "settings", [TINY, IMAGES], ids=["tables", "images with running statistics"]
)
def test_a_plain_loop_over_the_line_finds_the_same(settings, tmp_path):
    run = made(tmp_path, **settings)
    width = run.spec.rows_per_trajectory
    # the anchor, a jump, the end of its trajectory, another jump
    rows = [0, 1 + width, 2 * width, 1 + 2 * width]
    diagram(run, rows)
    climbs.climbs(run, Silent())
    found = derived.find(run.path, "climbs", filtration="train_loss")
    assert found.arrays["pairs"].tolist() == [[rows[1], 0], [rows[2], 0], [rows[3], rows[1]]]
    for (low, high), losses, climb in zip(
        found.arrays["pairs"], found.arrays["losses"], found.arrays["climb"], strict=True
    ):
        plain = by_hand(run, int(low), int(high))
        np.testing.assert_allclose(losses, plain, rtol=2e-5)
        assert climb == pytest.approx(
            max(plain.max() - max(plain[0], plain[-1]), 0), rel=1e-4, abs=1e-5
        )
    assert found.meta["total_over_barriers"] == pytest.approx(found.arrays["climb"].sum())
    assert found.meta["checked"] == found.meta["bars"] == 3


@pytest.mark.parametrize(
    ("losses", "climb"),
    [
        ([1.0, 0.5, 0.2], 0.0),  # downhill all the way
        ([1.0, 3.0, 2.0], 1.0),  # above the higher end
        ([1.0, 1.0 + 1e-8, 1.0], 0.0),  # rounding of float32 is no rise
        ([1.0, np.inf, 2.0], math.nan),
    ],
)
def test_a_climb_is_the_rise_above_the_higher_end(losses, climb):
    assert climbs.climb(np.array(losses)) == pytest.approx(climb, nan_ok=True)


def test_only_the_longest_bars_are_checked_and_no_line_twice(tmp_path):
    class Counting(Silent):
        points = 0

        def advance(self, steps=1):
            self.points += steps

    run, counting = made(tmp_path, **TINY), Counting()
    rows = list(range(25))
    diagram(run, rows, into=[-1, *[0] * 24])
    climbs.climbs(run, counting)
    found = derived.find(run.path, "climbs", t=1)
    assert found.arrays["bar"].tolist() == list(range(1, climbs.MOST + 1))
    assert (found.meta["checked"], found.meta["bars"]) == (climbs.MOST, 24)
    assert counting.points == climbs.MOST * POINTS
    diagram(run, [0, 1, 2, 30], into=(-1, 0, 0, 0), t=2)  # two of its lines are known
    climbs.climbs(run, counting)
    assert counting.points == (climbs.MOST + 1) * POINTS
    again = derived.find(run.path, "climbs", t=2)
    np.testing.assert_array_equal(again.arrays["losses"][:2], found.arrays["losses"][:2])
    climbs.climbs(run, counting)
    assert counting.points == (climbs.MOST + 1) * POINTS


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A network and loss of the caller's own, explored."""
    rng = numpy_stream(0, "climbs")
    x = rng.standard_normal((60, 4)).astype(np.float32)
    pair = (x, (x @ rng.standard_normal((4, 1)) > 0)[:, 0].astype(np.int64))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.Tanh(), torch.nn.Linear(6, 2))

    def loss(outputs, targets):
        return 3 * torch.nn.functional.cross_entropy(outputs, targets)

    settings = {"train_epochs": 3, "epochs": 8, "seeds": 3, "step_sizes": (1.0, 3.0), "rate": 0.1}
    return (
        explore(network, pair, pair, loss=loss, out=tmp_path_factory.mktemp("own"), **settings),
        network,
        loss,
        pair,
    )


@pytest.mark.slow
def test_explore_checks_the_bars_with_the_callers_own_network_and_loss(own):
    run, network, loss, (x, y) = own
    bars, found = (
        run.result("sublevel", filtration="train_loss"),
        run.result("climbs", filtration="train_loss"),
    )
    assert found.parameters == bars.parameters
    assert found.meta["checked"] == bars.meta["bars"] > 0
    taken = run.snapshots()
    place, delta = (
        np.searchsorted(taken.column("row"), found.arrays["pairs"]),
        torch.from_numpy(taken.delta.whole()),
    )
    anchor, plain = run.folder.tensors("anchor.safetensors"), copy.deepcopy(network)
    origin = torch.cat(
        [
            torch.from_numpy(np.array(anchor[f"param.{key}"])).reshape(-1)
            for key, _ in network.named_parameters()
        ]
    )
    for (low, high), losses in zip(place, found.arrays["losses"], strict=True):
        for share, found_loss in zip(torch.linspace(0, 1, POINTS), losses, strict=True):
            at = origin + (1 - share) * delta[low] + share * delta[high]
            torch.nn.utils.vector_to_parameters(at, plain.parameters())
            with torch.no_grad():
                assert float(
                    loss(plain(torch.from_numpy(x)), torch.from_numpy(y))
                ) == pytest.approx(found_loss, rel=1e-5)
        assert losses[[0, -1]] == pytest.approx(taken.column("train_loss")[[low, high]], rel=1e-5)


def test_without_the_callers_objects_other_bars_stay_unchecked(own):
    run = own[0].folder
    climbs.climbs(run, Silent())  # nothing is left to check
    diagram(run, [0, 3, 5], into=(-1, 0, 0))
    with pytest.raises(ResumeError, match="made by explore"):
        climbs.climbs(run, Silent())
    assert derived.find(run.path, "climbs", t=1) is None


def test_a_bar_whose_snapshot_is_damaged_is_not_checked(tmp_path):
    run = made(tmp_path, **TINY)
    line = run.committed("chunk")[0]
    lost = 1 + line["trajectories"][0] * run.spec.rows_per_trajectory + line["first"]
    there = run.spec.rows_per_trajectory  # the last epoch of the first trajectory, in a later chunk
    diagram(run, [0, lost, there], into=(-1, 0, 0))
    with (run.path / line["file"]).open("r+b") as file:
        file.truncate(10)
    climbs.climbs(run, Silent())
    assert derived.find(run.path, "climbs", t=1).arrays["pairs"].tolist() == [[there, 0]]
