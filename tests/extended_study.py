"""A small study with one more line in every table of the analysis, as a program of its own:
`python -m tests.extended_study FOLDER` prints, as JSON, where each toy is seen.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tests import analysis_toys
from tests.pipeline.tiny_study import FEW

GRID: dict[str, Any] = {
    "name": "toys",
    "regimes": ["plain", "poor", "memorizer"],
    "networks": ["mlp-small"],
    "seeds": 1,
    "settings": {
        "data": "blobs",
        "train_epochs": 4,
        "train_batch": 30,
        "epochs": 7,
        "batch": 40,
        "seeds": 2,
        "step_sizes": [0.5, 1.0],
    },
    "surfaces": ["line", "random"],
    "surface_points": 5,
    "statistics": {"resamples": 100},
    "curvature": FEW,
    "analysis": {"methods": ["phate", "toy"], "null_repeats": 0, "stability": 0},
}
RUN = "toys-plain-s0"


def seen(runs: Path) -> dict[str, Any]:
    """Where each toy is seen: results, columns of the study, cards of the page, the documents."""
    from landscape_app.analysis.measures.listing import catalogue
    from landscape_app.dashboard.study.definitions import tip
    from landscape_app.jobs.session import session
    from landscape_app.pipeline import studies
    from landscape_app.store import derived
    from landscape_app.study_settings import parse_study

    table, _ = studies.run(runs, parse_study(GRID), session=session)
    checks = derived.find(runs / RUN, "checks")
    assert checks is not None
    return {
        "embedding": [
            derived.find(runs / RUN, "embedding", method="toy", dims=dims) is not None
            for dims in (2, 3)
        ],
        "bars": derived.find(runs / RUN, "sublevel", filtration="toy") is not None,
        "columns": {name: table.label(name) for name in table.columns if "toy" in name},
        "checks": [answer for answer in checks.meta["checks"] if answer["name"] == "toy"],
        "catalogue": [line["name"] for line in catalogue() if "toy" in line["name"]],
        "tips": {name: tip(name, table.label(name), {}) for name in table.columns if "toy" in name},
    }


if __name__ == "__main__":
    analysis_toys.add()
    sys.stdout.write(json.dumps(seen(Path(sys.argv[1]))))
