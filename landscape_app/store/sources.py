"""What a run may import and open. Its settings are used only after this check.

`located` is the only way from a run's folder to settings that are loaded. A run made here by this
user passes. Any other is used as far as its settings name what is in the tables, and files that lie
in the runs folder with the hash that it recorded: these are data. Whatever else it names is neither
imported nor opened: TrustError says what, until the user trusts the run (`--trust`), once.
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
    """What would be imported and what would be opened outside the runs folder, as the settings name
    it; false where nothing is.
    """

    imports: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.imports or self.opens)

    @property
    def words(self) -> str:
        """import 'mine:make' and open '/data/table.npz'"""
        parts = [
            f"{verb} {_listed(names)}"
            for verb, names in (("import", self.imports), ("open", self.opens))
            if names
        ]
        return " and ".join(parts)


def wanted(run: RunFolder) -> Wanted:
    """What `run` names that the user has not permitted: empty for a run made or trusted here, and
    where its folder holds all that it needs.
    """
    return _wanted(run, run.prepared() or {})


def permitted(run: RunFolder) -> bool:
    """Whether the run may import and open whatever it names: it names nothing, or was made or
    trusted here by this user.
    """
    return _permitted(run, run.prepared() or {})


def check(run: RunFolder, command: str = "resume") -> None:
    """Raise TrustError, naming what `run` would import and open, where that is not permitted.
    command: which is told to be given.
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
    """Why a run or study does not go on, and the command by which it would."""
    return f"{what} was {WHY}. It would {uses.words}. {WAY}landscape {command} --trust"


def trust(run: RunFolder) -> Wanted:
    """Permit the run, from now on, to import and open what its settings name; what that is. Raises
    StorageError.
    """
    uses = Wanted() if permitted(run) else _of(run, signature.named(run.spec))
    if uses:
        signed = signature.of_run(run.spec, (run.prepared() or {}).get("sources"))
        if signed is not None:
            files.write_atomic(run.path / signature.FILE, signature.content(signed))
    return uses


def named_by(specs: Iterable[RunSpec]) -> Wanted:
    """All that settings name, each once."""
    imports: dict[str, None] = {}
    opens: dict[str, None] = {}
    for spec in specs:
        paths = _files(spec)
        imports |= {text: None for name, text in signature.named(spec).items() if name not in paths}
        opens |= {str(path): None for path in paths.values()}
    return Wanted(tuple(imports), tuple(opens))


def located(run: RunFolder) -> RunSpec:
    """The run's settings, with the paths at which its data and checkpoint lie now.

    Raises TrustError where it names what is not permitted; DataError, naming the places that were
    looked at, where a file is gone or has changed since.
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
    """What the settings name and the folder does not hold, where it is not permitted."""
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
    """Where a file lies whose bytes are those of `record`: kept, at the path given, or as seen from
    the runs folder.
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
    """Text of someone else in a line of ours: no control characters, not endless."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in text)
    return f"'{plain if len(plain) <= LONGEST else plain[:LONGEST] + '…'}'"


def needs(run: RunFolder) -> Iterator[str]:
    """What the run's settings name outside its folder: files, code, or the caller's own objects."""
    spec = run.spec
    if spec.data.startswith(shared_data.NPZ) or shared_data.made_by_code(spec):
        yield spec.data
    if ":" in spec.network:
        yield spec.network
    if spec.checkpoint is not None:
        yield spec.checkpoint
    if GIVEN in (spec.data, spec.network):
        yield "what explore was given"
