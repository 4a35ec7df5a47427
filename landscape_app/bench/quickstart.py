"""How long the quickstart takes on this machine, phase by phase, imports included."""

from __future__ import annotations

import os
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

BEGUN = time.monotonic()  # this module is imported before torch is


def measure() -> dict[str, Any]:
    """{"seconds", "phases": {name: seconds}, "peak_memory_mib", "cores", "report"} of one
    quickstart in an empty folder.
    """
    from landscape_app.jobs.session import session
    from landscape_app.pipeline.quickstart import quickstart
    from landscape_app.pipeline.workers import crew_of

    phases: dict[str, float] = {"imports": time.monotonic() - BEGUN}
    with tempfile.TemporaryDirectory(prefix="landscape-bench-") as folder:
        report = quickstart(Path(folder), session=session, crew=crew_of, timings=phases)
    return {
        "seconds": time.monotonic() - BEGUN,
        "phases": {name: round(seconds, 3) for name, seconds in phases.items()},
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "report": report,
    }
