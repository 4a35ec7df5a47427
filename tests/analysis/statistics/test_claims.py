"""Laws of the claims' numbers: in simulated studies whose truth is known, the words are right; the
numbers are scipy's.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from landscape_app.analysis.statistics.claims import claims
from landscape_app.finding import measure_claims
from landscape_app.finding.decision import DOES_NOT, HOLDS, UNDECIDED
from landscape_app.records.claims import ClaimReport
from landscape_app.records.study_table import StudyTable
from landscape_app.seeds import numpy_stream
from landscape_app.settings import StatisticsSpec

SPEC = StatisticsSpec(resamples=300)
SEEDS = 2
LEVELS = {
    "label_corruption": (0.0, 0.5),
    "train_rows": (250.0, 1000.0),
    "weight_decay": (0.0, 1e-4, 1e-3),
    "train_batch": (32.0, 128.0, 512.0),
    "width": (16.0, 32.0, 64.0),
}
D0, RANGE = "published_d0", "loss_range"


def study(
    truth: float, *, seed: int = 0, few: bool = False, homology: float = 0.0, between: float = 0.0
) -> StudyTable:
    """108 configurations of two seeds (few: 8). Returns and disagreement follow the gap by `truth`;
    the total persistence follows the test loss as its range does, and by `homology` beyond. The
    disagreement follows what the cell has to do with the gap by `between`.
    """
    rng = numpy_stream(seed, "claims")
    grid = np.array(list(itertools.product(*LEVELS.values())))[: 8 if few else None]
    grid = np.repeat(grid, SEEDS, axis=0)
    n = len(grid)

    def noise(size: float) -> np.ndarray:
        return size * rng.normal(size=n)

    corruption, rows = grid[:, 0], grid[:, 1]
    cell = 4 * corruption - rows / 1000
    gap = noise(1.0) + between * cell
    loss = gap + noise(0.3)
    spread = 0.8 * loss + noise(0.5)
    hidden = noise(1.0)
    test_loss = loss + 1.5 * homology * hidden
    columns = {
        **dict(zip(LEVELS, grid.T, strict=True)),
        "seed": np.arange(n) % SEEDS * 1.0,
        "gap_accuracy": gap,
        "gap_accuracy[outside]": gap + noise(0.05),
        "test_loss": test_loss,
        "train_accuracy": np.where(rng.random(n) < 0.5, 1.0, 0.9),
        "weight_norm": noise(1.0),
        "return_ratio": truth * gap + noise(1.0),
        "function_return": truth * gap + noise(1.0),
        D0: spread + homology * hidden + noise(0.05),
        RANGE: spread,
        f"{D0}[test_loss]": spread + homology * hidden + noise(0.05),
        f"{RANGE}[test_loss]": spread,
        "end_disagreement": truth * gap + between * cell + noise(1.0),
        "expected_sharpness": 0.3 * truth * (gap - between * cell) + noise(1.0),
    }
    return StudyTable(tuple(f"run-{i}" for i in range(n)), columns)


def words(report: ClaimReport) -> dict[str, str | None]:
    return {verdict.name: verdict.word for verdict in measure_claims.verdicts(report)}


@pytest.fixture(scope="module")
def planted() -> ClaimReport:
    return claims(study(1.0), SPEC)


@pytest.mark.slow
def test_what_is_planted_holds(planted: ClaimReport) -> None:
    said = words(planted)
    assert said["return_ratio"] == said["function_return"] == HOLDS
    assert said["end_disagreement"] == said["end_disagreement.over"] == HOLDS
    assert said["end_disagreement.cells"] == HOLDS


def test_what_is_not_there_does_not_hold() -> None:
    said = words(claims(study(0.0), SPEC))
    assert said["return_ratio"] == said["function_return"] == DOES_NOT
    assert said["end_disagreement"] == DOES_NOT
    assert said["end_disagreement.over"] == UNDECIDED


@pytest.mark.slow
def test_what_is_reversed_does_not_hold() -> None:
    said = words(claims(study(-1.0), SPEC))
    assert said["return_ratio"] == said["function_return"] == DOES_NOT
    assert said["end_disagreement"] == DOES_NOT


def test_a_small_study_decides_nothing_that_is_not_there() -> None:
    report = claims(study(0.0, few=True), SPEC)
    assert words(report)["function_return"] == UNDECIDED


@pytest.mark.parametrize("name", [D0, f"{D0}[test_loss]"])
def test_a_range_is_exposed_and_homology_is_kept(name: str, planted: ClaimReport) -> None:
    assert words(planted)[name] == HOLDS
    assert words(planted)[f"{name}.twin"] != HOLDS
    said = {verdict.name: verdict for verdict in measure_claims.verdicts(planted)}
    assert measure_claims.REDUCED in said[f"{name}.twin"].beside
    kept = words(claims(study(1.0, homology=0.7), SPEC))
    assert kept[name] == kept[f"{name}.twin"] == HOLDS


def test_a_total_that_ranks_as_its_range_is_that_range() -> None:
    networks = study(1.0)
    columns = {**networks.columns, D0: networks.numbers(RANGE) ** 3}
    verdicts = measure_claims.verdicts(claims(StudyTable(networks.ids, columns), SPEC))
    said = {verdict.name: verdict for verdict in verdicts}[f"{D0}.twin"]
    assert said.word == DOES_NOT
    assert "exactly as loss range does" in said.text
    assert said.beside == (measure_claims.REDUCED,)


def test_the_total_on_the_test_loss_may_have_the_range_of_the_test_loss_as_its_twin(
    planted: ClaimReport,
) -> None:
    tau = planted.tau(f"{D0}[test_loss]", "test_loss", "all")
    assert tau is not None
    assert tau.twin in (RANGE, f"{RANGE}[test_loss]")


def test_what_follows_only_across_cells_does_not_beat_inside_them() -> None:
    networks = study(0.0, between=1.5)
    said = {verdict.name: verdict for verdict in measure_claims.verdicts(claims(networks, SPEC))}
    assert said["end_disagreement.over"].word == HOLDS
    assert said["end_disagreement.cells"].word != HOLDS


def test_the_numbers_are_scipys_and_the_gap_is_outside_the_probe(planted: ClaimReport) -> None:
    networks = study(1.0)
    gap = networks.numbers("gap_accuracy[outside]")
    tau = planted.tau("function_return", "gap_accuracy[outside]", "all")
    assert planted.outside
    assert tau is not None
    assert tau.tau == pytest.approx(stats.kendalltau(networks.numbers("function_return"), gap)[0])
    assert (tau.networks, tau.configurations) == (216, 108)
    inside = planted.tau("function_return", "gap_accuracy[outside]", "interpolating")
    fits = networks.numbers("train_accuracy") > 0.99
    assert inside is not None
    assert inside.networks == fits.sum()
    expected = stats.kendalltau(networks.numbers("function_return")[fits], gap[fits])[0]
    assert inside.tau == pytest.approx(expected)


def test_inside_cells_the_mean_is_over_cells(planted: ClaimReport) -> None:
    networks = study(1.0)
    gap = networks.numbers("gap_accuracy[outside]")
    cells = networks.numbers("label_corruption") * 10_000 + networks.numbers("train_rows")
    means = [
        np.mean(
            [
                stats.kendalltau(networks.numbers(name)[cells == cell], gap[cells == cell])[0]
                for cell in np.unique(cells)
            ]
        )
        for name in ("end_disagreement", "expected_sharpness")
    ]
    each = planted.difference("end_disagreement", "expected_sharpness", "all", in_cells=True)
    assert each is not None
    assert each.cells == 4
    assert [each.tau, each.other_tau] == pytest.approx(means)
    assert each.value == pytest.approx(abs(means[0]) - abs(means[1]))
    assert each.value_low is not None
    assert each.value_high is not None
    assert each.value_low <= each.value <= each.value_high


def test_what_is_missing_is_named_and_the_rest_is_said() -> None:
    networks = study(1.0)
    left = {
        name: column
        for name, column in networks.columns.items()
        if name not in ("function_return", "expected_sharpness", "test_loss", "label_corruption")
    }
    report = claims(StudyTable(networks.ids, {**left, "train_rows": np.full(216, 9.0)}), SPEC)
    said = {verdict.name: verdict for verdict in measure_claims.verdicts(report)}
    assert said["return_ratio"].word == HOLDS
    assert said["function_return"].word is None
    assert "no column function_return" in said["function_return"].text
    assert "no column expected_sharpness" in said["end_disagreement.over"].text
    assert "no column test_loss" in said[D0].text
    assert said[f"{D0}.twin"].word is None
    assert said["end_disagreement.cells"].word is None


def test_networks_that_interpolate_and_disagree_are_named() -> None:
    networks = study(1.0)
    fits = np.arange(len(networks)) % 6 == 0
    turned = np.where(fits, -1, 1) * networks.numbers("function_return")
    changed = {"function_return": turned, "train_accuracy": np.where(fits, 1.0, 0.9)}
    report = claims(StudyTable(networks.ids, {**networks.columns, **changed}), SPEC)
    said = {verdict.name: verdict for verdict in measure_claims.verdicts(report)}
    assert "disagree in sign" in said["function_return"].beside[0]
    assert "networks that interpolate agree in sign" in said["return_ratio"].beside[0]


def test_a_report_is_stored_and_read_as_it_is(planted: ClaimReport) -> None:
    assert ClaimReport.model_validate(planted.model_dump()) == planted
