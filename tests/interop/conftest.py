"""Our nodes on a chain, and a stranger among them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.interop.ldk_peer import LdkPeer, ldk
from tests.interop.strangers import need_ldk
from tests.nodes import Member, World, world
from tests.waiting import eventually
from tipdesk.base.units import Msat, Sat

CAPACITY = Sat(2_000_000)
HALF = Msat(1_000_000_000)


@pytest_asyncio.fixture
async def made(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as made:
        yield made


@pytest_asyncio.fixture
async def stranger(made: World, tmp_path: Path) -> AsyncIterator[LdkPeer]:
    need_ldk()
    async with ldk(tmp_path, made.regtest) as peer:
        yield peer


@pytest_asyncio.fixture
async def fan(made: World) -> Member:
    member = await made.member("fan")
    await made.give(member)
    return member


@pytest.fixture(params=["we opened", "LDK opened"])
def opener(request: pytest.FixtureRequest) -> str:
    opener: str = request.param
    return opener


@pytest_asyncio.fixture
async def member(made: World, fan: Member, stranger: LdkPeer, opener: str) -> Member:
    """One of us with a private channel to LDK, half of it each one's."""
    if opener == "we opened":
        await fan.node.open_channel(stranger.uri, CAPACITY, announce=False, push=HALF)
    else:
        await stranger.connect(fan)
        await stranger.open(fan, CAPACITY, push=HALF)
    made.regtest.mine(8)
    await eventually(lambda: fan.channel.is_usable, "our side of the channel does not work")
    await stranger.usable()
    return fan
