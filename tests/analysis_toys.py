"""The smallest entry of each table of the analysis, followed to the letter of CONTRIBUTING.md."""

from __future__ import annotations

import numpy as np

from landscape_app.analysis.embedding import Embedding
from landscape_app.analysis.measures.measure import Facts, Measured, measure
from landscape_app.analysis.space import Space
from landscape_app.check_table import ANALYSED, CHECKS
from landscape_app.checks.check_subject import CheckSubject, Outcome
from landscape_app.entries import Entry
from landscape_app.measure_table import _D, _N, _S, MEASURES, MeasureEntry
from landscape_app.probes.point import Point
from landscape_app.records.diagram import Diagram
from landscape_app.records.snapshots import Snapshots
from landscape_app.registries import EMBEDDINGS, FILTRATIONS
from landscape_app.settings import CurvatureSpec

ABOUT = {"unit": "", "direction": "higher = more", "source": "a toy", "cost": "nothing"}
_T = "tests.analysis_toys:"


def embed(space: Space, *, dims: int, factor: float) -> Embedding:
    """The classical picture, `factor` times as large."""
    return Embedding(factor * space.principal[0][:, :dims], factor * space.distances, True)


def filtration(columns: dict[str, np.ndarray]) -> np.ndarray:
    """Twice the train loss (n,)."""
    return 2 * np.asarray(columns["train_loss"], dtype=np.float64)


@measure(**ABOUT)
def summary(diagram: Diagram) -> Measured:
    """Shortest finite bar."""
    lengths = diagram.length[diagram.finite]
    return Measured(float(lengths.min()) if len(lengths) else None)


@measure(**ABOUT)
def of_snapshots(snapshots: Snapshots, facts: Facts) -> Measured:
    """How many there are."""
    return Measured(float(len(snapshots)))


@measure(**ABOUT)
def of_network(point: Point, spec: CurvatureSpec) -> Measured:
    """How many weights it has."""
    return Measured(float(point.size), f"seed {spec.seed}")


def check(run: CheckSubject) -> Outcome:
    """How many snapshots there are not."""
    return Outcome(0.0, f"{len(run.snapshots)} snapshots")


def add() -> None:
    """One line in each table."""
    EMBEDDINGS["toy"] = Entry(_T + "embed", "Toy embedding", "A toy.", {"factor": 2.0})
    FILTRATIONS["toy"] = Entry(_T + "filtration", "toy loss", "A toy.")
    toy = {"family": "retraining", "misleads": "It is a toy."}
    MEASURES["sublevel.toy"] = MeasureEntry(_T + "summary", "toy summary", "A toy.", _D, _S, **toy)
    MEASURES["toy"] = MeasureEntry(_T + "of_snapshots", "toy of snapshots", "A toy.", **toy)
    MEASURES["toy_network"] = MeasureEntry(
        _T + "of_network", "toy of the network", "A toy.", _N, **toy
    )
    CHECKS["toy"] = Entry(
        _T + "check", "Toy check", "A toy.", {"group": ANALYSED, "figure": "toys", "most": 0}
    )
