"""The patches: where they lie, what they say, whether they still fit."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One guard less."""

    path: Path
    meaning: str
    tests: tuple[str, ...]
    files: tuple[str, ...]
    """What it changes."""

    @property
    def name(self) -> str:
        """The name of its file, without the ending."""
        return self.path.stem


def read(path: Path) -> Mutant:
    """A patch with its heading."""
    heading, _, body = path.read_text(encoding="utf-8").partition("--- a/")
    lines = heading.strip().splitlines()
    tests = tuple(line.removeprefix("Test: ") for line in lines if line.startswith("Test: "))
    files = tuple(
        line.removeprefix("+++ b/").split("\t")[0]
        for line in body.splitlines()
        if line.startswith("+++ b/")
    )
    return Mutant(path, lines[0], tests, files)


def every() -> list[Mutant]:
    """All mutants by name."""
    return [read(path) for path in sorted(HERE.glob("*.patch"))]


def apply(mutant: Mutant, tree: Path, *, only_check: bool = False) -> str:
    """Applies a patch to a tree; what is wrong with it, or nothing."""
    arguments = ["git", "apply", "--whitespace=nowarn", *(["--check"] if only_check else [])]
    done = subprocess.run(
        [*arguments, str(mutant.path)], cwd=tree, capture_output=True, text=True, check=False
    )
    return done.stderr.strip() if done.returncode else ""
