"""The window: how long until it can be used, how long its loop pauses, how much memory it takes."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from tests.bench.measure import Row, measure
from tests.practising import ROOT

STARTS = 5
TIPS = 6


def _run(folder: Path, tips: int) -> tuple[float, list[float], float]:
    """Seconds until usable, pauses in ms, memory in MB."""
    start = perf_counter()
    usable = 0.0
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench._windowed", str(folder), str(tips)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    ) as process:
        for line in process.stdout or ():
            said = json.loads(line)
            if said["event"] == "usable":
                usable = perf_counter() - start
            else:
                end = said
    if process.returncode or not usable:
        raise RuntimeError(f"the window's process ended with {process.returncode}")
    return usable, end["pauses_ms"], end["resident_mb"]


@measure("window")
def window() -> list[Row]:
    """Everything that the window's process can be asked, over several second starts."""
    with tempfile.TemporaryDirectory() as folder:
        _run(Path(folder), 0)
        runs = [_run(Path(folder), TIPS) for _ in range(STARTS)]
    return [
        Row.of("start of the demo until usable, second run", "s", [run[0] for run in runs]),
        Row.of(
            "longest pause of the window's loop in a tip", "ms", [p for run in runs for p in run[1]]
        ),
        Row.of("memory of the app with its window", "MB", [run[2] for run in runs]),
    ]
