"""Laws of the free memory: what a container may have counts, and caches in it are free."""

from __future__ import annotations

import psutil
import pytest

from landscape_app import memory


@pytest.mark.parametrize(
    ("files", "free"),
    [
        ({}, None),
        ({"memory.max": "max\n", "memory.current": "7\n"}, None),
        ({"memory.max": "1000\n", "memory.current": "700\n"}, 300),
        ({"memory.max": "1000\n", "memory.current": "700\n",
        "memory.stat": "anon 400\ninactive_file 200\n"}, 500),
        ({"memory.max": "1000\n", "memory.current": "1700\n"}, 0),
        ({"memory/memory.limit_in_bytes": "1000", "memory/memory.usage_in_bytes": "700",
        "memory/memory.stat": "total_inactive_file 50"}, 350),
        ({"memory/memory.limit_in_bytes": "9223372036854771712",
        "memory/memory.usage_in_bytes": "700"}, None),
    ],
)  # fmt: skip
def test_the_free_memory_is_that_of_the_machine_or_of_the_container(
    tmp_path, monkeypatch, files, free
):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(memory, "GROUPS", tmp_path)
    if free is None:
        assert abs(memory.free_memory() - psutil.virtual_memory().available) < 2**30
    else:
        assert memory.free_memory() == free
