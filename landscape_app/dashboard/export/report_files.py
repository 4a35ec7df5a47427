"""The browser's files that a report carries: the page's own scripts and styles, written into it."""

from __future__ import annotations

import base64
import re
from pathlib import Path

from landscape_app.dashboard.appearance import assets

# of assets/: all that link the figures of Explore and of Surface, and draw what is picked
SCRIPTS = (
    *(
        "constants",
        "elements",
        "numbers",
        "colours",
        "picks",
        "filter",
        "filtered",
        "trails",
        "bars",
    ),
    *("strip", "plane", "hiding"),
    *(
        "frames",
        "internals",
        "gl",
        "camera",
        "paint",
        "names",
        "readout",
        "tip",
        "link",
        "linked",
        "keyboard",
        "measures",
        "player",
    ),
    *("repaint", "switch", "surface"),
)
STYLES = ("theme", "base", "explore", "measures", "surface", "study", "widths")
OWN = Path(__file__).with_name("static")
BEFORE, AFTER = ("stand_in",), ("details", "report")  # scripts of a report alone
KINDS = {".woff2": "font/woff2", ".svg": "image/svg+xml"}
FILE = re.compile(r'url\("(?!data:)([^"]+)"\)')


def styles() -> str:
    """All styles as one text; a file that they name is part of it."""
    texts = [_inline((assets() / f"{name}.css").read_text("utf-8")) for name in STYLES]
    return "\n".join([*texts, (OWN / "report.css").read_text("utf-8")])


def scripts() -> list[str]:
    """All scripts in the order in which they run."""
    paths = [
        *(OWN / f"{name}.js" for name in BEFORE),
        *(assets() / f"{name}.js" for name in SCRIPTS),
        *(OWN / f"{name}.js" for name in AFTER),
    ]
    return [path.read_text("utf-8") for path in paths]


def _inline(text: str) -> str:
    def written(named: re.Match[str]) -> str:
        path = assets() / named.group(1)
        content = base64.b64encode(path.read_bytes()).decode()
        return f'url("data:{KINDS[path.suffix]};base64,{content}")'

    return FILE.sub(written, text)
