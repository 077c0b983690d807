"""The window in use: first paint, scrolling, clicks, pages, memory and rest; over the stage.

Drawn into memory, and again on an X11 screen of its own where Xvfb is installed.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from typing import Any

from tests.bench.measure import Row, measure
from tests.practising import ROOT

STARTS = 7


def _said(*arguments: str, on_x11: bool = False) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench._used", *arguments]
    platform = "offscreen"
    if on_x11:
        command, platform = ["xvfb-run", "-a", "-s", "-screen 0 1600x1000x24", *command], "xcb"
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        check=True,
        env={**os.environ, "QT_QPA_PLATFORM": platform},
    )
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


@measure("use")
def use() -> list[Row]:
    """The first start warms the disk and is not counted."""
    _said("start", str(time.monotonic()))
    starts = [_said("start", str(time.monotonic()))["first_paint_s"] for _ in range(STARTS)]
    rows = [Row.of("start of the program to its first paint", "s", starts), *_rows(_said("use"))]
    if shutil.which("xvfb-run") is None:
        sys.stderr.write("no X11 screen to measure on: xvfb-run is not installed\n")
        return rows
    return [*rows, *_rows(_said("use", on_x11=True), where="on X11: ")]


def _rows(said: dict[str, Any], where: str = "") -> list[Row]:
    frames = sorted(said["frames_ms"])
    growth = 100 * (said["after_mb"] / said["before_mb"] - 1)
    return [
        Row.of(f"{where}a frame while 10,000 posts are scrolled", "ms", frames),
        Row.of(f"{where}the same, 99th percentile", "ms", [frames[int(len(frames) * 0.99)]]),
        Row.of(f"{where}tip key to its countdown on the screen", "ms", said["clicks_ms"]),
        Row.of(f"{where}change of page until it is painted", "ms", said["pages_ms"]),
        Row.of(f"{where}change of theme until it is painted", "ms", said["themes_ms"]),
        Row.of(f"{where}memory with 10,000 posts", "MB", [said["before_mb"]]),
        Row.of(f"{where}growth by 200 changes of page and 5,000 posts", "%", [growth]),
        Row.of(f"{where}CPU of the window at rest", "%", [said["idle_percent"]]),
    ]
