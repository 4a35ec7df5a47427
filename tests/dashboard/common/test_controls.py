"""Laws of the shared controls."""

from __future__ import annotations

from dash import html

from landscape_app.dashboard.common import controls


def test_a_labelled_control_stands_after_its_label() -> None:
    control = html.Button(id="here")
    row = str(controls.labelled("Height", control))
    assert 0 < row.index("Height") < row.index("here")
