"""One practice network of processes a file: its tests run one after the other on one worker."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.practising import Scene, scene


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def network(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    """A fan, three routers and three creators, every channel between them working."""
    async with scene(tmp_path_factory.mktemp("network")) as made:
        yield made
