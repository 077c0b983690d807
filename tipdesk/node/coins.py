"""The node's side of the on-chain wallet: funds channels, keeps a reserve, follows the chain."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Final

from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.phrase import in_words
from tipdesk.base.units import Sat
from tipdesk.bitcoin.tx import Transaction
from tipdesk.lightning.channel import action, command
from tipdesk.lightning.channel.state import AwaitingFunding
from tipdesk.node.book import ChannelBook
from tipdesk.node.channels import ChannelDriver
from tipdesk.ports.stores import NodeStore
from tipdesk.ports.wallet import OnchainWallet

RESERVE_PER_CHANNEL: Final = Sat(25_000)
RESERVED_CHANNELS: Final = 4
"""Not all of them close at once."""

_log = logging.getLogger(__name__)


class CoinDesk:
    """What channels want of the wallet."""

    def __init__(
        self,
        *,
        wallet: OnchainWallet,
        book: ChannelBook,
        store: NodeStore,
        spawn: Callable[[Coroutine[object, object, None]], None],
        not_funded: Callable[[ChannelDriver, str], None],
    ) -> None:
        self._wallet = wallet
        self._book = book
        self._store = store
        self._spawn = spawn
        self._not_funded = not_funded
        self.shutdown_script = b""
        """Promised up front to the channels of this run."""

    async def start(self) -> None:
        """Opens the wallet."""
        await self._wallet.start()
        self.shutdown_script = await self._wallet.new_script_pubkey()

    async def new_script_pubkey(self) -> bytes:
        """Where a closing channel pays us."""
        return await self._wallet.new_script_pubkey()

    async def release_orphans(self) -> None:
        """Frees coins of a funding that a process before this one made and never stored."""
        needed = {channel.terms.funding_outpoint.txid for channel in self._book.all()}
        for channel in self._book.all():
            needed |= {c.transaction.txid for c in self._store.claims(channel.channel_id)}
        for txid in await self._wallet.unpublished():
            if txid not in needed:
                _log.info("coins reserved for %s are free again: it was never published", txid)
                await self._wallet.release(txid)

    async def follow(self, stale: asyncio.Event, synced: Callable[[], None]) -> None:
        """Looks at the chain whenever coins of ours may have moved."""
        while True:
            await stale.wait()
            stale.clear()
            try:
                await self._wallet.sync()
            except BackendError as error:
                _log.info("the wallet is not up to date: %s", error)
            synced()

    def reserve(self) -> Sat:
        """Coins that must stay for the fees of closing alone (class 41): per anchor channel."""
        count = sum(1 for channel in self._book.all() if channel.terms.anchors)
        return RESERVE_PER_CHANNEL * min(count + 1, RESERVED_CHANNELS)

    def kept(self) -> Sat:
        """The same for the channels that there are: what a payment on chain must leave."""
        count = sum(1 for channel in self._book.all() if channel.terms.anchors)
        return RESERVE_PER_CHANNEL * min(count, RESERVED_CHANNELS)

    def fund(self, channel: ChannelDriver, request: action.RequestFunding) -> None:
        """Has the funding transaction made."""
        self._spawn(self._fund(channel, request))

    async def _fund(self, channel: ChannelDriver, request: action.RequestFunding) -> None:
        try:
            transaction = await self._wallet.fund(
                request.script_pubkey, request.amount, request.feerate, keep=self.reserve()
            )
        except (RequestError, BackendError) as error:
            self._not_funded(channel, in_words(error))
            return
        if not isinstance(channel.state, AwaitingFunding):
            # The peer left meanwhile; the coins are to be free for another one.
            await self._wallet.release(transaction.txid)
            return
        channel.handle(command.FundingReady(transaction))

    def release(self, transaction: Transaction) -> None:
        """Frees the inputs of a funding that will not happen."""
        self._spawn(self._wallet.release(transaction.txid))
