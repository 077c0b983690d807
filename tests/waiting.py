"""Waiting for what nobody announces: with an end, and with a name for what did not come."""

import asyncio
from collections.abc import Callable


async def eventually(done: Callable[[], bool], what: str, seconds: float = 10.0) -> None:
    """Returns once `done` says so; fails by name after `seconds`."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not done():
        assert asyncio.get_running_loop().time() < deadline, what
        await asyncio.sleep(0.002)
