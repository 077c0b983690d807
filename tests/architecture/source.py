"""The program's source as syntax trees, for the rules that import-linter cannot see."""

import ast
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of tipdesk by its path (`ui/loop.py`)."""
    package = ROOT / "tipdesk"
    return {
        path.relative_to(package).as_posix(): ast.parse(path.read_bytes(), str(path))
        for path in sorted(package.rglob("*.py"))
    }


@cache
def imported(path: str) -> frozenset[str]:
    """Every dotted name that a module imports, at any depth of its code."""
    names: set[str] = set()
    tree = modules()[path]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(names)


@cache
def called(path: str) -> frozenset[str]:
    """Everything that a module calls, as it is written, with a point before it."""
    calls = (node.func for node in ast.walk(modules()[path]) if isinstance(node, ast.Call))
    return frozenset(f".{ast.unparse(func)}" for func in calls)


def importers(name: str) -> set[str]:
    """The modules that import `name` or anything in it."""
    return {
        path
        for path in modules()
        if any(n == name or n.startswith(name + ".") for n in imported(path))
    }


def callers(name: str) -> set[str]:
    """The modules that call `name` (`asyncio.create_task`, or `.exec` on anything)."""
    return {path for path in modules() if any(call.endswith(name) for call in called(path))}


@cache
def contracts() -> dict[str, dict[str, Any]]:
    """import-linter's contracts by id."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {c["id"]: c for c in project["tool"]["importlinter"]["contracts"]}


def packages() -> set[str]:
    """The layers that exist (`tipdesk.ui`)."""
    return {f"tipdesk.{path.split('/')[0]}" for path in modules() if "/" in path}
