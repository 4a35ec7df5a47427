"""Laws of a cloud by several settings: what depends on its distances alone is computed once."""

from __future__ import annotations

import numpy as np

from landscape_app.analysis import space as module
from landscape_app.analysis.quality import geodesics
from tests.analysis.clouds import rays, space


def test_geodesics_and_axes_are_computed_once_whichever_settings_ask_first(monkeypatch):
    calls: list[int] = []

    def counted(distances, *, seed):
        calls.append(seed)
        return geodesics(distances, seed=seed)

    monkeypatch.setattr(module, "geodesics", counted)
    first = space(rays(), k=5)
    other = first.by(first.spec.model_copy(update={"k": 3}))
    assert other.geodesics is first.geodesics
    assert other.principal is first.principal
    assert len(calls) == 1
    seeded = first.by(first.spec.model_copy(update={"seed": 1}))
    assert seeded.geodesics is not first.geodesics
    assert calls == [first.spec.seed, 1]
    assert np.array_equal(seeded.principal[0], first.principal[0])
