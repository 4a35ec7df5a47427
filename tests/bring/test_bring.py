"""What people bring works, or is refused in plain words, as docs/bring.md says."""

from __future__ import annotations

import logging
from pathlib import Path
from types import ModuleType

import pytest

from landscape_app.errors import LandscapeError
from tests.bring import document
from tests.bring.case import Case
from tests.bring.table import KINDS

pytestmark = pytest.mark.slow

NAMED = [
    pytest.param(case, id=f"{kind.__name__.rpartition('.')[2]}-{case.what}")
    for kind in KINDS
    for case in kind.CASES
]


@pytest.mark.parametrize("case", NAMED)
def test_it_is_read_right_or_refused_in_plain_words(
    case: Case, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "landscape")
    if case.outcome == "refused":
        with pytest.raises(LandscapeError) as refusal:
            case.tried(tmp_path)
        assert case.said in str(refusal.value)
        assert "\n" not in str(refusal.value).strip()
    else:
        case.tried(tmp_path)
        assert case.said in caplog.text


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_no_case_stands_twice(kind: ModuleType) -> None:
    names = [case.what for case in kind.CASES]
    assert len(names) == len(set(names))


def test_the_page_is_the_list() -> None:
    assert document.PATH.read_text(encoding="utf-8") == document.text(), (
        "write it again: python -m tests.bring.document"
    )
