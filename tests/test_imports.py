"""Laws of the import graph: no circle anywhere, imports inside functions included."""

from __future__ import annotations

import grimp
from scipy.sparse import dok_array
from scipy.sparse.csgraph import connected_components


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = grimp.build_graph("landscape_app")
    modules = sorted(graph.modules)
    place = {module: index for index, module in enumerate(modules)}
    imports = dok_array((len(modules), len(modules)), dtype=bool)
    for module in modules:
        for imported in graph.find_modules_directly_imported_by(module):
            imports[place[module], place[imported]] = True
    _, labels = connected_components(imports.tocsr(), directed=True, connection="strong")
    circles: dict[int, list[str]] = {}
    for module, label in zip(modules, labels, strict=True):
        circles.setdefault(label, []).append(module)
    assert [circle for circle in circles.values() if len(circle) > 1] == []
