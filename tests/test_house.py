"""The rules of the house: what may import what, what code looks like, and that everything has a test."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from itertools import permutations
from pathlib import Path
from types import FunctionType

import pytest

import derive
from derive import catalog
from derive.version import VERSION
from tests.shared import few

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "derive").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))


@cache
def nodes() -> list[tuple[Path, ast.AST]]:
    """Everything in the package, read when it is asked for: not every worker is."""
    trees = [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in SOURCES]
    return [(path, node) for path, tree in trees for node in ast.walk(tree)]


def output_of(*command: str) -> tuple[int, str]:
    """The exit code of a Python command in the checkout, and all it printed."""
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


# -- tools


@pytest.mark.parametrize(
    "command",
    [
        ("-m", "ruff", "check", "."),
        ("-m", "ruff", "format", "--check", "."),
        ("-m", "mypy"),
        ("-c", "from importlinter.cli import lint_imports_command as run; run(['--no-cache'])"),
    ],
    ids=["lint", "format", "types", "imports"],
)
def test_tools_are_content(command: tuple[str, ...]) -> None:
    """Ruff finds nothing and would format nothing, mypy is strict, and the import contracts hold."""
    code, output = output_of(*command)
    assert code == 0, output


# -- code


def places(wanted: type[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    """Every node of a kind in the package, with its place."""
    for path, node in nodes():
        if isinstance(node, wanted):
            yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def test_no_assert_is_a_check() -> None:
    """`python -O` removes assertions, so the package has none."""
    assert [place for place, _ in places(ast.Assert)] == []


def test_no_handler_catches_everything() -> None:
    """A handler names the errors that it expects; one for all would turn a bug into an answer."""
    everything = {None, "Exception", "BaseException"}
    handlers = [(p, h.type) for p, h in places(ast.ExceptHandler)]
    assert [p for p, kind in handlers if kind is None or getattr(kind, "id", "") in everything] == []


def test_no_text_is_run() -> None:
    """The package never calls what runs or unpickles a text; SymPy's readers of text do."""
    forbidden = {"eval", "exec", "compile", "__import__", "sympify", "parse_expr", "S", "pickle"}
    calls = [(p, ast.unparse(c.func)) for p, c in places(ast.Call) if isinstance(c, ast.Call)]
    assert [p for p, name in calls if name.rpartition(".")[2] in forbidden and name != "re.compile"] == []


def test_functions_and_files_are_small() -> None:
    """Median of the functions at most 7 lines, nine of ten at most 15, none over 40; no file over 300 lines."""
    functions = [(path, node) for path, node in nodes() if isinstance(node, ast.FunctionDef)]
    lengths = sorted((_lines(node), f"{path.name}:{node.name}") for path, node in functions)
    sizes = [size for size, _ in lengths]
    assert statistics.median(sizes) <= 7
    assert sizes[int(0.9 * (len(sizes) - 1))] <= 15
    assert lengths[-1][0] <= 40, lengths[-1]
    assert [p.name for p in SOURCES if p.read_text(encoding="utf-8").count("\n") > 300] == []


def _lines(node: ast.FunctionDef) -> int:
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_nothing_is_left_to_do() -> None:
    """No note of unfinished work, and no path of somebody's machine, in any file."""
    unfinished = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX|NotImplemented" r"Error)\b|/(home|Users|work|farm)/\w")
    files = [p for p in ROOT.rglob("*") if p.suffix in {".py", ".md", ".toml", ".json", ".tex", ".txt"}]
    kept = [p for p in files if not {"build", "dist"} & set(p.parts) and not _hidden(p)]
    assert kept
    assert [p.name for p in kept if unfinished.search(p.read_text(encoding="utf-8"))] == []


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") or part.endswith(".egg-info") for part in path.relative_to(ROOT).parts)


# -- everything has a test


