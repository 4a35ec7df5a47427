"""Tables of networks from elsewhere: what a cell says, which columns are measures, how a file is
cut.
"""

from __future__ import annotations

from tests.bring.case import Case
from tests.bring.table_files import (
    NUMBERS,
    ROWS,
    TEXT,
    N,
    blank_lines,
    column,
    decimal_commas,
    given,
    held_out,
    index,
    lines,
    names,
    names_of_columns_after_a_sign,
    networks_called,
    no_measure,
    percent_accuracy,
    same,
    shares,
    spelt,
    sums,
    thousands,
    western,
    without_a_value,
)

TITLE = "Tables for a study"
ABOUT = (
    "`landscape study --table FILE.csv`: a first line with the names of the columns, then a line"
    " per network. A column `id` names the networks, `gap_accuracy` or `gap_loss` (or `--gap NAME`)"
    " is what is to be predicted."
)

EMPTY = [
    "", "NA", "N/A", "n/a", "nan", "NaN", "-", "--", "None", "null", "NULL", "#N/A", "#DIV/0!", "?", "<NA>", "\\N", "1.#IND", "–", " NA ", "n.a.",
]  # fmt: skip
SPELLINGS = [
    "eval_loss", "EvalLoss", "EVAL-LOSS", "eval loss", "evalloss", "dev_acc", "devAcc", "val.loss", "val/acc@5", "valid_error", "validation error",
    "test_loss", "testacc", "acc (test)", "TestLoss", "holdout_error", "hold-out loss", "held_out_nll", "gen_gap", "generalisation error", "oos_loss",
    "out_of_sample_loss", "ood_acc", "accuracy",
    "TESTacc", "VALloss", "HELDOUTacc", "te_acc", "v_acc", "vacc", "loss_v", "tacc", "ho_acc", "testdev", "trainval_acc", "top1", "top-1 accuracy",
    "Top5", "acc@1", "best_acc", "balanced_accuracy", "top1err", "misclassification",
]  # fmt: skip

