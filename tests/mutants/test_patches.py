"""Every mutant fits the code and its tests are there; `make mutants` shows that they fail."""

import ast
import shutil
from pathlib import Path

import pytest

from tests.mutants import patches
from tests.mutants.patches import Mutant

MUTANTS = patches.every()


def test_there_are_enough_of_them() -> None:
    assert len(MUTANTS) >= 40
    assert len({mutant.meaning for mutant in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_patch_fits_and_leaves_a_module_that_can_be_read(mutant: Mutant, tmp_path: Path) -> None:
    assert len(mutant.files) == 1
    for name in mutant.files:
        (tmp_path / name).parent.mkdir(parents=True)
        shutil.copy(patches.ROOT / name, tmp_path / name)
        before = (tmp_path / name).read_text(encoding="utf-8")
        assert patches.apply(mutant, tmp_path) == ""
        after = (tmp_path / name).read_text(encoding="utf-8")
        assert after != before
        ast.parse(after)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_tests_of_a_mutant_exist(mutant: Mutant) -> None:
    assert mutant.tests
    for test in mutant.tests:
        file, _, name = test.partition("::")
        tree = ast.parse((patches.ROOT / file).read_text(encoding="utf-8"))
        functions = [n for n in tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
        assert name.partition("[")[0] in {function.name for function in functions}
