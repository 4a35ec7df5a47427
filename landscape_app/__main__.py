"""`python -m landscape_app`: the command line, as jobs start it."""

from __future__ import annotations

import sys

from landscape_app.cli.main import main

sys.exit(main())
