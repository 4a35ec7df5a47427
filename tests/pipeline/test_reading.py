"""What was decided when data were read is part of the run; whole numbers reach the network as whole
numbers.
"""

from __future__ import annotations

import logging

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, SubsetRandomSampler, TensorDataset

from landscape_app import explore
from landscape_app.errors import DataError
from landscape_app.pipeline.problem import problem_of
from landscape_app.pipeline.user_objects import UserObjects
from landscape_app.settings import RunSpec, parse
from tests.bring.given import NET, Tokens, apart, table

QUICK = {
    "train_epochs": 1,
    "epochs": 1,
    "seeds": 1,
    "step_sizes": (0.5,),
    "controls": False,
    "analyse": False,
}


def halves():
    """(train, test): loaders of the two halves of one Dataset."""
    data = TensorDataset(*table())
    return [
        DataLoader(data, batch_size=4, sampler=SubsetRandomSampler(range(start, start + 10)))
        for start in (0, 10)
    ]


def test_the_rows_of_loaders_are_counted_in_the_run_and_a_second_call_finds_them_again(
    tmp_path, caplog
):
    caplog.set_level(logging.INFO, "landscape")
    run = explore(NET, *halves(), out=tmp_path, **QUICK)
    facts = run.folder.prepared()
    said = (
        "train: 10 rows in 3 batches, from a data set of 20; test: 10 rows in 3 batches, from a"
        " data set of 20"
    )
    assert facts["reading"] == said
    assert (facts["train_rows"], facts["test_rows"]) == (10, 10)
    assert caplog.text.count(said) == 1
    assert explore(NET, *halves(), out=tmp_path, **QUICK).folder.digest() == run.folder.digest()


def test_token_ids_are_sampled_as_whole_numbers(tmp_path):
    x = torch.from_numpy(np.random.default_rng(0).integers(0, 50, (20, 4)).astype(np.int32))
    network = apart(Tokens)
    run = explore(
        network, (x, table()[1]), (x, table()[1]), out=tmp_path, **{**QUICK, "train_epochs": 0}
    )
    with torch.no_grad():
        wanted = nn.functional.cross_entropy(network(x.long()), table()[1])
    assert run.snapshots().column("train_loss")[0] == pytest.approx(float(wanted), rel=1e-5)


def test_the_command_line_says_the_same_of_labels_that_look_like_classes(tmp_path):
    x, y = table()
    with pytest.raises(DataError, match="one-hot rows stored as floating point") as by_python:
        explore(NET, (x, torch.eye(3)[y]), (x, torch.eye(3)[y]), out=tmp_path, **QUICK)
    spec = parse(
        RunSpec,
        {
            "data": "tests.pipeline.test_reading:one_hot",
            "network": "tests.pipeline.test_reading:made",
        },
    )
    with pytest.raises(DataError) as by_name:
        problem_of(spec, UserObjects())
    assert str(by_name.value).partition(": ")[2] == str(by_python.value).partition(": ")[2]
    assert not list(tmp_path.iterdir())


def one_hot():
    x, y = table()
    return (x, torch.eye(3)[y]), (x, torch.eye(3)[y])


def made():
    return NET


@pytest.mark.parametrize("label", [-100, 255])
def test_rows_with_the_ignored_label_count_in_no_score(tmp_path, label):
    x, y = table()
    marked = torch.where(torch.arange(20) % 4 == 0, label, y)
    run = explore(
        NET,
        (x, marked),
        (x, y),
        loss=nn.CrossEntropyLoss(ignore_index=label),
        out=tmp_path,
        **{**QUICK, "train_epochs": 0},
    )
    with torch.no_grad():
        wanted = nn.functional.cross_entropy(NET(x), marked, ignore_index=label)
    assert run.snapshots().column("train_loss")[0] == pytest.approx(float(wanted), rel=1e-5)
    assert run.folder.prepared()["classes"] == 3
