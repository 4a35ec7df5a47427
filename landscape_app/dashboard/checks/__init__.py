"""The page Checks: whether one to four runs are what they say they are."""

from landscape_app.dashboard.checks.page import layout, register

__all__ = ["layout", "register"]
