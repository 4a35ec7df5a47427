"""Check: the 3-D PHATE picture is of one connected graph and keeps the order of the distances."""

from __future__ import annotations

from landscape_app.checks.subject import Outcome, Subject

LIMIT = 0.5


def check(subject: Subject) -> Outcome:
    """DEMaP of the 3-D embedding (Spearman correlation of geodesic with embedded distances), with one component asked for."""
    meta = subject.embedding
    if meta is None:
        return Outcome(None, f"DEMaP ≥ {LIMIT}, 1 component", None, "not embedded yet")
    demap, components = meta.get("demap"), meta.get("components")
    passed = components == 1 and demap is not None and demap >= LIMIT
    return Outcome(demap, f"DEMaP ≥ {LIMIT}, 1 component", passed, f"{components} component(s), t = {meta.get('t')}")
