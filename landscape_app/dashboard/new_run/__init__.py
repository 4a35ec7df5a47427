"""The New run page: a form that is made from the settings themselves."""

from landscape_app.dashboard.new_run.callbacks import register
from landscape_app.dashboard.new_run.page import layout

__all__ = ["layout", "register"]
