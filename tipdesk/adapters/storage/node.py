"""`NodeStore` over `money.db`: channels as changed rows only, payments, invoices, forwards."""

from dataclasses import replace
from typing import Any

from tipdesk.adapters.storage.database import MoneyDatabase, Row
from tipdesk.adapters.storage.routes import (
    decode_route,
    decode_times,
    encode_route,
    encode_times,
)
from tipdesk.base.clock import Instant
from tipdesk.base.ids import (
    ChannelId,
    NodeId,
    PaymentHash,
    PaymentSecret,
    Preimage,
    Txid,
)
from tipdesk.base.units import BlockHeight, FeeratePerKw, Msat
from tipdesk.bitcoin.tx import OutPoint, Transaction
from tipdesk.lightning.channel.codec import (
    decode_head,
    decode_htlc,
    decode_terms,
    encode_head,
    encode_htlc,
    encode_terms,
)
from tipdesk.lightning.channel.htlc import Htlc, HtlcKey
from tipdesk.lightning.channel.state import Closed, Live, inner
from tipdesk.lightning.channel.terms import ChannelTerms
from tipdesk.lightning.wire.tlv import TlvRecord, read_stream, write_stream
from tipdesk.ports.stores import (
    Forward,
    HtlcPlace,
    PaymentStatus,
    PeerAddress,
    StoredAttempt,
    StoredClaim,
    StoredInvoice,
    StoredOffer,
    StoredPayment,
    TakenWay,
)
from tipdesk.tips.payment import FailureReason


def _had_output(htlc: Htlc, terms: ChannelTerms) -> bool:
    """Whether any commitment of the peer's carried the HTLC as an output."""
    # Without anchors the dust limit grows with the feerate: what is above its floor is kept.
    return htlc.remote_from is not None and htlc.amount.to_sat_floor() >= terms.remote.dust_limit


def _ms(instant: Instant | None) -> int | None:
    return None if instant is None else instant.ms


def _msat(amount: Msat | None) -> int | None:
    return None if amount is None else amount.value


def _optional(kind: Any, value: Any) -> Any:  # noqa: ANN401 - any column, any type built from it
    return None if value is None else kind(value)


def _payment(row: Row) -> StoredPayment:
    return StoredPayment(
        payment_hash=PaymentHash(row[0]),
        invoice=row[1],
        amount=Msat(row[2]),
        max_fee=Msat(row[3]),
        status=PaymentStatus(row[4]),
        created_at=Instant(row[5]),
        preimage=_optional(Preimage, row[6]),
        fee=_optional(Msat, row[7]),
        route=_optional(decode_route, row[8]),
        settled_at=_optional(Instant, row[9]),
        reason=None if row[10] is None else FailureReason[row[10]],
        detail=row[11],
        parts=row[12],
    )


def _invoice(row: Row) -> StoredInvoice:
    return StoredInvoice(
        payment_hash=PaymentHash(row[0]),
        preimage=Preimage(row[1]),
        payment_secret=PaymentSecret(row[2]),
        amount=_optional(Msat, row[3]),
        invoice=row[4],
        description=row[5],
        label=row[6],
        created_at=Instant(row[7]),
        expires_at=Instant(row[8]),
        received=_optional(Msat, row[9]),
        settled_at=_optional(Instant, row[10]),
        records=tuple((record.type, record.value) for record in read_stream(row[11])),
    )


def _offer(row: Row) -> StoredOffer:
    return StoredOffer(key=row[0], text=row[1], created_at=Instant(row[2]), is_open=bool(row[3]))


