"""Overhears what leaves a node, and asks the disk whether it was allowed to.

A revocation secret may leave once the state after it is durable, a signature once it is kept to be
sent again, a preimage once it is durable too. What is durable is what a power cut would leave.
"""

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.vfs import Disk
from tipdesk.adapters.storage.database import MIGRATIONS, MoneyDatabase
from tipdesk.adapters.storage.node import SqliteNodeStore
from tipdesk.base.ids import ChannelId, PaymentHash
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.channel.commitments import Commitments
from tipdesk.lightning.channel.state import inner
from tipdesk.lightning.keys.signer import ChannelSigner
from tipdesk.lightning.wire.message import Message
from tipdesk.lightning.wire.opening import FundingSigned
from tipdesk.lightning.wire.registry import decode
from tipdesk.lightning.wire.updates import CommitmentSigned, RevokeAndAck, UpdateFulfillHtlc
from tipdesk.node.node import LightningNode

SAMPLE = 0.02
"""How often the durable bytes themselves are opened and read, though nothing is unsynced."""


class Overheard:
    """A Noise session that tells of each message before it is enciphered."""

    def __init__(self, session: Any, tell: Callable[[bytes], None]) -> None:
        self._session = session
        self._tell = tell

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def send(self, data: bytes) -> None:
        self._tell(data)
        self._session.send(data)


class Witness:
    """Checks everything binding that one process of a node sends."""

    def __init__(
        self,
        name: str,
        node: LightningNode,
        store: SqliteNodeStore,
        disk: Disk,
        chance: random.Random,
    ) -> None:
        self._name = name
        self._node = node
        self._store = store
        self._disk = disk
        self._chance = chance
        self.checked: Counter[str] = Counter()
        self.violations: list[str] = []
        begin = node.connections._begin

        def overhear(peer: Any) -> None:
            peer._session = Overheard(peer._session, self.hear)
            begin(peer)

        node.connections._begin = overhear  # type: ignore[method-assign]

    def hear(self, data: bytes) -> None:
        """A message is about to leave."""
        message = decode(data)
        if isinstance(message, CommitmentSigned | RevokeAndAck | UpdateFulfillHtlc | FundingSigned):
            durable, database = self._durable()
            try:
                self._check(message, durable)
            finally:
                if database is not None:
                    database._connection.close()

    def _durable(self) -> tuple[SqliteNodeStore, MoneyDatabase | None]:
        clean = not self._store.is_dirty and not self._disk.has_unsynced
        if clean and self._chance.random() >= SAMPLE:
            return self._store, None
        self.checked["durable bytes read"] += 1
        path = self._store._db._path
        database = MoneyDatabase(path, MIGRATIONS, self._disk.copy().connect)
        return SqliteNodeStore(database), database

    def _check(self, message: Message, durable: SqliteNodeStore) -> None:
        match message:
            case UpdateFulfillHtlc():
                self.checked["preimages checked"] += 1
                known = durable.known_preimage(PaymentHash(sha256(message.payment_preimage)))
                self._demand(known == message.payment_preimage, "a preimage before it was durable")
            case CommitmentSigned():
                self.checked["signatures checked"] += 1
                stored = self._stored(durable, message.channel_id)
                self._demand(
                    stored is not None and stored.unacked == message,
                    "a signature that would not be sent again",
                )
            case RevokeAndAck():
                self.checked["secrets checked"] += 1
                self._check_secret(message, self._stored(durable, message.channel_id))
            case FundingSigned():
                stored = self._stored(durable, message.channel_id)
                self._demand(stored is not None, "funding_signed for a channel that is not stored")

    def _check_secret(self, message: RevokeAndAck, stored: Commitments | None) -> None:
        signer = self._signer(message.channel_id)
        if stored is None or signer is None or stored.local_number == 0:
            self._demand(False, "a secret of a channel that is not stored")
            return
        newest_revoked = signer.release_per_commitment_secret(stored.local_number - 1)
        self._demand(
            newest_revoked == message.per_commitment_secret,
            f"a secret that is not of the commitment before the durable {stored.local_number}",
        )

    def _signer(self, channel_id: ChannelId) -> ChannelSigner | None:
        channel = self._node.book.of(channel_id)
        return None if channel is None else channel.signer

    def _stored(self, durable: SqliteNodeStore, channel_id: ChannelId) -> Commitments | None:
        rows = durable._db.read(
            "SELECT channel_id, terms, head FROM channels WHERE channel_id = ?",
            (bytes(channel_id),),
        )
        for row in rows:
            return inner(durable._channel(*row)).commitments
        return None

    def _demand(self, holds: bool, otherwise: str) -> None:
        if not holds:
            self.violations.append(f"{self._name} sent {otherwise}")
