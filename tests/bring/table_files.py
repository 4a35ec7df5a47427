"""Tables of networks as other programs write them, and what is tried with each."""

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
    judgement = report(table, StatisticsSpec(resamples=100, **settings))
    return {measure.name: measure.networks for measure in judgement.strata[0].measures}


def column(values: list[str]) -> str:
    """A file with one more measure, `m`."""
    return "\n".join(lines({"m": values}))


NUMBERS = [f"{(i * 5) % N + 0.5}" for i in range(N)]


def same(content: str | bytes, **settings: Any) -> Callable[[Path], None]:
    """The file reads as the one of plain numbers, and all its measures are ranked."""

    def tried(folder: Path) -> None:
        table = read(folder, content)
        assert np.array_equal(table.numbers("m"), np.array(NUMBERS, dtype=float))
        assert np.array_equal(table.numbers("gap_accuracy"), np.array(GAP, dtype=float))
        assert judged(table, **settings) == {"m": N, "norm": N}

    return tried


def without_a_value(words: list[str]) -> Callable[[Path], None]:
    """Each word makes its cell missing in its row; the measure stays, with the count of the
    others.
    """

    def tried(folder: Path) -> None:
        for word in words:
            table = read(folder, column([word, *NUMBERS[1:]]))
            assert judged(table) == {"m": N - 1, "norm": N}, word
            assert np.isnan(table.numbers("m")[0])

    return tried


def names(values: list[str]) -> Callable[[Path], None]:
    """The cells are names: words as they stand, no numbers."""

    def tried(folder: Path) -> None:
        table = read(folder, column([values[i % len(values)] for i in range(N)]))
        assert table.columns["m"].tolist()[: len(values)] == values
        assert judged(table) == {"norm": N}

    return tried


def held_out(names: list[str]) -> Callable[[Path], None]:
    """Each column is left out and named, and ranked when it is asked for, with a warning."""

    def tried(folder: Path) -> None:
        for name in names:
            table = read(folder, "\n".join(lines({name: NUMBERS})))
            assert judged(table) == {"norm": N}, name
            assert name in not_ranked(report(table, StatisticsSpec(resamples=100)).left_out)[0]
            asked = report(table, StatisticsSpec(resamples=100, keep=(name,)))
            assert name in [measure.name for measure in asked.strata[0].measures]
            assert any(name in note for note in asked.notes)

    return tried


def no_measure(names: list[str]) -> Callable[[Path], None]:
    """Each column is left out by its name."""

    def tried(folder: Path) -> None:
        for name in names:
            judgement = report(
                read(folder, "\n".join(lines({name: NUMBERS}))), StatisticsSpec(resamples=100)
            )
            assert [measure.name for measure in judgement.strata[0].measures] == ["norm"], name
            assert name in not_ranked(judgement.left_out)[0]

    return tried


def spelt(folder: Path) -> None:
    for name in ("Gap_Accuracy", "GAP_ACCURACY", "gap accuracy", "GapAccuracy"):
        table = read(folder, TEXT.replace("gap_accuracy", name))
        assert report(table, StatisticsSpec(resamples=100)).gap == name
        assert judged(table) == {"m": N, "norm": N}
    for name in ("Train Acc", "train_acc", "TrainAccuracy", "training accuracy"):
        judgement = report(
            read(folder, "\n".join(lines({name: ["1.0"] * N}))), StatisticsSpec(resamples=100)
        )
        assert judgement.strata[1].networks == N, name


def sums(names: list[str]) -> Callable[[Path], None]:
    """Lines at the end that sum up the others are no networks."""
    return lambda folder: same("\n".join([*ROWS, *(f"{name},9,9,9" for name in names)]))(folder)


def networks_called(folder: Path) -> None:
    """A name is that of a sum only at the end, and one that is no sum never."""
    assert len(read(folder, TEXT.replace("n3,", "mean,"))) == N
    assert len(read(folder, TEXT.replace("n11,", "max,"))) == N


def names_of_columns_after_a_sign(folder: Path) -> None:
    table = read(
        folder, "#nr,gap_loss,norm\n" + "\n".join(f"{i + 3},{GAP[i]},{NORM[i]}" for i in range(N))
    )
    assert len(table) == N
    assert "#nr" in table.columns


def blank_lines(folder: Path) -> None:
    text = column(NUMBERS).splitlines()
    same("\n\n".join([text[0], *text[1:5], ",,,", "  ", *text[5:], "", ""]))(folder)


def decimal_commas(separator: str) -> str:
    return "\n".join(lines({"m": NUMBERS}, separator)).replace(".", ",")


def shares(folder: Path) -> None:
    table = read(folder, column([f"{value} %" for value in NUMBERS]))
    assert np.allclose(table.numbers("m"), np.array(NUMBERS, dtype=float) / 100, rtol=1e-15)


def thousands(folder: Path) -> None:
    table = read(folder, column([f'"1,{i:03d},000"' for i in range(N)]))
    assert table.numbers("m").tolist() == [1_000_000.0 + 1000 * i for i in range(N)]


def index(folder: Path) -> None:
    text = column(NUMBERS).replace("id,gap", ",gap", 1)
    assert read(folder, text).ids[:2] == ("n0", "n1")
    same(text)(folder)


def western(folder: Path) -> None:
    assert (
        "größe" in read(folder, column(NUMBERS).replace("norm", "größe").encode("cp1252")).columns
    )


def percent_accuracy(folder: Path) -> None:
    judgement = report(
        read(folder, "\n".join(lines({"train_accuracy": NUMBERS}))), StatisticsSpec(resamples=100)
    )
    assert "holds no shares from 0 to 1" in judgement.strata[1].problem


def given(content: str | bytes, **settings: Any) -> Callable[[Path], None]:
    return lambda folder: judged(read(folder, content), **settings) and None


TEXT = column(NUMBERS)
ROWS = TEXT.splitlines()
