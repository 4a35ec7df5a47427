"""Laws of the texts of every measure: the catalogue, the documentation and a stored number have
those of the table.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from landscape_app.analysis.measures.listing import catalogue
from landscape_app.analysis.topology.noise import POINTS
from landscape_app.analysis.topology.significance import SURROGATES
from landscape_app.measure_table import entry_of, of
from landscape_app.registries import MEASURES


@pytest.mark.slow
def test_the_catalogue_tells_of_every_measure_without_the_network():
    rows = {row["name"]: row for row in catalogue()}
    assert set(rows) == set(MEASURES)
    for name, row in rows.items():
        assert row["direction"].startswith("higher = "), name
        for part in ("label", "source", "cost"):
            assert row[part], f"{name} has no {part}"
        assert row["help"].endswith("."), name
        assert name in of(row["needs"])
    assert len({row["label"] for row in rows.values()}) == len(rows)
    code = (
        "import sys\nfrom landscape_app.analysis.measures.listing import"
        " catalogue\ncatalogue()\nsys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_the_documentation_has_the_texts_of_the_table_and_none_of_its_own():
    root = Path(__file__).parents[3]
    page = (root / "docs" / "measures.md").read_text(encoding="utf-8")
    made = "import sys; sys.path.insert(0, 'docs/_make'); import generated; print({part})"
    command = made.format(part="generated.PARTS['meanings']()")
    built = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", command],
        cwd=root,
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout
    assert "<!-- generated: meanings -->" in page
    assert "| `" not in page
    for name, entry in MEASURES.items():
        assert f"| `{name}` | {entry.help} | {entry.misleads} |" in built


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("expected_sharpness[0.5]", "expected_sharpness"),
        ("sublevel[train_loss].longest", "sublevel.longest"),
        ("rips[h1].p", "rips[h1].p"),
        ("hessian_top[2]", "hessian_top"),
    ],
)
def test_a_stored_number_has_the_texts_of_its_measure(name, of):
    assert entry_of(name) is MEASURES[of]


def test_a_number_of_another_program_has_no_texts_of_ours():
    assert entry_of("nothing[0.5]") is None


def test_sharpness_of_a_step_and_of_the_hessian_are_said_to_differ():
    told = {row["name"]: row["help"] for row in catalogue()}
    for name in ("expected_sharpness", "sam_sharpness", "asam_sharpness"):
        assert "finite" in told[name].lower()
        assert "infinitesimal" not in told[name].lower()
    for name in ("hessian_top", "hessian_trace"):
        assert "infinitesimal" in told[name].lower()


def test_the_p_of_the_loops_names_every_null_draw_that_it_is_compared_with():
    p = next(line for line in catalogue() if line["name"] == "rips[h1].p")
    assert all(words in p["help"] for words in SURROGATES.values())
    assert f"up to {POINTS} snapshots" in p["help"]
