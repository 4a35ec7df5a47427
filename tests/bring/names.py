"""Names that are taken: a run's name belongs to one network, loss and optimizer, and what is there
is never lost.
"""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from landscape_app import explore
from landscape_app.settings import AnalysisSpec
from landscape_app.store.journal import decode, encode
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from landscape_app.stored_run import OpenRun
from tests.bring.case import Case

TITLE = "Names that are taken"
ABOUT = (
    "`explore(…, name=NAME)` or `landscape run --id NAME` where there is something called NAME"
    " already. Called again with the same objects, `explore` goes on where it stopped."
)
QUICK = {
    "train_epochs": 0,
    "epochs": 1,
    "seeds": 1,
    "step_sizes": (0.5,),
    "controls": False,
    "batch": 16,
    "analyse": False,
}
TABLE = (torch.arange(96.0).reshape(24, 4) % 7 - 3, torch.arange(24) % 2)


def network(
    seed: int = 0,
    *,
    act: type[nn.Module] = nn.ReLU,
    frozen: bool = False,
    norm: float = 0.1,
    drop: float = 0.0,
) -> nn.Module:
    """A small network, the same for the same arguments."""
    with torch.random.fork_rng(devices=[]):
        torch.random.default_generator.manual_seed(seed)
        made = nn.Sequential(
            nn.Linear(4, 6),
            nn.BatchNorm1d(6, momentum=norm),
            act(),
            nn.Dropout(drop),
            nn.Linear(6, 2),
        )
    made[0].weight.requires_grad_(not frozen)
    return made


def weighted(alpha: float) -> Callable[[Tensor, Tensor], Tensor]:
    """A loss with a closure value."""
    return lambda outputs, targets: alpha * nn.functional.cross_entropy(outputs, targets)


def sgd(rate: float) -> Callable[[Any], torch.optim.Optimizer]:
    """A maker of an optimizer with a closure value."""
    return lambda parameters: torch.optim.SGD(parameters, lr=rate)


def tried(
    folder: Path, *, model: nn.Module | None = None, train: Any = TABLE, **changes: Any
) -> OpenRun:
    """explore on the network and the table, as quickly as it goes."""
    return explore(
        network() if model is None else model, train, TABLE, out=folder, **{**QUICK, **changes}
    )


def forgotten(run: OpenRun) -> None:
    """Make the run as 0.2 would have left it: the journal says nothing of who it is."""
    lines, _ = decode((run.path / "journal.jsonl").read_bytes())
    (run.path / "journal.jsonl").write_bytes(
        b"".join(encode({k: v for k, v in line.items() if k != "identity"}) for line in lines)
    )


@functools.cache
def _begun() -> Path:
    """A folder with the run "my-network" of a loss and an optimizer of one's own."""
    folder = Path(tempfile.mkdtemp(prefix="landscape-names-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    tried(folder, loss=weighted(1.0), retrain_optimizer=sgd(0.1))
    return folder


def _again(folder: Path, **changes: Any) -> OpenRun:
    """The same call once more, with changes, in a copy of that folder."""
    runs = folder / "runs"
    shutil.copytree(_begun(), runs)
    return tried(runs, **{"loss": weighted(1.0), "retrain_optimizer": sgd(0.1), **changes})


def _same(folder: Path) -> None:
    assert _again(folder).folder.digest() == RunFolder.open(_begun(), "my-network").digest()


def _nearly() -> nn.Module:
    """The network, one weight to the next number that a float32 can hold."""
    made = network()
    with torch.no_grad():
        made[0].weight[0, 0] = torch.nextafter(made[0].weight[0, 0], torch.tensor(1.0))
    return made


def _fresh(folder: Path) -> None:
    new = _again(folder, model=network(1), fresh=True)
    before = RunFolder.open(_begun(), "my-network").digest()
    assert RunFolder.open(folder / "runs", "my-network-1").digest() == before != new.folder.digest()


def _stored(folder: Path) -> None:
    assert (
        _again(folder, model=network(1), init="stored").folder.digest()
        == RunFolder.open(_begun(), "my-network").digest()
    )


def _earlier(folder: Path) -> None:
    forgotten(tried(folder))
    tried(folder)


def _study(folder: Path) -> None:
    StudyFolder.create(folder, "mine", ["one"], AnalysisSpec())
    tried(folder, name="mine")


def _letters(folder: Path) -> None:
    (folder / "mine").mkdir()
    (folder / "mine" / "letter.txt").write_text("dear")
    tried(folder, name="mine")


CASES = [
    Case("the same network, data, loss and optimizers again", "works", _same),
    Case(
        "a network with other weights",
        "refused",
        lambda folder: _again(folder, model=network(1)),
        "different: the initial weights",
    ),
    Case(
        "one weight that differs in its last digit",
        "refused",
        lambda folder: _again(folder, model=_nearly()),
        "different: the initial weights",
    ),
    Case(
        "a network with another activation",
        "refused",
        lambda folder: _again(folder, model=network(act=nn.GELU)),
        "network.2.class was",
    ),
    Case(
        "a loss with another closure value",
        "refused",
        lambda folder: _again(folder, loss=weighted(2.0)),
        "loss.alpha was 1.0, is 2.0",
    ),
    Case(
        "an optimizer with another learning rate",
        "refused",
        lambda folder: _again(folder, retrain_optimizer=sgd(0.2)),
        "retrain_optimizer.rate was 0.1, is 0.2",
    ),
    Case(
        "other data",
        "refused",
        lambda folder: _again(folder, train=(TABLE[0] + 1, TABLE[1])),
        "was begun on other data",
    ),
    Case(
        "other settings",
        "refused",
        lambda folder: _again(folder, epochs=2),
        "other settings (epochs: 1 there, 2 here)",
    ),
    Case(
        "another network and `fresh=True`",
        "works, and says so",
        _fresh,
        "started again. The existing run is kept as my-network-1",
    ),
    Case('a network drawn anew and `init="stored"`, after a restart', "works", _stored),
    Case(
        "a run of version 0.2, which noted no network",
        "works, and says so",
        _earlier,
        "they are taken to be the same",
    ),
    Case("the name of a study", "refused", _study, "'mine' is a study in"),
    Case(
        "the name of a folder with other things in it",
        "refused",
        _letters,
        "is a folder that holds no run. Choose another name",
    ),
]
