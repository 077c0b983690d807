"""Feeds decoders: what may come out, how long it may take, how much memory it may need."""

import time
import tracemalloc
from random import Random

from tests.fuzz.decoders import REFUSALS, Decoder
from tests.fuzz.mutate import damaged, damaged_text

MOST_SECONDS = 2.0
"""For one input, on a busy machine."""
MEMORY_FACTOR = 400
MEMORY_FLOOR = 2 << 20
"""An input may cost so many times its size, beside what any call needs."""


class Found(AssertionError):
    """An input that a decoder does not stand."""


def feed(decoder: Decoder, data: bytes) -> None:
    """One input; `Found` if anything but an answer or a refusal comes of it."""
    tracemalloc.reset_peak()
    before, _ = tracemalloc.get_traced_memory()
    start = time.process_time()
    try:
        decoder.read(data)
    except REFUSALS:
        pass
    except Exception as error:
        raise Found(f"{decoder.name}: {data!r} leads to {error!r}") from error
    seconds = time.process_time() - start
    _, peak = tracemalloc.get_traced_memory()
    if seconds > MOST_SECONDS:
        raise Found(f"{decoder.name}: {data[:200]!r} takes {seconds:.1f} s")
    if peak - before > MEMORY_FLOOR + MEMORY_FACTOR * len(data):
        raise Found(f"{decoder.name}: {data[:200]!r} takes {peak - before:,} bytes")


def run(decoder: Decoder, random: Random, count: int) -> None:
    """So many damaged inputs."""
    tracemalloc.start()
    try:
        for example in decoder.examples:
            feed(decoder, example)
        for _ in range(count):
            example = random.choice(decoder.examples)
            if random.random() < 0.3 and example.isascii():
                feed(decoder, damaged_text(random, example.decode()).encode())
            else:
                feed(decoder, damaged(random, example))
    finally:
        tracemalloc.stop()
