"""`python -m tests.torture`: all of it, in two workers; 0 if nothing was lost and all was done."""

import asyncio
import json
import logging
import sys
import tempfile
import time
from pathlib import Path

from tests.torture.closings import KILLS_AT_CLOSINGS
from tests.torture.jobs import work
from tests.torture.tally import Tally

WORKERS = 2
LEAST_KILLS = 1_000
LEAST_WITH_HTLC = 300
LEAST_AT_CLOSINGS = 150
ROOT = Path(__file__).parents[2]


async def _worker(number: int) -> Tally:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.torture", str(number)),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    out, _ = await process.communicate()
    if process.returncode:
        return Tally(violations=[f"worker {number} ended with {process.returncode}"])
    return Tally.from_json(json.loads(out))


async def _all() -> int:
    begun, whole = time.monotonic(), Tally()
    for tally in await asyncio.gather(*(_worker(number) for number in range(WORKERS))):
        whole.add(tally)
    sys.stdout.write(f"{whole.table()}\n\n{time.monotonic() - begun:.0f} s\n")
    for violation in whole.violations:
        sys.stdout.write(f"VIOLATION {violation}\n")
    missing = (
        whole.kills.total() < LEAST_KILLS
        or whole.with_htlc.total() < LEAST_WITH_HTLC
        or whole.other[KILLS_AT_CLOSINGS] < LEAST_AT_CLOSINGS
    )
    if missing:
        sys.stdout.write(
            f"too few: {LEAST_KILLS} kills are asked for, {LEAST_WITH_HTLC} with an HTLC, "
            f"{LEAST_AT_CLOSINGS} while channels end on chain\n"
        )
    return int(missing or bool(whole.violations))


async def _one(number: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        tally = await work(Path(folder), number, WORKERS)
    sys.stdout.write(json.dumps(tally.to_json()))
    return 0


def main(arguments: list[str]) -> int:
    """The exit code; with a number: one worker's share, its tally as JSON."""
    # What dies in the middle of something says so; here that is not news.
    logging.disable(logging.CRITICAL)
    return asyncio.run(_one(int(arguments[0])) if arguments else _all())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
