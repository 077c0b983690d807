"""Memory over an hour of the real app on the practice network, in fast motion."""

import json
import os
import subprocess
import sys
import tempfile

from tests.bench._hour import MINUTES, WARM
from tests.bench.measure import Row, measure
from tests.practising import ROOT


@measure("hour")
def hour() -> list[Row]:
    """What was done in it, and what it left in memory."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench._hour", folder],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={"QT_QPA_PLATFORM": "offscreen", **os.environ},
            check=True,
        )
    said = json.loads(done.stdout.splitlines()[-1])
    grown = said["after_mb"] - said["warm_mb"]
    beside = 100 * (grown - said["pictures_mb"]) / said["warm_mb"]
    left = MINUTES - WARM
    return [
        *(Row.of(f"an hour: {name}", "", [count]) for name, count in said["counts"].items()),
        Row.of("an hour: how long it takes", "s", [said["seconds"]]),
        Row.of("an hour: memory at its beginning", "MB", [said["opened_mb"]]),
        Row.of(f"an hour: memory after {WARM} minutes", "MB", [said["warm_mb"]]),
        Row.of("an hour: memory at its end", "MB", [said["after_mb"]]),
        Row.of(f"an hour: growth in the last {left} minutes", "MB", [grown]),
        Row.of("an hour: of that decoded pictures, which are bounded", "MB", [said["pictures_mb"]]),
        Row.of("an hour: growth beside pictures", "%", [beside]),
    ]
