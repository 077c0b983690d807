"""Every one of the 62 classes has tests that carry its number."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.classes.table import CLASSES, TESTS

ROOT = Path(__file__).parents[2]


@cache
def functions_in(file: str) -> frozenset[str]:
    """The names of the test functions that pytest finds in a file."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    functions = (n for n in tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(f.name for f in functions if f.name.startswith("test_"))


def numbers_of(name: str) -> set[int]:
    """The classes that a test's name says it is about."""
    found = re.match(r"test_class_(\d+)(?:_and_(\d+))?_", name)
    return set() if found is None else {int(n) for n in found.groups() if n is not None}


def test_every_class_is_tested() -> None:
    assert set(CLASSES) == set(TESTS) == set(range(1, 63))


@pytest.mark.parametrize("number", TESTS)
def test_the_tests_of_a_class_exist_and_carry_its_number(number: int) -> None:
    assert TESTS[number]
    for test in TESTS[number]:
        file, name = test.split("::")
        assert name in functions_in(file), test
        assert number in numbers_of(name), test
