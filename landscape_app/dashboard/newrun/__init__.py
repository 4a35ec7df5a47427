"""The New run page: a form that is made from the settings themselves."""

from landscape_app.dashboard.newrun.callbacks import register
from landscape_app.dashboard.newrun.page import layout

__all__ = ["layout", "register"]
