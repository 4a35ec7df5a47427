"""What a run may import and open. Its settings are used only after this check.

Only `located` turns a run's folder into settings that are loaded. A run that this user made here
passes. For any other run the settings may name entries of the tables, and files inside the runs
folder with the recorded hash, because these are only data. Anything else is neither imported nor
opened: TrustError names it, until the user trusts the run once (`--trust`).
"""

from __future__ import annotations

import logging
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landscape_app.errors import DataError, TrustError
from landscape_app.settings import GIVEN, RunSpec
from landscape_app.store import files, shared_data, signature
from landscape_app.store.run import RunFolder
from landscape_app.store.shared_data import NPZ, Record

log = logging.getLogger("landscape")

SHOWN = 12  # letters of a hash
MOST = 6  # names in one message
LONGEST = 160  # letters of a name in a message
WHY = "not made by you on this machine (or your Landscape state folder was lost)"
WAY = "If you trust it: "  # and the command


@dataclass(frozen=True)
class Wanted:
    """What the settings would import, and what they would open outside the runs folder; false if
    nothing.
    """

    imports: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.imports or self.opens)

    @property
    def words(self) -> str:
        """Why the run does not continue, and the command that lets it continue."""
        parts = [
            f"{verb} {_listed(names)}"
            for verb, names in (("import", self.imports), ("open", self.opens))
            if names
        ]
        return " and ".join(parts)


def wanted(run: RunFolder) -> Wanted:
    """What `run` names and the user has not permitted; empty for a run that was made or trusted
    here, and for one whose folder holds everything that it needs.
    """
    return _wanted(run, run.prepared() or {})


def permitted(run: RunFolder) -> bool:
    """Whether the run may import and open what it names: it names nothing, or this user made or
    trusted it here.
    """
    return _permitted(run, run.prepared() or {})


def permission(run: RunFolder) -> str | None:
    """The fingerprint of what `run` may import and open, to be sent to the machine that works on
    it; None where it names nothing, or the user has not permitted it.
    """
    facts = run.prepared() or {}
    return signature.fingerprint(run.spec, facts.get("sources")) if _permitted(run, facts) else None


def check(run: RunFolder, command: str = "resume") -> None:
    """Raise TrustError, naming what `run` would import and open, unless it is permitted. command:
    the command that the message suggests.
    """
    uses = wanted(run)
    if uses:
        raise TrustError(words(run, uses, command))


def words(run: RunFolder, uses: Wanted, command: str = "resume") -> str:
    """Why the run does not go on, and the command by which it would."""
    return told(
        f"Run {run.id}",
        uses,
        f"{command} {run.id} --runs {shlex.quote(str(run.path.parent.absolute()))}",
    )


def told(what: str, uses: Wanted, command: str) -> str:
    """Why a run or study does not continue, and the command that lets it continue."""
    return f"{what} was {WHY}. It would {uses.words}. {WAY}landscape {command} --trust"


def trust(run: RunFolder) -> Wanted:
    """Permit the run, from now on, to import and open what its settings name. Returns these names.
    Raises StorageError.
    """
    uses = Wanted() if permitted(run) else _of(run, signature.named(run.spec))
    if uses:
        signed = signature.of_run(run.spec, (run.prepared() or {}).get("sources"))
        if signed is not None:
            files.write_atomic(run.path / signature.FILE, signature.content(signed))
    return uses


def named_by(specs: Iterable[RunSpec]) -> Wanted:
    """Everything that the settings name, each once."""
    imports: dict[str, None] = {}
    opens: dict[str, None] = {}
    for spec in specs:
        paths = _files(spec)
        imports |= {text: None for name, text in signature.named(spec).items() if name not in paths}
        opens |= {str(path): None for path in paths.values()}
    return Wanted(tuple(imports), tuple(opens))


