"""The colours of every figure in light and in dark, and the two plotly templates made of them.

The same values as assets/theme.css (a test compares them). Runs differ in shape and colour: both
are one number, the run's look (figures/looks.py). The pick's vermillion is used for nothing else.
Ordered values take Viridis, cut where it would vanish into the background.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import plotly.graph_objects as go
from plotly.colors import sample_colorscale

Scheme = Literal["light", "dark"]
FONT = "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"
# The shape of each look: in words, in figures of the plane, and in those of space, where plotly
# draws fewer shapes. The first four belong to the regimes; a diamond is the anchor's.
MARKS = ("●", "■", "▼", "✚", "▲", "✖", "★", "◆")
SYMBOLS = ("circle", "square", "triangle-down", "cross", "triangle-up", "x", "star", "diamond")
SYMBOLS_OF_SPACE = (
    *("circle", "square", "square-open", "cross"),
    *("circle-open", "x", "diamond-open", "diamond"),
)
MARKS_OF_SPACE = ("●", "■", "□", "✚", "○", "✖", "◇", "◆")
# Categories without an order (direction seeds): Okabe-Ito, those that no run has first; without the
# pick's vermillion.
CATEGORIES = ("#E69F00", "#56B4E9", "#7F8794", "#D6C400", "#009E73", "#CC79A7", "#0072B2")
FADED = 0.12  # how much of its hue the last epoch of a trajectory keeps, as in the paper
RAY, HALO = 0.55, 0.35  # how much is seen of a ray, and of a run's colour around its lines


@dataclass(frozen=True)
class Palette:
    """Named colours; `runs` one for each look; `scale` from low to high."""

    card: str
    line: str
    grid: str
    text: str
    muted: str
    pick: str
    runs: tuple[str, ...]
    scale: tuple[str, ...]

    def named(self) -> dict[str, str]:
        """{name: colour}, the looks as run-1, run-2, …: what a script needs to repaint a figure.
        ray, halo-1, …: the colours of lines that step back, mixed toward the card.
        """
        plain = {
            name: getattr(self, name) for name in ("card", "line", "grid", "text", "muted", "pick")
        }
        numbered = list(enumerate(self.runs, start=1))
        return {
            **plain,
            "ray": mixed(self.muted, self.card, RAY),
            **{f"run-{i}": colour for i, colour in numbered},
            **{f"halo-{i}": mixed(colour, self.card, HALO) for i, colour in numbered},
        }


def mixed(colour: str, toward: str, share: float) -> str:
    """`colour` with `share` of it seen and `toward` for the rest, both #rgb or #rrggbb: an opaque
    line that looks like a transparent one. A scene in space is drawn twice where one is
    transparent.
    """
    parts = zip(_parts(colour), _parts(toward), strict=True)
    return _hex(tuple((share * a + (1 - share) * b) / 255 for a, b in parts))


def _parts(colour: str) -> list[int]:
    digits = colour.removeprefix("#")
    whole = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    return [int(whole[i : i + 2], 16) for i in (0, 2, 4)]


def _viridis(low: float, high: float) -> tuple[str, ...]:
    steps = [low + (high - low) * i / 10 for i in range(11)]
    return tuple(_hex(colour) for colour in sample_colorscale("Viridis", steps, colortype="tuple"))


def _hex(colour: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(255 * part):02x}" for part in colour)


PALETTES: dict[Scheme, Palette] = {
    "light": Palette(
        card="#fff",
        line="#e2e5ea",
        grid="#eceef2",
        text="#1d2330",
        muted="#5f697e",
        pick="#d55e00",
        runs=(
            *("#009e73", "#0072b2", "#cc79a7", "#6f4fb0"),
            *("#6b7a00", "#2394b3", "#8c2f5f", "#4a5568"),
        ),
        scale=_viridis(0.0, 0.92),
    ),
    "dark": Palette(
        card="#161a21",
        line="#272d37",
        grid="#232933",
        text="#e7eaf0",
        muted="#97a1b2",
        pick="#ff7a33",
        runs=(
            *("#2fbf93", "#56b4e9", "#de95be", "#a78be0"),
            *("#b5c334", "#8ee3e8", "#c2527f", "#c7cede"),
        ),
        scale=_viridis(0.16, 1.0),
    ),
}


def colourscale(palette: Palette) -> list[list[Any]]:
    """`palette.scale` as plotly takes it."""
    last = len(palette.scale) - 1
    return [[i / last, colour] for i, colour in enumerate(palette.scale)]


def sampled(palette: Palette, share: float) -> str:
    """The colour at a share, 0 to 1, of the palette's scale."""
    colour = sample_colorscale(list(palette.scale), [share], colortype="tuple")[0]
    return _hex(colour)


def stepped(count: int) -> list[list[Any]]:
    """A colour scale of `count` equal steps of CATEGORIES, which repeat after the last."""
    colours = [CATEGORIES[i % len(CATEGORIES)] for i in range(count)]
    return [
        [edge, colour] for i, colour in enumerate(colours) for edge in (i / count, (i + 1) / count)
    ]


def fading(count: int, palette: Palette) -> list[list[Any]]:
    """`stepped`, of which each step goes from its colour almost to the card."""
    stops = stepped(count)
    return [
        [place, colour if i % 2 == 0 else mixed(colour, palette.card, FADED)]
        for i, (place, colour) in enumerate(stops)
    ]


@cache
def template(scheme: Scheme) -> go.layout.Template:
    """Everything of a figure that depends on the scheme and on no trace."""
    p = PALETTES[scheme]
    axis = {
        "gridcolor": p.grid,
        "linecolor": p.line,
        "zeroline": False,
        "ticks": "",
        "tickfont": {"size": 10, "color": p.muted},
        "title": {"font": {"size": 10.5, "color": p.muted}, "standoff": 4},
    }
    space = {
        "backgroundcolor": "rgba(0,0,0,0)",
        "gridcolor": p.grid,
        "linecolor": p.grid,
        "zerolinecolor": p.grid,
    }
    scale = colourscale(p)
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 11, "color": p.text},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorscale": {"sequential": scale, "sequentialminus": scale, "diverging": scale},
            "xaxis": axis,
            "yaxis": axis,
            "scene": {"xaxis": space, "yaxis": space, "zaxis": space},
            "hoverlabel": {
                "bgcolor": p.card,
                "bordercolor": p.line,
                "font": {"family": FONT, "size": 11, "color": p.text},
            },
            "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": p.muted, "activecolor": p.text},
        }
    )
