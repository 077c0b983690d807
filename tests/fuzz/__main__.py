"""`python -m tests.fuzz [--seconds N] [--seed S]`: half the time decoders, half a whole node."""

import argparse
import asyncio
import secrets
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from tests.fuzz import decoders, whole_node
from tests.fuzz.loop import Found
from tests.fuzz.loop import run as feed_one


def feed_all(random: Random, seconds: float) -> int:
    """Every decoder in turn until the time is over; how many inputs."""
    ends, count = time.monotonic() + seconds, 0
    every = decoders.every()
    while time.monotonic() < ends:
        for decoder in every:
            feed_one(decoder, random, 100)
            count += 100
    return count


def main() -> int:
    """0 if nothing was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", default=secrets.token_hex(4))
    asked = parser.parse_args()
    random = Random(asked.seed)
    sys.stdout.write(f"seed {asked.seed}\n")
    try:
        inputs = feed_all(random, asked.seconds / 2)
        sys.stdout.write(f"{inputs:,} inputs for decoders\n")
        with tempfile.TemporaryDirectory(prefix="fuzz") as folder:
            work = whole_node.run(Path(folder), random, rounds=None, seconds=asked.seconds / 2)
            found = asyncio.run(work)
    except Found as error:
        sys.stdout.write(f"found with seed {asked.seed}: {error}\n")
        return 1
    sys.stdout.write(
        f"{found.messages:,} messages for a node, {found.failed_channels} channels rightly failed\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
