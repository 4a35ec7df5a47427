"""Studies that the program brings along, by name: the specs of `studies/`, and the results of those
that were computed. An installed package carries them.
"""

from __future__ import annotations

import tomllib
from itertools import takewhile
from pathlib import Path

from landscape_app.errors import UnknownNameError
from landscape_app.study_settings import StudySpec, parse_study

# a checkout has them beside the package
PLACES = (Path(__file__).parent / "_studies", Path(__file__).parents[1] / "studies")
RESULTS = "results"  # the folder in a place that holds NAME.zip of each study with results
PRESETS = ("paper-small",)


def preset(name: str) -> StudySpec:
    """The study called `name`. It may have more runs than a study from the page. Raises
    UnknownNameError.
    """
    if name not in PRESETS:
        raise UnknownNameError("preset of a study", name, PRESETS)
    return spec(name)


def spec(name: str) -> StudySpec:
    """What `studies/NAME.toml` says. Raises UnknownNameError."""
    return parse_study(tomllib.loads(_text(name)))


def about(name: str) -> str:
    """What a study is, in words: the comment at the top of its spec. Raises UnknownNameError."""
    comment = takewhile(lambda line: line.startswith("#"), _text(name).splitlines())
    return " ".join(line.lstrip("# ") for line in comment)


def results() -> dict[str, Path]:
    """{name of a study: the archive of its results} of those that ship, sorted by name."""
    archives = [path for place in reversed(PLACES) for path in (place / RESULTS).glob("*.zip")]
    return {path.stem: path for path in sorted(archives, key=lambda path: path.stem)}


def _text(name: str) -> str:
    specs = {path.stem: path for place in reversed(PLACES) for path in place.glob("*.toml")}
    if name not in specs:
        raise UnknownNameError("study that ships", name, sorted(specs))
    return specs[name].read_text("utf-8")