class SqliteNodeStore:
    """The node's tables."""

    def __init__(self, database: MoneyDatabase) -> None:
        self._db = database

    @property
    def is_dirty(self) -> bool:
        """Whether a commit would write anything."""
        return self._db.is_dirty

    def commit(self) -> None:
        """One durable commit."""
        self._db.commit_now()

    def save_channel(
        self, state: Live, before: dict[HtlcKey, Htlc] | None, finished: tuple[Htlc, ...]
    ) -> None:
        """Head always, terms the first time (`before` is None), HTLCs that changed."""
        live = inner(state)
        terms, channel_id = live.terms, bytes(live.terms.channel_id)
        head, closed = encode_head(state), isinstance(live, Closed) and live.is_final
        if before is None:
            self._db.write(
                "INSERT OR REPLACE INTO channels VALUES (?, ?, ?, ?, ?)",
                (channel_id, bytes(terms.peer), encode_terms(terms), head, closed),
            )
        else:
            self._db.write(
                "UPDATE channels SET head = ?, closed = ? WHERE channel_id = ?",
                (head, closed, channel_id),
            )
        known = before or {}
        now = live.commitments.htlcs
        for key, htlc in now.items():
            if known.get(key) is not htlc:
                self._save_htlc(channel_id, htlc, finished=False)
        gone = {htlc.key for htlc in finished}
        for htlc in finished:
            if _had_output(htlc, terms):
                bare = replace(htlc, onion=b"", removal=None, attribution=b"")
                self._save_htlc(channel_id, bare, finished=True)
            else:
                self._delete_htlc(channel_id, htlc)
        for key, htlc in known.items():
            if key not in now and key not in gone:
                self._delete_htlc(channel_id, htlc)
        if closed:
            for table in ("htlcs", "claims"):
                self._db.write(f"DELETE FROM {table} WHERE channel_id = ?", (channel_id,))

    def _delete_htlc(self, channel_id: bytes, htlc: Htlc) -> None:
        self._db.write(
            "DELETE FROM htlcs WHERE channel_id = ? AND outgoing = ? AND id = ?",
            (channel_id, htlc.by_us, htlc.id),
        )

    def _save_htlc(self, channel_id: bytes, htlc: Htlc, *, finished: bool) -> None:
        self._db.write(
            "INSERT OR REPLACE INTO htlcs VALUES (?, ?, ?, ?, ?)",
            (channel_id, htlc.by_us, htlc.id, finished, encode_htlc(htlc)),
        )

    def channels(self) -> list[Live]:
        """Every channel that is not closed."""
        rows = self._db.read("SELECT channel_id, terms, head FROM channels WHERE closed = 0")
        return [self._channel(*row) for row in rows]

    def _channel(self, channel_id: bytes, terms: bytes, head: bytes) -> Live:
        rows = self._db.read(
            "SELECT data FROM htlcs WHERE channel_id = ? AND finished = 0 ORDER BY outgoing, id",
            (channel_id,),
        )
        htlcs = {htlc.key: htlc for htlc in (decode_htlc(data) for (data,) in rows)}
        return decode_head(head, decode_terms(terms), htlcs)

    def forget_channel(self, channel_id: ChannelId) -> None:
        """A channel that never came to be is dropped with all its rows."""
        for table in ("htlcs", "channels"):
            self._db.write(f"DELETE FROM {table} WHERE channel_id = ?", (bytes(channel_id),))

    def finished_htlcs(self, channel_id: ChannelId) -> list[Htlc]:
        """HTLCs that a revoked commitment of the peer's may carry."""
        rows = self._db.read(
            "SELECT data FROM htlcs WHERE channel_id = ? AND finished = 1", (bytes(channel_id),)
        )
        return [decode_htlc(data) for (data,) in rows]

    def save_claim(self, claim: StoredClaim) -> None:
        """A claim is about to be published."""
        self._db.write(
            "INSERT OR REPLACE INTO claims VALUES (?, ?, ?, ?, ?, ?)",
            (
                bytes(claim.channel_id),
                bytes(claim.outpoint.txid),
                claim.outpoint.index,
                claim.since.value,
                claim.feerate.value,
                claim.transaction.serialize(),
            ),
        )

    def claims(self, channel_id: ChannelId) -> list[StoredClaim]:
        """A closed channel's claims."""
        rows = self._db.read("SELECT * FROM claims WHERE channel_id = ?", (bytes(channel_id),))
        return [
            StoredClaim(
                channel_id=channel_id,
                outpoint=OutPoint(Txid(txid), index),
                since=BlockHeight(since),
                feerate=FeeratePerKw(feerate),
                transaction=Transaction.parse(signed),
            )
            for _, txid, index, since, feerate, signed in rows
        ]

    def known_preimage(self, payment_hash: PaymentHash) -> Preimage | None:
        """A preimage that is ours to use."""
        rows = self._db.read(
            "SELECT preimage FROM preimages WHERE payment_hash = :hash UNION ALL "
            "SELECT preimage FROM invoices WHERE payment_hash = :hash "
            "AND settled_at_ms IS NOT NULL",
            {"hash": bytes(payment_hash)},
        )
        return next((Preimage(preimage) for (preimage,) in rows), None)

    def save_forward(self, forward: Forward) -> None:
        """An HTLC was forwarded."""
        incoming, outgoing = forward.incoming, forward.outgoing
        self._db.write(
            "INSERT OR REPLACE INTO forwards VALUES (?, ?, ?, ?)",
            (
                bytes(outgoing.channel_id),
                outgoing.htlc_id,
                bytes(incoming.channel_id),
                incoming.htlc_id,
            ),
        )

    def delete_forward(self, outgoing: HtlcPlace) -> None:
        """The forwarded HTLC is settled upstream."""
        self._db.write(
            "DELETE FROM forwards WHERE outgoing_channel = ? AND outgoing_id = ?",
            (bytes(outgoing.channel_id), outgoing.htlc_id),
        )

    def forwards(self) -> list[Forward]:
        """All forwards that are not settled."""
        return [
            Forward(
                incoming=HtlcPlace(ChannelId(in_channel), in_id),
                outgoing=HtlcPlace(ChannelId(out_channel), out_id),
            )
            for out_channel, out_id, in_channel, in_id in self._db.read("SELECT * FROM forwards")
        ]

    def save_preimage(self, payment_hash: PaymentHash, preimage: Preimage) -> None:
        """A preimage that was revealed to us."""
        self._db.write(
            "INSERT OR IGNORE INTO preimages VALUES (?, ?)", (bytes(payment_hash), bytes(preimage))
        )

    def save_invoice(self, invoice: StoredInvoice) -> None:
        """A new invoice, or one that was settled."""
        self._db.write(
            "INSERT OR REPLACE INTO invoices VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                bytes(invoice.payment_hash),
                bytes(invoice.preimage),
                bytes(invoice.payment_secret),
                _msat(invoice.amount),
                invoice.invoice,
                invoice.description,
                invoice.label,
                invoice.created_at.ms,
                invoice.expires_at.ms,
                _msat(invoice.received),
                _ms(invoice.settled_at),
                write_stream(TlvRecord(number, value) for number, value in invoice.records),
            ),
        )

    def invoice(self, payment_hash: PaymentHash) -> StoredInvoice | None:
        """One of our invoices."""
        rows = self._db.read(
            "SELECT * FROM invoices WHERE payment_hash = ?", (bytes(payment_hash),)
        )
        return next(map(_invoice, rows), None)

    def unasked_since(self, at: Instant) -> list[StoredInvoice]:
        """Payments that came without an invoice of ours, from that moment on."""
        rows = self._db.read(
            "SELECT * FROM invoices WHERE invoice = '' AND settled_at_ms >= ? "
            "ORDER BY settled_at_ms",
            (at.ms,),
        )
        return [_invoice(row) for row in rows]

    def paid_bolt12_since(self, at: Instant) -> list[StoredInvoice]:
        """Invoices for offers of ours that were paid from that moment on."""
        rows = self._db.read(
            "SELECT * FROM invoices WHERE substr(invoice, 1, 4) = 'lni1' AND settled_at_ms >= ? "
            "ORDER BY settled_at_ms",
            (at.ms,),
        )
        return [_invoice(row) for row in rows]

    def forget_unpaid_invoices(self, expired_before: Instant, at_most: int) -> int:
        """Deletes invoices that expired unpaid; how many."""
        return self._forget_unpaid("", expired_before, at_most)

    def forget_unpaid_bolt12(self, expired_before: Instant, at_most: int) -> int:
        """The same of invoices that strangers asked for (BOLT 12)."""
        return self._forget_unpaid("lni1", expired_before, at_most)

    def _forget_unpaid(self, begins: str, expired_before: Instant, at_most: int) -> int:
        rows = self._db.read(
            "SELECT payment_hash FROM invoices WHERE settled_at_ms IS NULL "
            "AND expires_at_ms < ? AND substr(invoice, 1, ?) = ? LIMIT ?",
            (expired_before.ms, len(begins), begins, at_most),
        )
        hashes = [payment_hash for (payment_hash,) in rows]
        for payment_hash in hashes:
            self._db.write("DELETE FROM invoices WHERE payment_hash = ?", (payment_hash,))
        return len(hashes)

    def save_offer(self, offer: StoredOffer) -> None:
        """A new offer of ours."""
        self._db.write(
            "INSERT INTO offers VALUES (?, ?, ?, ?)",
            (offer.key, offer.text, offer.created_at.ms, int(offer.is_open)),
        )

    def offer(self, key: bytes) -> StoredOffer | None:
        """One of our offers."""
        return next(map(_offer, self._db.read("SELECT * FROM offers WHERE key = ?", (key,))), None)

    def offers(self) -> list[StoredOffer]:
        """All of them, the latest first."""
        rows = self._db.read("SELECT * FROM offers ORDER BY created_at_ms DESC, key")
        return [_offer(row) for row in rows]

    def close_offer(self, key: bytes) -> None:
        """It is not answered any more."""
        self._db.write("UPDATE offers SET is_open = 0 WHERE key = ?", (key,))

    def save_payment(self, payment: StoredPayment) -> None:
        """A new payment, or its new status."""
        self._db.write(
            "INSERT OR REPLACE INTO payments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                bytes(payment.payment_hash),
                payment.invoice,
                payment.amount.value,
                payment.max_fee.value,
                payment.status.value,
                payment.created_at.ms,
                _optional(bytes, payment.preimage),
                _msat(payment.fee),
                _optional(encode_route, payment.route),
                _ms(payment.settled_at),
                None if payment.reason is None else payment.reason.name,
                payment.detail,
                payment.parts,
            ),
        )

    def payment(self, payment_hash: PaymentHash) -> StoredPayment | None:
        """One of our payments."""
        rows = self._db.read(
            "SELECT * FROM payments WHERE payment_hash = ?", (bytes(payment_hash),)
        )
        return next(map(_payment, rows), None)

    def payments_under_way(self) -> list[StoredPayment]:
        """Our payments whose end is not known."""
        rows = self._db.read(
            "SELECT * FROM payments WHERE status = ?", (PaymentStatus.UNDER_WAY.value,)
        )
        return [_payment(row) for row in rows]

    def save_attempt(self, attempt: StoredAttempt) -> None:
        """An HTLC is about to leave for a payment."""
        self._db.write(
            "INSERT OR REPLACE INTO attempts VALUES (?, ?, ?, ?, ?, ?)",
            (
                bytes(attempt.place.channel_id),
                attempt.place.htlc_id,
                bytes(attempt.payment_hash),
                attempt.session_key,
                encode_route(attempt.route),
                _ms(attempt.sent_at),
            ),
        )

    def close_attempt(self, place: HtlcPlace) -> None:
        """The HTLC's end is known."""
        self._db.write(
            "DELETE FROM attempts WHERE channel_id = ? AND htlc_id = ?",
            (bytes(place.channel_id), place.htlc_id),
        )

    def open_attempts(self) -> list[StoredAttempt]:
        """Attempts whose end is not known."""
        return [
            StoredAttempt(
                place=HtlcPlace(ChannelId(channel_id), htlc_id),
                payment_hash=PaymentHash(payment_hash),
                session_key=session_key,
                route=decode_route(route),
                sent_at=_optional(Instant, sent_at),
            )
            for channel_id, htlc_id, payment_hash, session_key, route, sent_at in self._db.read(
                "SELECT * FROM attempts"
            )
        ]

    def save_way(self, way: TakenWay) -> None:
        """A part of a payment arrived."""
        self._db.write(
            "INSERT INTO taken_ways VALUES (NULL, ?, ?, ?, ?, ?)",
            (
                bytes(way.payment_hash),
                encode_route(way.route),
                _ms(way.sent_at),
                way.settled_at.ms,
                encode_times(way.hold_times),
            ),
        )

    def ways(self, payment_hash: PaymentHash) -> list[TakenWay]:
        """The parts of a payment that arrived, in the order in which they did."""
        rows = self._db.read(
            "SELECT route, sent_at_ms, settled_at_ms, hold_times FROM taken_ways "
            "WHERE payment_hash = ? ORDER BY number",
            (bytes(payment_hash),),
        )
        return [
            TakenWay(
                payment_hash=payment_hash,
                route=decode_route(route),
                sent_at=_optional(Instant, sent_at),
                settled_at=Instant(settled_at),
                hold_times=decode_times(hold_times),
            )
            for route, sent_at, settled_at, hold_times in rows
        ]

    def forget_ways(self, kept: int, at_most: int) -> int:
        """Deletes the oldest ways beyond so many; how many."""
        rows = list(
            self._db.read(
                "SELECT number FROM taken_ways WHERE number <= "
                "(SELECT max(number) FROM taken_ways) - ? ORDER BY number LIMIT ?",
                (kept, at_most),
            )
        )
        for number in rows:
            self._db.write("DELETE FROM taken_ways WHERE number = ?", number)
        return len(rows)

    def save_peer_blob(self, peer: NodeId, blob: bytes) -> None:
        """What a peer has us keep for it."""
        self._db.write("INSERT OR REPLACE INTO peer_blobs VALUES (?, ?)", (bytes(peer), blob))

    def peer_blob(self, peer: NodeId) -> bytes | None:
        """What we keep for a peer."""
        rows = self._db.read("SELECT blob FROM peer_blobs WHERE peer = ?", (bytes(peer),))
        return next((blob for (blob,) in rows), None)

    @property
    def recovering_since(self) -> Instant | None:
        """When the profile was restored from its words."""
        rows = self._db.read("SELECT max(since_ms) FROM recovering")
        return next((_optional(Instant, since) for (since,) in rows), None)

    def set_recovering(self, since: Instant) -> None:
        """The profile was restored from its words."""
        self._db.write("INSERT INTO recovering VALUES (?)", (since.ms,))

    def save_peer(self, address: PeerAddress) -> None:
        """Where to find a peer again."""
        self._db.write(
            "INSERT OR REPLACE INTO peers VALUES (?, ?, ?)",
            (bytes(address.node_id), address.host, address.port),
        )

    def peers(self) -> list[PeerAddress]:
        """Every peer whose address is known."""
        rows = self._db.read("SELECT * FROM peers")
        return [PeerAddress(NodeId(node_id), host, port) for node_id, host, port in rows]
