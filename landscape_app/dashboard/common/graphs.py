"""What every figure on the page is shown with: no tool bar, and no button that sends it away."""

from __future__ import annotations

from typing import Any

CONFIG: dict[str, Any] = {
    "displayModeBar": False,
    "showSendToCloud": False,
    "displaylogo": False,
    "responsive": True,
    "doubleClick": "reset",
}
