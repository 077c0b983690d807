"""`python -m tests.bench [NAME ...]`: all measures, or those that are named."""

import json
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from tests import bench
from tests.bench.measure import MEASURES, Row

RESULT = Path("build/bench.json")


def table(rows: list[Row]) -> str:
    """The rows under their headings, names to the left and numbers to the right."""
    width = max((len(row.name) for row in rows), default=0)
    lines = [f"{'':{width}}  {'median':>10}  {'p95':>10}  {'unit':6}  {'runs':>5}"]
    lines += [
        f"{row.name:{width}}  {row.median:>10g}  {row.p95:>10g}  {row.unit:6}  {row.runs:>5}"
        for row in rows
    ]
    return "\n".join(lines)


def main(names: list[str]) -> int:
    """The exit code: 0 once every measure that was asked for has run."""
    for module in iter_modules(bench.__path__):
        if not module.name.startswith("_"):
            import_module(f"tests.bench.{module.name}")
    unknown = set(names) - set(MEASURES)
    if unknown:
        sys.stderr.write(f"unknown: {', '.join(sorted(unknown))}; there are {list(MEASURES)}\n")
        return 2
    rows: list[Row] = []
    for name, run in MEASURES.items():
        if not names or name in names:
            sys.stderr.write(f"measuring {name}\n")
            rows += run()
    sys.stdout.write(table(rows) + "\n")
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
