"""To whom a payment goes and what it is shown there: from an invoice, or unasked (bLIP 3)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from tipdesk.base.errors import RequestError
from tipdesk.base.ids import NodeId, Point, Preimage, ShortChannelId
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import BlockHeight, CltvDelta, Msat
from tipdesk.lightning.features import Feature
from tipdesk.lightning.invoice.bolt11 import Bolt11Invoice, HintHop
from tipdesk.lightning.invoice.bolt12 import PaymentPath
from tipdesk.lightning.payment.payloads import PayeeTerms, hop_payloads
from tipdesk.lightning.payment.tails import BlindedTail, tail_of, tail_payloads
from tipdesk.lightning.routing.query import BLINDED, Route
from tipdesk.lightning.routing.split import MAX_PARTS
from tipdesk.lightning.sphinx.payload import KEYSEND_PREIMAGE
from tipdesk.lightning.wire.tlv import TlvRecord

FIRST_CUSTOM: Final = 65_536
"""BOLT 1: types from here on are anybody's."""
MAX_CUSTOM_RECORDS: Final = 16
MAX_CUSTOM_BYTES: Final = 600
"""Of all records together: about half an onion."""
KEYSEND_FINAL_CLTV: Final = CltvDelta(144)
"""Nobody says how long a payee of a keysend wants: what the most demanding one asks."""
SPARE_BLOCKS: Final = CltvDelta(3)
"""Added to the payee's delta, so that a block found meanwhile fails nothing."""
_PATIENT: Final = CltvDelta(1008)
"""Whoever asks for more than a week gets nothing added: the way itself needs blocks too."""


class BadCustomRecords(RequestError):
    """Records that cannot be sent along with a payment."""

    def __init__(self, *, why: str) -> None:
        super().__init__(Phrase("The payment's custom records cannot be sent: {why}.", why=why))
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """The payee, how it is reached and what it asks."""

    node_id: NodeId
    terms: PayeeTerms
    final_cltv_delta: CltvDelta
    route_hints: tuple[tuple[HintHop, ...], ...] = ()
    tails: tuple[BlindedTail, ...] = ()
    """The payee hides: these are the ways to it, and `node_id` is no node's."""
    max_parts: int = 1

    def shadowed(self, blocks: CltvDelta) -> "Destination":
        """With so many blocks on top (`routing/shadow`), so that no node tells where the way ends.

        A path that the payee hides behind has a last height that its nodes alone are told: nothing
        is added to one.
        """
        if self.tails or self.final_cltv_delta > _PATIENT:
            return self
        return replace(self, final_cltv_delta=self.final_cltv_delta + blocks)

    def payloads(self, route: Route, height: BlockHeight) -> tuple[tuple[Point, bytes], ...]:
        """What each node of a route to here is told; `height` is the present one."""
        last = route.hops[-1]
        for tail in self.tails:
            if last.is_blinded and tail.end.number == last.short_channel_id:
                return tail_payloads(route, tail, self.terms.total_msat, height)
        return hop_payloads(route, self.terms, height)


def of_invoice(invoice: Bolt11Invoice, amount: Msat) -> Destination:
    """Who wants `amount` by an invoice; in one part, unless it says that it takes several."""
    return Destination(
        node_id=invoice.payee,
        terms=PayeeTerms(
            payment_secret=invoice.payment_secret,
            total_msat=amount,
            payment_metadata=invoice.payment_metadata,
        ),
        final_cltv_delta=invoice.min_final_cltv_expiry_delta + SPARE_BLOCKS,
        route_hints=invoice.route_hints,
        max_parts=MAX_PARTS if invoice.features.offers(Feature.BASIC_MPP) else 1,
    )


def of_paths(paths: Sequence[PaymentPath], amount: Msat, *, max_parts: int) -> Destination:
    """Somebody who is reached by blinded paths alone; the first nodes of all of them are known."""
    # Any name does that no node has: the last blinded id of the first path is as good as one.
    name = NodeId(paths[0].path.path[-1].blinded_node_id)
    return Destination(
        node_id=name,
        terms=PayeeTerms(payment_secret=None, total_msat=amount),
        # The payee's own delta is in each path's.
        final_cltv_delta=SPARE_BLOCKS,
        tails=tuple(
            tail_of(ShortChannelId(BLINDED + place), found.path, found.payinfo)
            for place, found in enumerate(paths)
        ),
        max_parts=max_parts,
    )


def of_keysend(
    node_id: NodeId, amount: Msat, preimage: Preimage, records: tuple[tuple[int, bytes], ...]
) -> Destination:
    """A payment that nobody asked for: in one part, as there is no secret to hold parts together.

    `preimage` must be fresh. `BadCustomRecords` if the records break a bound.
    """
    check_custom(records)
    return Destination(
        node_id=node_id,
        terms=PayeeTerms(
            payment_secret=None,
            total_msat=amount,
            keysend_preimage=preimage,
            custom_records=tuple(TlvRecord(number, value) for number, value in records),
        ),
        final_cltv_delta=KEYSEND_FINAL_CLTV + SPARE_BLOCKS,
    )


def check_custom(records: tuple[tuple[int, bytes], ...]) -> None:
    """bLIP 3 and BOLT 1: types that are free for anybody, once each, and not too much of it."""
    types = [number for number, _ in records]
    if any(not FIRST_CUSTOM <= number < 1 << 64 for number in types):
        raise BadCustomRecords(
            why=Phrase("their types are numbers from {first} on", first=FIRST_CUSTOM)
        )
    if KEYSEND_PREIMAGE in types:
        raise BadCustomRecords(why=Phrase("one has the type of the payment's proof"))
    if len(set(types)) != len(types):
        raise BadCustomRecords(why=Phrase("a type stands twice"))
    if len(types) > MAX_CUSTOM_RECORDS or sum(len(v) for _, v in records) > MAX_CUSTOM_BYTES:
        raise BadCustomRecords(
            why=Phrase(
                "at most {most} records of {bytes} bytes together",
                most=MAX_CUSTOM_RECORDS,
                bytes=MAX_CUSTOM_BYTES,
            )
        )


def custom_of(records: tuple[TlvRecord, ...]) -> tuple[tuple[int, bytes], ...]:
    """Those of a payment's records that are kept: the custom ones, within the same bounds."""
    custom = tuple((record.type, record.value) for record in records if record.type >= FIRST_CUSTOM)
    try:
        check_custom(custom)
    except BadCustomRecords:
        return ()
    return custom
