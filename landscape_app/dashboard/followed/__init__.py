"""Jobs as the page follows them: the strip in Explore's rail and the Jobs page."""

from landscape_app.dashboard.followed.brief import strip
from landscape_app.dashboard.followed.callbacks import register
from landscape_app.dashboard.followed.page import layout

__all__ = ["layout", "register", "strip"]
