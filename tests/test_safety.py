"""Static laws: nothing in the package unpickles, evaluates text, opens a shell, prints, or touches
a global random generator; and nothing but three modules touches a file of a runs folder.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import landscape_app

PACKAGE = Path(landscape_app.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal"}
BUILTINS = {"eval", "exec", "print", "__import__", "compile"}
FLAGS = {"allow_pickle": True, "weights_only": False, "shell": True}
GLOBAL_RANDOM = {
    "seed",
    "rand",
    "randn",
    "normal",
    "uniform",
    "permutation",
    "choice",
    "shuffle",
    "randint",
}


@pytest.mark.parametrize(
    "path", FILES, ids=lambda path: str(path.relative_to(Path(landscape_app.__file__).parent))
)
def test_a_module_does_nothing_that_is_banned(path):
    found = [
        f"line {getattr(node, 'lineno', 0)}: {fault}"
        for node in ast.walk(ast.parse(path.read_text()))
        if (fault := _fault(node))
    ]
    assert found == []


def _fault(node: ast.AST) -> str | None:
    if isinstance(node, ast.Import):
        return next(
            (
                f"imports {alias.name}"
                for alias in node.names
                if alias.name.split(".")[0] in MODULES
            ),
            None,
        )
    if isinstance(node, ast.ImportFrom):
        return f"imports {node.module}" if (node.module or "").split(".")[0] in MODULES else None
    if not isinstance(node, ast.Call):
        return None
    for keyword in node.keywords:
        if (
            keyword.arg in FLAGS
            and isinstance(keyword.value, ast.Constant)
            and keyword.value.value is FLAGS[keyword.arg]
        ):
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


# What reaches a file or a folder by its path, and follows links on the way.
OS = {
    "open", "stat", "lstat", "scandir", "listdir", "walk", "access", "rename", "replace", "unlink",
    "remove", "rmdir", "mkdir", "makedirs",
    "chmod", "chown", "utime", "truncate", "link", "symlink", "readlink", "mkfifo",
}  # fmt: skip
OS_PATH = {
    "exists",
    "lexists",
    "isfile",
    "isdir",
    "islink",
    "getsize",
    "getmtime",
    "samefile",
    "realpath",
}
METHODS = {
    "open", "read_text", "read_bytes", "write_text", "write_bytes", "glob", "rglob", "iterdir",
    "unlink", "rmdir", "mkdir", "rename", "exists",
    "is_file", "is_dir", "is_symlink", "lstat", "stat", "chmod", "touch", "symlink_to",
    "hardlink_to", "resolve", "samefile", "readlink",
}  # fmt: skip
# they have functions of such names
OURS = {"files", "names", "RunFolder", "StudyFolder", "TensorFile"}
DOORS = {"store/opening.py", "store/names.py", "store/files.py"}  # the modules that do all of it
REACHING = [
    path
    for path in FILES
    if path.relative_to(PACKAGE).parts[0]
    in ("store", "jobs", "pipeline", "checks", "cli", "dashboard")
]
ELSEWHERE = {  # functions, or whole modules, that reach what is not in a runs folder, and why
    ("store/commands.py", "at"): "the runs folder itself",
    ("store/folder.py", "_no_folder"): "the runs folder itself",
    ("store/folder.py", "make_runs"): "the runs folder itself",
    ("store/folder.py", "permits"): "a descriptor",
    ("store/gallery.py", "shipped"): "the package",
    ("store/shared_data.py", "_keep_file"): "a file that the person names",
    (
        "store/shared_data.py",
        "inside",
    ): "the runs folder itself; what lies beside the runs is then read through files",
    ("store/lock.py", "take"): "a descriptor",
    ("store/lock.py", "_beat"): "a descriptor",
    ("store/packing.py", ""): "the archive, which the person names",
    ("store/hash_cache.py", ""): "the state folder",
    ("store/sources.py", "_find"): "a file that the person names",
    ("store/archive_source.py", "opened"): "the archive, which the person names",
    ("store/import_stage.py", "check_room"): "the runs folder itself",
    ("jobs/supervisor.py", "_become"): "/dev/null, and the package",
    ("jobs/supervisor.py", "_follow"): "/dev/null, and the package",
    ("pipeline/initial.py", "_of_file"): "a file that the person names",
    ("pipeline/checkpoint_folder.py", "listed"): "a folder that the person names",
    ("checks/rebuilt.py", "_located"): "a file that the person names",
    ("cli/streams.py", "drop"): "/dev/null",
    ("dashboard/common/board.py", "_stat"): "the runs folder itself",
    ("dashboard/explore/share.py", "python"): "the runs folder itself",
    ("dashboard/appearance.py", "assets"): "the package",
    ("dashboard/export/report_files.py", ""): "the package",
    ("store/notes.py", "locked"): "a descriptor",
    ("store/run_facts.py", "_bytes"): "a descriptor",
    ("store/run_facts.py", "_regular"): "an entry of a descriptor; links are not followed",
    ("dashboard/factory.py", ""): "the runs folder itself, and the package",
    ("dashboard/server_state.py", ""): "the state folder",
    ("dashboard/uploads.py", ""): "the state folder",
}


@pytest.mark.parametrize("path", REACHING, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_of_a_runs_folder_are_reached_through_one_door(path):
    module = str(path.relative_to(PACKAGE))
    if module not in DOORS:
        assert [
            told
            for function, told in _reached(ast.parse(path.read_text()))
            if not {(module, ""), (module, function)} & set(ELSEWHERE)
        ] == []


def test_nothing_is_let_through_that_is_not_there_any_more():
    reached = {
        (str(path.relative_to(PACKAGE)), name)
        for path in REACHING
        for name, _ in _reached(ast.parse(path.read_text()))
    }
    modules = {module for module, _ in reached}
    assert [
        place
        for place in ELSEWHERE
        if place not in reached and not (place[1] == "" and place[0] in modules)
    ] == []


def _reached(tree: ast.AST) -> list[tuple[str, str]]:
    """(function, what it calls) of every call that reaches a path by itself; of the innermost
    function.
    """
    owner: dict[ast.AST, str] = {}
    for node in ast.walk(tree):  # outer functions come first
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            owner.update(dict.fromkeys(ast.walk(node), node.name))
    return [
        (owner.get(node, ""), f"line {node.lineno}: {told}")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and (told := _reaches(node))
    ]


def _reaches(node: ast.Call) -> str | None:
    if isinstance(node.func, ast.Name):
        return "open" if node.func.id == "open" else None
    if not isinstance(node.func, ast.Attribute):
        return None
    holder, name = ast.unparse(node.func.value), node.func.attr
    # of a path; of a text it has two arguments
    moved = name == "replace" and len(node.args) == 1 and not node.keywords
    banned = {
        "os": name in OS,
        "os.path": name in OS_PATH,
        "shutil": name != "get_terminal_size",
        "dataclasses": False,
    }
    return (
        f"{holder}.{name}"
        if banned.get(holder, holder not in OURS and (name in METHODS or moved))
        else None
    )


def test_the_law_of_the_door_can_fail():
    for text in (
        "open(p)",
        "p.open()",
        "(a / b).read_bytes()",
        "os.open(p, 0)",
        "p.glob('*')",
        "shutil.rmtree(p)",
        "a.replace(b)",
        "os.path.isdir(p)",
    ):
        assert _reached(ast.parse(text)), text
    for text in (
        "files.read_bytes(p)",
        "RunFolder.open(r, i)",
        "'a'.replace('b', 'c')",
        "dataclasses.replace(a, b=1)",
        "os.fstat(h)",
    ):
        assert not _reached(ast.parse(text)), text
