"""The content of a checkpoint, written to one file by the process that read it: the bytes of the
tensors, then their names and shapes as JSON.

Only what can belong to the weights of a network is written: mappings and lists that contain
tensors, a few levels deep.
"""

from __future__ import annotations

import json
import mmap
import os
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

DEPTH = 6  # levels of containers; weights are looked for in four
MOST_PARTS, LONGEST_NAME, MOST_ITEMS = 100_000, 1_000, 100_000
LONGEST_WORDS = 16 * 2**20  # bytes of JSON
ALIGNED = 64  # bytes
END = 16  # bytes at the end: where the JSON begins, and its length


class TooMuchError(Exception):
    """The content is larger than a limit. The argument: how many bytes the content needs, or None
    if the limit is not one of bytes.
    """


@dataclass(frozen=True)
class OtherValue:
    """A value of a type that weights never have: the name of the type."""

    kind: str


class Writer:
    """Writes one content into the open file `handle`, at most `most` bytes of tensors."""

    def __init__(self, handle: int, most: int) -> None:
        self._handle, self._most = handle, most
        self._end, self._parts = 0, 0
        self._known: dict[tuple[Any, ...], int] = {}

    def content(self, value: Any) -> None:
        """Write `value`. Raises TooMuchError before its bytes are written."""
        self._words({"content": self._part(value, DEPTH)})

    def fault(self, kind: str, words: str) -> None:
        """Write why there is no content."""
        self._words({"fault": [kind, words]})

    def _words(self, value: Any) -> None:
        text = json.dumps(value).encode()
        if len(text) > LONGEST_WORDS:
            raise TooMuchError(None)
        end = self._end.to_bytes(8, "little") + len(text).to_bytes(8, "little")
        os.ftruncate(self._handle, self._end)
        self._write(text + end, self._end)

    def _part(self, value: Any, depth: int) -> Any:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise TooMuchError(None)
        if isinstance(value, Tensor):
            return {"tensor": self._tensor(value)}
        if isinstance(value, Mapping) and depth:
            versions = getattr(value, "_metadata", None)
            named = [[_name(key), self._part(part, depth - 1)] for key, part in value.items()]
            return {"mapping": named} | (
                {"versions": _versions(versions)} if isinstance(versions, Mapping) else {}
            )
        if isinstance(value, list | tuple) and depth:
            items = enumerate(value[:MOST_ITEMS])
            held = [
                [i, self._part(part, depth - 1)]
                for i, part in items
                if isinstance(part, Tensor | Mapping | list | tuple)
            ]
            return {
                "list": held,
                "length": min(len(value), MOST_ITEMS),
                "kind": type(value).__name__,
            }
        if (
            value is None
            or isinstance(value, bool | float)
            or (isinstance(value, int) and abs(value) < 2**63)
        ):
            return {"plain": value}
        return (
            {"plain": value}
            if isinstance(value, str) and len(value) <= LONGEST_NAME
            else {"other": type(value).__name__}
        )

    def _tensor(self, value: Tensor) -> list[Any]:
        """[dtype, shape, form, first byte]"""
        size, kind = (
            value.numel() * value.element_size(),
            [str(value.dtype).removeprefix("torch."), list(value.shape)],
        )
        if value.is_meta or value.layout != torch.strided:
            return [*kind, "meta" if value.is_meta else "sparse", 0]
        if size > self._most:
            raise TooMuchError(size)
        if value.is_quantized:
            return [*kind, "quantized", 0]
        key = (
            value.data_ptr(),
            value.dtype,
            value.shape,
            value.stride(),
            value.is_conj(),
            value.is_neg(),
        )
        if key not in self._known:
            place = -(-self._end // ALIGNED) * ALIGNED
            if place + size > self._most + ALIGNED * MOST_PARTS:
                raise TooMuchError(place + size)
            flat = value.detach().resolve_conj().resolve_neg().contiguous().reshape(-1)
            self._write(flat.view(torch.uint8).numpy().data if size else b"", place)
            self._known[key], self._end = place, place + size
        return [*kind, "", self._known[key]]

    def _write(self, content: bytes | memoryview, place: int) -> None:
        rest = memoryview(content)
        while rest:
            done = os.pwrite(self._handle, rest[: 2**24], place)
            rest, place = rest[done:], place + done


def _name(key: Any) -> Any:
    if isinstance(key, str):
        if len(key) > LONGEST_NAME:
            raise TooMuchError(None)
        return key
    return key if type(key) is int and abs(key) < 2**63 else [type(key).__name__]


def _versions(metadata: Mapping[Any, Any]) -> dict[str, int]:
    """{layer: version}: the version of each layer's code that wrote the file. Old files store
    it.
    """
    if len(metadata) > MOST_PARTS:
        raise TooMuchError(None)
    pairs = {
        key: value.get("version")
        for key, value in metadata.items()
        if isinstance(key, str) and isinstance(value, Mapping)
    }
    return {
        key: version
        for key, version in pairs.items()
        if type(version) is int and abs(version) < 2**31 and len(key) <= LONGEST_NAME
    }


def read(handle: int) -> Any:
    """{"content": value} or {"fault": [kind, words]} of the file `handle`. Pages of the file are
    read when a tensor is used. The tensors may be changed; the file is not.

    Raises ValueError, KeyError, TypeError or RuntimeError where `Writer` did not write the file.
    """
    size = os.fstat(handle).st_size
    if size < END:
        raise ValueError("no answer")
    end = os.pread(handle, END, size - END)
    begin, length = int.from_bytes(end[:8], "little"), int.from_bytes(end[8:], "little")
    if length > LONGEST_WORDS or begin + length + END != size:
        raise ValueError("no whole answer")
    answer = json.loads(os.pread(handle, length, begin))
    if "fault" in answer:
        return answer
    pages = mmap.mmap(handle, size, access=mmap.ACCESS_COPY)
    return {"content": _value(answer["content"], pages)}


def _value(part: Mapping[str, Any], pages: mmap.mmap) -> Any:
    if "tensor" in part:
        kind, shape, form, place = part["tensor"]
        return _read_tensor(kind, shape, form, place, pages)
    if "mapping" in part:
        mapping = OrderedDict((_key(name), _value(inner, pages)) for name, inner in part["mapping"])
        if "versions" in part:
            versions = ((name, {"version": version}) for name, version in part["versions"].items())
            mapping._metadata = OrderedDict(versions)  # type: ignore[attr-defined]
        return mapping
    if "list" in part:
        items: list[Any] = [None] * part["length"]
        for i, inner in part["list"]:
            items[i] = _value(inner, pages)
        return tuple(items) if part["kind"] == "tuple" else items
    return part["plain"] if "plain" in part else OtherValue(str(part["other"]))


def _key(name: Any) -> Any:
    return OtherValue(str(name[0])) if isinstance(name, list) else name


def _read_tensor(kind: str, shape: list[int], form: str, place: int, pages: mmap.mmap) -> Tensor:
    dtype = getattr(torch, kind)
    if form == "meta":
        return torch.empty(shape, dtype=dtype, device="meta")
    if form == "sparse":
        return torch.empty(shape, dtype=dtype, layout=torch.sparse_coo)
    if form == "quantized":
        return torch._empty_affine_quantized(shape, scale=1.0, zero_point=0, dtype=dtype)
    empty = torch.empty(shape, dtype=dtype, device="meta")
    if not empty.numel():
        return torch.empty(shape, dtype=dtype)
    size = empty.numel() * empty.element_size()
    return (
        torch.frombuffer(pages, dtype=torch.uint8, count=size, offset=place)
        .view(dtype)
        .reshape(shape)
    )
