"""Runs: the library of every run in the folder, to search, sort, label, compare and delete."""

from landscape_app.dashboard.runs.callbacks import register
from landscape_app.dashboard.runs.page import layout

__all__ = ["layout", "register"]
