"""What every test needs: one torch thread, so that small networks are quick and their numbers the same everywhere."""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
