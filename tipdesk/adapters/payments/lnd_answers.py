"""LND's answers as values of ours: errors, payments, invoices, channels.

Protobuf in JSON: 64-bit numbers are strings, bytes are base64, enums are their names.
"""

from base64 import b64decode
from dataclasses import dataclass
from typing import Final

from tipdesk.adapters.payments.answers import MOST_SECONDS, Answer
from tipdesk.adapters.payments.orders import UNPROVEN
from tipdesk.adapters.payments.own_server import Outcome, Reply
from tipdesk.adapters.payments.told_channels import above, channel_id_of, share_of, short_id
from tipdesk.base import strict_json
from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import NodeId, PaymentHash, Preimage, ShortChannelId, Txid
from tipdesk.base.phrase import Phrase
from tipdesk.base.text import one_line
from tipdesk.base.units import CltvDelta, Msat, Sat
from tipdesk.crypto.hashes import sha256
from tipdesk.ports.channels import ChannelStatus, ChannelView
from tipdesk.ports.plugged import (
    WalletKeyRefused,
    WalletNotAllowed,
    WalletRefused,
    WalletUnreachable,
)
from tipdesk.tips.payment import (
    Failed,
    FailureReason,
    IncomingPayment,
    InFlight,
    PaymentUpdate,
    RouteHop,
    Succeeded,
    Unknown,
)

NOT_FOUND: Final = 5
_CANCELLED, _DEADLINE, _UNAVAILABLE = 1, 4, 14
_ALREADY: Final = 6
_NS: Final = 1 << 63
_MAX_HOPS: Final = 40
_KEY_WORDS = (
    "verification failed",
    "cannot get macaroon",
    "macaroon has expired",
    "expected 1 macaroon",
    "cannot determine data format of binary-encoded macaroon",
    "unmarshal v2",
    "root key",
)
_REASONS = {
    "FAILURE_REASON_TIMEOUT": FailureReason.TRIED_EVERYTHING,
    "FAILURE_REASON_NO_ROUTE": FailureReason.NO_ROUTE,
    "FAILURE_REASON_ERROR": FailureReason.TRIED_EVERYTHING,
    "FAILURE_REASON_INCORRECT_PAYMENT_DETAILS": FailureReason.REFUSED,
    "FAILURE_REASON_INSUFFICIENT_BALANCE": FailureReason.NO_BALANCE,
    "FAILURE_REASON_CANCELED": FailureReason.CALLED_OFF,
}


class LndSaid(WalletRefused):
    """An error in LND's own words, which the call came back with."""

    def __init__(self, where: str, code: int, message: str) -> None:
        super().__init__(where, one_line(message, maximum=200))
        self.code = code
        self.message = message

    @property
    def is_answer(self) -> bool:
        """Whether LND has dealt with the request; the others may be said by its REST side alone."""
        return self.code not in (_CANCELLED, _DEADLINE, _UNAVAILABLE)


def error_of(reply: Reply, allowed: str) -> BackendError:
    """What a reply that is no success means; `allowed` is what the call would have needed."""
    said = _message(reply)
    if said is None:
        if reply.outcome is Outcome.KEY:
            return WalletKeyRefused(reply.where, reply.words())
        if reply.outcome is Outcome.BROKEN:
            return WalletUnreachable(reply.where, reply.words())
        return reply.unreadable()
    code, message = said
    lowered = message.lower()
    if lowered == "permission denied":
        return WalletNotAllowed(reply.where, allowed)
    if any(words in lowered for words in _KEY_WORDS):
        return WalletKeyRefused(reply.where, one_line(message, maximum=200))
    if lowered.startswith("wallet locked"):
        return WalletUnreachable(reply.where, Phrase("it is locked. Unlock it, then try again."))
    return LndSaid(reply.where, code, message)


