"""Laws of leaking columns: a name that says held out is known in any spelling, and no measure of
this program is taken for one.
"""

from __future__ import annotations

import pytest

from landscape_app.analysis.statistics.held_out import uses_held_out_labels, words
from landscape_app.registries import MEASURES

SETS = (
    "test",
    "val",
    "valid",
    "validation",
    "eval",
    "dev",
    "holdout",
    "held out",
    "ood",
    "unseen",
    "out of sample",
)
SPELLINGS = (
    str,
    str.upper,
    str.title,
    lambda name: name.replace(" ", "_"),
    lambda name: name.replace(" ", "-").upper(),
    lambda name: name.replace(" ", "/"),
    lambda name: name.title().replace(" ", ""),
    lambda name: (name[0] + name.title()[1:]).replace(" ", ""),
)


@pytest.mark.parametrize("spelt", SPELLINGS)
@pytest.mark.parametrize("rows", SETS)
def test_a_score_of_held_out_rows_leaks_in_any_spelling(rows: str, spelt) -> None:
    for score in ("loss", "acc", "accuracy", "error", "f1", "top5"):
        for name in (f"{rows} {score}", f"{score} {rows}"):
            assert uses_held_out_labels(spelt(name)), spelt(name)


@pytest.mark.parametrize(
    "name",
    [
        "evalloss",
        "testacc",
        "valloss",
        "devf1",
        "losstest",
        "accval",
        "ｅｖａｌ＿loss",
        "gen_error",
        "cv_score",
        "acc",
        "error",
    ],
)
def test_words_written_together_leak_too(name: str) -> None:
    assert uses_held_out_labels(name)
    assert uses_held_out_labels(name.upper())


NO_LEAKS = (
    "weight_norm std_dev loss_std_dev value eigenvalue spectral_gap interval contest latest devices"
    " train_loss train_acc sharpness generation public score loss evaluator attested invalid"
    " train_top1 train_acc1 TRAINacc TRAINloss train_v_loss hessian_top top_eigenvalue"
    " top1_eigenvalue t v v_norm stable_rank relative_error_bound"
)


@pytest.mark.parametrize("name", NO_LEAKS.split())
def test_a_word_that_only_looks_like_one_does_not(name: str) -> None:
    assert uses_held_out_labels(name) == ""


@pytest.mark.parametrize(
    "name",
    [
        "TESTacc",
        "TESTloss",
        "VALacc",
        "VALloss",
        "DEVacc",
        "TESTerr",
        "OODacc",
        "HELDOUTacc",
        "ACCtest",
    ],
)
def test_a_set_in_capitals_before_a_score_leaks(name: str) -> None:
    assert "uses held-out labels" in uses_held_out_labels(name)


@pytest.mark.parametrize(
    "name",
    [
        "te_acc",
        "te_loss",
        "v_acc",
        "vacc",
        "vloss",
        "loss_v",
        "tacc",
        "t_acc",
        "ho_acc",
        "testdev",
        "trainval_acc",
    ],
)
def test_an_abbreviated_set_beside_a_score_leaks(name: str) -> None:
    assert "uses held-out labels" in uses_held_out_labels(name)


@pytest.mark.parametrize(
    "name",
    [
        "top1",
        "top1_acc",
        "top-1 accuracy",
        "Top5",
        "acc@1",
        "best_acc",
        "final_accuracy",
        "mean_accuracy",
        "top1err",
        "misclassification",
        "acc_std",
        "zero_one_error",
    ],
)
def test_a_score_of_unsaid_rows_may_leak(name: str) -> None:
    assert "does not say which rows" in uses_held_out_labels(name)


def test_a_score_beside_that_of_the_train_rows_is_of_others() -> None:
    assert "train_loss" in uses_held_out_labels("loss", ["train_loss", "loss"])
    assert uses_held_out_labels("loss", ["train_norm", "loss"]) == ""
    assert uses_held_out_labels("train_loss", ["train_loss", "loss"]) == ""


def test_of_the_measures_of_a_run_only_the_gaps_leak() -> None:
    assert {name for name in MEASURES if uses_held_out_labels(name)} == {"gap_accuracy", "gap_loss"}


def test_a_name_is_cut_where_its_words_begin() -> None:
    assert words("ValAcc@5") == words("val-acc.5") == words("VAL ACC 5") == ["val", "acc", "5"]
    assert words("HTTPLoss") == ["http", "loss"]
