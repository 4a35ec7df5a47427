"""docs/bring.md, made from the cases: `python -m tests.bring.document` writes it."""

from __future__ import annotations

from pathlib import Path

from tests.bring.table import KINDS

PATH = Path(__file__).parents[2] / "docs" / "bring.md"
HEAD = """# What you can bring

This page is made from the tests: each row is tried at every change. Three things can happen to what you bring. It **works**.
It **works, and says so**: something was decided, and one line of the log says what. It is **refused**: nothing has been
trained yet, and the message says why and what to do.
"""


def text() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(_section(kind) for kind in KINDS)])


def _section(kind: object) -> str:
    head = [f"## {kind.TITLE}", "", kind.ABOUT, "", "| what | outcome | words |", "|---|---|---|"]  # type: ignore[attr-defined]
    rows = [
        f"| {_cell(case.what)} | {case.outcome} | {_cell(f'“{case.said}”') if case.said else ''} |"
        for case in kind.CASES
    ]  # type: ignore[attr-defined]
    return "\n".join([*head, *rows, ""])


def _cell(words: str) -> str:
    return words.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text(text(), encoding="utf-8")
