"""The embedded node: puts its parts together and stands between them.

It decides nothing about money: the channel machine, the router and the payment rules do. It owns
no task but through the group it runs in.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine

from tipdesk.base.clock import Clock
from tipdesk.base.entropy import Entropy
from tipdesk.base.errors import RequestError, StorageError
from tipdesk.base.ids import ChannelId, NodeId, ShortChannelId
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import BlockHeight, Msat, Sat
from tipdesk.crypto.hashes import hmac_sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.channel import command
from tipdesk.lightning.channel.state import (
    AwaitingReady,
    Closing,
    Live,
    inner,
)
from tipdesk.lightning.gossip.graph import Graph
from tipdesk.lightning.onchain.resolution import Outlook
from tipdesk.lightning.routing.scoring import Scores
from tipdesk.node.backup import BackupKeeper
from tipdesk.node.book import ChannelBook
from tipdesk.node.channels import ChannelDriver
from tipdesk.node.coins import CoinDesk
from tipdesk.node.config import NodeConfig
from tipdesk.node.dispatch import Dispatcher
from tipdesk.node.gossip import GossipDriver
from tipdesk.node.host import Host, HostParts
from tipdesk.node.money import Money
from tipdesk.node.onchain import OnchainDesk
from tipdesk.node.opening import OpeningDesk, parse_peer
from tipdesk.node.restart import restore
from tipdesk.node.turn import Turn
from tipdesk.node.upkeep import Upkeep
from tipdesk.node.watchman import Watchman
from tipdesk.ports.chain import ChainSource
from tipdesk.ports.stores import BackupSink, NodeStore
from tipdesk.ports.streams import Connector
from tipdesk.ports.wallet import OnchainWallet

_log = logging.getLogger(__name__)


class LightningNode:
    """Peers, channels, payments, gossip and the chain, as one node."""

    def __init__(
        self,
        *,
        config: NodeConfig,
        seed: bytes,
        store: NodeStore,
        source: ChainSource,
        wallet: OnchainWallet,
        connector: Connector,
        clock: Clock,
        entropy: Entropy,
        graph: Graph,
        backups: BackupSink,
        scores: Scores | None = None,
        keep_scores: Callable[[bytes], None] = lambda _: None,
        on_storage_error: Callable[[StorageError], None],
    ) -> None:
        self.config = config
        self.store = store
        node_key = PrivateKey(hmac_sha256(seed, b"tipdesk node key"))
        self.node_id = NodeId(node_key.point)
        self.turn = Turn(store, on_storage_error)
        self.book = ChannelBook()
        self.host = Host(
            config=config,
            seed=seed,
            clock=clock,
            entropy=entropy,
            store=store,
            turn=self.turn,
            book=self.book,
            tell_change=self._tell_change,
        )
        self._onchain = OnchainDesk(
            source=source,
            network=config.network,
            book=self.book,
            store=store,
            turn=self.turn,
            wallet=wallet,
            consequences=self.host,
            spawn=self._spawn,
            on_tip=self._new_tip,
            on_deep=self._deep,
        )
        self.chain = self._onchain.driver
        self._tasks: asyncio.TaskGroup | None = None
        self._listeners: list[Callable[[], None]] = []
        self._change_told = True
        self._coins = CoinDesk(
            wallet=wallet,
            book=self.book,
            store=store,
            spawn=self._spawn,
            not_funded=self.host.not_funded,
        )
        self.gossip = GossipDriver(
            config=config,
            node_key=node_key,
            graph=graph,
            chain=self.chain,
            clock=clock,
            own_channel=self.book.by_scid,
            own_channels=self.book.all,
        )
        self._backup = BackupKeeper(
            seed=seed,
            store=store,
            turn=self.turn,
            clock=clock,
            entropy=entropy,
            sink=backups,
            channels=self.book.all,
            peers=lambda: self.connections.ready_peers(),
            announced_at=self.gossip.address_of,
            add=self._take_up_connected,
        )
        self.money = Money(
            config=config,
            seed=seed,
            node_key=node_key,
            store=store,
            turn=self.turn,
            clock=clock,
            entropy=entropy,
            scores=scores or Scores(),
            host=self.host,
            book=self.book,
            gossip=self.gossip,
            height=self.height,
            spawn=self._spawn,
        )
        self.payments, self.invoices = self.money.payments, self.money.invoices
        self._router = self.money.router
        self._dispatcher = Dispatcher(
            book=self.book,
            gossip=self.gossip,
            messenger=self.money.messenger,
            backup=self._backup,
            connector=connector,
            network=config.network,
            node_key=node_key,
            entropy=entropy,
            turn=self.turn,
            spawn=self._spawn,
            new_channel=self.host.new_channel,
            on_change=self._tell_change,
        )
        self.connections = self._dispatcher.connections
        self._upkeep = Upkeep(
            store=store, turn=self.turn, clock=clock, ways=self.money.ways, keep_scores=keep_scores
        )
        self._watchman = Watchman(store=store, clock=clock, channels=self.book.all)
        self._openings = OpeningDesk(
            book=self.book,
            entropy=entropy,
            connect=self.connections.connect,
            new_channel=self.host.new_channel,
            context=self.host.context,
        )
        self.host.parts = HostParts(
            onchain=self._onchain,
            coins=self._coins,
            connections=self.connections,
            openings=self._openings,
            announcer=self.gossip.own,
            backup=self._backup,
            router=self._router,
        )

    # -- life -----------------------------------------------------------------------------------

    async def run(self, ready: asyncio.Event | None = None) -> None:
        """Runs until cancelled. `ready` is set once the chain is known and peers can come."""
        await self._coins.start()
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            tasks.create_task(self.chain.run())
            await self._onchain.synced.wait()
            self._restore()
            await self._coins.release_orphans()
            tasks.create_task(self.gossip.run())
            tasks.create_task(self._coins.follow(self._onchain.wallet_stale, self._coins_changed))
            tasks.create_task(self._backup.run())
            self._backup.channels_changed()
            tasks.create_task(self._upkeep.run())
            if self.config.listen_port is not None:
                self.gossip.own.listen_port = await self.connections.listen(
                    self.config.listen_host, self.config.listen_port
                )
            self._keep_peers()
            if ready is not None:
                ready.set()
            try:
                await asyncio.Event().wait()
            finally:
                await self.connections.stop()
                self.turn.flush()
                self._upkeep.keep_experience()

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        if self._tasks is None:
            work.close()
            raise RuntimeError("the node is not running")
        task = self._tasks.create_task(self._guarded(work))
        # A task that is cancelled before its first step leaves its work begun by nobody.
        task.add_done_callback(lambda _: work.close())

    async def _guarded(self, work: Coroutine[object, object, None]) -> None:
        # A bug in one payment or one call ends that one, not the node.
        try:
            await work
        except Exception:
            _log.exception("a task of the node failed")

    def _restore(self) -> None:
        restore(self.host, self.book, self._router, self.payments)
        self._watchman.look(self.height())
        self.turn.flush()

    def _take_up_connected(self, state: Live) -> None:
        """A channel that came back from a peer's copy of our backup."""
        channel = self.host.take_up(state)
        if self.connections.peer(channel.peer) is not None:
            channel.handle(command.PeerConnected())
        self._keep_peers()

    def _keep_peers(self) -> None:
        """Calls those again whom we need: peers of channels, and who may have our backup."""
        everybody = self.store.recovering_since is not None
        for address in self.store.peers():
            if everybody or any(c.peer == address.node_id for c in self.book.all()):
                self.connections.keep(address)

    def _coins_changed(self) -> None:
        self._onchain.resolutions.coins_changed()
        self._tell_change()

    def on_change(self, listener: Callable[[], None]) -> None:
        """Calls `listener` after channels, peers or balances have changed, once a turn."""
        self._listeners.append(listener)

    def _tell_change(self) -> None:
        if self._change_told:
            self._change_told = False
            self.turn.after_commit(self._told)

    def _told(self) -> None:
        self._change_told = True
        for listener in self._listeners:
            listener()

    # -- what others ask ------------------------------------------------------------------------

    def height(self) -> BlockHeight:
        """The height of the best chain."""
        return self._onchain.height()

    def coins_kept(self) -> Sat:
        """What a payment on chain must leave in the wallet for the fees of channels."""
        return self._coins.kept()

    @property
    def backup(self) -> BackupKeeper:
        """Keeps the channel backup."""
        return self._backup

    def closing_told(self, channel_id: ChannelId) -> tuple[Outlook | None, str]:
        """What a closing channel waits for, and what keeps it from coming."""
        desk = self._onchain.resolutions
        return desk.outlook_of(channel_id), desk.problem_of(channel_id)

    async def open_channel(
        self, peer: str, amount: Sat, *, announce: bool, push: Msat | None = None
    ) -> ChannelId:
        """Opens a channel to `node_id@host:port`; `RequestError` with a sentence if it fails."""
        address = parse_peer(peer)
        # Before the channel can be stored: killed in between, we would never call its peer again.
        self.store.save_peer(address)
        self.turn.touched()
        channel_id = await self._openings.open(
            address, amount, push=push or Msat(0), announce=announce
        )
        self.connections.keep(address)
        await self._see_published(channel_id)
        return channel_id

    async def _see_published(self, channel_id: ChannelId) -> None:
        """Waits for the server to have the funding; the chain driver goes on trying if it fails."""
        # Killed with a commitment published and no closing stored, we would revoke it yet.
        self.turn.flush()
        if self.turn.is_stopped:
            return
        channel = self.book.of(channel_id)
        state = None if channel is None else channel.live
        live = None if state is None else inner(state)
        if isinstance(live, AwaitingReady) and live.funding is not None:
            await self._onchain.broadcast(live.funding)
        elif isinstance(live, Closing):
            await self._onchain.broadcast(live.transaction)

    async def close_channel(self, channel_id: ChannelId, *, force: bool) -> None:
        """Begins to close a channel; `RequestError` if there is none or it cannot be closed so."""
        channel = self.book.of(channel_id)
        if channel is None:
            raise RequestError(Phrase("There is no such channel."))
        if force:
            channel.handle(command.ForceClose())
            await self._see_published(channel_id)
            return
        if not channel.is_usable:
            raise RequestError(
                Phrase(
                    "The channel can be closed by agreement only while its peer is connected. "
                    "Nothing was done: try again when it is back, or close it alone."
                )
            )
        channel.handle(command.Close(await self._coins.new_script_pubkey()))

    # -- the chain ------------------------------------------------------------------------------

    def _new_tip(self, height: BlockHeight) -> None:
        self._router.new_height(height)
        self._watchman.look(height)
        self.host.follow_fee_market()
        self._tell_change()

    def _deep(self, scid: ShortChannelId, channel: ChannelDriver) -> None:
        self.gossip.own.channel_deep(scid, channel, self.connections.peer(channel.peer))