def _message(reply: Reply) -> tuple[int, str] | None:
    try:
        value = strict_json.parse_object(reply.body, maximum=len(reply.body))
    except strict_json.NotJson:
        return None
    inner = value.get("error")
    fields = inner if isinstance(inner, dict) else value
    code, message = fields.get("code", fields.get("grpc_code")), fields.get("message")
    if type(code) is not int or not isinstance(message, str):
        return None
    return code, message


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a stream: a result, or the error that ends it."""

    result: Answer

    @classmethod
    def of(cls, reply: Reply, allowed: str) -> "Line":
        """The result in a line; raises what the error says otherwise."""
        if reply.outcome is not Outcome.OK:
            raise error_of(reply, allowed)
        answer = reply.answer()
        if answer.has("error"):
            raise error_of(reply, allowed)
        return cls(answer.part("result"))


def octets(answer: Answer, name: str, length: int) -> bytes:
    """Base64 for so many bytes."""
    try:
        raw = b64decode(answer.text(name), validate=True)
    except ValueError:
        raise answer.unreadable() from None
    if len(raw) != length:
        raise answer.unreadable()
    return raw


def payment(answer: Answer, payment_hash: PaymentHash) -> PaymentUpdate:
    """`lnrpc.Payment`."""
    if answer.payment_hash("payment_hash") != payment_hash:
        raise answer.unreadable()
    match answer.text("status"):
        case "SUCCEEDED":
            return _succeeded(answer, payment_hash)
        case "FAILED":
            reason = answer.text("failure_reason", "")
            return Failed(payment_hash, _REASONS.get(reason, FailureReason.TRIED_EVERYTHING))
        case "IN_FLIGHT" | "INITIATED":
            parts = [h for h in answer.parts("htlcs") if h.text("status", "") == "IN_FLIGHT"]
            return InFlight(payment_hash, max(1, len(parts)))
        case _:
            return Unknown(payment_hash)


def _succeeded(answer: Answer, payment_hash: PaymentHash) -> PaymentUpdate:
    preimage = answer.preimage("payment_preimage", payment_hash)
    if preimage is None:
        return Unknown(payment_hash, UNPROVEN)
    parts = [h for h in answer.parts("htlcs") if h.text("status", "") == "SUCCEEDED"]
    settled_ns = max((part.whole("resolve_time_ns", 0, most=_NS) for part in parts), default=0)
    created_ns = answer.whole("creation_time_ns", 0, most=_NS)
    routes = [part.part("route") for part in parts if part.has("route")]
    largest = max(routes, key=lambda r: r.whole("total_amt_msat", 0), default=None)
    return Succeeded(
        payment_hash=payment_hash,
        preimage=preimage,
        amount=answer.msat("value_msat"),
        fee=answer.msat("fee_msat"),
        route=() if largest is None else _route(largest),
        settled_at=Instant((settled_ns or created_ns) // 1_000_000),
        parts=max(1, len(parts)),
    )


def _route(route: Answer) -> tuple[RouteHop, ...]:
    """LND counts a fee to the node that takes it; the next channel is the one it is taken for."""
    hops: list[RouteHop] = []
    fee = Msat(0)
    for hop in route.parts("hops", most=_MAX_HOPS):
        scid = ShortChannelId(hop.whole("chan_id", most=(1 << 64) - 1))
        hops.append(RouteHop(NodeId(hop.octets("pub_key", NodeId.LENGTH)), scid, fee))
        fee = hop.msat("fee_msat", Msat(0))
    return tuple(hops)


def incoming(answer: Answer, label: str) -> IncomingPayment | None:
    """`lnrpc.Invoice`, if it is settled; a payment without an invoice is none."""
    if answer.text("state") != "SETTLED" or answer.flag("is_keysend", default=False):
        return None
    payment_hash = PaymentHash(octets(answer, "r_hash", PaymentHash.LENGTH))
    preimage = Preimage(octets(answer, "r_preimage", Preimage.LENGTH))
    if sha256(preimage) != payment_hash:
        raise answer.unreadable()
    return IncomingPayment(
        payment_hash=payment_hash,
        preimage=preimage,
        amount=answer.msat("amt_paid_msat"),
        settled_at=Instant.from_unix_seconds(answer.whole("settle_date", most=MOST_SECONDS)),
        invoice=answer.text("payment_request"),
        description=answer.shown("memo", 640),
        label=label,
    )


def open_channel(answer: Answer) -> ChannelView:
    """`lnrpc.Channel`."""
    status = ChannelStatus.ONLINE if answer.flag("active") else ChannelStatus.OFFLINE
    local, remote = answer.part("local_constraints"), answer.part("remote_constraints")
    ours, theirs = _sat(answer, "local_balance"), _sat(answer, "remote_balance")
    our_reserve, their_reserve = _sat(local, "chan_reserve_sat"), _sat(remote, "chan_reserve_sat")
    spendable = above(ours.to_msat(), our_reserve)
    receivable = above(theirs.to_msat(), their_reserve)
    is_online = status is ChannelStatus.ONLINE
    funding, index = _outpoint(answer)
    return ChannelView(
        channel_id=channel_id_of(funding, index),
        peer=NodeId(answer.octets("remote_pubkey", NodeId.LENGTH)),
        peer_alias=answer.shown("peer_alias", 64),
        status=status,
        capacity=_sat(answer, "capacity"),
        ours=ours.to_msat(),
        theirs=theirs.to_msat(),
        our_reserve=our_reserve,
        their_reserve=their_reserve,
        spendable=spendable if is_online else Msat(0),
        receivable=receivable if is_online else Msat(0),
        in_flight=_sat(answer, "unsettled_balance").to_msat(),
        is_funder=answer.flag("initiator", default=False),
        announced=not answer.flag("private", default=False),
        short_channel_id=short_id(answer.whole("chan_id", 0, most=(1 << 64) - 1)),
        share=share_of(status, ours.to_msat(), spendable, our_reserve),
        own_delay=CltvDelta(local.whole("csv_delay", 0, most=65_535)),
        answer_within=CltvDelta(remote.whole("csv_delay", 0, most=65_535)),
    )


_PENDING = {
    "pending_open_channels": ChannelStatus.CONFIRMING,
    "pending_force_closing_channels": ChannelStatus.CLOSING,
    "waiting_close_channels": ChannelStatus.CLOSING,
}


def pending_channels(answer: Answer) -> list[ChannelView]:
    """`lnrpc.PendingChannelsResponse`."""
    return [
        _pending_channel(entry.part("channel"), status, _sat(entry, "limbo_balance"))
        for name, status in _PENDING.items()
        for entry in answer.parts(name)
    ]


def _pending_channel(answer: Answer, status: ChannelStatus, coming: Sat) -> ChannelView:
    ours = _sat(answer, "local_balance").to_msat()
    reserve = _sat(answer, "local_chan_reserve_sat")
    funding, index = _outpoint(answer)
    return ChannelView(
        channel_id=channel_id_of(funding, index),
        peer=NodeId(answer.octets("remote_node_pub", NodeId.LENGTH)),
        peer_alias="",
        status=status,
        capacity=_sat(answer, "capacity"),
        ours=ours,
        theirs=_sat(answer, "remote_balance").to_msat(),
        our_reserve=reserve,
        their_reserve=_sat(answer, "remote_chan_reserve_sat"),
        spendable=Msat(0),
        receivable=Msat(0),
        in_flight=Msat(0),
        is_funder=answer.text("initiator", "") == "INITIATOR_LOCAL",
        announced=not answer.flag("private", default=False),
        short_channel_id=None,
        share=share_of(status, ours, above(ours, reserve), reserve),
        coming=coming,
    )


def _sat(answer: Answer, name: str) -> Sat:
    return Sat(answer.whole(name, 0))


def _outpoint(answer: Answer) -> tuple[Txid, int]:
    txid, _, index = answer.text("channel_point").partition(":")
    try:
        return Txid.from_display(txid), int(index) & 0xFFFF
    except ValueError:
        raise answer.unreadable() from None
