"""Laws of acceptance: explore and the command line give the same answer to the same object, before
any training.
"""

from __future__ import annotations

import pytest
import torch
from torch import nn

from landscape_app import explore
from landscape_app.cli.main import main
from landscape_app.errors import LandscapeError
from landscape_app.networks.construction import of_spec
from landscape_app.settings import RunSpec, parse
from tests.bring.network_kinds import Autocast, Auxiliary, Locked, Net, NoGrad, hooked
from tests.bring.networks import data

HERE = "tests.pipeline.test_acceptance"
QUICK = {
    "train_epochs": 1,
    "epochs": 1,
    "seeds": 1,
    "step_sizes": (0.5,),
    "batch": 6,
    "train_batch": 6,
}


def pair():
    """((inputs, labels), (inputs, labels)) of twelve rows."""
    made = data()
    return (made.x_train, made.y_train), (made.x_test, made.y_test)


def of_dicts():
    return Net(lambda y: {"logits": y})


def with_a_lock():
    return hooked(Locked())


def double():
    return Net().double()


def parallel():
    return nn.DataParallel(Net())


def of_seven():
    return Net(outputs=7)


@pytest.mark.parametrize("make", [of_dicts, with_a_lock, double, NoGrad, Auxiliary])
def test_what_is_refused_is_refused_in_the_same_words(tmp_path, capsys, make):
    name = f"{HERE}:{make.__name__}"
    with pytest.raises(LandscapeError) as refusal:
        explore(make(), *pair(), out=tmp_path / "explore", analyse=False, **QUICK)
    assert (
        main(
            [
                "run",
                "--runs",
                str(tmp_path / "run"),
                "--network",
                name,
                "--data",
                f"{HERE}:pair",
                "--no-analyse",
            ]
        )
        == 2
    )
    assert capsys.readouterr().err.strip().endswith(str(refusal.value))
    assert not list(tmp_path.rglob("*.safetensors"))


@pytest.mark.slow
@pytest.mark.parametrize("make", [parallel, of_seven, Autocast])
def test_what_works_works_by_both(tmp_path, make):
    explored = explore(make(), *pair(), out=tmp_path / "explore", analyse=False, **QUICK)
    words = [
        f"--{key.replace('_', '-')}={value}" for key, value in QUICK.items() if key != "step_sizes"
    ]
    arguments = [
        "--network",
        f"{HERE}:{make.__name__}",
        "--data",
        f"{HERE}:pair",
        "--id",
        "x",
        "--step-sizes",
        "0.5",
        *words,
    ]
    assert main(["run", "--runs", str(tmp_path / "run"), "--no-analyse", *arguments]) == 0
    ran = type(explored.folder).open(tmp_path / "run", "x").prepared()
    for fact in ("tensors", "buffers", "classes", "outputs", "data_hash", "loss"):
        assert explored.folder.prepared()[fact] == ran[fact], fact
    assert explored.finished


def sized(shape, outputs, width=5):
    return nn.Sequential(nn.Linear(shape[0], width), nn.Linear(width, outputs))


def fails(shape, outputs):
    raise KeyError("backbone")


def of_three(shape, outputs, depth):
    return nn.Linear(4, 3)


NUMBER, READY = 3, nn.Linear(4, 3)

MAKERS = [
    ("sized", {"width": 7}, ""),
    ("sized", {"depth": 2}, "has no setting 'depth'"),
    ("fails", {}, r"fails when it is called with shape \(4,\) and 3 outputs: KeyError: 'backbone'"),
    ("of_three", {}, "must be given shape, outputs, depth"),
    ("of_three", {"depth": 2}, ""),
    ("NUMBER", {}, "is a int; it must be an nn.Module"),
    ("READY", {"width": 2}, "is a network that is made already"),
    ("READY", {}, ""),
]


@pytest.mark.parametrize(("name", "settings", "words"), MAKERS)
def test_what_a_named_maker_takes_is_given_to_it_or_refused(name, settings, words):
    spec = parse(RunSpec, {"network": f"{HERE}:{name}", **settings})
    if words:
        with pytest.raises(LandscapeError, match=words):
            of_spec(spec, data())
    else:
        network = of_spec(spec, data())
        assert network is not READY
        assert network(torch.ones(2, 4)).shape == (2, 3)
        assert name != "sized" or network[0].out_features == 7


def test_a_file_that_fails_on_import_is_named_with_its_line(tmp_path, monkeypatch):
    (tmp_path / "brought_by_hand.py").write_text("x = 1\ny = x / 0\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(
        LandscapeError,
        match=r"ZeroDivisionError: division by zero \(in brought_by_hand\.py, line 2\)",
    ):
        of_spec(parse(RunSpec, {"network": "brought_by_hand:net"}), data())


def test_a_checkpoint_for_an_object_is_refused_rather_than_left_out(tmp_path):
    with pytest.raises(LandscapeError, match="init='FILE'"):
        explore(Net(), *pair(), out=tmp_path, checkpoint="weights.pt", analyse=False, **QUICK)
