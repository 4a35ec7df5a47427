"""How the page looks: the HTML that the browser gets first (dark before the first paint where dark
was chosen, no request that leaves the machine), the colour scheme, whether the browser draws in
WebGL, and the theme of Mantine.
"""

from __future__ import annotations

import importlib.resources
from pathlib import Path
from typing import Any, Literal

from flask import has_request_context, request

Scheme = Literal["light", "dark"]
COOKIE = "landscape-scheme"
PRESENTATION_KEY = "landscape-presentation"  # in localStorage: "on" where everything is larger
FLAT_COOKIE = "landscape-webgl"  # "none" where the browser cannot draw 3-D figures
FLAT = (
    "This browser cannot draw 3-D figures, because WebGL is switched off or missing. All figures"
    " are drawn in 2-D."
)

# Runs before anything is painted or asked for. Mantine keeps the choice of colours in localStorage;
# cookies tell the server, whose figures follow them. A context is tried once a page, and given back.
BEFORE_PAINT = (
    "(function(){var d=document,m=d.cookie.match(/(?:^|; )" + COOKIE + "=(light|dark)/),s=m?m[1]:"
    "(window.matchMedia('(prefers-color-scheme: dark)').matches?'dark':'light');"
    "d.documentElement.setAttribute('data-mantine-color-scheme',s);"
    "try{localStorage.setItem('mantine-color-scheme-value',s);"
    "localStorage.getItem('" + PRESENTATION_KEY + "')==='on'&&"
    "d.documentElement.setAttribute('data-presentation','')}catch(e){}"
    "if(!m)d.cookie='" + COOKIE + "='+s+';path=/;max-age=31536000;samesite=strict';"
    "var g=d.createElement('canvas').getContext('webgl'),"
    "e=g&&g.getExtension('WEBGL_lose_context');e&&e.loseContext();"
    "d.cookie='" + FLAT_COOKIE + "=none;path=/;samesite=strict'+(g?';max-age=0':'')})();"
)

PAGE = (
    """<!DOCTYPE html>
<html lang="en">
  <head>
    {%metas%}
    <title>{%title%}</title>
    <link rel="icon" href="{%prefix%}/assets/favicon.svg" type="image/svg+xml">
    <link rel="preload" href="{%prefix%}/assets/fonts/inter-400.woff2" as="font" type="font/woff2" crossorigin>
    <script>"""
    + BEFORE_PAINT
    + """</script>
    {%css%}
  </head>
  <body>
    {%app_entry%}
    <noscript>Landscape needs JavaScript.</noscript>
    <footer>
      {%config%}
      {%scripts%}
      {%renderer%}
    </footer>
  </body>
</html>
"""
)


def scheme() -> Scheme:
    """The colour scheme of the browser that asks: light where it has not said."""
    return "dark" if has_request_context() and request.cookies.get(COOKIE) == "dark" else "light"


def flat() -> bool:
    """Whether the browser that asks draws no WebGL: it gets figures in the plane alone."""
    return has_request_context() and request.cookies.get(FLAT_COOKIE) == "none"


# The palette of assets/theme.css in the form that Mantine's components take.
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
    "primaryShade": {"light": 6, "dark": 6},  # white words on it are read in both
    "fontFamily": FONT,
    "headings": {"fontFamily": FONT, "fontWeight": "600"},
    "fontFamilyMonospace": (
        "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
    ),
    "defaultRadius": 6,
    "fontSizes": {
        name: f"{size / 16}rem"
        for name, size in {"xs": 11.5, "sm": 13, "md": 14, "lg": 16, "xl": 20}.items()
    },
    "cursorType": "pointer",
    "respectReducedMotion": True,
}


def assets() -> Path:
    """The browser's files: those of the checkout, or the copy inside an installed package."""
    inside = Path(str(importlib.resources.files("landscape_app"))) / "_assets"
    return inside if inside.is_dir() else Path(__file__).resolve().parents[2] / "assets"
