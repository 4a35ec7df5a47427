"""Ways to damage a file, chosen by a seed: the same seed and samples give the same bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

Change = Callable[[bytes], bytes]
Rng = np.random.Generator

# 2**64 - 1 is also -1
WHOLE = (
    0,
    1,
    2,
    3,
    127,
    255,
    2**15,
    2**16 - 1,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**63 - 1,
    2**63,
    2**64 - 1,
)
NUMBERS = (
    *(b"0", b"-1", b"1e999", b"-1e999", b"NaN", b"Infinity", b"1e308", b"0.5"),
    *(b"9" * 30, b"9" * 5_000, b"2147483648", b"9223372036854775808", b"true", b"null", b'""'),
)
BRACKETS = (b"[", b"{", b"(", b'{"a":', b'"', b"\\", b"\0", b"\xff", b"<", b",", b"\n")
NUMBER = re.compile(rb"-?[0-9]+(\.[0-9]+)?")
EDGE = 256  # bytes at both ends, where headers stand


def mutant(samples: Sequence[bytes], tokens: Sequence[bytes], rng: Rng) -> bytes:
    """One of `samples` with one to four changes; now and then two samples joined, or a prefix of
    one.
    """
    content = samples[rng.integers(len(samples))]
    if len(samples) > 1 and rng.random() < 0.05:
        other = samples[rng.integers(len(samples))]
        content = content[: _place(content, rng)] + other[_place(other, rng) :]
    for _ in range(1 + rng.integers(4) * (rng.random() < 0.5)):
        content = KINDS[rng.integers(len(KINDS))](content, tokens, rng)
    return content


def _place(content: bytes, rng: Rng) -> int:
    """An offset into `content`; in one of two cases near an end."""
    size = len(content)
    if rng.random() < 0.5:
        near = int(rng.integers(min(EDGE, size) + 1))
        return near if rng.random() < 0.7 else size - near
    return int(rng.integers(size + 1))


def _range(content: bytes, rng: Rng) -> tuple[int, int]:
    begin = _place(content, rng)
    return begin, min(len(content), begin + int(2 ** (rng.random() * 10)))


def _bits(content: bytes, tokens: Sequence[bytes], rng: Rng) -> bytes:
    changed = bytearray(content)
    for _ in range(1 + int(rng.integers(8))):
        if changed:
            changed[min(_place(content, rng), len(changed) - 1)] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def _bytes(content: bytes, tokens: Sequence[bytes], rng: Rng) -> bytes:
    begin, end = _range(content, rng)
    return content[:begin] + rng.bytes(end - begin) + content[end:]


def _zeros(content: bytes, tokens: Sequence[bytes], rng: Rng) -> bytes:
    begin, end = _range(content, rng)
    return content[:begin] + bytes(end - begin) + content[end:]


def _cut(content: bytes, tokens: Sequence[bytes], rng: Rng) -> bytes:
    return content[: _place(content, rng)]


def _insert(content: bytes, tokens: Sequence[bytes], rng: Rng) -> bytes:
    begin = _place(content, rng)
    return content[:begin] + rng.bytes(1 + int(rng.integers(16))) + content[begin:]


def _delete(content: bytes, tokens: Sequence[bytes], rng: Rng) -> bytes:
    begin, end = _range(content, rng)
    return content[:begin] + content[end:]


def _again(content: bytes, tokens: Sequence[bytes], rng: Rng) -> bytes:
    begin, end = _range(content, rng)
    times = int(rng.choice([1, 2, 10, 100]))
    return content[:end] + content[begin:end] * times + content[end:]


def _swap(content: bytes, tokens: Sequence[bytes], rng: Rng) -> bytes:
    a, b, c, d = sorted([*_range(content, rng), *_range(content, rng)])
    return content[:a] + content[c:d] + content[b:c] + content[a:b] + content[d:]


def _integer(content: bytes, tokens: Sequence[bytes], rng: Rng) -> bytes:
    """Where a size may stand in binary, another one."""
    width, order = int(rng.choice([1, 2, 4, 8])), "little" if rng.random() < 0.8 else "big"
    begin = _place(content, rng) & ~1
    value = WHOLE[rng.integers(len(WHOLE))] % 2 ** (8 * width)
    return content[:begin] + value.to_bytes(width, order) + content[begin + width :]


def _number(content: bytes, tokens: Sequence[bytes], rng: Rng) -> bytes:
    """Where a number stands in text, another one."""
    found = list(NUMBER.finditer(content[: 2**16]))
    if not found:
        return _integer(content, tokens, rng)
    begin, end = found[rng.integers(len(found))].span()
    return content[:begin] + NUMBERS[rng.integers(len(NUMBERS))] + content[end:]


def _token(content: bytes, tokens: Sequence[bytes], rng: Rng) -> bytes:
    if not tokens:
        return _insert(content, tokens, rng)
    begin, token = _place(content, rng), tokens[rng.integers(len(tokens))]
    return content[:begin] + token + content[begin + len(token) * int(rng.integers(2)) :]


def _nested(content: bytes, tokens: Sequence[bytes], rng: Rng) -> bytes:
    begin, many = _place(content, rng), int(rng.choice([1, 10, 1_000, 20_000]))
    return content[:begin] + BRACKETS[rng.integers(len(BRACKETS))] * many + content[begin:]


KINDS = (
    _bits,
    _bytes,
    _zeros,
    _cut,
    _insert,
    _delete,
    _again,
    _swap,
    _integer,
    _integer,
    _number,
    _number,
    _token,
    _token,
    _nested,
)
