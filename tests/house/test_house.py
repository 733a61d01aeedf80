"""What the house promises of itself: contracts, budgets, codes, words."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from crmsheet.core import errors
from tests.conftest import ROOT

PACKAGE = ROOT / "crmsheet"
MODULES = sorted(PACKAGE.rglob("*.py"))
TRADE = ("check", "match", "tier", "agenda", "report")
FORBIDDEN_NAMES = ("utils", "helpers", "common", "misc", "manager", "handler", "info", "data", "item", "process")
EXIT_CODES = {1, 2, 3, 4, 5, 6, 7, 8, 9, 70, 130}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_files_are_short(path: Path):
    assert len(path.read_text("utf-8").splitlines()) <= 400, "a file beyond 400 lines hides a type or a verb"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_functions_are_short(path: Path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef):
            documented = ast.get_docstring(node, clean=False)
            words = len(documented.splitlines()) if documented else 0
            assert node.end_lineno - node.lineno - words < 50, f"{node.name} hides a step"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_modules_are_named_for_what_they_hold(path: Path):
    assert path.stem not in FORBIDDEN_NAMES


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_nothing_mutable_at_module_level(path: Path):
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.List | ast.Set | ast.ListComp):
            names = ast.unparse(node).partition("=")[0].strip()
            assert names.startswith("__all__"), f"{names}: a constant is a tuple or a frozenset"


@pytest.mark.parametrize("path", [p for p in MODULES if p.relative_to(PACKAGE).parts[0] in TRADE], ids=_name)
def test_sets_are_worked_on_in_sql(path: Path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute):
            assert node.attr not in ("groupby", "merge", "pivot_table"), f"line {node.lineno}: SQL does that"


@pytest.mark.parametrize("path", [p for p in MODULES if p.relative_to(PACKAGE).parts[0] == "core"], ids=_name)
def test_the_core_imports_pandas_only_for_types(path: Path):
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import) and child.names[0].name == "pandas":
                assert isinstance(node, ast.If)
                assert ast.unparse(node.test) == "TYPE_CHECKING"


def test_every_ignore_has_a_reason():
    for path in MODULES:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            mark = re.search(r"# (?:noqa: [A-Z0-9, ]+|type: ignore\[[a-z-, ]+\])(.*)$", line)
            if "noqa" in line or "type: ignore" in line:
                assert mark, f"{_name(path)}:{number} names no rule"
                assert len(mark[1].strip(" #()")) > 8, f"{_name(path)}:{number} gives no reason"


def test_exit_codes_are_the_documented_ones():
    for each in vars(errors).values():
        if inspect.isclass(each) and issubclass(each, errors.CrmsheetError):
            assert each.exit_code in EXIT_CODES
            assert each.__doc__
            assert each is errors.CrmsheetError or each is errors.BookError or each.hint, f"{each} says no next step"


def test_help_loads_nothing_heavy():
    heavy = ("pandas", "numpy", "pandera", "duckdb", "pyarrow", "openpyxl", "rich", "phonenumbers", "yaml")
    code = (
        "import sys\nfrom crmsheet.cli.main import run\nrun(['--help'])\nrun(['nightly', '--help'])\n"
        f"print([each for each in {heavy!r} if each in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


ASKED_OF_A_BOOK = {
    "history": ("pandas", "numpy", "duckdb", "pyarrow", "pandera", "openpyxl", "pydantic", "phonenumbers", "yaml"),
    "clean": ("duckdb", "pandera", "openpyxl", "pydantic", "rapidfuzz", "filelock", "zstandard"),
    "tier": ("pandera", "openpyxl", "pydantic", "rapidfuzz", "filelock", "zstandard"),
}


@pytest.mark.parametrize("verb", ASKED_OF_A_BOOK)
def test_looking_loads_nothing_that_it_does_not_need(verb):
    heavy = ASKED_OF_A_BOOK[verb]
    book = ROOT / "examples" / "客户关系管理书.xlsx"
    code = (
        f"import sys\nfrom crmsheet.cli.main import run\ncode = run([{verb!r}, {str(book)!r}])\n"
        f"print(code, [each for each in {heavy!r} if each in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "0 []"


def test_no_workplace_in_the_repository():
    """No machine path, no registry host, no tool of a workplace: the repository is for everybody."""
    words = ("/work/", "/root/", "/tmp/w", "farm-", ".library", "pypi-more")
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    for name in filter(None, tracked):
        path = ROOT / name
        if (
            path.suffix in (".py", ".md", ".toml", ".yaml", ".yml", ".po", "")
            and path.is_file()
            and path != Path(__file__)
        ):
            text = path.read_text("utf-8", errors="ignore")
            found = [each for each in words if each in text]
            assert not found, f"{name}: {found}"


def test_every_module_imports():
    for path in MODULES:
        parts = path.relative_to(ROOT).with_suffix("").parts
        importlib.import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
