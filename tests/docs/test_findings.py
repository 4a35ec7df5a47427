"""docs/findings.md says of every study that ships what its results say, and nothing else."""

from __future__ import annotations

import re

import pytest

from landscape_app import study_presets
from landscape_app.cli.verdicts import listed
from landscape_app.dashboard import factory
from landscape_app.dashboard.paper import view
from landscape_app.finding.claim_verdict import ClaimVerdict
from landscape_app.store import unpacking
from tests.docs.markdown import ROOT

PAGE = (ROOT / "docs" / "findings.md").read_text()
RESULTS = study_presets.results()
BLOCK = re.compile(
    r"^<!-- verdicts: (?P<name>\S+) -->\n+```text\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


@pytest.fixture
def verdicts(tmp_path, request) -> list[ClaimVerdict]:
    unpacking.unpack(RESULTS[request.param], tmp_path / "runs")
    context = factory.context_of(factory.create(tmp_path / "runs").server, tmp_path / "runs")
    seen = view.read(context, request.param, "light")
    return [verdict for claim in (1, 2, 3, 4) for verdict in seen.verdicts(claim)]


@pytest.mark.parametrize("verdicts", RESULTS, indirect=True)
def test_verdicts_are_those_of_the_results(verdicts, request) -> None:
    name = request.node.callspec.params["verdicts"]
    (text,) = [block["text"] for block in BLOCK.finditer(PAGE) if block["name"] == name]
    assert text.split() == "\n".join(listed(verdicts)).split()


def test_every_study_that_ships_is_told_and_no_other() -> None:
    assert sorted(block["name"] for block in BLOCK.finditer(PAGE)) == sorted(RESULTS)
