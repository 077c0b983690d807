"""The collector is set up for a process of its own, which is where it can be seen."""

import subprocess
import sys

PROGRAM = """
import gc
from tipdesk.app.garbage import OLDER_TURNS, YOUNG_OBJECTS, spare_the_loop
spare_the_loop()
assert gc.isenabled()
assert gc.get_freeze_count() > 10_000, gc.get_freeze_count()
assert gc.get_threshold() == (YOUNG_OBJECTS, OLDER_TURNS, OLDER_TURNS)
circle = []
circle.append(circle)
del circle
assert gc.collect() >= 1
"""


def test_what_exists_is_set_aside_and_new_circles_are_still_found() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True, timeout=30)
