"""What is stored, in the forms that notebooks work with: frames of pandas, datasets of xarray.

Both packages are optional: `pip install 'landscape-app[notebook]'`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import numpy as np

from landscape_app.errors import SpecError
from landscape_app.records.snapshots import COLUMNS, Matrix, Snapshots
from landscape_app.records.study_table import StudyTable

if TYPE_CHECKING:
    import pandas
    import xarray

SEVERAL = {"probe": "example", "train_probe": "train_example"}  # {matrix: its second axis}
NAMES = {
    "row": "snapshot",
    "delta": "weights minus the anchor's",
    "probe": "outputs on probe inputs of the test set",
    "train_probe": "outputs on probe inputs of the train set",
    "losses": "losses of single train rows",
}


def of_snapshots(snapshots: Snapshots) -> pandas.DataFrame:
    """A row per snapshot, a column per column of `snapshots`; the index is the snapshot's id."""
    frame = _package("pandas").DataFrame({name: snapshots.columns[name] for name in COLUMNS})
    for name, column in snapshots.columns.items():
        frame[name] = column
    indexed: pandas.DataFrame = frame.set_index("row")
    return indexed


def of_table(table: StudyTable) -> pandas.DataFrame:
    """A row per network of a study, NaN where there is no number; the index is the run's id."""
    pandas_ = _package("pandas")
    frame: pandas.DataFrame = pandas_.DataFrame(
        dict(table.columns), index=pandas_.Index(table.ids, name="run")
    )
    return frame


def dataset(snapshots: Snapshots, *, weights: bool = False) -> xarray.Dataset:
    """Columns and matrices with named axes: `snapshot`, `example`, `train_example`, `output`,
    `train_row`, and with `weights` `parameter`, whose (n, p) float32 are read then.
    """
    xarray_ = _package("xarray")
    columns = {
        name: ("snapshot", np.asarray(column))
        for name, column in snapshots.columns.items()
        if name != "row"
    }
    arrays: dict[str, Any] = dict(columns)
    for name, axis in SEVERAL.items():
        matrix: Matrix | None = getattr(snapshots, name)
        if matrix is not None:
            arrays[name] = (("snapshot", axis, "output"), _split(matrix, snapshots))
    if snapshots.losses is not None:
        arrays["losses"] = (("snapshot", "train_row"), snapshots.losses.whole())
    if weights:
        arrays["delta"] = (("snapshot", "parameter"), snapshots.delta.whole())
    made: xarray.Dataset = xarray_.Dataset(
        arrays, coords={"snapshot": snapshots.column("row")}, attrs={"run": snapshots.run_id}
    )
    for name in map(str, made.variables):
        made[name].attrs["long_name"] = NAMES.get(name) or COLUMNS.get(name, ("", ""))[1]
    return made


def _split(matrix: Matrix, snapshots: Snapshots) -> np.ndarray:
    """(n, example, output) of a matrix (n, example·output)."""
    width = snapshots.classes or max(1, len(snapshots.target_scale))
    return matrix.whole().reshape(len(snapshots), -1, width)


def _package(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise SpecError(
            f"This needs the package {name}. Install it with: pip install"
            " 'landscape-app[notebook]'."
        ) from error
