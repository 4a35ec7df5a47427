"""A law: explore and the command line give the same answer to the same network and data, be it
numbers or a refusal.
"""

from __future__ import annotations

import sys

import numpy as np
import pytest

from landscape_app import explore
from landscape_app.cli.main import main
from landscape_app.errors import LandscapeError
from landscape_app.store.run import RunFolder

pytestmark = pytest.mark.slow

CODE = """
import torch
from torch import nn
torch.random.default_generator.manual_seed(3)
x = torch.randn(1100, 4); small = x[:60]
labels = (x[:, 0] > 0).long(); numbers = x[:, :1] * 2
def seeded(*layers):
    return nn.Sequential(*layers)
network = seeded(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(.2), nn.Linear(8, 2))
wide = seeded(nn.Linear(4, 5))
one = seeded(nn.Linear(4, 1))
three = seeded(nn.Linear(4, 3))
other = seeded(nn.Linear(5, 2))
double = seeded(nn.Linear(4, 2)).double()
deep = seeded(nn.Linear(4, 6), nn.Unflatten(1, (3, 2)))
still = seeded(nn.Linear(4, 2)).requires_grad_(False)
def classes(): return (x, labels), (x, labels)
def few(): return (small, labels[:60]), (small, labels[:60])
def regression(): return (small, numbers[:60]), (small, numbers[:60])
def broken(): return (small / 0, labels[:60]), (small, labels[:60])
"""
SAME = [("network", "classes"), ("wide", "few"), ("one", "regression")]
REFUSED = [
    ("one", "few"),
    ("three", "regression"),
    ("other", "few"),
    ("double", "few"),
    ("deep", "few"),
    ("still", "few"),
    ("network", "broken"),
]
QUICK = {"train_epochs": 1, "epochs": 1, "seeds": 1, "step_sizes": (0.5,)}
FLAGS = [
    "--train-epochs",
    "1",
    "--epochs",
    "1",
    "--seeds",
    "1",
    "--step-sizes",
    "0.5",
    "--no-analyse",
]


@pytest.fixture(scope="module")
def code(tmp_path_factory):
    """The module of somebody's networks and data, importable."""
    folder = tmp_path_factory.mktemp("code")
    (folder / "somebodys.py").write_text(CODE)
    sys.path.insert(0, str(folder))
    import somebodys

    yield somebodys
    sys.path.remove(str(folder))


def both(code, folder, network, data):
    """(explore's error, the command line's), None where there is none."""
    told = []
    try:
        explore(
            getattr(code, network),
            *getattr(code, data)(),
            out=folder,
            name="explored",
            analyse=False,
            **QUICK,
        )
    except LandscapeError as error:
        told.append(str(error))
    flags = ["--network", f"somebodys:{network}", "--data", f"somebodys:{data}", *FLAGS]
    return (told or [None])[0], main(["run", "--runs", str(folder), "--id", "commanded", *flags])


@pytest.mark.parametrize(("network", "data"), SAME)
def test_the_same_numbers(code, tmp_path, network, data):
    assert both(code, tmp_path, network, data) == (None, 0)
    one, two = (RunFolder.open(tmp_path, id) for id in ("explored", "commanded"))
    a, b = one.prepared(), two.prepared()
    for name in (
        "data_hash",
        "probe_hash",
        "loss_hash",
        "tensors",
        "classes",
        "outputs",
        "task",
        "loss",
    ):
        assert a[name] == b[name], name
    assert a["sources"]["data"]["sha256"] == b["sources"]["data"]["sha256"]
    assert {k: v for k, v in a["identity"].items() if k in ("weights", "buffers", "network")} == {
        k: v for k, v in b["identity"].items() if k in ("weights", "buffers", "network")
    }
    recipe = (
        "regime",
        "weight_decay",
        "augmentation",
        "label_corruption",
        "train_rate",
        "momentum",
        "rate",
    )
    assert [getattr(one.spec, name) for name in recipe] == [
        getattr(two.spec, name) for name in recipe
    ]
    first, second = (run.tensors("anchor.safetensors") for run in (one, two))
    assert first.keys() == second.keys()
    for name, value in first.items():
        np.testing.assert_array_equal(value, second[name])


@pytest.mark.parametrize(("network", "data"), REFUSED)
def test_the_same_refusal_in_the_same_words_and_nothing_is_left(
    code, tmp_path, capsys, network, data
):
    words, exit_code = both(code, tmp_path, network, data)
    assert words
    assert exit_code == 2
    told = capsys.readouterr().err.strip().splitlines()[-1].removeprefix("landscape: ")
    assert told.replace(f"somebodys:{data}", "given") == words
    assert not [path for path in tmp_path.iterdir() if path.name != "_slots"]