def imported(path: Path) -> Iterator[str]:
    """The modules that a file imports, and the names in them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_every_module_is_tested() -> None:
    """Each module, rule file and output is imported by a test; a test per loss comes from the catalog."""
    tested = {name for path in TESTS for name in imported(path)}
    modules = [".".join(p.relative_to(ROOT).with_suffix("").parts) for p in SOURCES]
    named = [m for m in modules if not m.rpartition(".")[2].startswith("_") and not m.startswith("derive.losses.")]
    assert [m for m in named if m not in tested and not _is_a_stage(m)] == []


def _is_a_stage(module: str) -> bool:
    """Is it a stage of a pipeline that is tested as a whole?"""
    return module.count(".") > 1 and not module.startswith(("derive.rules.", "derive.render."))


def test_every_rule_is_tested_beside_its_file() -> None:
    """`tests/rules` mirrors `derive/rules`, and the test of a file names every rule in it."""
    from derive.rule import RULES, load_rules

    load_rules()
    assert RULES
    for rule in RULES.values():
        module, function = rule.rewrite.__module__.rpartition(".")[2], rule.rewrite.__name__
        test = ROOT / "tests" / "rules" / f"test_{module}.py"
        assert test.is_file(), f"no test for the rules in {module}.py"
        assert re.search(rf"\b{function}\b", test.read_text(encoding="utf-8")), f"{test.name} lacks {function}"


def test_every_loss_is_in_the_table() -> None:
    """The table of losses in the tests is the catalog, so that no loss can be forgotten."""
    assert "names()" in (ROOT / "tests" / "test_losses.py").read_text(encoding="utf-8")
    assert len(catalog.names()) >= 6


@pytest.mark.parametrize("path", TESTS, ids=lambda p: p.name)
def test_every_test_says_what_is_promised(path: Path) -> None:
    """Each test has a docstring, and none is skipped without a word."""
    text = path.read_text(encoding="utf-8")
    tests = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef) and n.name.startswith("test_")]
    assert [t.name for t in tests if not ast.get_docstring(t)] == []
    assert not re.search(r"pytest\.(skip|importor" r"skip|mark\.skip)", text)


# -- the package


def test_import_is_cheap() -> None:
    """`import derive` loads no library of others."""
    code, output = output_of("-c", "import sys, derive; print({m.split('.')[0] for m in sys.modules})")
    assert code == 0, output
    assert not {"sympy", "numpy", "flint", "click", "mpmath"} & ast.literal_eval(output)


@pytest.mark.parametrize("name", [n for n in derive.__all__ if n[0] != "_"])
def test_public_names(name: str) -> None:
    """Every public name is there, has a docstring, and is listed by `dir`."""
    assert getattr(derive, name).__doc__
    assert name in dir(derive)


def test_a_name_that_is_not_there() -> None:
    """A misspelt attribute is an AttributeError."""
    with pytest.raises(AttributeError, match="no attribute 'proof'"):
        _ = derive.proof


ORDERS = [
    *permutations(["import derive.verify", "from derive import verify", "from derive.verify import verify as v"]),
    ["from derive.cli import main", "import derive.prove.decide, derive.gradcheck", "derive.verify"],
    ["from derive.prove import prove_terms", "from derive import prove"],
]


@pytest.mark.parametrize("order", few(ORDERS, ORDERS[-2:]), ids="; ".join)
def test_functions_stay_functions_in_every_order_of_imports(order: list[str]) -> None:
    """`derive.verify` is the function, whatever was imported before, and `from derive.verify import …` works."""
    check = "assert all(type(getattr(derive, n)).__name__ == 'function' for n in ('verify', 'prove', 'gradcheck'))"
    code, output = output_of("-c", "\n".join(["import derive", *order, check]))
    assert code == 0, output


def test_the_functions_are_those_of_the_modules() -> None:
    """The public functions are the functions of their modules, not copies."""
    for name in ("verify", "prove", "gradcheck"):
        function = getattr(derive, name)
        assert isinstance(function, FunctionType)
        assert getattr(sys.modules[f"derive.{name}"], name) is function
    assert derive.catalog is import_module("derive.catalog")


def test_one_version() -> None:
    """The package says the version that is installed."""
    from importlib.metadata import version

    assert derive.__version__ == VERSION == version("derive")


def test_the_check_of_the_workshop_is_the_one_of_the_readme() -> None:
    """`.ci/run` runs the line that README gives for the tests."""
    line = next(t for t in (ROOT / ".ci" / "run").read_text().splitlines() if t.startswith("python3 -m venv"))
    assert f"```sh\n{line}\n```" in (ROOT / "README.md").read_text(encoding="utf-8")
