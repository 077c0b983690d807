"""Static channel backups: kept in files, with peers that offer it, and asked back from them."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from tipdesk.base.clock import Clock
from tipdesk.base.entropy import Entropy
from tipdesk.base.errors import DecodeError, StorageError
from tipdesk.base.ids import ChannelId, NodeId
from tipdesk.lightning.channel.backup import (
    NONCE_LENGTH,
    PEER_STORAGE_LENGTH,
    ChannelBackup,
    backup_key,
    open_backup,
    recovered,
    seal_backup,
)
from tipdesk.lightning.channel.state import Closed, Closing, Live, inner
from tipdesk.lightning.features import Feature
from tipdesk.lightning.wire.setup import PeerStorage, PeerStorageRetrieval
from tipdesk.node.channels import ChannelDriver
from tipdesk.node.peers import Peer
from tipdesk.node.turn import Turn
from tipdesk.ports.stores import BackupSink, NodeStore, PeerAddress

STORE_EVERY_MS: Final = 60_000
"""BOLT 1: a peer's blob is written no more often; what comes between waits."""

RECOVERY_MS: Final = 7 * 24 * 3_600_000
"""After a restore peers' copies of our backup are taken so long, and not overwritten."""

_log = logging.getLogger(__name__)


class BackupKeeper:
    """Keeps the backup wherever it can be kept, and peers' blobs for them."""

    def __init__(
        self,
        *,
        seed: bytes,
        store: NodeStore,
        turn: Turn,
        clock: Clock,
        entropy: Entropy,
        sink: BackupSink,
        channels: Callable[[], list[ChannelDriver]],
        peers: Callable[[], list[Peer]],
        announced_at: Callable[[NodeId], tuple[str, int] | None],
        add: Callable[[Live], None],
    ) -> None:
        self._key = backup_key(seed)
        self._store = store
        self._turn = turn
        self._clock = clock
        self._entropy = entropy
        self._sink = sink
        self._channels = channels
        self._peers = peers
        self._announced_at = announced_at
        self._add = add
        self._kept: frozenset[ChannelId] | None = None
        self._stale = asyncio.Event()
        self._handed_to: set[NodeId] = set()
        self._held_back: dict[NodeId, bytes] = {}
        self._stored_at: dict[NodeId, int] = {}

    async def run(self) -> None:
        """Writes the backup whenever a channel came or went."""
        while True:
            await self._stale.wait()
            self._stale.clear()
            try:
                await self._sink.save(seal_backup(self._backups(), self._key, self._nonce()))
            except StorageError as error:
                _log.error("the channel backup could not be written: %s", error)

    async def write_now(self) -> None:
        """Writes every copy anew; `StorageError` if one cannot be written."""
        await self._sink.save(seal_backup(self._backups(), self._key, self._nonce()))

    @property
    def holders(self) -> int:
        """How many peers were handed the backup as it is now."""
        return len(self._handed_to)

    def channels_changed(self) -> None:
        """Refreshes the backup if there are other channels now than it holds."""
        now = frozenset(channel.channel_id for channel in self._worth_keeping())
        if now == self._kept:
            return
        self._kept = now
        self._stale.set()
        self._handed_to.clear()
        for peer in self._peers():
            self._send_to(peer)

    def _worth_keeping(self) -> list[ChannelDriver]:
        return [
            channel
            for channel in self._channels()
            if channel.live is not None and not isinstance(inner(channel.live), Closing | Closed)
        ]

    def _backups(self) -> list[ChannelBackup]:
        known = {address.node_id: address for address in self._store.peers()}
        return [self._backup_of(channel, known) for channel in self._worth_keeping()]

    def _backup_of(self, channel: ChannelDriver, known: dict[NodeId, PeerAddress]) -> ChannelBackup:
        address = known.get(channel.peer)
        if address is not None:
            return ChannelBackup(channel.terms, address.host, address.port)
        host, port = self._announced_at(channel.peer) or ("", 0)
        return ChannelBackup(channel.terms, host, port)

    def _nonce(self) -> bytes:
        return self._entropy.random_bytes(NONCE_LENGTH)

    # -- with peers -----------------------------------------------------------------------------

    def peer_ready(self, peer: Peer) -> None:
        """BOLT 1: what a peer had us keep goes back before its channels are re-established."""
        if peer.node_id is None:
            return
        blob = self._store.peer_blob(peer.node_id)
        if blob is not None:
            peer.send(PeerStorageRetrieval(blob=blob))
        self._send_to(peer)

    def _send_to(self, peer: Peer) -> None:
        if self._is_recovering():
            # What it keeps may be better than what we have by now.
            return
        ours = any(channel.peer == peer.node_id for channel in self._worth_keeping())
        if ours and peer.offers(Feature.PROVIDE_STORAGE):
            length = PEER_STORAGE_LENGTH
            sealed = seal_backup(self._backups(), self._key, self._nonce(), length=length)
            peer.send(PeerStorage(blob=sealed))
            if peer.node_id is not None:
                self._handed_to.add(peer.node_id)

    def receive(self, peer: NodeId, message: PeerStorage | PeerStorageRetrieval) -> None:
        """Keeps a blob for a peer with a channel; takes back our own when recovering."""
        if isinstance(message, PeerStorageRetrieval):
            if self._is_recovering():
                self._take_back(message.blob)
            return
        if len(message.blob) > PEER_STORAGE_LENGTH or not self._has_channel(peer):
            return
        now = self._clock.now().ms
        if now - self._stored_at.get(peer, -STORE_EVERY_MS) < STORE_EVERY_MS:
            self._held_back[peer] = message.blob
            return
        self._keep(peer, message.blob)

    def _is_recovering(self) -> bool:
        since = self._store.recovering_since
        return since is not None and self._clock.now() < since.plus_ms(RECOVERY_MS)

    def _has_channel(self, peer: NodeId) -> bool:
        return any(channel.peer == peer for channel in self._channels())

    def _keep(self, peer: NodeId, blob: bytes) -> None:
        self._stored_at[peer] = self._clock.now().ms
        self._store.save_peer_blob(peer, blob)
        self._turn.touched()

    def peer_lost(self, peer: Peer) -> None:
        """What was held back is written now."""
        blob = self._held_back.pop(peer.node_id, None) if peer.node_id is not None else None
        if blob is not None and peer.node_id is not None:
            self._keep(peer.node_id, blob)

    def _take_back(self, blob: bytes) -> None:
        try:
            backups = open_backup(blob, self._key)
        except DecodeError as error:
            _log.warning("a peer returned a blob that is not our backup: %s", error)
            return
        have = {channel.channel_id for channel in self._channels()}
        for backup in backups:
            if backup.terms.channel_id not in have:
                restore_channel(self._store, backup)
                self._add(recovered(backup.terms))
        self._turn.touched()


def restore_channel(store: NodeStore, backup: ChannelBackup) -> None:
    """Stores a channel of which only the terms are left; its peer is called at the next start."""
    store.save_channel(recovered(backup.terms), None, ())
    if backup.host:
        store.save_peer(PeerAddress(backup.terms.peer, backup.host, backup.port))
