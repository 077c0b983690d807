"""The fan of the demo: a profile with practice coins and one channel, made as anybody would."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tipdesk.app.config import Settings, save_settings
from tipdesk.app.container import App, build_app
from tipdesk.base.errors import BackendError
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Sat
from tipdesk.bitcoin.network import Network
from tipdesk.demo.practice_child import PracticeChild
from tipdesk.services.preferences import PreferenceKeeper

COINS: Final = Sat(20_000_000)
CHANNEL: Final = Sat(10_000_000)
FIRST_ROUTER: Final = "router-1"
WAIT_SECONDS: Final = 60.0


class FanNotReady(BackendError):
    """The fan could not be given its coins or its channel; the text says which."""


async def build_fan(
    folder: Path, practice: PracticeChild, preferences: PreferenceKeeper | None = None
) -> App:
    """The fan's app, set to the practice network's addresses; not running yet."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    description = practice.description
    electrum = description["electrum"]
    settings = Settings(
        network=Network.REGTEST,
        alias="Fan",
        electrum=f"{electrum['host']}:{electrum['port']}",
        relays=(str(description["relay"]),),
        fiat_currency=str(description["fiat_currency"]),
        rate_sources=tuple(description["rate_sources"]),
        media_server=str(description["media_server"]),
        follows=tuple(creator["pubkey"] for creator in description["creators"].values()),
        profile_name="Robin",
        profile_about="Follows three people on the practice network.",
    )
    save_settings(folder, settings)
    return await build_app(
        folder, settings, practice=True, passphrase=None, preferences=preferences
    )


async def prepare_fan(app: App, practice: PracticeChild, progress: Callable[[str], None]) -> None:
    """Coins from the faucet and a channel with the first router, if there is none yet."""
    node = app.core.node
    if not node.book.all():
        progress(Phrase("Getting practice coins from the faucet"))
        address = await app.core.wallet.new_address()
        await practice.call("fund", address=address, amount_sat=COINS.value)
        await practice.call("mine", count=1)

        await _wait_for_coins(app)
        progress(Phrase("Opening a channel with the first routing node"))
        peer = str(practice.description["nodes"][FIRST_ROUTER])
        await node.open_channel(peer, CHANNEL, announce=False)
        await practice.call("mine", count=6)

    progress(Phrase("Learning the network's map"))
    await until(lambda: any(c.is_usable for c in node.book.all()), "the channel does not work")
    await until(lambda: node.gossip.is_synced, "the network's map was not learnt")


async def _wait_for_coins(app: App) -> None:
    deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
    while asyncio.get_running_loop().time() < deadline:
        await app.core.wallet.sync()
        if (await app.core.wallet.balance()).confirmed >= COINS:
            return
        await asyncio.sleep(0.02)
    raise FanNotReady("The coins from the faucet did not arrive.")


async def until(done: Callable[[], bool], what: str) -> None:
    """Waits for something that nobody announces; `FanNotReady` after a minute."""
    deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
    while not done():
        if asyncio.get_running_loop().time() > deadline:
            raise FanNotReady(f"After {WAIT_SECONDS:.0f} s: {what}.")
        await asyncio.sleep(0.02)
