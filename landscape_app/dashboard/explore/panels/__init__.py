"""The panels of Explore, in the order of the page: one line each.

To add a panel, write a file here that makes a `Panel` (panel.py), and give it a line below. A
contract test (tests/dashboard/explore/test_panels.py) holds every line to the protocol.
"""

from __future__ import annotations

PANELS: dict[str, str] = {
    "scene": "landscape_app.dashboard.explore.panels.scene:PANEL",
    "joint": "landscape_app.dashboard.explore.panels.joint:PANEL",
    "diagrams": "landscape_app.dashboard.explore.panels.topology:PANEL",
    "curves": "landscape_app.dashboard.explore.panels.curves:PANEL",
    "measures": "landscape_app.dashboard.explore.panels.measures:PANEL",
}
