"""Runs in the launching process in place of child.answer: tells what that process has imported."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from landscape_app.dashboard.launch import child
from landscape_app.dashboard.launch.answer_cache import AnswerCache

HEAVY = ("dash", "plotly", "flask", "torch", "sklearn")


def answer(runs: str, folder: str, key: str, arguments: list[Any]) -> None:
    """The answer of the launch, with the heavy modules of this process as its ids."""
    told = child.launch(Path(runs), *arguments)
    heavy = [name for name in HEAVY if name in sys.modules]
    with AnswerCache(folder) as cache:
        cache.set(key, {**told, "ids": heavy})
