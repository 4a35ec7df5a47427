"""The settings of a run and of everything that is computed from it.

Label, unit, range, help and default of a setting stand in one place. The flags of the command
line, the forms of the page, the validation and the stored provenance come from there. An unknown
setting is refused with a suggestion (`parse`).
"""

from __future__ import annotations

from landscape_app.settings.analysis import ALSO, AnalysisSpec
from landscape_app.settings.base import GIVEN, OBJECTS, Spec, parse, setting
from landscape_app.settings.curvature import CurvatureSpec
from landscape_app.settings.form import from_form
from landscape_app.settings.run import CONTROL, PRESETS, RunSpec, differences
from landscape_app.settings.sample import SampleSpec
from landscape_app.settings.statistics import StatisticsSpec
from landscape_app.settings.surface import SurfaceSpec
from landscape_app.settings.training import NO_RECIPE, own_network

__all__ = [
    "ALSO",
    "CONTROL",
    "GIVEN",
    "NO_RECIPE",
    "OBJECTS",
    "PRESETS",
    "AnalysisSpec",
    "CurvatureSpec",
    "RunSpec",
    "SampleSpec",
    "Spec",
    "StatisticsSpec",
    "SurfaceSpec",
    "differences",
    "from_form",
    "own_network",
    "parse",
    "setting",
]
