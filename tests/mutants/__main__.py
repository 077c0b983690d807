"""`python -m tests.mutants [name ...]`: takes one guard away at a time; its tests must fail."""

import argparse
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from tests.mutants import patches
from tests.mutants.patches import ROOT, Mutant

PATIENCE_SECONDS = 180
_SOME_FAILED, _ALL_PASSED = 1, 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutant."""

    name: str
    word: str
    seconds: float
    details: str = ""


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Tree:
    """A copy of the code and its tests, with one mutant in it at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("tipdesk", "tests"):
            ignored = shutil.ignore_patterns("__pycache__", "node_modules")
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        shutil.copy(ROOT / "pyproject.toml", folder)

    def run(self, tests: Iterable[str]) -> subprocess.CompletedProcess[str]:
        """The tests, in this copy."""
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", *tests],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(self.folder)},
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    def prove(self, file: str, tests: tuple[str, ...]) -> Verdict:
        """That a file's tests pass where no guard is missing."""
        start = time.monotonic()
        done = self.run(tests)
        word = "passes" if done.returncode == _ALL_PASSED else "fails by itself"
        return Verdict(file, word, time.monotonic() - start, done.stdout[-3_000:])

    def judge(self, mutant: Mutant) -> Verdict:
        """Whether a mutant's tests notice it."""
        start = time.monotonic()
        wrong = patches.apply(mutant, self.folder)
        if wrong:
            return Verdict(mutant.name, "does not apply", 0, wrong)
        try:
            done = self.run(mutant.tests)
        except subprocess.TimeoutExpired:
            return Verdict(mutant.name, "hung", time.monotonic() - start)
        finally:
            for name in mutant.files:
                self._restore(name)
        words = {_SOME_FAILED: "killed", _ALL_PASSED: "SURVIVED"}
        word = words.get(done.returncode, "could not be tested")
        return Verdict(mutant.name, word, time.monotonic() - start, done.stdout[-3_000:])

    def _restore(self, name: str) -> None:
        """Puts a file back, and takes away what was compiled of the mutant.

        Python knows a file's compiled form by second and size: the next mutant of the same file
        can have both.
        """
        shutil.copy2(ROOT / name, self.folder / name)
        file = self.folder / name
        for compiled in file.parent.glob(f"__pycache__/{file.stem}.*.pyc"):
            compiled.unlink()


def judge_all(mutants: list[Mutant], workers: int) -> list[Verdict]:
    """Every mutant, a few at a time."""
    with tempfile.TemporaryDirectory(prefix="mutants") as scratch:
        trees: SimpleQueue[Tree] = SimpleQueue()
        for number in range(workers):
            trees.put(Tree(Path(scratch) / str(number)))

        def with_a_tree(work: Callable[[Tree], Verdict]) -> Verdict:
            tree = trees.get()
            try:
                found = work(tree)
            finally:
                trees.put(tree)
            if found.word != "passes":
                say(f"{found.word:20} {found.seconds:5.1f} s  {found.name}")
            return found

        with ThreadPoolExecutor(workers) as pool:
            files = itertools.groupby(
                sorted({test for mutant in mutants for test in mutant.tests}),
                key=lambda test: test.partition("::")[0],
            )
            sound = [(file, tuple(tests)) for file, tests in files]
            first = list(pool.map(lambda s: with_a_tree(lambda t: t.prove(*s)), sound))
            unsound = [verdict for verdict in first if verdict.word != "passes"]
            if unsound:
                return unsound
            return list(pool.map(lambda m: with_a_tree(lambda t: t.judge(m)), mutants))


def main() -> int:
    """0 if every mutant was killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="parts of names; all mutants if none is given")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    mutants = [
        mutant
        for mutant in patches.every()
        if not asked.names or any(part in mutant.name for part in asked.names)
    ]
    start = time.monotonic()
    verdicts = judge_all(mutants, asked.workers)
    bad = [verdict for verdict in verdicts if verdict.word != "killed"]
    for verdict in bad:
        say(f"\n{verdict.name}: {verdict.word}\n{verdict.details}")
    killed = len(verdicts) - len(bad)
    say(f"\n{killed} of {len(mutants)} mutants killed in {time.monotonic() - start:.0f} s")
    return 1 if bad or not mutants else 0


if __name__ == "__main__":
    sys.exit(main())
