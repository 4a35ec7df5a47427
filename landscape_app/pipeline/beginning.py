"""The folder of a run of `explore`: made, opened, or made anew while the old one is kept. If the
run fails before it begins, the folder is removed again.
"""

from __future__ import annotations

import logging
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from landscape_app.errors import Cancelled, LandscapeError, ResumeError, RunExistsError
from landscape_app.settings import RunSpec
from landscape_app.store import catalogue, folder, names
from landscape_app.store.run import RunFolder

log = logging.getLogger("landscape")


@dataclass(frozen=True)
class Begun:
    """A run's folder. made: by this call. former: the name that an older run of the same name has
    now, None if there was none.
    """

    run: RunFolder
    made: bool
    former: str | None = None


def begin(runs: Path, name: str, spec: RunSpec, *, fresh: bool = False) -> Begun:
    """The run `name` of explore in the folder `runs`. It is made if it does not exist. With `fresh`
    it is made anew, and the old one is kept as NAME-1, NAME-2, …

    Raises ResumeError where a run with other settings exists, RunExistsError where something else
    has this name, or a study compares the run.
    """
    free(runs, name)
    if not names.exists(runs / name, trusted=runs):
        return Begun(RunFolder.create(runs, name, spec), made=True)
    if fresh:
        former = catalogue.put_aside(runs, name)
        log.info("%s: started again. The existing run is kept as %s", name, former)
        return Begun(RunFolder.create(runs, name, spec), made=True, former=former)
    run = RunFolder.open(runs, name)
    if run.spec != spec:
        # torch, of which the words above need nothing
        from landscape_app.pipeline.identity import ways_out

        raise ResumeError(
            f"{runs / name} holds a run with other settings ({_other(run.spec, spec)})."
            f" {ways_out(run, explored=True)}"
        )
    return Begun(run, made=False)


def free(runs: Path, name: str) -> None:
    """Raise RunExistsError where something in `runs` has this name and is not a run."""
    path, study = runs / name, runs / folder.STUDIES / name
    if names.exists(study):
        raise RunExistsError(f"'{name}' is a study in {runs}. Choose another name for the run.")
    standing = names.lstat(path, trusted=runs)
    if standing is None:
        return
    if stat.S_ISLNK(standing.st_mode):
        raise RunExistsError(f"{path} is a link. Choose another name, or remove the link.")
    if not stat.S_ISDIR(standing.st_mode):
        raise RunExistsError(f"{path} is a file. Choose another name, or move it.")
    with suppress(OSError):  # what cannot be looked into is told when it is opened
        if not folder.looks_like_one(path):
            raise RunExistsError(
                f"{path} is a folder that holds no run. Choose another name, or move it."
            )


@contextmanager
def undone_if_it_fails(begun: Begun) -> Iterator[RunFolder]:
    """A block that works on the run. If it fails before anything is committed, a folder made for it
    is removed, and an older run gets its name back.
    """
    try:
        yield begun.run
    except Cancelled:
        raise
    except (Exception, SystemExit):  # the latter: code of the person's own that gives up
        if begun.made and not begun.run.committed():
            with suppress(LandscapeError, OSError):
                catalogue.delete(begun.run.path.parent, begun.run.id)
                if begun.former is not None:
                    names.rename(
                        begun.run.path.parent / begun.former,
                        begun.run.path,
                        trusted=begun.run.path.parent,
                    )
        raise


@contextmanager
def undone_if_none_begins(runs: Path, study: str, ids: Sequence[str]) -> Iterator[None]:
    """A block that makes a study's runs. If it fails and none of them has committed anything, the
    folders that it made are removed.
    """
    places = [*(runs / id for id in ids), runs / folder.STUDIES / study]
    made = [path for path in places if not names.exists(path, trusted=runs)]
    try:
        yield
    except Cancelled:
        raise
    except (Exception, SystemExit):  # the latter: code of the person's own that gives up
        with suppress(LandscapeError, OSError):
            if made and not any(
                RunFolder.open(runs, id).committed()
                for id in ids
                if names.exists(runs / id, trusted=runs)
            ):
                for path in made:
                    if names.exists(path, trusted=runs):
                        catalogue.delete(runs, path.name)
        raise


def _other(stored: RunSpec, asked: RunSpec) -> str:
    """The settings that differ, in words."""
    there, here = stored.model_dump(), asked.model_dump()
    changed = [
        f"{name}: {there[name]} there, {here[name]} here"
        for name in here
        if there[name] != here[name]
    ]
    return "; ".join(changed[:3]) + (f" and {len(changed) - 3} more" if len(changed) > 3 else "")
