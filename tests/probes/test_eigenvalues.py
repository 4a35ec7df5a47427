"""The largest eigenvalues are numpy's, and their errors hold, also in little memory."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from landscape_app.probes import lanczos
from landscape_app.seeds import numpy_stream
from tests.probes.bowls import rotated


@pytest.mark.parametrize(
    "values",
    [np.r_[np.linspace(-1, 1, 295), 5, 8, 8, 20, 30.0], np.geomspace(1e-6, 10, 300), np.ones(60)],
)
def test_top_eigenvalues_are_numpys_as_often_as_they_occur(values):
    matrix = rotated(values)
    found = lanczos.top(
        lambda v: matrix @ v, len(values), count=4, seed=2, steps=120, tolerance=1e-9
    )
    expected = np.sort(values)[::-1][:4]
    if len(np.unique(expected)) == 4:
        np.testing.assert_allclose(found.values, expected, rtol=1e-8)
    assert found.products <= 124
    for value, error in zip(found.values, found.errors, strict=True):
        assert np.abs(values - value).min() <= error + 1e-9 * abs(expected[0])


def test_a_spaces_every_repeated_eigenvalue_is_found_where_it_is_searched_to_the_end():
    values = np.r_[np.zeros(40), 2, 7, 7, 7.0]
    matrix = rotated(values)
    found = lanczos.top(lambda v: matrix @ v, len(values), count=4, seed=0, steps=44)
    np.testing.assert_allclose(found.values, [7, 7, 7, 2], atol=1e-8)


def test_unconverged_eigenvalues_come_with_an_error_that_holds():
    values = np.linspace(0, 1, 400)
    matrix = rotated(values)
    found = lanczos.top(lambda v: matrix @ v, 400, count=5, seed=0, steps=20)
    assert not found.converged
    assert found.errors.max() > 1e-3
    assert all(
        np.abs(values - value).min() <= error
        for value, error in zip(found.values, found.errors, strict=True)
    )


# name -> spectrum: dense where it is searched, repeated, negative, or nothing but a few outliers
SPECTRA = {
    "dense": np.linspace(0, 1, 600),
    "dense and negative": np.r_[np.linspace(-3, 1, 598), 1.02, 1.03],
    "all negative": -np.geomspace(0.1, 1, 300),
    "repeated": np.r_[np.linspace(-1, 1, 595), 2, 2, 2, 3, 3.0],
    "outliers": np.r_[numpy_stream(0, "bulk").standard_normal(597) * 0.01, 0.3, 0.5, 1.0],
}


@pytest.mark.parametrize("name", SPECTRA)
def test_a_search_in_little_memory_finds_what_one_without_bound_does(name, monkeypatch):
    values = SPECTRA[name]
    size, matrix = len(values), rotated(values)

    def search():
        return lanczos.top(lambda v: matrix @ v, size, count=2, seed=0, steps=900, tolerance=1e-6)

    free = search()
    monkeypatch.setattr(lanczos, "MEMORY", 20 * 8 * size)
    restarted = search()
    assert free.converged
    assert restarted.converged
    scale = np.abs(values).max()
    np.testing.assert_allclose(restarted.values, free.values, atol=1e-9 * scale)
    assert restarted.errors.max() < 2e-6 * scale
    assert restarted.products >= free.products
    for value, vector in zip(restarted.values, restarted.vectors, strict=True):
        assert np.abs(values - value).min() < 1e-9 * scale
        assert np.linalg.norm(matrix @ vector - value * vector) < 2e-6 * scale
        assert vector[np.abs(vector).argmax()] > 0
    np.testing.assert_allclose(restarted.vectors @ restarted.vectors.T, np.eye(2), atol=1e-9)


def test_a_searchs_memory_is_bounded(monkeypatch):
    size, values = 100_000, np.r_[np.linspace(0, 1, 99_999), 1.5]
    monkeypatch.setattr(lanczos, "MEMORY", 20 * 8 * size)
    tracemalloc.start()
    largest = lanczos.top(lambda v: values * v, size, count=2, seed=0, steps=60)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert largest.products == 62
    assert peak < 28 * 8 * size  # the basis, the vectors of the answer, and a few for one step
    assert largest.values[0] == pytest.approx(1.5, rel=1e-12)


def test_a_restarted_search_that_ends_early_has_errors_that_hold(monkeypatch):
    values = np.linspace(0, 1, 400)
    monkeypatch.setattr(lanczos, "MEMORY", 12 * 8 * 400)
    largest = lanczos.top(lambda v: values * v, 400, count=3, seed=0, steps=40)
    assert not largest.converged
    assert largest.products == 43
    assert (np.diff(largest.values) <= 0).all()
    for value, error in zip(largest.values, largest.errors, strict=True):
        assert np.abs(values - value).min() <= error


def test_a_restart_where_the_space_is_exhausted_goes_on_outside_of_it(monkeypatch):
    values = np.r_[np.zeros(190), np.repeat([1.0, 2.0], 4), 7, 7]
    monkeypatch.setattr(lanczos, "MEMORY", 14 * 8 * 200)
    largest = lanczos.top(lambda v: values * v, 200, count=4, seed=0, steps=60)
    np.testing.assert_allclose(largest.values, [7, 7, 2, 2], atol=1e-8)


def test_an_error_knows_of_products_that_are_rounded():
    matrix = rotated(np.linspace(0, 1, 200) ** 4)
    found = lanczos.top(
        lambda v: (matrix.astype(np.float32) @ v.astype(np.float32)).astype(float),
        200,
        count=3,
        seed=0,
        tolerance=1e-5,
    )
    assert (found.errors > 1e-9).all()
    assert (found.errors < 1e-4).all()
