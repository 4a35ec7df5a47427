"""The marks of a scene: the symbol of a jump, and what stands at an anchor."""

from __future__ import annotations

from typing import Any

from landscape_app.figures.palette import SYMBOLS, SYMBOLS_OF_SPACE

STAR = "★"  # plotly has no star in space, so it is written there


def jump(look: int, dims: int, *, several: bool) -> str:
    """The symbol of a jump; in a scene of several runs that of its look, hollow where there is such
    a one.
    """
    if not several:
        return "circle-open"
    if dims != 3:
        return f"{SYMBOLS[look]}-open"
    symbol = SYMBOLS_OF_SPACE[look]
    if symbol in ("cross", "x"):  # not drawn hollow in space
        return symbol
    return symbol.removesuffix("-open") if symbol.endswith("-open") else f"{symbol}-open"


def rim(*, star: bool) -> dict[str, Any]:
    """What is around an anchor in the plane, so that it is seen among the snapshots."""
    return {"size": 23, "symbol": "star"} if star else {"size": 19, "symbol": "diamond"}


def anchor(dims: int, *, star: bool) -> tuple[str, dict[str, Any]]:
    """(the property that has an anchor's colour, the trace without its place and its colour)."""
    if star and dims == 3:
        word = {"text": [STAR], "textposition": "middle center", "textfont": {"size": 26}}
        return "textfont.color", {"mode": "text", **word}
    symbol = "star" if star else "diamond"
    size = 7 if dims == 3 else 16 if star else 14
    return "marker.color", {"mode": "markers", "marker": {"size": size, "symbol": symbol}}
