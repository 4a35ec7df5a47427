"""The form of stored results that name snapshots: which arrays they have, how long these are, and
what their numbers refer to.

The types of a result's words and single numbers are in store/result_types.py. A result may come
from someone else, or from another version. A result of another form is left out, and the reason is
told in words. An id of a snapshot that does not exist is not an error of form: ids are looked up
later (rows.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np

ABSENT = -1  # in the place of an id: there is none, as an essential bar merges with nothing


class ArrayForm(NamedTuple):
    """One array. kind: what its numbers are, a key of KINDS. axes: equal letters are equal lengths
    within the result; "b+1" is one more.

    of: the axis that the numbers of a place or an offset refer to. group: arrays of a group are
    present together or not at all; "": always present.
    """

    kind: str
    axes: tuple[str | int, ...]
    of: str = ""
    group: str = ""


class ArrayHeader(Protocol):
    """Type and shape of an array, known before it is read."""

    @property
    def dtype(self) -> Any: ...
    @property
    def shape(self) -> tuple[int, ...]: ...


def _of_kind(kind: str) -> Callable[..., ArrayForm]:
    """A function (*axes, of="") -> form of an array whose numbers are of this kind."""

    def form(*axes: str | int, of: str = "") -> ArrayForm:
        return ArrayForm(kind, axes, of)

    return form


number = _of_kind("number")
id_of = _of_kind("id")
distinct_id = _of_kind("distinct id")
id_or_none = _of_kind("id or none")
place = _of_kind("place")
place_or_none = _of_kind("place or none")
offset = _of_kind("offset")


def _bars(h: str, axis: str, cycles: str = "") -> dict[str, ArrayForm]:
    """Bars of Rips persistence, and the cycles of loops."""
    forms = {f"{h}_{name}": number(axis) for name in ("birth", "death")}
    forms |= {
        f"{h}_birth_rows": id_of(axis, f"{h} ends"),
        f"{h}_death_rows": id_or_none(axis, f"{h} closing"),
    }
    forms |= {f"{h}_censored": number(axis)}
    if cycles:
        forms |= {
            f"{h}_cycle_rows": id_of(cycles),
            f"{h}_cycle_offsets": offset(f"{axis}+1", of=cycles),
        }
    return forms


def _together(group: str, parts: Mapping[str, ArrayForm]) -> dict[str, ArrayForm]:
    return {name: part._replace(group=group) for name, part in parts.items()}


SCORED = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")
# of each state of the training on a surface
PATH = {f"path_{name}": number("s") for name in ("step", "residual", *SCORED)}
PATH |= {"path_coordinates": number("s", 2)}
# of each point of a static sampling
RECORDED: dict[str, ArrayForm] = {
    **{
        name: number("n")
        for name in (
            *("train_loss", "test_loss", "train_accuracy", "test_accuracy"),
            *("distance", "diverged"),
        )
    },
    "probe": number("n", "m", "outputs"),
    "train_probe": number("n", "t", "outputs"),
    "losses": ArrayForm("number", ("n", "e"), group="losses"),
}

FORMS: dict[str, dict[str, ArrayForm]] = {
    "embedding": {"rows": distinct_id("n"), "coordinates": number("n", "dims")},
    "joint": {"rows": id_of("n"), "run": place("n", of="runs"), "coordinates": number("n", "dims")},
    "geometry": {
        "rows": distinct_id("n"),
        "distances": number("n", "n"),
        "representative": place("n", of="n"),
    },
    "cloud": {
        "rows": distinct_id("n"),
        "coordinates": number("n", "dims"),
        **{
            name: number("n")
            for name in (
                *("trajectory", "seed", "step_size", "epoch", "distance"),
                *("train_loss", "test_loss", "train_accuracy", "test_accuracy"),
            )
        },
    },
    "paper_embedding": {
        "coordinates": number("n", "dims"),
        **{
            name: number("n")
            for name in (
                *("train_loss", "test_loss", "seed", "step_size", "epoch"),
                "trajectory",
            )
        },
    },
    "paper_diagram": {name: number("b") for name in ("birth", "death", "never")},
    "function_space": {
        "rows": ArrayForm("distinct id", ("n",)),
        "distance": ArrayForm("number", ("n",)),
        "disagreement": ArrayForm("number", ("n",), group="classes"),
    },
    "training_path": {
        **{name: number("s") for name in ("step", "epoch", "distance")},
        **{name: number("s") for name in SCORED},
        "probe": number("s", "p"),
        "train_probe": ArrayForm("number", ("s", "t"), group="train probe"),
        "losses": ArrayForm("number", ("s", "e"), group="losses"),
    },
    "loops": _together("loops", _bars("h1", "c", "m")),
    "sampling": {"seeds": id_of("n", "c"), "coefficients": number("n", "c"), **RECORDED},
    "sampling_part": {"place": distinct_id("n"), **RECORDED},
    "surface": {
        **{axis: number(axis[0]) for axis in ("alpha", "beta")},
        **{name: number("b", "a") for name in SCORED},
        "rows": distinct_id("n"),
        "coordinates": number("n", 2),
        "residual": number("n"),
        **_together("path", PATH),
    },
    "sublevel": {
        "rows": distinct_id("n"),
        "values": number("n"),
        "birth": number("b"),
        "death": number("b"),
        "birth_row": id_of("b"),
        "merge_rows": id_or_none("b", 2),
        "basin_rows": id_of("m"),
        "basin_offsets": offset("b+1", of="m"),
        "into": place_or_none("b", of="b"),
    },
    "climbs": {"pairs": id_of("c", 2), "climb": number("c")},
    "rips": {
        "h0_death": number("b"),
        "h0_rows": id_of("b", 2),
        **_bars("h1", "c", "m"),
        **_together("voids", _bars("h2", "d")),
    },
    "significance": _together("loops", _bars("h1", "c", "m")),
    "profile": _together(
        "line",
        {
            "order_rows": distinct_id("n"),
            "heights": number("n"),
            "wall_places": place("w", of="n"),
            "wall_heights": number("w"),
        },
    ),
    "triangulation": {
        **{f"{h}_{name}": number(h) for h in ("h0", "h1") for name in ("birth", "death")},
        "h0_birth_row": id_of("h0"),
        "h0_merge_rows": id_or_none("h0", 2),
        "h1_birth_rows": id_of("h1", 2),
        "h1_death_rows": id_of("h1", 3),
    },
    "curvature": _together(
        "barriers",
        {
            "end_rows": distinct_id("n"),
            "end_losses": number("n"),
            "pairs": place("e", 2, of="n"),
            "heights": number("e"),
            "birth": number("b"),
            "death": number("b"),
            "birth_row": id_of("b"),
            "merge_rows": id_or_none("b", 2),
        },
    ),
}


def problem(
    name: str,
    headers: Mapping[str, ArrayHeader],
    read: Callable[[str], np.ndarray],
    parameters: Mapping[str, Any],
    meta: Mapping[str, Any],
) -> str:
    """What is wrong with the form of the result `name`, in words; empty if nothing. Arrays of
    numbers are not read.
    """
    if meta.get("refused"):
        return ""  # the reason in its place: it has no arrays
    sizes: dict[str, int] = {"runs": len(meta.get("runs") or ())}
    if "dims" in parameters:
        sizes["dims"] = parameters["dims"]
    form = FORMS.get(name, {})
    there = {"", *(part.group for array, part in form.items() if array in headers)}
    for array, part in form.items():
        if array not in headers:
            if part.group in there:
                return f"it has no '{array}'"
        elif fault := _misshapen(headers[array], part, sizes):
            return f"its '{array}' {fault}"
    for array, part in form.items():
        if (
            array in headers
            and part.kind != "number"
            and (fault := KINDS[part.kind](read(array), sizes.get(part.of, 0)))
        ):
            return f"its '{array}' {fault}"
    return ""


def _misshapen(header: ArrayHeader, part: ArrayForm, sizes: dict[str, int]) -> str:
    """What is wrong with the type or shape, in words; "" if nothing. Lengths that are not yet in
    `sizes` are added to it.
    """
    if part.kind == "number" and header.dtype.kind not in "iufb":
        return "holds no numbers"
    if part.kind != "number" and header.dtype.kind not in "iu":
        return "holds no whole numbers"
    if len(header.shape) != len(part.axes):
        return "has another number of axes"
    for length, axis in zip(header.shape, part.axes, strict=True):
        more = isinstance(axis, str) and axis.endswith("+1")
        known = (
            axis
            if isinstance(axis, int)
            else sizes.setdefault(str(axis).removesuffix("+1"), length - more)
        )
        if length != known + more:
            return "has another length than what it belongs to"
    return ""


def _ids(values: np.ndarray, _: int) -> str:
    return "names snapshots by negative numbers" if (values < 0).any() else ""


def _distinct(values: np.ndarray, size: int) -> str:
    return _ids(values, size) or (
        "names a snapshot twice" if len(np.unique(values)) < len(values) else ""
    )


def _or_none(values: np.ndarray, _: int) -> str:
    return "names snapshots by negative numbers" if (values < ABSENT).any() else ""


def _places(values: np.ndarray, size: int) -> str:
    return "points at places that are not there" if ((values < 0) | (values >= size)).any() else ""


def _places_or_none(values: np.ndarray, size: int) -> str:
    return _places(values[values != ABSENT], size)


def _offsets(values: np.ndarray, size: int) -> str:
    fitting = (
        len(values) > 0
        and values[0] == 0
        and values[-1] == size
        and (np.diff(values.astype(np.int64)) >= 0).all()
    )
    return "" if fitting else "does not divide what it belongs to"


KINDS: dict[str, Callable[[np.ndarray, int], str]] = {
    "id": _ids,
    "distinct id": _distinct,
    "id or none": _or_none,
    "place": _places,
    "place or none": _places_or_none,
    "offset": _offsets,
}