def located(run: RunFolder) -> RunSpec:
    """The run's settings, with the present paths of its data and checkpoint.

    Raises TrustError where it names something that is not permitted; DataError, with the places
    that were searched, where a file is gone or has changed.
    """
    facts = run.prepared() or {}  # read once: what is permitted is what is opened
    uses, free = _wanted(run, facts), _permitted(run, facts)
    if uses:
        raise TrustError(words(run, uses))
    spec, records = run.spec, shared_data.records(facts)
    changes = {}
    for name, path in _files(spec).items():
        if name in records:
            record = records[name]
            place = (
                _find(run, record, path, name) if free else shared_data.inside(run, record, path)
            )
            changes[name] = f"{NPZ if name == 'data' else ''}{place}"
    if not free and shared_data.made_by_code(spec):
        # as they are kept: the user has not permitted the code that made them
        changes["data"] = GIVEN
    return spec.model_copy(update=changes)


def _permitted(run: RunFolder, facts: Mapping[str, Any]) -> bool:
    return signature.is_of_run(
        run.spec, facts.get("sources"), (facts.get("signature"), signature.stored(run.path))
    )


def _wanted(run: RunFolder, facts: Mapping[str, Any]) -> Wanted:
    """What the settings name and the folder does not hold, unless it is permitted."""
    if _permitted(run, facts):
        return Wanted()
    records, named = shared_data.records(facts), signature.named(run.spec)
    for name, path in _files(run.spec).items():
        if name in records and shared_data.inside(run, records[name], path) is not None:
            del named[name]
    if (
        "data" in named
        and shared_data.made_by_code(run.spec)
        and shared_data.arrays_path(run) is not None
    ):
        del named["data"]
    return _of(run, named)


def _files(spec: RunSpec) -> dict[str, Path]:
    """{setting: path} of the files that the settings name."""
    paths = {"data": Path(spec.data.removeprefix(NPZ))} if spec.data.startswith(NPZ) else {}
    return paths if spec.checkpoint is None else {**paths, "checkpoint": Path(spec.checkpoint)}


def _of(run: RunFolder, named: dict[str, str]) -> Wanted:
    paths, records = _files(run.spec), shared_data.records_of(run)
    opens: list[str] = []
    for name in paths:
        if name in named:
            elsewhere = shared_data.relative(run, records.get(name, {}))
            opens += [
                str(paths[name]),
                *([] if elsewhere in (None, paths[name]) else [str(elsewhere)]),
            ]
    return Wanted(tuple(text for name, text in named.items() if name not in paths), tuple(opens))


def _find(run: RunFolder, record: Record, given: Path, what: str) -> Path:
    """The path of a file with the bytes of `record`: the stored copy, the path given, or the place
    relative to the runs folder.
    """
    runs, sha256 = run.path.parent, str(record.get("sha256"))
    place = shared_data.kept_file(runs, record)
    places = list(
        dict.fromkeys([given.expanduser(), runs / str(record.get("relative")), runs / given.name])
    )
    there = [path for path in places if path.is_file()]
    match = place or next(
        (
            path
            for path in there
            if path.stat().st_size == record.get("bytes") and files.digest(path, own=True) == sha256
        ),
        None,
    )
    changed = [path for path in there[:1] if files.digest(path, own=True) != sha256]
    told = "; ".join(
        f"{path} has changed since: its SHA-256 was {sha256[:SHOWN]}…, is"
        f" {str(files.digest(path, own=True))[:SHOWN]}…"
        for path in changed
    )
    if match is None:
        looked = ", ".join(str(path) for path in places)
        raise DataError(
            f"The {what} of run {run.id} cannot be found:"
            f" {told or f'no file with the SHA-256 {sha256[:SHOWN]}… is at {looked}'}. Put the file"
            f" that it was begun with at {places[0]}, or start a new run."
        )
    if told:
        log.info("%s. The copy that is kept with the run is used: %s", told, match)
    return match


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return " and ".join(map(_shown, names[:MOST])) + more


def _shown(text: str) -> str:
    """Text of someone else for one line of output: without control characters, and not too long."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in text)
    return f"'{plain if len(plain) <= LONGEST else plain[:LONGEST] + '…'}'"


def needs(run: RunFolder) -> Iterator[str]:
    """What the run's settings name outside its folder: files, code, or objects of the caller."""
    spec = run.spec
    if spec.data.startswith(shared_data.NPZ) or shared_data.made_by_code(spec):
        yield spec.data
    if ":" in spec.network:
        yield spec.network
    if spec.checkpoint is not None:
        yield spec.checkpoint
    if GIVEN in (spec.data, spec.network):
        yield "what explore was given"
