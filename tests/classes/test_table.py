"""Every one of the 62 classes has tests that carry its number, or its line in ARCHITECTURE.md."""

import ast
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from tests.classes.table import CANNOT_ARISE, CLASSES, LATER, TESTS

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


def test_every_class_is_tested_or_has_its_reason() -> None:
    assert set(CLASSES) == set(range(1, 63))
    places: list[Iterable[int]] = [TESTS, CANNOT_ARISE, LATER]
    assert sorted(number for place in places for number in place) == sorted(CLASSES)
    assert len(CANNOT_ARISE) <= 10


@pytest.mark.parametrize("number", TESTS)
def test_the_tests_of_a_class_exist_and_carry_its_number(number: int) -> None:
    assert TESTS[number]
    for test in TESTS[number]:
        file, name = test.split("::")
        assert name in functions_in(file), test
        assert number in numbers_of(name), test


@pytest.mark.parametrize("number", [*CANNOT_ARISE, *LATER])
def test_what_has_no_test_has_its_line_in_the_architecture(number: int) -> None:
    reason = {**CANNOT_ARISE, **LATER}[number]
    lines = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines()
    assert any(f"class {number}:" in line and reason in line for line in lines)