CASES = [
    Case("commas, decimal points, UTF-8", "works", same(TEXT)),
    Case(
        "lines that end as on Windows or on an old Mac; a byte order mark",
        "works",
        same(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode()),
    ),
    Case("UTF-16 with its mark, as Excel's Unicode text", "works", same(TEXT.encode("utf-16"))),
    Case("blank lines, lines of separators, white space around cells", "works", blank_lines),
    Case("a separator at the end of every line", "works", same(TEXT.replace("\n", ",\n") + ",")),
    Case(
        "quotation marks around cells",
        "works",
        same("\n".join(",".join(f'"{cell}"' for cell in row.split(",")) for row in ROWS)),
    ),
    Case("a first column without a name (the index of a data frame)", "works", index),
    Case(
        "semicolons",
        "works, and says so",
        same("\n".join(lines({"m": NUMBERS}, ";"))),
        "cells are separated by semicolons",
    ),
    Case(
        "tabs",
        "works, and says so",
        same("\n".join(lines({"m": NUMBERS}, "\t"))),
        "cells are separated by tabs",
    ),
    Case(
        "semicolons and decimal commas",
        "works, and says so",
        same(decimal_commas(";")),
        "decimals are written by a comma",
    ),
    Case(
        "tabs and decimal commas",
        "works, and says so",
        same(decimal_commas("\t")),
        "decimals are written by a comma",
    ),
    Case(
        "percentages, `85 %`, in every cell of a column",
        "works, and says so",
        shares,
        "Percentages are read as shares",
    ),
    Case(
        "`1,234,000` in quotation marks",
        "works, and says so",
        thousands,
        "Signs between thousands are left out: m",
    ),
    Case("names in Windows-1252", "works, and says so", western, "read as Windows-1252"),
    Case(
        "`NA`, `N/A`, `nan`, `-`, `None`, `null`, `#N/A`, `?`, … in a cell: no value in that row",
        "works",
        without_a_value(EMPTY),
    ),
    Case(
        "`16_4`, `0x1f`, `１６`, `1 000`: names, no numbers",
        "works",
        names(["16_4", "0x1f", "１６", "1 000"]),
    ),
    Case(
        "`eval_loss`, `dev_acc`, … in any spelling: left out by name, ranked by `--keep NAME`",
        "works",
        held_out(SPELLINGS),
    ),
    Case(
        "`run`, `model_id`, `job_id`, `uid`, `gpu`, `fold`, `random_seed`, `timestamp`, … of"
        " numbers: left out by name, as `seed` is",
        "works",
        no_measure(
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
        spelt,
    ),
    Case(
        "a last line `total`, `mean`, `std`, …",
        "works, and says so",
        sums(["Total"]),
        "Lines that sum up the rows above are left out: Total",
    ),
    Case(
        "several such lines",
        "works, and says so",
        sums(["mean", "std", "min", "max"]),
        "are left out: mean, std, min, max",
    ),
    Case("a network that is called `mean` or `max`", "works", networks_called),
    Case(
        "lines of comment (`#`, `%`) above the names of the columns",
        "works, and says so",
        same("# made by a script, of 12 runs\n\n% in June\n" + TEXT),
        "Its first 2 lines are comments",
    ),
    Case("names of columns after a `#`", "works", names_of_columns_after_a_sign),
    Case(
        "train accuracies in percent: the ranking within those that interpolate says why it is"
        " absent",
        "works",
        percent_accuracy,
    ),
    Case(
        "another word among numbers",
        "refused",
        given(column(["diverged", *NUMBERS[1:]])),
        "but on line 2, in row n0 it says 'diverged'",
    ),
    Case(
        "the same after blank lines",
        "refused",
        given("\n\n".join([*ROWS[:-1], ROWS[-1] + "x"])),
        "on line 25, in row n11 it says '7.5x'",
    ),
    Case(
        "a short row after a cell of two lines",
        "refused",
        given(TEXT.replace("n0", '"n\n0"', 1).rpartition(",")[0]),
        "Line 14 of the table table.csv has 3 cells",
    ),
    Case(
        "a long row",
        "refused",
        given(TEXT + ",1"),
        "Line 13 of the table table.csv has 5 cells; the first line names 4 columns",
    ),
    Case(
        "two columns of one name",
        "refused",
        given(TEXT.replace("norm", "m", 1)),
        "two columns called 'm': the 3rd and the 4th",
    ),
    Case(
        "a column without a name",
        "refused",
        given(TEXT.replace("norm", "", 1)),
        "a column without a name: the 3rd on line 1",
    ),
    Case(
        "two rows of one name",
        "refused",
        given(TEXT.replace("n3,", "n2,")),
        "two rows called 'n2', on lines 4 and 5",
    ),
    Case(
        "numbers where the names of the columns are needed",
        "refused",
        given("1,2\n3,4\n"),
        "numbers on line 1, where the names",
    ),
    Case(
        "spaces, `|` or `:` between cells",
        "refused",
        given(TEXT.replace(",", " ")),
        "They seem to be separated by spaces",
    ),
    Case(
        "`0.5` and `0,5` in one file",
        "refused",
        given("\n".join(lines({"m": ["0,5"] * N}, ";"))),
        "writes decimals in two ways",
    ),
    Case(
        "`1,234` where no other number tells which sign that is",
        "refused",
        given("gap_loss;m\n1,234;5\n2,345;6\n3,456;7\n"),
        "can be 1.234 or 1234",
    ),
    Case(
        "`85 %` beside `0.85`",
        "refused",
        given(column(["85 %", *NUMBERS[1:]])),
        "give all of them as percentages, or none",
    ),
    Case(
        "a quotation mark that is never closed",
        "refused",
        given(TEXT.replace("n4", '"n4')),
        "Line 6 of the table table.csv cannot be read: a quotation mark opens there",
    ),
    Case(
        "an Excel, Parquet, JSON, HTML or gzip file",
        "refused",
        given(b"PK\x03\x04 a sheet"),
        "is an Excel or other zipped file",
    ),
    Case(
        "more than 2,000 columns",
        "refused",
        given("a," * 2_000 + "gap_loss\n" + "1," * 2_000 + "1\n"),
        "has 2,001 cells; at most 2,000 columns are read",
    ),
    Case(
        "more than 4,000 rows",
        "refused",
        given("a,gap_loss\n" + "1,2\n" * 4_101),
        "has more than 4000 rows",
    ),
    Case(
        "a cell of more than 2,000 characters",
        "refused",
        given("a,gap_loss\n" + "x" * 2_001 + ",2\n"),
        "has a cell of 2,001 characters; at most 2,000 are read",
    ),
    Case(
        "no text",
        "refused",
        given(TEXT.encode() + b"\n\x81\x8d\0"),
        "Line 14 of the table table.csv is no text in UTF-8",
    ),
]
