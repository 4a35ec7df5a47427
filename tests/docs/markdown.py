"""The code of a Markdown file: its fenced blocks, and the commands within its sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
# what a person reads; CONTRIBUTING has a test of its own (test_recipes)
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"```(\w*)([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
NOT_RUN = re.compile(r"<!-- not run: (.+?) -->\n$")
TITLE = re.compile(r'(\w+)="([^"]*)"')
COMMAND = re.compile(r"`(landscape [^`\n]+)`")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, what stands behind it (title="mynet.py"), and its text.

    not_run: the reason that a comment on the line before gives, or empty.
    """

    page: Path
    line: int
    language: str
    options: dict[str, str]
    text: str
    not_run: str

    @property
    def title(self) -> str:
        """The name of the file that the block is, or empty."""
        return self.options.get("title", "")

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    made = []
    for fence in FENCE.finditer(text):
        before = text[: fence.start()]
        reason = NOT_RUN.search(before)
        made.append(
            Block(
                page,
                before.count("\n") + 1,
                fence[1],
                dict(TITLE.findall(fence[2])),
                fence[3],
                reason[1] if reason else "",
            )
        )
    return made


def commands(page: Path) -> list[str]:
    """The commands `landscape …` within the sentences of a page."""
    return COMMAND.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
