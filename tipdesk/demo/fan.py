"""The fan of the demo: a profile with practice coins and one channel, made as anybody would."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from tipdesk.app.config import Settings, load_settings, save_settings
from tipdesk.app.container import App, build_app
from tipdesk.base.errors import BackendError
from tipdesk.base.units import Sat
from tipdesk.bitcoin.network import Network
from tipdesk.demo.practice_child import PracticeChild

COINS: Final = Sat(20_000_000)
CHANNEL: Final = Sat(10_000_000)
FIRST_ROUTER: Final = "router-1"
WAIT_SECONDS: Final = 60.0


class FanNotReady(BackendError):
    """The fan could not be given its coins or its channel; the text says which."""


async def build_fan(folder: Path, practice: PracticeChild) -> App:
    """The fan's app, set to the practice network's addresses; not running yet."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    description = practice.description
    electrum = description["electrum"]
    kept = load_settings(folder)
    settings = Settings(
        network=Network.REGTEST,
        alias="Fan",
        electrum=f"{electrum['host']}:{electrum['port']}",
        relays=(str(description["relay"]),),
        follows=tuple(creator["pubkey"] for creator in description["creators"].values()),
        undo_seconds=kept.undo_seconds,
        profile_name="You",
    )
    save_settings(folder, settings)
    return await build_app(folder, settings, practice=True, passphrase=None)


async def prepare_fan(app: App, practice: PracticeChild, progress: Callable[[str], None]) -> None:
    """Coins from the faucet and a channel with the first router, if there is none yet."""
    node = app.core.node
    if not node.book.all():
        progress("Getting practice coins from the faucet")
        address = await app.core.wallet.new_address()
        await practice.call("fund", address=address, amount_sat=COINS.value)
        await practice.call("mine", count=1)

        async def funded() -> bool:
            await app.core.wallet.sync()
            return (await app.core.wallet.balance()).confirmed >= COINS

        await _until(funded, "the coins from the faucet did not arrive")
        progress("Opening a channel with the first routing node")
        peer = str(practice.description["nodes"][FIRST_ROUTER])
        await node.open_channel(peer, CHANNEL, announce=False)
        await practice.call("mine", count=6)

    async def usable() -> bool:
        return any(channel.is_usable for channel in node.book.all())

    await _until(usable, "the channel did not come to work")

    async def routes_known() -> bool:
        return node.gossip.is_synced

    await _until(routes_known, "the network's map was not learnt")


async def _until(done: Callable[[], Awaitable[bool]], what: str) -> None:
    deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
    while not await done():
        if asyncio.get_running_loop().time() > deadline:
            raise FanNotReady(f"After {WAIT_SECONDS:.0f} s: {what}.")
        await asyncio.sleep(0.02)
