"""Laws of what opens where an address names no run."""

from __future__ import annotations

from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landscape_app.dashboard.common import opening
from landscape_app.dashboard.common.board import Board, BoardEntry
from landscape_app.dashboard.launch.records import MOST_COMPARED
from landscape_app.jobs.state import JobState
from landscape_app.registries import REGIMES
from landscape_app.store.catalogue import FolderSummary
from landscape_app.store.standing import Standing
from tests.dashboard.explore.conftest import sampled

__all__ = ["sampled"]


def run(id: str, regime: str, created: float, *, state: str = "sampled", job: str = "idle"):
    summary = FolderSummary(id, "run", regime, created=created)
    standing = Standing(state)  # type: ignore[arg-type]
    return BoardEntry(summary, JobState(job), Path(id), standing=standing)  # type: ignore[arg-type]


def study(id: str, created: float, *runs: str) -> BoardEntry:
    return BoardEntry(FolderSummary(id, "study", created=created), JobState("idle"), Path(id), runs)


def opened(*entries: BoardEntry, **gaps: float) -> tuple[str, ...]:
    newest_first = sorted(entries, key=lambda entry: -(entry.summary.created or 0))
    return opening.opening(newest_first, gaps.get)


STUDY = (
    *(run("g1", "good", 1), run("g2", "good", 1), run("p1", "plain", 1), run("p2", "plain", 1)),
    study("trial", 2, "g1", "g2", "p1", "p2"),
)
GAPS = {"g1": 0.10, "g2": 0.05, "p1": 0.08, "p2": 0.40}


def test_of_a_study_one_run_of_each_regime_opens_with_the_widest_gaps_apart() -> None:
    assert opened(*STUDY, **GAPS) == ("g2", "p2")
    assert opened(*STUDY, **{**GAPS, "p1": 0.9}) == ("g2", "p1")
    assert opened(*STUDY) == ("g1", "p1")  # nothing is measured yet
    assert opened(*STUDY, p2=0.4, g2=0.1) == ("g2", "p2")


def test_of_a_study_of_one_regime_both_ends_open() -> None:
    runs = [run(f"r{i}", "plain", 1) for i in range(5)]
    compared = study("widths", 2, *(entry.id for entry in runs))
    assert opened(*runs, compared, r0=0.3, r1=0.1, r2=0.2, r3=0.9, r4=0.4) == ("r1", "r3")
    assert opened(*runs, compared) == ("r0", "r1")


@pytest.mark.parametrize(
    ("state", "job", "shown"),
    [
        *(("sampled", "idle", True), ("analysed", "finished", True), ("partial", "running", True)),
        *(("empty", "queued", True), ("partial", "failed", False), ("empty", "idle", False)),
    ],
)
def test_a_newer_run_of_ones_own_opens_alone(state: str, job: str, shown: bool) -> None:
    mine = run("mine", "plain", 3, state=state, job=job)
    assert opened(*STUDY, mine, **GAPS) == (("mine",) if shown else ("g2", "p2"))


def test_an_older_run_and_one_of_a_study_do_not_open_alone() -> None:
    assert opened(*STUDY, run("old", "plain", 1.5), **GAPS) == ("g2", "p2")
    later = run("g3", "good", 9)
    assert opened(later, run("p3", "poor", 1), study("quickstart", 8, "g3", "p3")) == ("g3", "p3")


def test_without_a_study_the_newest_run_opens() -> None:
    assert opened(run("a", "good", 1), run("b", "poor", 2)) == ("b",)
    assert opened(run("a", "good", 1, state="empty")) == ("a",)
    assert opened() == ()


def test_runs_that_are_gone_do_not_open_while_others_are_there() -> None:
    assert opened(run("g1", "good", 1), study("s", 2, "lost", "g1")) == ("g1",)
    assert opened(study("s", 2, "lost", "gone")) == ("lost", "gone")


REGIME = st.sampled_from(list(REGIMES))
GAP = st.one_of(st.none(), st.floats(-2, 2).map(lambda value: round(value, 3)))


@given(st.lists(st.tuples(REGIME, GAP), min_size=1, max_size=9))
def test_no_other_choice_of_the_regimes_has_gaps_farther_apart(made) -> None:
    regimes = {f"r{i}": regime for i, (regime, _) in enumerate(made)}
    gaps = {f"r{i}": gap for i, (_, gap) in enumerate(made)}
    chosen = opening.apart(regimes, gaps.get)
    assert len(set(chosen)) == len(chosen) <= MOST_COMPARED
    present = set(regimes.values())
    if len(present) == 1:
        return
    assert sorted(regimes[id] for id in chosen) == sorted(present)
    if None in gaps.values() or len(present) > 2:
        return
    groups = [[id for id in regimes if regimes[id] == regime] for regime in present]
    best = max(abs(gaps[a] - gaps[b]) for a, b in product(*groups))  # type: ignore[operator]
    a, b = chosen
    assert abs(gaps[a] - gaps[b]) == best  # type: ignore[operator]


@given(st.dictionaries(st.sampled_from("abcd"), st.floats(-2, 2), min_size=2))
def test_the_ends_of_runs_are_the_pair_that_is_farthest_apart(gaps: dict[str, float]) -> None:
    a, b = opening.ends(tuple(gaps), gaps.get)
    widest = max(abs(gaps[one] - gaps[other]) for one, other in combinations(gaps, 2))
    assert abs(gaps[a] - gaps[b]) == widest or len(gaps) == 2


def test_the_gap_of_a_run_is_the_stored_one(sampled: Path) -> None:
    board = Board(sampled)
    gap = board.gap("good")
    assert gap is not None
    assert gap == board.gap("good")
    assert board.gap("nobody") is None
