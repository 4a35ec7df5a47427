"""Which networks of a study stand for the paper's: a good, a bad and a memorizing one (Fig. 2), and
three of rising test accuracy (Fig. 3 A).
"""

from __future__ import annotations

import numpy as np

from landscape_app.records.study_table import StudyTable

GOOD, BAD, MEMORIZING = "good", "bad", "memorizing"
TEST, TRAIN, CORRUPTION = "test_accuracy", "train_accuracy", "label_corruption"
FITS = 0.99  # train accuracy above which a network fits the labels that it was given
REDRAWN = 0.5  # share of labels that are drawn at random from which on a network memorizes them


def examples(table: StudyTable) -> dict[str, str]:
    """{good, bad, memorizing: id}: the highest test accuracy; the lowest among networks with the
    fewest wrong labels; and the lowest among those that fit labels of which half or more were
    redrawn. One that is not there is left out; {} without test accuracies.
    """
    if not table.has_numbers(TEST):
        return {}
    accuracy = table.numbers(TEST)
    known = np.isfinite(accuracy)
    corruption = table.numbers(CORRUPTION) if table.has_numbers(CORRUPTION) else 0 * accuracy
    fits = table.numbers(TRAIN) > FITS if table.has_numbers(TRAIN) else np.zeros(len(table), bool)
    clean = known & (corruption <= corruption[known].min(initial=np.inf))
    chosen = {
        GOOD: _extreme(table, accuracy, known, largest=True),
        BAD: _extreme(table, accuracy, clean, largest=False),
        MEMORIZING: _extreme(
            table, accuracy, known & fits & (corruption >= REDRAWN), largest=False
        ),
    }
    if chosen[BAD] == chosen[GOOD]:
        chosen[BAD] = None
    return {name: id for name, id in chosen.items() if id is not None}


def rising(table: StudyTable) -> list[str]:
    """The networks of the lowest, the middle and the highest test accuracy, each once."""
    if not table.has_numbers(TEST):
        return []
    accuracy = table.numbers(TEST)
    known = np.flatnonzero(np.isfinite(accuracy))
    if not len(known):
        return []
    order = known[np.argsort(accuracy[known], kind="stable")]
    places = (0, (len(order) - 1) // 2, len(order) - 1)
    return list(dict.fromkeys(table.ids[int(order[place])] for place in places))


def _extreme(
    table: StudyTable, values: np.ndarray, mask: np.ndarray, *, largest: bool
) -> str | None:
    """The network of the largest or smallest value in a mask (n,), of equals the first."""
    rows = np.flatnonzero(mask)
    if not len(rows):
        return None
    inside = values[rows] if largest else -values[rows]
    return table.ids[int(rows[np.argmax(inside)])]
