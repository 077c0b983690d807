"""What channels want of the chain, and what the chain tells them."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Final

from tipdesk.base.errors import BackendError
from tipdesk.base.ids import ShortChannelId
from tipdesk.base.units import BlockHeight
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.tx import Transaction
from tipdesk.bitcoin.watch import (
    ChainEvent,
    NewTip,
    OutputSpent,
    TxConfirmed,
    Watch,
    WatchConfirmed,
    WatchReorged,
    WatchSpent,
)
from tipdesk.lightning.channel import action, command
from tipdesk.lightning.channel.opening import watch_funding
from tipdesk.lightning.channel.state import (
    AwaitingReady,
    ClosedBy,
    Closing,
    Failed,
    inner,
)
from tipdesk.lightning.channel.terms import channel_id_of
from tipdesk.lightning.onchain.classify import (
    Mutual,
    OwnCommitment,
    is_signed_by_both,
    publication_of,
)
from tipdesk.lightning.onchain.resolution import Spend
from tipdesk.node.book import ChannelBook
from tipdesk.node.chainwatch import ChainDriver
from tipdesk.node.channels import ChannelDriver
from tipdesk.node.resolving import Consequences, ResolutionDesk
from tipdesk.node.turn import Turn
from tipdesk.ports.chain import ChainSource
from tipdesk.ports.stores import NodeStore
from tipdesk.ports.wallet import OnchainWallet

ANNOUNCE_DEPTH: Final = 6

_log = logging.getLogger(__name__)


class OnchainDesk:
    """Watches fundings and closings, publishes what channels sign, hands on what happens."""

    def __init__(
        self,
        *,
        source: ChainSource,
        network: Network,
        book: ChannelBook,
        store: NodeStore,
        turn: Turn,
        wallet: OnchainWallet,
        consequences: Consequences,
        spawn: Callable[[Coroutine[object, object, None]], None],
        on_tip: Callable[[BlockHeight], None],
        on_deep: Callable[[ShortChannelId, ChannelDriver], None],
    ) -> None:
        self.driver = ChainDriver(source, network, self._event, self._caught_up)
        self.resolutions = ResolutionDesk(
            chain=self.driver,
            store=store,
            turn=turn,
            wallet=wallet,
            height=self.height,
            consequences=consequences,
            spawn=spawn,
        )
        self.synced = asyncio.Event()
        """Set once the height is known."""
        self.wallet_stale = asyncio.Event()
        """Set whenever coins of ours may have moved."""
        self._book = book
        self._turn = turn
        self._spawn = spawn
        self._on_tip = on_tip
        self._on_deep = on_deep

    def height(self) -> BlockHeight:
        """The height of the best chain, 0 before it is known."""
        return self.driver.height or BlockHeight(0)

    def watch(self, request: action.WatchFunding) -> None:
        """Watches a funding output: confirmed, deep enough to be announced, spent."""
        txid, script = request.outpoint.txid, request.script_pubkey
        for depth in {request.depth, ANNOUNCE_DEPTH}:
            self.driver.watch(WatchConfirmed(txid, script, depth))
        self.driver.watch(WatchSpent(request.outpoint, script))

    def take_up(self, channel: ChannelDriver) -> None:
        """After a restart: watches again, and publishes again what may not have confirmed."""
        if channel.live is None:
            return
        live = inner(channel.live)
        self.watch(watch_funding(live.terms))
        if isinstance(live, AwaitingReady | Failed) and live.funding is not None:
            self._spawn(self.broadcast(live.funding))
        elif isinstance(live, Closing):
            self._spawn(self.broadcast(live.transaction))
        self.resolutions.follow(channel)

    def publish(self, transaction: Transaction) -> None:
        """Broadcasts after the commit, again at every block until it confirms."""
        self._turn.after_commit(lambda: self._spawn(self.broadcast(transaction)))

    async def broadcast(self, transaction: Transaction) -> None:
        """Broadcasts now; the driver goes on trying if the server does not take it."""
        try:
            await self.driver.broadcast(transaction)
        except BackendError as error:
            _log.warning("not broadcast yet: %s", error)
        self.wallet_stale.set()

    def _event(self, event: ChainEvent) -> None:
        match event:
            case NewTip(height):
                self.synced.set()
                self.wallet_stale.set()
                self._on_tip(height)
            case TxConfirmed():
                self._confirmed(event)
            case OutputSpent(watch, transaction, height):
                self.wallet_stale.set()
                if self.resolutions.output_spent(watch.outpoint, Spend(transaction, height)):
                    return
                channel = self._book.of(channel_id_of(watch.outpoint))
                if channel is not None:
                    self._spent(channel, transaction, height)
            case WatchReorged(watch):
                _log.warning("a reorganisation undid %s", watch)
                self._reorged(watch)

    def _caught_up(self) -> None:
        # Not at the tip itself: a block may hold what would else be paid for once more.
        self.resolutions.look_again()

    def _confirmed(self, event: TxConfirmed) -> None:
        txid = event.transaction.txid
        for channel in self._book.all():
            if channel.live is None:
                continue
            live = inner(channel.live)
            if live.terms.funding_outpoint.txid == txid:
                self._funding_confirmed(channel, event)

    def _funding_confirmed(self, channel: ChannelDriver, event: TxConfirmed) -> None:
        terms = channel.terms
        scid = ShortChannelId.of(event.height.value, event.position, terms.funding_outpoint.index)
        if event.watch.depth >= terms.minimum_depth:
            channel.is_held = False
            channel.handle(command.FundingConfirmed(event.transaction, scid))
        if event.watch.depth >= ANNOUNCE_DEPTH:
            self._turn.after_commit(lambda: self._on_deep(scid, channel))

    def _spent(
        self, channel: ChannelDriver, transaction: Transaction, height: BlockHeight | None
    ) -> None:
        live = channel.live
        if live is None:
            return
        terms = inner(live).terms
        if height is None and not is_signed_by_both(terms, transaction):
            _log.warning("the chain server shows a spend of %r that nobody signed", channel)
            return
        by = _closed_by(channel, transaction)
        channel.handle(command.FundingSpent(transaction, height, by))
        self.resolutions.follow(channel)
        self.resolutions.closing_seen(channel, height)

    def _reorged(self, watch: Watch) -> None:
        """What was told is undone; where it was in a block, it is published again."""
        if isinstance(watch, WatchConfirmed):
            for one in self._book.all():
                if one.terms.funding_outpoint.txid == watch.txid:
                    one.is_held = True
            return
        channel = self._book.of(channel_id_of(watch.outpoint))
        if channel is None or channel.terms.funding_outpoint != watch.outpoint:
            self.resolutions.spend_undone(watch.outpoint)
            return
        self.resolutions.closing_seen(channel, None)


def _closed_by(channel: ChannelDriver, transaction: Transaction) -> ClosedBy:
    c = channel.commitments
    if c is None:
        return ClosedBy.PEER
    match publication_of(channel.terms, c, channel.signer, transaction):
        case Mutual():
            return ClosedBy.AGREEMENT
        case OwnCommitment():
            return ClosedBy.US
        case _:
            return ClosedBy.PEER
