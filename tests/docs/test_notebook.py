"""The notebook of the documentation is executed as a person would, cell by cell."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.patience import patience

NOTEBOOK = Path(__file__).parents[2] / "docs" / "tutorials" / "notebook.ipynb"


@pytest.mark.slow
def test_every_cell_of_the_notebook_runs(tmp_path, monkeypatch):
    monkeypatch.setenv("LANDSCAPE_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    (tmp_path / "state").mkdir(mode=0o700)
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert all("outputs" not in cell or not cell.outputs for cell in notebook.cells)
    client = NotebookClient(
        notebook,
        timeout=int(patience(120)),
        kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path)}},
    )
    client.execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    kinds = {kind for output in shown for kind in output.get("data", {})}
    assert {"text/html", "text/plain", "application/vnd.plotly.v1+json"} <= kinds
    card = next(output.data["text/html"] for output in shown if "digits" in str(output.get("data")))
    assert "test rows" in card
    assert not any(output.output_type == "error" for output in shown)
