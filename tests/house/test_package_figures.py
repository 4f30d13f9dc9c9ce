"""The package keeps its figures: small modules and functions, small folders, few names at the top.

`lint-imports` keeps it free of import cycles, and ruff's A001 and A002 of names that shadow a builtin; both are run by
`test_rules`.
"""

import ast
from collections import Counter
from statistics import median

from tests.support.server import ROOT

PACKAGE = ROOT / "auth_service"
MODULES = sorted(file for file in PACKAGE.rglob("*.py") if file.name != "__init__.py")
LARGEST_MODULE = 230  # lines
MEDIAN_MODULE = 100
LARGEST_FUNCTION = 40
MOST_MODULES = 16  # of a folder
MOST_AT_THE_TOP = 5


def short(path):
    return str(path.relative_to(ROOT))


def lines_of(module):
    return len(module.read_text().splitlines())


def functions_of(module):
    """`(name, lines)` of every function, its docstring and decorators counted."""
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            yield f"{short(module)}::{node.name}", node.end_lineno - first + 1


def test_no_module_is_large():
    assert {short(module): lines for module in MODULES if (lines := lines_of(module)) > LARGEST_MODULE} == {}


def test_half_of_the_modules_are_small():
    assert median(lines_of(module) for module in MODULES) <= MEDIAN_MODULE


def test_no_function_is_long():
    assert [name for module in MODULES for name, lines in functions_of(module) if lines > LARGEST_FUNCTION] == []


def test_no_folder_has_many_modules():
    folders = Counter(short(module.parent) for module in MODULES)
    assert {folder: count for folder, count in folders.items() if count > MOST_MODULES} == {}


def test_few_modules_stand_at_the_top():
    assert len([module for module in MODULES if module.parent == PACKAGE]) <= MOST_AT_THE_TOP
