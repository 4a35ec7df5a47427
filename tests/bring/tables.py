"""Tables of networks from elsewhere: what a cell says, which columns are measures, how a file is
cut.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from landscape_app.analysis.statistics import text_file
from landscape_app.analysis.statistics.csv_table import from_csv
from landscape_app.analysis.statistics.report import not_ranked, report
from landscape_app.records.study_table import StudyTable
from landscape_app.settings import StatisticsSpec
from tests.bring.case import Case

TITLE = "Tables for a study"
ABOUT = (
    "`landscape study --table FILE.csv`: a first line with the names of the columns, then a line"
    " per network. A column `id` names the networks, `gap_accuracy` or `gap_loss` (or `--gap NAME`)"
    " is what is to be predicted."
)
N = 12
GAP, NORM = [f"{0.01 * i * i:.4f}" for i in range(N)], [f"{1.5 + (i * 7) % N}" for i in range(N)]


def lines(columns: dict[str, list[str]], separator: str = ",") -> list[str]:
    """The lines of a file with `columns` after a name, the gap and a measure."""
    whole = {"id": [f"n{i}" for i in range(N)], "gap_accuracy": GAP, "norm": NORM, **columns}
    return [
        separator.join(whole),
        *(separator.join(cells) for cells in zip(*whole.values(), strict=True)),
    ]


def read(folder: Path, content: str | bytes) -> StudyTable:
    """The table of a file with `content`."""
    path = folder / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return from_csv(text_file.read(path, "The table table.csv"), "The table table.csv")


def judged(table: StudyTable, **settings: Any) -> dict[str, Any]:
    """{measure: networks that have it} of the report."""
    found = report(table, StatisticsSpec(resamples=100, **settings))
    return {measure.name: measure.networks for measure in found.strata[0].measures}


def column(values: list[str]) -> str:
    """A file with one more measure, `m`."""
    return "\n".join(lines({"m": values}))


NUMBERS = [f"{(i * 5) % N + 0.5}" for i in range(N)]


def _same(content: str | bytes, **settings: Any) -> Callable[[Path], None]:
    """The file reads as the one of plain numbers, and all its measures are ranked."""

    def tried(folder: Path) -> None:
        table = read(folder, content)
        assert np.array_equal(table.numbers("m"), np.array(NUMBERS, dtype=float))
        assert np.array_equal(table.numbers("gap_accuracy"), np.array(GAP, dtype=float))
        assert judged(table, **settings) == {"m": N, "norm": N}

    return tried


def _without_a_value(words: list[str]) -> Callable[[Path], None]:
    """Each word makes its cell missing in its row; the measure stays, with the count of the
    others.
    """

    def tried(folder: Path) -> None:
        for word in words:
            table = read(folder, column([word, *NUMBERS[1:]]))
            assert judged(table) == {"m": N - 1, "norm": N}, word
            assert np.isnan(table.numbers("m")[0])

    return tried


def _names(values: list[str]) -> Callable[[Path], None]:
    """The cells are names: words as they stand, no numbers."""

    def tried(folder: Path) -> None:
        table = read(folder, column([values[i % len(values)] for i in range(N)]))
        assert table.columns["m"].tolist()[: len(values)] == values
        assert judged(table) == {"norm": N}

    return tried


def _held_out(names: list[str]) -> Callable[[Path], None]:
    """Each column is left out and named, and ranked when it is asked for, with a warning."""

    def tried(folder: Path) -> None:
        for name in names:
            table = read(folder, "\n".join(lines({name: NUMBERS})))
            assert judged(table) == {"norm": N}, name
            assert name in not_ranked(report(table, StatisticsSpec(resamples=100)).left_out)[0]
            kept = report(table, StatisticsSpec(resamples=100, keep=(name,)))
            assert name in [measure.name for measure in kept.strata[0].measures]
            assert any(name in note for note in kept.notes)

    return tried


def _no_measure(names: list[str]) -> Callable[[Path], None]:
    """Each column is left out by its name."""

    def tried(folder: Path) -> None:
        for name in names:
            found = report(
                read(folder, "\n".join(lines({name: NUMBERS}))), StatisticsSpec(resamples=100)
            )
            assert [measure.name for measure in found.strata[0].measures] == ["norm"], name
            assert name in not_ranked(found.left_out)[0]

    return tried


def _spelt(folder: Path) -> None:
    for name in ("Gap_Accuracy", "GAP_ACCURACY", "gap accuracy", "GapAccuracy"):
        table = read(folder, TEXT.replace("gap_accuracy", name))
        assert report(table, StatisticsSpec(resamples=100)).gap == name
        assert judged(table) == {"m": N, "norm": N}
    for name in ("Train Acc", "train_acc", "TrainAccuracy", "training accuracy"):
        found = report(
            read(folder, "\n".join(lines({name: ["1.0"] * N}))), StatisticsSpec(resamples=100)
        )
        assert found.strata[1].networks == N, name


def _sums(names: list[str]) -> Callable[[Path], None]:
    """Lines at the end that sum up the others are no networks."""
    return lambda folder: _same("\n".join([*ROWS, *(f"{name},9,9,9" for name in names)]))(folder)


def _networks_called(folder: Path) -> None:
    """A name is that of a sum only at the end, and one that is no sum never."""
    assert len(read(folder, TEXT.replace("n3,", "mean,"))) == N
    assert len(read(folder, TEXT.replace("n11,", "max,"))) == N


def _names_of_columns_after_a_sign(folder: Path) -> None:
    table = read(
        folder, "#nr,gap_loss,norm\n" + "\n".join(f"{i + 3},{GAP[i]},{NORM[i]}" for i in range(N))
    )
    assert len(table) == N
    assert "#nr" in table.columns


def _blank_lines(folder: Path) -> None:
    text = column(NUMBERS).splitlines()
    _same("\n\n".join([text[0], *text[1:5], ",,,", "  ", *text[5:], "", ""]))(folder)


def _decimal_commas(separator: str) -> str:
    return "\n".join(lines({"m": NUMBERS}, separator)).replace(".", ",")


def _shares(folder: Path) -> None:
    table = read(folder, column([f"{value} %" for value in NUMBERS]))
    assert np.allclose(table.numbers("m"), np.array(NUMBERS, dtype=float) / 100, rtol=1e-15)


def _thousands(folder: Path) -> None:
    table = read(folder, column([f'"1,{i:03d},000"' for i in range(N)]))
    assert table.numbers("m").tolist() == [1_000_000.0 + 1000 * i for i in range(N)]


def _index(folder: Path) -> None:
    text = column(NUMBERS).replace("id,gap", ",gap", 1)
    assert read(folder, text).ids[:2] == ("n0", "n1")
    _same(text)(folder)


def _western(folder: Path) -> None:
    assert (
        "größe" in read(folder, column(NUMBERS).replace("norm", "größe").encode("cp1252")).columns
    )


def _percent_accuracy(folder: Path) -> None:
    found = report(
        read(folder, "\n".join(lines({"train_accuracy": NUMBERS}))), StatisticsSpec(resamples=100)
    )
    assert "holds no shares from 0 to 1" in found.strata[1].problem


def _given(content: str | bytes, **settings: Any) -> Callable[[Path], None]:
    return lambda folder: judged(read(folder, content), **settings) and None


TEXT = column(NUMBERS)
ROWS = TEXT.splitlines()
EMPTY = [
    "",
    "NA",
    "N/A",
    "n/a",
    "nan",
    "NaN",
    "-",
    "--",
    "None",
    "null",
    "NULL",
    "#N/A",
    "#DIV/0!",
    "?",
    "<NA>",
    "\\N",
    "1.#IND",
    "–",
    " NA ",
    "n.a.",
]
SPELLINGS = [
    "eval_loss", "EvalLoss", "EVAL-LOSS", "eval loss", "evalloss", "dev_acc", "devAcc", "val.loss", "val/acc@5", "valid_error", "validation error",
    "test_loss", "testacc", "acc (test)", "TestLoss", "holdout_error", "hold-out loss", "held_out_nll", "gen_gap", "generalisation error", "oos_loss",
    "out_of_sample_loss", "ood_acc", "accuracy",
    "TESTacc", "VALloss", "HELDOUTacc", "te_acc", "v_acc", "vacc", "loss_v", "tacc", "ho_acc", "testdev", "trainval_acc", "top1", "top-1 accuracy",
    "Top5", "acc@1", "best_acc", "balanced_accuracy", "top1err", "misclassification",
]  # fmt: skip

CASES = [
    Case("commas, decimal points, UTF-8", "works", _same(TEXT)),
    Case(
        "lines that end as on Windows or on an old Mac; a byte order mark",
        "works",
        _same(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode()),
    ),
    Case("UTF-16 with its mark, as Excel's Unicode text", "works", _same(TEXT.encode("utf-16"))),
    Case("blank lines, lines of separators, white space around cells", "works", _blank_lines),
    Case("a separator at the end of every line", "works", _same(TEXT.replace("\n", ",\n") + ",")),
    Case(
        "quotation marks around cells",
        "works",
        _same("\n".join(",".join(f'"{cell}"' for cell in row.split(",")) for row in ROWS)),
    ),
    Case("a first column without a name (the index of a data frame)", "works", _index),
    Case(
        "semicolons",
        "works, and says so",
        _same("\n".join(lines({"m": NUMBERS}, ";"))),
        "cells are separated by semicolons",
    ),
    Case(
        "tabs",
        "works, and says so",
        _same("\n".join(lines({"m": NUMBERS}, "\t"))),
        "cells are separated by tabs",
    ),
    Case(
        "semicolons and decimal commas",
        "works, and says so",
        _same(_decimal_commas(";")),
        "decimals are written by a comma",
    ),
    Case(
        "tabs and decimal commas",
        "works, and says so",
        _same(_decimal_commas("\t")),
        "decimals are written by a comma",
    ),
    Case(
        "percentages, `85 %`, in every cell of a column",
        "works, and says so",
        _shares,
        "Percentages are read as shares",
    ),
    Case(
        "`1,234,000` in quotation marks",
        "works, and says so",
        _thousands,
        "Signs between thousands are left out: m",
    ),
    Case("names in Windows-1252", "works, and says so", _western, "read as Windows-1252"),
    Case(
        "`NA`, `N/A`, `nan`, `-`, `None`, `null`, `#N/A`, `?`, … in a cell: no value in that row",
        "works",
        _without_a_value(EMPTY),
    ),
    Case(
        "`16_4`, `0x1f`, `１６`, `1 000`: names, no numbers",
        "works",
        _names(["16_4", "0x1f", "１６", "1 000"]),
    ),
    Case(
        "`eval_loss`, `dev_acc`, … in any spelling: left out by name, ranked by `--keep NAME`",
        "works",
        _held_out(SPELLINGS),
    ),
    Case(
        "`run`, `model_id`, `job_id`, `uid`, `gpu`, `fold`, `random_seed`, `timestamp`, … of"
        " numbers: left out by name, as `seed` is",
        "works",
        _no_measure(
            [
                "run",
                "run id",
                "RunId",
                "model_id",
                "trial",
                "job_id",
                "slurm_job_id",
                "wandb_id",
                "uid",
                "gpu",
                "fold",
                "random_seed",
                "timestamp",
                "date",
            ]
        ),
    ),
    Case(
        "`Gap_Accuracy`, `gap accuracy`, `Train Acc`, … : the gap and the train accuracy in any"
        " spelling",
        "works",
        _spelt,
    ),
    Case(
        "a last line `total`, `mean`, `std`, …",
        "works, and says so",
        _sums(["Total"]),
        "Lines that sum up the rows above are left out: Total",
    ),
    Case(
        "several such lines",
        "works, and says so",
        _sums(["mean", "std", "min", "max"]),
        "are left out: mean, std, min, max",
    ),
    Case("a network that is called `mean` or `max`", "works", _networks_called),
    Case(
        "lines of comment (`#`, `%`) above the names of the columns",
        "works, and says so",
        _same("# made by a script, of 12 runs\n\n% in June\n" + TEXT),
        "Its first 2 lines are comments",
    ),
    Case("names of columns after a `#`", "works", _names_of_columns_after_a_sign),
    Case(
        "train accuracies in percent: the ranking within those that interpolate says why it is"
        " absent",
        "works",
        _percent_accuracy,
    ),
    Case(
        "another word among numbers",
        "refused",
        _given(column(["diverged", *NUMBERS[1:]])),
        "but on line 2, in row n0 it says 'diverged'",
    ),
    Case(
        "the same after blank lines",
        "refused",
        _given("\n\n".join([*ROWS[:-1], ROWS[-1] + "x"])),
        "on line 25, in row n11 it says '7.5x'",
    ),
    Case(
        "a short row after a cell of two lines",
        "refused",
        _given(TEXT.replace("n0", '"n\n0"', 1).rpartition(",")[0]),
        "Line 14 of the table table.csv has 3 cells",
    ),
    Case(
        "a long row",
        "refused",
        _given(TEXT + ",1"),
        "Line 13 of the table table.csv has 5 cells; the first line names 4 columns",
    ),
    Case(
        "two columns of one name",
        "refused",
        _given(TEXT.replace("norm", "m", 1)),
        "two columns called 'm': the 3rd and the 4th",
    ),
    Case(
        "a column without a name",
        "refused",
        _given(TEXT.replace("norm", "", 1)),
        "a column without a name: the 3rd on line 1",
    ),
    Case(
        "two rows of one name",
        "refused",
        _given(TEXT.replace("n3,", "n2,")),
        "two rows called 'n2', on lines 4 and 5",
    ),
    Case(
        "numbers where the names of the columns are needed",
        "refused",
        _given("1,2\n3,4\n"),
        "numbers on line 1, where the names",
    ),
    Case(
        "spaces, `|` or `:` between cells",
        "refused",
        _given(TEXT.replace(",", " ")),
        "They seem to be separated by spaces",
    ),
    Case(
        "`0.5` and `0,5` in one file",
        "refused",
        _given("\n".join(lines({"m": ["0,5"] * N}, ";"))),
        "writes decimals in two ways",
    ),
    Case(
        "`1,234` where no other number tells which sign that is",
        "refused",
        _given("gap_loss;m\n1,234;5\n2,345;6\n3,456;7\n"),
        "can be 1.234 or 1234",
    ),
    Case(
        "`85 %` beside `0.85`",
        "refused",
        _given(column(["85 %", *NUMBERS[1:]])),
        "give all of them as percentages, or none",
    ),
    Case(
        "a quotation mark that is never closed",
        "refused",
        _given(TEXT.replace("n4", '"n4')),
        "Line 6 of the table table.csv cannot be read: a quotation mark opens there",
    ),
    Case(
        "an Excel, Parquet, JSON, HTML or gzip file",
        "refused",
        _given(b"PK\x03\x04 a sheet"),
        "is an Excel or other zipped file",
    ),
    Case(
        "more than 2,000 columns",
        "refused",
        _given("a," * 2_000 + "gap_loss\n" + "1," * 2_000 + "1\n"),
        "has 2,001 cells; at most 2,000 columns are read",
    ),
    Case(
        "more than 4,000 rows",
        "refused",
        _given("a,gap_loss\n" + "1,2\n" * 4_101),
        "has more than 4000 rows",
    ),
    Case(
        "a cell of more than 2,000 characters",
        "refused",
        _given("a,gap_loss\n" + "x" * 2_001 + ",2\n"),
        "has a cell of 2,001 characters; at most 2,000 are read",
    ),
    Case(
        "no text",
        "refused",
        _given(TEXT.encode() + b"\n\x81\x8d\0"),
        "Line 14 of the table table.csv is no text in UTF-8",
    ),
]
