"""What every test needs: one torch thread, so that small networks are quick and their numbers the same everywhere; patience."""

from __future__ import annotations

import os

import hypothesis

os.environ.setdefault("OMP_NUM_THREADS", "1")

# A loaded machine is no fault of the code: examples are counted, not timed.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")
