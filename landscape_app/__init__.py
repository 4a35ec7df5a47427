"""Landscape: look at the loss landscape around what a network learned, by jump and retrain (Horoi
et al. 2022).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from landscape_app.library import explore
    from landscape_app.recording import record
    from landscape_app.served import serve
    from landscape_app.stored_run import open_run
    from landscape_app.stored_study import open_study

__all__ = ["explore", "open_run", "open_study", "record", "serve"]
# where each is defined
HOMES = {
    "explore": "landscape_app.library",
    "open_run": "landscape_app.stored_run",
    "open_study": "landscape_app.stored_study",
    "record": "landscape_app.recording",
    "serve": "landscape_app.served",
}
__version__ = "0.3.0"


def __getattr__(name: str) -> Any:
    # Lazy, so that `import landscape_app` in the web process brings in neither torch nor phate.
    if name in HOMES:
        return getattr(import_module(HOMES[name]), name)
    raise AttributeError(f"module 'landscape_app' has no attribute '{name}'")
