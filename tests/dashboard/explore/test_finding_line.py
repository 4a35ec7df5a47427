"""Laws of the finding above the scenes: it is that of the runs shown, follows them when they are
swapped, and has its numbers one click away.
"""

from __future__ import annotations

from pathlib import Path

from landscape_app.dashboard.explore import cards, details, finding_line, ids, messages
from landscape_app.dashboard.explore.stores import Pick
from tests.dashboard.conftest import Page
from tests.dashboard.explore.test_page import FIGURES, GRAPHS, SHOWN
from tests.dashboard.explore.test_words import text


def test_the_finding_names_the_runs_and_its_reasons_hold_their_test_losses(
    look, sampled: Path
) -> None:
    comparison = look(sampled, "good", "poor")
    sentences, reasons = finding_line.of(comparison).sentences, finding_line.of(comparison).reasons
    assert "Good" in sentences[0]
    assert "Poor" in sentences[0]
    shown = text(finding_line.content(comparison))
    assert all(part in shown for part in (*sentences, *reasons))
    assert reasons[0].startswith("Test loss")


def test_swapped_runs_have_the_same_finding_of_the_other_order(look, sampled: Path) -> None:
    one, other = (
        finding_line.of(look(sampled, *runs)) for runs in (("good", "poor"), ("poor", "good"))
    )
    assert one.sentences[0] == other.sentences[0]
    assert one.reasons != other.reasons  # the runs in the order of the page


def test_a_run_compared_with_itself_shows_no_difference(look, sampled: Path) -> None:
    sentences = finding_line.of(look(sampled, "good", "good")).sentences
    assert "no difference" in sentences[0]
    assert not any("worse" in sentence for sentence in sentences)


def test_without_a_snapshot_the_line_says_when_there_is_a_finding(look, troubled: Path) -> None:
    assert "when the runs have snapshots" in text(finding_line.content(look(troubled, "unborn")))


def test_every_look_brings_the_finding_and_it_is_announced(page: Page, look, sampled: Path) -> None:
    seen = {f"{ids.SEEN}.data": {"token": "older", "made": {}}, "graph": GRAPHS}
    answer = page.call(FIGURES, {**SHOWN, **seen}, f"{ids.TICK}.n_intervals").get_json()
    assert "Test loss" in str(answer["response"][ids.FINDING])
    line = finding_line.line(look(sampled, "good", "poor"))
    assert getattr(line, "aria-live") == "polite"


def test_where_filters_do_not_act_it_is_said(look, sampled: Path) -> None:
    """The finding, the numbers behind a verdict, rows of whole trajectories, and what a pick of
    several snapshots counts; assets/filtered.js shows it while a filter is set.
    """
    comparison = look(sampled, "good", "poor")
    assert messages.UNFILTERED in text(finding_line.content(comparison))
    for card in cards.cards(comparison):
        if card.panel.twin is None or card.panel.unfiltered:
            continue
        shown = text(card.panel.twin(card))
        assert messages.WHOLE in shown, card.name
        assert (messages.UNFILTERED in shown) == ("How far the picture" in shown), card.name
    several: Pick = {"kind": "lasso", "run": "good", "sets": {"good": [1, 2, 3]}}
    assert messages.UNFILTERED in text(details.details(several, comparison))
    alone: Pick = {"kind": "trajectory", "run": "good", "focus": 1}
    assert messages.UNFILTERED not in text(details.details(alone, comparison))
