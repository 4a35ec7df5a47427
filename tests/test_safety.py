"""Static laws: nothing in the package unpickles, evaluates text, opens a shell, prints, or touches a global random generator."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import landscape_app

FILES = sorted(Path(landscape_app.__file__).parent.rglob("*.py"))
MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal"}
BUILTINS = {"eval", "exec", "print", "__import__", "compile"}
FLAGS = {"allow_pickle": True, "weights_only": False, "shell": True}
GLOBAL_RANDOM = {"seed", "rand", "randn", "normal", "uniform", "permutation", "choice", "shuffle", "randint"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(Path(landscape_app.__file__).parent)))
def test_a_module_does_nothing_that_is_banned(path):
    found = [f"line {getattr(node, 'lineno', 0)}: {fault}" for node in ast.walk(ast.parse(path.read_text())) if (fault := _fault(node))]
    assert found == []


def _fault(node: ast.AST) -> str | None:
    if isinstance(node, ast.Import):
        return next((f"imports {alias.name}" for alias in node.names if alias.name.split(".")[0] in MODULES), None)
    if isinstance(node, ast.ImportFrom):
        return f"imports {node.module}" if (node.module or "").split(".")[0] in MODULES else None
    if not isinstance(node, ast.Call):
        return None
    for keyword in node.keywords:
        if keyword.arg in FLAGS and isinstance(keyword.value, ast.Constant) and keyword.value.value is FLAGS[keyword.arg]:
            return f"{keyword.arg}={keyword.value.value}"
    if isinstance(node.func, ast.Name) and node.func.id in BUILTINS:
        return f"calls {node.func.id}"
    name = ast.unparse(node.func)
    if name in ("torch.manual_seed", "os.system", "os.popen") or (
        name.startswith(("np.random.", "random.")) and name.split(".")[-1] in GLOBAL_RANDOM
    ):
        return f"calls {name}"
    return None


def test_the_law_can_fail():
    for text in (
        "import pickle",
        "from dill import loads",
        "eval('1')",
        "np.load(f, allow_pickle=True)",
        "np.random.seed(0)",
        "os.system('ls')",
    ):
        assert any(_fault(node) for node in ast.walk(ast.parse(text))), text
