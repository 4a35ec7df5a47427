"""How a run gets its folder: made, found again, or made anew while the old one is kept; and gone again if it fails before it begins."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from landscape_app.errors import Cancelled, LandscapeError, ResumeError, RunExistsError
from landscape_app.settings import RunSpec
from landscape_app.store import catalogue, folder
from landscape_app.store.run import RunFolder

log = logging.getLogger("landscape")


@dataclass(frozen=True)
class Begun:
    """A run's folder. made: by this call. kept: the name that an older run of the same name has now, None if there was none."""

    run: RunFolder
    made: bool
    kept: str | None = None


def begin(runs: Path, name: str, spec: RunSpec, *, fresh: bool = False) -> Begun:
    """The run `name` of explore in the folder `runs`: made where it is not there; anew if `fresh`, the old one kept as NAME-1, NAME-2, …

    Raises ResumeError where a run of other settings is there, RunExistsError where something else is, or a study compares the run.
    """
    free(runs, name)
    if not (runs / name).exists():
        return Begun(RunFolder.create(runs, name, spec), made=True)
    if fresh:
        kept = catalogue.put_aside(runs, name)
        log.info("%s: begun anew; the run that was there is kept as %s", name, kept)
        return Begun(RunFolder.create(runs, name, spec), made=True, kept=kept)
    run = RunFolder.open(runs, name)
    if run.spec != spec:
        from landscape_app.pipeline.identity import ways_out  # torch, of which the words above need nothing

        raise ResumeError(f"{runs / name} holds a run with other settings ({_other(run.spec, spec)}). {ways_out(run, explored=True)}")
    return Begun(run, made=False)


def free(runs: Path, name: str) -> None:
    """Raise RunExistsError, in words, where what has this name in `runs` is no run."""
    path, study = runs / name, runs / folder.STUDIES / name
    if study.exists():
        raise RunExistsError(f"'{name}' is a study in {runs}. Choose another name for the run.")
    if path.is_symlink() and not path.exists():
        raise RunExistsError(f"{path} is a link to nothing. Choose another name, or remove the link.")
    if path.exists() and not path.is_dir():
        raise RunExistsError(f"{path} is a file. Choose another name, or move it away.")
    if path.exists() and os.access(path, os.R_OK) and not folder.looks_like_one(path):
        raise RunExistsError(f"{path} is a folder that holds no run. Choose another name, or move it away.")


@contextmanager
def undone_if_it_fails(begun: Begun) -> Iterator[RunFolder]:
    """A block that works on the run: where it fails before anything is committed, a folder made for it goes, and an older run comes back."""
    try:
        yield begun.run
    except Cancelled:
        raise
    except (Exception, SystemExit):  # the latter: code of the person's own that gives up
        if begun.made and not begun.run.committed():
            with suppress(LandscapeError, OSError):
                catalogue.delete(begun.run.path.parent, begun.run.id)
                if begun.kept is not None:
                    (begun.run.path.parent / begun.kept).rename(begun.run.path)
        raise


@contextmanager
def undone_if_none_begins(runs: Path, study: str, ids: Sequence[str]) -> Iterator[None]:
    """A block that makes a study's runs: where it fails and none of them has anything committed, the folders that it made go again."""
    places = [*(runs / id for id in ids), runs / folder.STUDIES / study]
    made = [path for path in places if not path.exists()]
    try:
        yield
    except Cancelled:
        raise
    except (Exception, SystemExit):  # the latter: code of the person's own that gives up
        with suppress(LandscapeError, OSError):
            if made and not any(RunFolder.open(runs, id).committed() for id in ids if (runs / id).exists()):
                for path in made:
                    if path.exists():
                        catalogue.delete(runs, path.name)
        raise


def _other(stored: RunSpec, asked: RunSpec) -> str:
    """The settings that differ, in words."""
    there, here = stored.model_dump(), asked.model_dump()
    changed = [f"{name}: {there[name]} there, {here[name]} here" for name in here if there[name] != here[name]]
    return "; ".join(changed[:3]) + (f" and {len(changed) - 3} more" if len(changed) > 3 else "")
