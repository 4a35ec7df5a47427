"""Pairs of networks that differ in one hyper-parameter alone: granulated Kendall, and the sign
error per environment.

Jiang et al. 2020, "Fantastic Generalization Measures and Where to Find Them" (arXiv 1912.02178),
§3.2; Dziugaite et al. 2020, "In Search of Robust Measures of Generalization" (arXiv 2010.11924). A
measure that only follows one knob predicts nothing about the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Coupled:
    """p pairs: positions i, j (p,) of the networks; hyper (p,) index of the hyper-parameter in
    which alone they differ.

    group (p,): the settings of all the others, numbered per hyper-parameter. environment (p,): the
    two configurations; its pairs differ in their seeds only.
    """

    names: tuple[str, ...]
    i: np.ndarray
    j: np.ndarray
    hyper: np.ndarray
    group: np.ndarray
    environment: np.ndarray


def configurations(hyper: Mapping[str, np.ndarray], n: int) -> np.ndarray:
    """(n,) number of each network's settings, from 0; without hyper-parameters every network is a
    configuration of its own.
    """
    return _numbered(list(hyper.values())) if hyper else np.arange(n)


def coupled(hyper: Mapping[str, np.ndarray], n: int) -> Coupled:
    """Every such pair among n networks with the settings `hyper` {name: (n,) numbers or words}. At
    most n²/2 pairs.
    """
    configuration = configurations(hyper, n)
    parts = [np.empty((5, 0), dtype=np.int64)]
    for index, name in enumerate(hyper):
        others = [column for other, column in hyper.items() if other != name]
        group = _numbered(others) if others else np.zeros(n, dtype=np.int64)
        value = _numbered([hyper[name]])
        for number in range(int(group.max(initial=-1)) + 1):
            members = np.flatnonzero(group == number)
            i, j = (members[side] for side in np.triu_indices(len(members), 1))
            i, j = i[value[i] != value[j]], j[value[i] != value[j]]
            low, high = (
                np.minimum(configuration[i], configuration[j]),
                np.maximum(configuration[i], configuration[j]),
            )
            parts.append(
                np.stack([i, j, np.full(len(i), index), np.full(len(i), number), low * n + high])
            )
    return Coupled(tuple(hyper), *np.concatenate(parts, axis=1))


def granulated(
    pairs: Coupled, x: np.ndarray, y: np.ndarray
) -> tuple[float | None, dict[str, float | None]]:
    """(Ψ, {hyper-parameter: ψ}): ψ is the mean, over the settings of the others, of the mean of
    sign(Δx)·sign(Δy) over the pairs whose value of it differs; Ψ the mean of the ψ. None without a
    pair. x, y (n,), NaN where there is none.

    The pairs' signs are averaged as they are (τ_a, as in Jiang et al.): a measure that a
    hyper-parameter leaves alone scores 0 there.
    """
    known, agreement = _agreement(pairs, x, y)
    by: dict[str, float | None] = {}
    for index, name in enumerate(pairs.names):
        here = known & (pairs.hyper == index)
        by[name] = float(_means(agreement[here], pairs.group[here]).mean()) if here.any() else None
    parts = [value for value in by.values() if value is not None]
    return (float(np.mean(parts)) if parts else None), by


def sign_errors(pairs: Coupled, x: np.ndarray, y: np.ndarray, *, noise: float = 0.0) -> np.ndarray:
    """(e,) of every environment: the mean of ½(1 − sign(Δx)·sign(Δy)) over its pairs of seeds whose
    gaps y differ by more than `noise`.

    0: the measure always says which generalizes worse; 1: it is always wrong; ½: as good as a coin.
    A tie of the measure is half an error. Environments without such a pair are not judged.
    """
    known, agreement = _agreement(pairs, x, y)
    here = known & (np.abs(_differences(y, pairs)) > noise)
    return _means(0.5 * (1.0 - agreement[here]), pairs.environment[here])


def _agreement(pairs: Coupled, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(pairs in which both have values, sign(Δx)·sign(Δy))."""
    finite = np.isfinite(x) & np.isfinite(y)
    known = finite[pairs.i] & finite[pairs.j]
    return known, np.sign(_differences(np.where(finite, x, 0.0), pairs)) * np.sign(
        _differences(np.where(finite, y, 0.0), pairs)
    )


def _differences(values: np.ndarray, pairs: Coupled) -> np.ndarray:
    return np.asarray(values[pairs.i] - values[pairs.j])


def _means(values: np.ndarray, label: np.ndarray) -> np.ndarray:
    """The mean of `values` for every label that occurs, by ascending label."""
    _, which = np.unique(label, return_inverse=True)
    return np.bincount(which, values) / np.bincount(which) if len(values) else np.empty(0)


def _numbered(columns: list[np.ndarray]) -> np.ndarray:
    """(n,) number of each row among the distinct rows of the columns."""
    codes = np.stack([np.unique(column, return_inverse=True)[1] for column in columns], axis=1)
    return np.unique(codes, axis=0, return_inverse=True)[1].reshape(-1)
