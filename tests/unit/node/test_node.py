"""The node as a whole: what it leaves behind when it stops."""

import asyncio
import gc
from pathlib import Path

from tests.nodes import pair


async def test_work_that_was_spawned_and_never_began_is_closed(tmp_path: Path) -> None:
    """Cancelled before its first step, a coroutine must not be left to the collector."""
    begun = False

    async def work() -> None:
        nonlocal begun
        begun = True

    async with pair(tmp_path) as world:
        node = next(iter(world.members.values())).node
        tasks = node._tasks
        assert tasks is not None
        before = set(tasks._tasks)
        node._spawn(work())
        for task in set(tasks._tasks) - before:
            task.cancel()
        await asyncio.sleep(0)
        # The collector would say "never awaited", and every warning fails a test.
        gc.collect()
    assert not begun
