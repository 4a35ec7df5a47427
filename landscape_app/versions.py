"""Versions: of the analyses, by which stored results are found, and of installed packages."""

from __future__ import annotations

import importlib.metadata
from functools import cache

# It changes only where an analysis computes something else than before: then stored results are
# stale. A release of the package alone leaves it as it is.
ANALYSIS_VERSION = "0.3.2"


@cache
def installed(package: str) -> str:
    """The installed version of a package; "unknown" where it is not installed. Read once a process:
    each reading takes milliseconds.
    """
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "unknown"
