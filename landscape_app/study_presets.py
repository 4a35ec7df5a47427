"""Studies that the program brings along, by name: the specs of `studies/`, which an installed
package carries.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from landscape_app.errors import UnknownNameError
from landscape_app.study_settings import StudySpec, parse_study

# a checkout has them beside the package
PLACES = (Path(__file__).parent / "_studies", Path(__file__).parents[1] / "studies")
PRESETS = ("paper-small",)


def preset(name: str) -> StudySpec:
    """The study called `name`. It may have more runs than a study from the page. Raises
    UnknownNameError.
    """
    if name not in PRESETS:
        raise UnknownNameError("preset of a study", name, PRESETS)
    path = next(place / f"{name}.toml" for place in PLACES if (place / f"{name}.toml").is_file())
    return parse_study(tomllib.loads(path.read_text("utf-8")))
