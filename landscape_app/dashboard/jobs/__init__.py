"""Jobs as the page follows them: the strip in Explore's rail and the Jobs page."""

from landscape_app.dashboard.jobs.callbacks import register
from landscape_app.dashboard.jobs.page import layout

__all__ = ["layout", "register"]
