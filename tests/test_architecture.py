"""The rules of the house that a parser can hold: direction of imports, no cycles, what is imported where, file names.

Each rule is a function from one parsed module to what it breaks; each is shown to fire on a snippet that breaks it.
"""

import ast
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("datasets", "layers", "pipelines")
FLOORS = ("keras_seq._version", "keras_seq.datasets", "keras_seq.layers", "keras_seq.pipelines", "keras_seq")
LATE_IMPORTS = {
    "keras_tuner",
    "matplotlib",
    "mlflow",
    "nltk",
    "pycrfsuite",
    "rich",
}  # heavy or optional, not needed to train
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc"}


@dataclass(frozen=True)
class Import:
    """One imported module, by its absolute name."""

    target: str
    line: int
    relative: bool
    in_function: bool
    for_types_only: bool


@dataclass(frozen=True)
class Module:
    """One source file: its import name, its path from the root, its syntax tree."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def package(self):
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]

    @property
    def folder(self):
        return self.path.parts[0]

    def at(self, line, what):
        return f"{self.path}:{line}: {what}"


def parse(path, source):
    """The module that `source` is when it lies at `path` (from the root): layers/crf.py is keras_seq.layers.crf."""
    path = Path(path)
    parts = path.with_suffix("").parts
    parts = parts if parts[0] == "keras_seq" else ("keras_seq", *parts)
    return Module(".".join(part for part in parts if part != "__init__"), path, ast.parse(source, str(path)))


# Run as a file by another program, so it names the package as a user does; nobody imports it.
SCRIPTS = {"pipelines/mlflow_model.py"}


@cache
def house():
    """Every module of the project, each once: the symlinks in keras_seq/ are not followed."""
    paths = [
        *(ROOT / "keras_seq").glob("*.py"),
        *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")),
    ]
    paths = [path for path in paths if path.relative_to(ROOT).as_posix() not in SCRIPTS]
    modules = [parse(path.relative_to(ROOT), path.read_text("utf-8")) for path in sorted(paths)]
    return {module.name: module for module in modules}


def imports(module, known):
    """The imports of a module; `from x import y` is an import of x.y where that is a module in `known`, else of x."""

    def visit(node, in_function, types):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno, False, in_function, types)
        elif isinstance(node, ast.ImportFrom):
            base = module.package.split(".")[: len(module.package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield Import(inner if inner in known else base, node.lineno, node.level > 0, in_function, types)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            for child in node.body:
                yield from visit(child, in_function, True)
            for child in node.orelse:
                yield from visit(child, in_function, types)
        else:
            inside = in_function or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            for child in ast.iter_child_nodes(node):
                yield from visit(child, inside, types)

    yield from visit(module.tree, False, False)


def rank(name):
    """The floor of a module: what lies higher may import what lies lower."""
    return next(floor for floor, prefix in enumerate(FLOORS) if f"{name}.".startswith(f"{prefix}."))


def ours(name):
    return f"{name}.".startswith("keras_seq.")


# The rules: each yields what a module breaks.


def goes_up(module, known):
    for imported in imports(module, known):
        if ours(imported.target) and rank(imported.target) > rank(module.name):
            yield module.at(imported.line, f"imports {imported.target}, which lies higher")


def not_relative(module, known):
    for imported in imports(module, known):
        if not imported.relative and (ours(imported.target) or imported.target.partition(".")[0] in FOLDERS):
            yield module.at(imported.line, f"imports {imported.target} by an absolute name, expected a relative one")


def text_outside_text(module, known):
    # An export holds its ops, so they must be known to who loads it.
    loads_exports = module.path == Path("pipelines/saved_model.py")
    allowed = loads_exports or (module.folder == "layers" and module.path.name.startswith("text"))
    for imported in imports(module, known):
        if imported.target.partition(".")[0] == "tensorflow_text" and not allowed:
            yield module.at(imported.line, "imports tensorflow_text outside of layers/text*.py")


def imports_in_functions(module, known):
    for imported in imports(module, known):
        late = module.folder == "keras_seq" or imported.target.partition(".")[0] in LATE_IMPORTS
        if imported.in_function and not late:
            yield module.at(imported.line, f"imports {imported.target} inside a function")


def prints(module, known):
    for node in ast.walk(module.tree):
        call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
        if call and module.folder in FOLDERS:
            yield module.at(node.lineno, "print in library code, expected logging")


def asserts(module, known):
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Assert) and module.folder in FOLDERS:
            yield module.at(node.lineno, "assert, expected an exception that says what was expected and got")


def bare_excepts(module, known):
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            yield module.at(node.lineno, "bare except")


def nameless(module, known):
    if NAMELESS & {Path(part).stem.strip("_") for part in module.path.parts}:
        yield module.at(1, "a name that says nothing: a function lives beside what owns it")


def undocumented(module, known):
    if not ast.get_docstring(module.tree):
        yield module.at(1, "no module docstring")


RULES = [
    goes_up,
    not_relative,
    text_outside_text,
    imports_in_functions,
    prints,
    asserts,
    bare_excepts,
    nameless,
    undocumented,
]


def cycle(graph):
    """Names of modules that import each other in a circle, or an empty list. graph: name -> the names it imports."""
    done, path = set(), []

    def search(name):
        if name in path:
            return path[path.index(name) :]
        if name in done:
            return []
        path.append(name)
        found = next(filter(None, map(search, sorted(graph.get(name, ())))), [])
        path.pop()
        done.add(name)
        return found

    return next(filter(None, map(search, sorted(graph))), [])


def import_graph(modules):
    """name -> our modules that it imports when it runs (imports for type checkers alone are left out)."""
    return {
        name: {i.target for i in imports(module, modules) if i.target in modules and not i.for_types_only}
        for name, module in modules.items()
    }


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_house_keeps_rule(rule):
    broken = [what for module in house().values() for what in rule(module, house())]
    assert not broken, "\n" + "\n".join(broken)


def test_house_has_no_import_cycle():
    assert cycle(import_graph(house())) == []


def test_house_has_all_four_folders():
    assert {module.folder for module in house().values()} == {*FOLDERS, "keras_seq"}


@pytest.mark.parametrize(
    ("rule", "path", "source"),
    [
        (goes_up, "datasets/x.py", "from ..layers import CRF"),
        (goes_up, "layers/x.py", "from .. import pipelines"),
        (goes_up, "layers/x.py", "def f():\n    from ..pipelines import load"),
        (goes_up, "pipelines/x.py", "from .. import __version__"),
        (not_relative, "pipelines/x.py", "from keras_seq.layers import CRF"),
        (not_relative, "pipelines/x.py", "import layers"),
        (not_relative, "keras_seq/x.py", "from datasets.columns import sentences"),
        (text_outside_text, "layers/crf.py", "import tensorflow_text as tf_text"),
        (text_outside_text, "pipelines/text.py", "from tensorflow_text import WhitespaceTokenizer"),
        (imports_in_functions, "layers/x.py", "def f():\n    import tensorflow as tf"),
        (imports_in_functions, "layers/x.py", "class A:\n    def f(self):\n        from . import y"),
        (prints, "datasets/x.py", "print('done')"),
        (asserts, "layers/x.py", "def f(x):\n    assert x > 0"),
        (bare_excepts, "pipelines/x.py", "try:\n    f()\nexcept:\n    pass"),
        (nameless, "layers/utils.py", ""),
        (nameless, "pipelines/common/x.py", ""),
        (undocumented, "layers/x.py", "x = 1"),
    ],
)
def test_rule_fires(rule, path, source):
    known = dict.fromkeys(["keras_seq", "keras_seq.layers", "keras_seq.pipelines", "keras_seq.layers.y"])
    assert list(rule(parse(path, source), known))


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("pipelines/x.py", '"""Doc."""\nfrom .._version import __version__\nfrom ..layers import CRF\nfrom . import y'),
        ("pipelines/x.py", '"""Doc."""\ndef f():\n    import mlflow'),
        ("layers/text_words.py", '"""Doc."""\nimport tensorflow_text'),
        ("keras_seq/x.py", '"""Doc."""\ndef f():\n    from . import pipelines\n    print(pipelines)'),
    ],
)
def test_rules_allow(path, source):
    known = dict.fromkeys(["keras_seq", "keras_seq._version", "keras_seq.layers", "keras_seq.pipelines"])
    assert not [what for rule in RULES for what in rule(parse(path, source), known)]


def test_cycle_is_found():
    modules = {
        "keras_seq.layers.a": parse("layers/a.py", "from .b import x"),
        "keras_seq.layers.b": parse("layers/b.py", "from . import c"),
        "keras_seq.layers.c": parse("layers/c.py", "def f():\n    from .a import y"),
        "keras_seq.layers.d": parse("layers/d.py", "from . import a"),
    }
    assert cycle(import_graph(modules)) == ["keras_seq.layers.a", "keras_seq.layers.b", "keras_seq.layers.c"]


def test_imports_for_types_make_no_cycle():
    modules = {
        "keras_seq.layers.a": parse("layers/a.py", "from .b import x"),
        "keras_seq.layers.b": parse("layers/b.py", "if TYPE_CHECKING:\n    from .a import y"),
    }
    assert cycle(import_graph(modules)) == []


def test_scripts_are_imported_by_nobody():
    stems = {f"keras_seq.{path.removesuffix('.py').replace('/', '.')}" for path in SCRIPTS}
    named = {found.target for module in house().values() for found in imports(module, {*house(), *stems})}
    assert not named & stems


def test_root_folders_are_not_imported_by_bare_name():
    import keras_seq

    for folder in FOLDERS:
        getattr(keras_seq, folder)
    files = {name: str(getattr(module, "__file__", "")) for name, module in list(sys.modules.items())}
    assert not [name for name, file in files.items() if name.partition(".")[0] in FOLDERS and str(ROOT) in file]
