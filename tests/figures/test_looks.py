"""Laws of looks: a run keeps its colour and shape, whatever runs of other regimes are beside it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from landscape_app.dashboard.launch.records import MOST_COMPARED
from landscape_app.figures.looks import LookedAt, looks, of_regime
from landscape_app.figures.palette import MARKS
from landscape_app.registries import REGIMES


@st.composite
def shown(draw: st.DrawFn, regimes: tuple[str, ...] = tuple(REGIMES)) -> list[LookedAt]:
    """One to four runs, in any order."""
    chosen = draw(st.lists(st.sampled_from(regimes), min_size=1, max_size=MOST_COMPARED))
    made = st.one_of(st.none(), st.floats(0, 3))
    return [LookedAt(f"run-{i}", regime, draw(made)) for i, regime in enumerate(chosen)]


@given(shown((*REGIMES, "")))
def test_no_two_runs_have_the_same_look(runs: list[LookedAt]) -> None:
    chosen = looks(runs)
    assert set(chosen) == {run.id for run in runs}
    assert len(set(chosen.values())) == len(runs)
    assert set(chosen.values()) <= set(range(len(MARKS)))


@given(shown())
def test_a_run_keeps_its_look_when_runs_of_other_regimes_come_and_go(runs: list[LookedAt]) -> None:
    together = looks(runs)
    for regime in REGIMES:
        own = [run for run in runs if run.regime == regime]
        assert looks(own) == {run.id: together[run.id] for run in own}


@given(shown(), st.randoms())
def test_the_order_in_which_runs_are_shown_changes_no_look(runs: list[LookedAt], random) -> None:
    turned = list(runs)
    random.shuffle(turned)
    assert looks(turned) == looks(runs)


@given(shown())
def test_the_oldest_run_of_a_regime_has_its_look(runs: list[LookedAt]) -> None:
    chosen = looks(runs)
    for regime in {run.regime for run in runs}:
        own = [run for run in runs if run.regime == regime]
        oldest = min(own, key=lambda run: (run.created or 0.0, run.id))
        assert chosen[oldest.id] == of_regime(regime)
        others = {chosen[run.id] for run in own if run is not oldest}
        assert others.isdisjoint(map(of_regime, REGIMES))


def test_a_run_of_an_unknown_regime_takes_the_look_of_no_regime() -> None:
    unknown = looks([LookedAt("broken", "", None)])["broken"]
    assert unknown not in map(of_regime, REGIMES)
