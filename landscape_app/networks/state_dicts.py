"""The weights of a network in a checkpoint: under a wrapper's name, behind a prefix, or beside the
state of an optimizer.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

# What parallel, compiled and sharded training puts into the names of weights.
WRAPPERS = frozenset(
    {"module", "_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module", "_forward_module"}
)
# Under which training scripts put the weights themselves; other names are copies (an average, the
# best so far) or other networks.
USUAL = frozenset(
    {"state_dict", "state", "model", "net", "network", "params", "weights", "checkpoint"}
) | frozenset(
    f"{of}_{what}"
    for of in ("model", "net", "network")
    for what in ("state_dict", "state", "params", "weights", "dict")
)
DEPTH, MAPPINGS, PREFIXES = 4, 1_000, 4
LONGEST = 16  # parts of a prefix


@dataclass(frozen=True)
class Candidate:
    """Tensors that may be the weights of a network, by the network's names. `place`: where they
    were in the file. `left`: what else was there.
    """

    tensors: Mapping[str, Any]
    place: tuple[str, ...]  # names of containers, then of prefixes
    left: tuple[str, ...]
    fitting: int  # names that are the network's

    @property
    def usual(self) -> bool:
        """Whether this is a place where scripts usually store the weights."""
        return all(part in USUAL | WRAPPERS for part in self.place)

    @property
    def where(self) -> str:
        """The place in words."""
        return f"under '{'.'.join(self.place)}'" if self.place else "at the top"


def candidates(content: Any, own: set[str]) -> list[Candidate]:
    """Every set of tensors that may be the weights of a network with the names `own`. Those that
    fit best come first.
    """
    known = [
        candidate
        for place, mapping in _mappings(content)
        for candidate in _behind_prefixes(mapping, place, own)
    ]
    return sorted(
        known, key=lambda candidate: (-candidate.fitting, not candidate.usual, len(candidate.left))
    )


def _mappings(content: Any) -> Iterator[tuple[tuple[str, ...], Mapping[Any, Any]]]:
    """Every mapping in `content` that holds tensors by name. Outer mappings come before inner
    ones.
    """
    queue: list[tuple[tuple[str, ...], Any]] = [((), content)]
    for place, value in queue:  # grows while it is read
        if isinstance(value, (list, tuple)):
            value = {str(index): part for index, part in enumerate(value)}
        if not isinstance(value, Mapping):
            continue
        if any(isinstance(key, str) and isinstance(part, Tensor) for key, part in value.items()):
            yield place, value
        if len(place) < DEPTH and len(queue) < MAPPINGS:
            queue += [
                ((*place, str(key)), part)
                for key, part in value.items()
                if isinstance(part, (Mapping, list, tuple))
            ]


def _behind_prefixes(
    mapping: Mapping[Any, Any], place: tuple[str, ...], own: set[str]
) -> Iterator[Candidate]:
    """The tensors of `mapping` as they are, without the names of wrappers, and without each prefix
    behind which there are names of the network.
    """
    whole = {key: value for key, value in mapping.items() if isinstance(key, str)}
    drop = WRAPPERS - {part for key in own for part in key.split(".")}
    bare = {".".join(part for part in key.split(".") if part not in drop): key for key in whole}
    forms = [
        {key: key for key in whole},
        *([bare] if len(bare) == len(whole) and set(bare) != set(whole) else []),
    ]
    for names in forms:
        for prefix, fitting in [("", len(own & set(names))), *_prefixes(names, own)]:
            inside = {
                name.removeprefix(prefix): key
                for name, key in names.items()
                if name.startswith(prefix)
            }
            tensors = OrderedDict(
                (name, whole[key])
                for name, key in inside.items()
                if isinstance(whole[key], Tensor) or name in own
            )
            used = set(inside.values())
            left = tuple(key for key in whole if key not in used and isinstance(whole[key], Tensor))
            if not prefix and names is forms[0]:
                _keep_versions(mapping, tensors)
            yield Candidate(tensors, place + tuple(prefix.split(".")[:-1]), left, fitting)


def _prefixes(names: Mapping[str, str], own: set[str]) -> list[tuple[str, int]]:
    """(prefix, number of the network's names behind it), the largest number first."""
    counts: Counter[str] = Counter()
    for name in names:
        end = -1
        for _ in range(LONGEST):
            end = name.find(".", end + 1)
            if end < 0:
                break
            if name[end + 1 :] in own:
                counts[name[: end + 1]] += 1
    return counts.most_common(PREFIXES)


def _keep_versions(mapping: Mapping[Any, Any], tensors: OrderedDict[str, Any]) -> None:
    """Copy `_metadata`. In old files it says which version of a layer's code wrote them, and the
    layers' load hooks use it.
    """
    if hasattr(mapping, "_metadata"):
        tensors._metadata = mapping._metadata  # type: ignore[attr-defined]
