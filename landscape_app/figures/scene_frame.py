"""The frame of a scene: axes without numbers, as an embedding's unit means nothing, equal in all
directions; and where the camera stands.
"""

from __future__ import annotations

from typing import Any

EYE = (1.0, 1.0, 0.63)  # how far the camera is from a scene that is higher than wide
WIDE = 0.86  # … times this, where it is wider than high
CENTRE = {"x": 0, "y": 0, "z": -0.03}
REACH = 1.02
AXES = "xyz"
PLANE = (1.1, 1.1)  # how far the plane of one run goes


def space(*, wide: bool) -> dict[str, Any]:
    """The layout of a scene in three dimensions. wide: it is wider than high."""
    near = WIDE if wide else 1.0
    axis = {
        "range": [-REACH, REACH],
        "showticklabels": False,
        "showspikes": False,
        "title": {"text": ""},
        "nticks": 5,
        "showbackground": False,
        "zeroline": False,
        "showline": False,
    }
    camera = {
        "eye": {axis: near * part for axis, part in zip(AXES, EYE, strict=True)},
        "center": CENTRE,
        "up": {"x": 0, "y": 0, "z": 1},
    }
    scene = {
        "xaxis": axis,
        "yaxis": axis,
        "zaxis": axis,
        "aspectmode": "cube",
        "camera": camera,
        "dragmode": "orbit",
        "uirevision": "kept",
    }
    return {"scene": scene, "hovermode": "closest"}


def plane(edges: tuple[float, ...]) -> dict[str, Any]:
    """The layout of a scene in the plane. edges: how far it goes across and up at least; a window
    of another shape shows more to one of the sides.
    """
    across, up = (
        {
            "range": [-edge, edge],
            "showticklabels": False,
            "title": {"text": ""},
            "showline": False,
            "nticks": 5,
        }
        for edge in edges
    )
    return {
        "xaxis": across,
        "yaxis": {**up, "scaleanchor": "x"},
        "dragmode": "lasso",
        "hovermode": "closest",
    }
