"""Landscape: look at the loss landscape around what a network learned, by jump and retrain (Horoi
et al. 2022).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from landscape_app.library import explore
    from landscape_app.stored_run import open_run

__all__ = ["explore", "open_run"]
__version__ = "0.3.0"


def __getattr__(name: str) -> Any:
    # Lazy, so that `import landscape_app` in the web process brings in neither torch nor phate.
    if name == "explore":
        from landscape_app.library import explore

        return explore
    if name == "open_run":
        from landscape_app.stored_run import open_run

        return open_run
    raise AttributeError(f"module 'landscape_app' has no attribute '{name}'")
