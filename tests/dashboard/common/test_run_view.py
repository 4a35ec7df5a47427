"""Laws of what every page says of a run: how it is called, and what its columns cost."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from landscape_app.dashboard import factory
from landscape_app.dashboard.common import ids, run_checks, run_view
from landscape_app.dashboard.surface import choice as surface_choice
from landscape_app.dashboard.surface import view as surface_view
from landscape_app.figures.looks import of_regime
from landscape_app.store import snapshots
from landscape_app.store.notes import Notes
from landscape_app.store.run import RunFolder
from tests.dashboard.components import controls
from tests.dashboard.conftest import Page
from tests.dashboard.explore.conftest import look, open_at, sampled

__all__ = ["look", "open_at", "sampled"]


def _context(labels: Mapping[str, str] | None = None, **regimes: str) -> SimpleNamespace:
    """A context whose board knows runs by their regimes, and by the labels of some."""
    entries = {
        id.replace("_", "-"): SimpleNamespace(
            summary=SimpleNamespace(regime=regime), notes=Notes((labels or {}).get(id, ""))
        )
        for id, regime in regimes.items()
    }
    return SimpleNamespace(board=SimpleNamespace(find=entries.get))


@pytest.mark.parametrize(
    ("runs", "brief", "whole"),
    [
        (("good", "poor"), ["Good", "Poor"], ["Good", "Poor"]),
        (("good",), ["Good"], ["good"]),
        (("poor", "poor-2"), ["poor", "poor-2"], ["poor", "poor-2"]),
        (("poor-1", "poor-2"), ["1", "2"], ["poor-1", "poor-2"]),
        (("study-1-a", "study-1-b", "study-1"), ["1-a", "1-b", "1"], None),
        (("a-b",), ["a-b"], ["a-b"]),
        ((), [], []),
    ],
)
def test_runs_are_called_by_what_tells_them_apart(runs, brief, whole) -> None:
    context = _context(good="good", poor="poor", poor_1="poor", poor_2="poor")
    assert run_view.labels(context, runs) == brief  # type: ignore[arg-type]
    assert run_view.labels(context, runs, brief=False) == (whole or list(runs))  # type: ignore[arg-type]


def test_a_label_stands_for_the_run_and_two_alike_have_their_ids() -> None:
    context = _context({"good": "First try", "poor": "Again", "plain": "Again"}, good="good",
                       poor="poor", plain="plain", bare="poor")  # fmt: skip
    for brief in (True, False):
        told = run_view.labels(context, ("good", "bare"), brief=brief)  # type: ignore[arg-type]
        assert told == ["First try", "Poor"]
        told = run_view.labels(context, ("good", "poor", "plain"), brief=brief)  # type: ignore[arg-type]
        assert told == ["First try", "Again (poor)", "Again (plain)"]


def test_columns_are_read_once_for_all_pages(open_at, sampled: Path, monkeypatch) -> None:
    context, reads = open_at(sampled), []
    real = snapshots.read
    monkeypatch.setattr(
        snapshots, "read", lambda run, inventory=None: reads.append(run) or real(run)
    )
    run = RunFolder.open(sampled, "good")
    first, again = run_view.columns(context, run), run_view.columns(context, run, run.inventory())
    np.testing.assert_array_equal(first["train_loss"], again["train_loss"])
    assert len(reads) == 1


@pytest.mark.parametrize("runs", [("good", "poor"), ("poor", "good"), ("poor",)])
def test_a_run_has_its_look_on_every_page(look, open_at, sampled: Path, runs) -> None:
    context = open_at(sampled)
    surfaces = surface_view.read(context, surface_choice.SurfaceChoice(runs))
    for pages in (look(sampled, *runs).runs, surfaces.runs, run_checks.read(context, runs)):
        assert [run.look for run in pages] == [of_regime(id) for id in runs]
    assert [subject.look for subject in look(sampled, *runs).subjects] == list(map(of_regime, runs))


def _text(component) -> str:
    """The words in a component, in their order."""
    children = getattr(component, "children", component)
    if isinstance(children, (list, tuple)):
        return "".join(map(_text, children))
    return children if isinstance(children, str) else "" if children is None else _text(children)


@pytest.mark.parametrize("id", ["good", "quickstart-good", "a" * 64])
def test_a_name_is_cut_in_the_middle_and_is_whole_without_a_style(id: str) -> None:
    parts = run_view.cut(id)
    assert "".join(map(_text, parts)) == id
    assert parts[-1].children == id[-len(parts[-1].children) :]
    styles = "".join(path.read_text() for path in Path(factory.assets()).glob("*.css"))
    assert "direction: rtl" not in styles  # which cuts a name at its front


@pytest.mark.parametrize(
    ("label", "id", "said"),
    [
        ("Good", "quickstart-good", "Good · quickstart-good"),
        ("2", "poor-2", "poor-2"),
        ("poor-2", "poor-2", "poor-2"),
    ],
)
def test_beside_a_label_stands_the_id(label: str, id: str, said: str) -> None:
    name = run_view.named(label, id)
    assert (_text(name), name.title) == (said, said)


@pytest.mark.parametrize("path", ["/", "/surface", "/checks"])
def test_the_runs_of_a_page_are_named_in_the_tab(sampled: Path, path: str) -> None:
    page = Page(factory.create(sampled))
    values = {f"{ids.LOCATION}.pathname": path, f"{ids.LOCATION}.search": "?runs=poor,good"}
    answer = page.call(f"{ids.PAGE}.children", values, f"{ids.LOCATION}.pathname").json
    (store,) = (part["data"] for part in controls(answer) if part.get("id") == ids.SHOWN)
    assert store == ["Poor", "Good"]
