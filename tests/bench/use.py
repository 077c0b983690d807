"""The window in use: first paint, scrolling, clicks, pages, memory and rest; over the stage."""

import json
import subprocess
import sys
import time
from typing import Any

from tests.bench.measure import Row, measure
from tests.practising import ROOT

STARTS = 7


def _said(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench._used", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, check=True)
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


@measure("use")
def use() -> list[Row]:
    """The first start warms the disk and is not counted."""
    _said("start", str(time.monotonic()))
    starts = [_said("start", str(time.monotonic()))["first_paint_s"] for _ in range(STARTS)]
    said = _said("use")
    frames = sorted(said["frames_ms"])
    growth = 100 * (said["after_mb"] / said["before_mb"] - 1)
    return [
        Row.of("start of the program to its first paint", "s", starts),
        Row.of("a frame while 10,000 posts are scrolled", "ms", frames),
        Row.of("the same, 99th percentile", "ms", [frames[int(len(frames) * 0.99)]]),
        Row.of("tip key to its countdown on the screen", "ms", said["clicks_ms"]),
        Row.of("change of page until it is painted", "ms", said["pages_ms"]),
        Row.of("memory with 10,000 posts", "MB", [said["before_mb"]]),
        Row.of("growth by 200 changes of page and 5,000 posts", "%", [growth]),
        Row.of("CPU of the window at rest", "%", [said["idle_percent"]]),
    ]
