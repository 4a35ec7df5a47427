"""Laws of losses that have no logarithm: everything else is computed, and the page draws it and
says what is left out and why.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import plotly.utils
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from landscape_app.dashboard import factory
from landscape_app.dashboard.explore import callbacks, cards, ids
from landscape_app.dashboard.explore.header import legend
from landscape_app.figures.colours import COLOURS
from landscape_app.figures.view import PARTS, View
from landscape_app.library import explore
from landscape_app.pipeline import compare, study_table, verify
from landscape_app.records.progress import Silent
from landscape_app.registries import FILTRATIONS
from landscape_app.settings import AnalysisSpec
from landscape_app.store import derived
from landscape_app.store.run import RunFolder
from landscape_app.stored_run import OpenRun
from tests.dashboard.conftest import Page

pytestmark = pytest.mark.slow

Loss = Callable[[Tensor, Tensor], Tensor]
WHY = "the logarithm of a loss of 0 or less does not exist"
LOSSES: dict[str, Loss] = {
    "below": lambda outputs, targets: functional.mse_loss(outputs, targets) - 5,
    "nought": lambda outputs, targets: 0 * outputs.mean(),
    "constant": lambda outputs, targets: 0 * outputs.mean() + 1,
    "some": lambda outputs, targets: functional.mse_loss(outputs, targets) - 1.97,
    "perfect": lambda outputs, targets: torch.relu(functional.mse_loss(outputs, targets) - 1.97),
}
# losses of which none, some and all have a logarithm; the other two are of these kinds
KINDS = ("below", "some", "constant")
PARAMETERS = [
    pytest.param(name, marks=[] if name in KINDS else [pytest.mark.exhaustive]) for name in LOSSES
]


@pytest.fixture(scope="module", params=PARAMETERS)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> OpenRun:
    """A run that was sampled and analysed by explore, under one of the losses."""
    draw = torch.Generator().manual_seed(0)
    x = torch.randn(40, 3, generator=draw)
    y = x[:, :1] - x[:, 1:2] * x[:, 2:]
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
    sides, settings = (
        ((x[:30], y[:30]), (x[30:], y[30:])),
        {"train_epochs": 4, "seeds": 3, "step_sizes": (0.5, 1.0), "epochs": 3},
    )
    runs, loss = tmp_path_factory.mktemp("runs"), LOSSES[request.param]
    return explore(
        network,
        *sides,
        loss=loss,
        out=runs,
        name=request.param,
        train_rate=0.02,
        train_batch=10,
        **settings,
    )


def left_out(run: OpenRun) -> int:
    """Distinct snapshots whose loss has no logarithm."""
    values = derived.find(run.path, "sublevel", filtration="train_loss").arrays["values"]
    return int((values <= 0).sum())


def test_every_result_is_there_and_the_logarithm_says_what_it_leaves_out(run: OpenRun) -> None:
    found = {name: derived.find(run.path, "sublevel", filtration=name) for name in FILTRATIONS}
    without, count = left_out(run), len(found["train_loss"].arrays["rows"])
    assert {"below": without == count, "nought": without == count, "constant": without == 0}.get(
        run.id, 0 < without < count
    )
    told = found["log_train_loss"].meta.get("left_out", "")
    assert told == (f"{WHY}: {without} of {count} snapshots are left out" if without else "")
    assert ("absent" in found["log_train_loss"].meta) == (without == count)
    assert all(
        "left_out" not in found[name].meta for name in FILTRATIONS if name != "log_train_loss"
    )
    tests = derived.find(run.path, "significance").meta["sublevel"]
    assert tests["train_loss"]["p"] is not None
    assert without < count or tests["log_train_loss"]["note"] == f"not tested: {told}"
    for name in ("rips", "embedding", "measures", "climbs", "triangulation"):
        assert derived.find(run.path, name) is not None, name


def test_no_check_fails_and_nothing_is_computed_again(run: OpenRun) -> None:
    folder = RunFolder.open(run.path.parent, run.id)
    lines = verify.verify(folder)
    assert {line["label"] for line in lines if line["passed"] is False} <= {
        "Embedding faithful",
        "Embedding trustworthy",
        "Embedding stable",
    }


@pytest.mark.parametrize("part", PARTS)
def test_every_card_and_figure_of_explore_is_drawn(run: OpenRun, look, part: str) -> None:
    for filtration in FILTRATIONS:
        comparison = look(run.path.parent, run.id, filtration=filtration, part=part)
        drawn = cards.figures(comparison, cards.names(comparison))
        assert json.dumps(drawn, cls=plotly.utils.PlotlyJSONEncoder)
        said = json.dumps(cards.captions(comparison), cls=plotly.utils.PlotlyJSONEncoder)
        if part != "tree" and filtration == "log_train_loss":
            assert (WHY in said) == (left_out(run) > 0)


@pytest.mark.parametrize("colour", [name for name, one in COLOURS.items() if one.log])
def test_colours_are_linear_where_the_logarithm_has_no_range(
    run: OpenRun, look, colour: str
) -> None:
    comparison = look(run.path.parent, run.id, colour=colour, curve=colour)
    values = np.asarray(comparison.subjects[0].columns[colour])
    linear = bool((values < 0).any() or not (values > 0).any())
    scene, curves = (cards.figures(comparison, [name])[name] for name in ("scene-0", "curves"))
    assert curves.layout.yaxis.type == ("linear" if linear else "log")
    ends = [
        (trace.line.cmin, trace.line.cmax) for trace in scene.data if trace.line.cmin is not None
    ]
    shown = values if linear else np.log10(values[values > 0])
    assert ends == [
        pytest.approx((shown.min(), shown.max() if shown.max() > shown.min() else shown.min() + 1))
    ]
    assert ("logarithmic" in str(legend(comparison))) != linear


def test_the_page_answers_for_every_part(run: OpenRun) -> None:
    page = Page(factory.create(run.path.parent))
    assert page.client.get(f"/?runs={run.id}").status_code == 200
    values = {
        f"{ids.RUNS}.data": [run.id],
        f"{ids.SEEN}.data": {},
        "graph": ["scene-0", "diagrams-0", "curves"],
    }
    figures = '{"name":["ALL"],"type":"graph"}.figure'
    view = View(part="diagrams")
    chosen = {id: str(getattr(view, name)) for id, name in callbacks.CONTROLS.items()}
    for filtration in FILTRATIONS:
        given = {
            f"{id}.value": value for id, value in {**chosen, ids.FILTRATION: filtration}.items()
        }
        assert page.call(figures, values | given, f"{ids.TICK}.n_intervals").status_code == 200


def test_two_runs_are_compared_and_have_a_row_each_in_a_table(run: OpenRun, tmp_path: Path) -> None:
    """What has no logarithm has no number in the columns of the logarithm."""
    for name in ("first", "second"):
        shutil.copytree(run.path, tmp_path / name)
    study = compare.open_study(tmp_path, ["first", "second"], AnalysisSpec(), "both")
    with study.lock():
        compare.run(study, tmp_path, AnalysisSpec(), Silent())
    t = derived.find(study.path, "shared").meta["t"]
    asked = SimpleNamespace(
        runs=dict.fromkeys(("first", "second"), run.spec),
        points=({}, {}),
        curvature=None,
        surfaces=(),
        analysis=AnalysisSpec(),
    )
    table = study_table.tabulate(tmp_path, asked, t)
    assert (table.ids, table.missing) == (("first", "second"), {})
    none = (
        "absent" in derived.find(tmp_path / "first", "sublevel", filtration="log_train_loss").meta
    )
    assert any(name.startswith("sublevel[log_train_loss]") for name in table.columns) != none
    assert any(name.startswith("sublevel[train_loss]") for name in table.columns)
    apart = derived.find(study.path, "diagram_distances", diagram="log_train_loss").meta
    assert apart["missing"] == (["first", "second"] if none else [])
