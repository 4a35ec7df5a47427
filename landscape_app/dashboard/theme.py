"""Mantine's theme: the palette of assets/theme.css in the form that its components take."""

from __future__ import annotations

from typing import Any

ACCENT = [
    "#e9f4fb",
    "#d0e7f5",
    "#a3cfea",
    "#6cb3db",
    "#2d93cf",
    "#1583c2",
    "#0072b2",
    "#0064a0",
    "#00568a",
    "#004871",
]
# Text, …, muted, …, lines, …, cards, page: Mantine takes its dark surfaces from this ramp by
# position.
DARK = [
    "#e7eaf0",
    "#c5cbd6",
    "#97a1b2",
    "#6f7a8c",
    "#2f3743",
    "#232933",
    "#161a21",
    "#0e1116",
    "#0b0d12",
    "#07090c",
]
FONT = "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"

THEME: dict[str, Any] = {
    "colors": {"accent": ACCENT, "dark": DARK},
    "primaryColor": "accent",
    "primaryShade": {"light": 6, "dark": 4},
    "fontFamily": FONT,
    "headings": {"fontFamily": FONT, "fontWeight": "600"},
    "fontFamilyMonospace": (
        "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
    ),
    "defaultRadius": 6,
    "fontSizes": {"xs": "11.5px", "sm": "13px", "md": "14px", "lg": "16px", "xl": "20px"},
    "cursorType": "pointer",
    "respectReducedMotion": True,
}
