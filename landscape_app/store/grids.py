"""The grid of a study in its folder: read, written with its signature, and permitted in the same
way as the settings of a run.
"""

from __future__ import annotations

import itertools
import shlex
from contextlib import suppress

from landscape_app.errors import RunDamagedError, SpecError, TrustError, first_line
from landscape_app.store import files, signature, sources
from landscape_app.store.seal import SUM, sealed, sound
from landscape_app.store.sources import Wanted
from landscape_app.store.study import StudyFolder
from landscape_app.study_settings import GRID, StudySpec, parse_study

# bytes of a grid: the largest file of a study gives half; the emptiest lists of this size take 100
# MB
MOST = 2**22
# knobs of which every order is tried: 5,040
MOST_TURNED = 7


def write(study: StudyFolder, spec: StudySpec) -> None:
    """Write `spec` as the study's grid, with this user's signature. Raises StorageError."""
    content = files.to_json(sealed(spec.model_dump(mode="json")), indent=1) + b"\n"
    path, there = study.path / GRID, None
    with suppress(OSError):
        there = files.read_bytes(path, most=MOST)
    if there != content:
        files.write_atomic(path, content)
    _sign(study, spec)


def read(study: StudyFolder) -> StudySpec:
    """The study's grid, whoever made it. Raises RunDamagedError: there is none, it was changed, or
    it belongs to another study.
    """
    path = study.path / GRID
    try:
        values = files.read_json(path, most=MOST)
        if SUM in values and not sound(values):  # before schema 2 there was no checksum
            raise ValueError("it was changed or damaged after it was written")
        spec = parse_study({name: value for name, value in values.items() if name != SUM})
        spec = _as_written(spec, study.runs)
        if (
            spec.name != study.id
            or list(spec.runs) != study.runs
            or spec.analysis != study.analysis
        ):
            raise ValueError("it is of another study than study.json")
        return spec
    except (OSError, ValueError, TypeError, AttributeError, SpecError) as error:
        raise RunDamagedError(
            f"{path} cannot be read: {first_line(error)}. Give the study's TOML file again."
        ) from error


def _as_written(spec: StudySpec, runs: list[str]) -> StudySpec:
    """The grid with its knobs in the order in which they were given, which the names of its runs
    tell: the file has them sorted. `spec` itself where no order gives these names.
    """
    varied = [name for name, values in spec.knobs.items() if len(values) > 1]
    if list(spec.ids) == runs or not runs or len(varied) > MOST_TURNED:
        return spec
    for names in itertools.permutations(varied):
        knobs = {name: spec.knobs[name] for name in dict.fromkeys([*names, *spec.knobs])}
        other = StudySpec.model_construct(**{**dict(spec), "knobs": knobs})
        if other.begins_with(runs[0]) and list(other.ids) == runs:
            return other
    return spec


def wanted(study: StudyFolder, spec: StudySpec) -> Wanted:
    """What the runs of a grid name and the user has not permitted; empty for a study that this user
    made or trusted here.
    """
    if signature.is_of_study(spec.runs, (signature.stored(study.path),)):
        return Wanted()
    return sources.named_by(spec.runs.values())


def check(study: StudyFolder, spec: StudySpec) -> None:
    """Raise TrustError, naming what the grid's runs would import and open, unless it is
    permitted.
    """
    uses = wanted(study, spec)
    if uses:
        where = shlex.quote(str(study.path.parents[1].absolute()))
        raise TrustError(
            sources.told(f"The study {study.id}", uses, f"resume {study.id} --runs {where}")
        )


def trust(study: StudyFolder, spec: StudySpec) -> Wanted:
    """Permit the grid's runs, from now on, to import and open what they name. Returns these names.
    Raises StorageError.
    """
    uses = wanted(study, spec)
    if uses:
        _sign(study, spec)
    return uses


def _sign(study: StudyFolder, spec: StudySpec) -> None:
    signed = signature.of_study(spec.runs)
    if signed is not None and signature.stored(study.path) != signed:
        files.write_atomic(study.path / signature.FILE, signature.content(signed))
