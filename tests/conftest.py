"""What every test needs: one torch thread, so that small networks are quick and their numbers the
same everywhere; a state folder.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

import hypothesis

os.environ.setdefault("OMP_NUM_THREADS", "1")

# What the program keeps for the person who runs it: tests, and the processes they start, have a
# folder of their own.
if "LANDSCAPE_STATE" not in os.environ or "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["LANDSCAPE_STATE"] = tempfile.mkdtemp(prefix="landscape-state-")
    atexit.register(shutil.rmtree, os.environ["LANDSCAPE_STATE"], ignore_errors=True)

# A loaded machine is no fault of the code: examples are counted, not timed.
hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("patient")
