"""Core Lightning's answers as values of ours: errors, payments, invoices, channels."""

import json
import secrets
from collections.abc import Sequence
from typing import Final

from tipdesk.adapters.payments.answers import MOST_SECONDS, Answer
from tipdesk.adapters.payments.orders import UNPROVEN
from tipdesk.adapters.payments.own_server import Outcome, Reply
from tipdesk.adapters.payments.told_channels import share_of
from tipdesk.base import strict_json
from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import ChannelId, NodeId, PaymentHash, Preimage, ShortChannelId
from tipdesk.base.text import one_line
from tipdesk.base.units import BlockHeight, CltvDelta, Msat, Sat
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
    Succeeded,
    Unknown,
)

TIMED_OUT: Final = 904
TOO_DEAR: Final = 206
NO_FUNDS: Final = 215
_LABEL: Final = "tipdesk/"
_COMMITTED: Final = "="
"""Ends the label of an invoice whose description is our label."""
_LONGEST_LABEL: Final = 128
"""Bytes between the quotation marks of its JSON."""
_NOT_PERMITTED: Final = 1502
_KEY_CODES = (1501, 1503)
_GAVE_UP: Final = 0
"""Of `pay`, which forgets the code when it gives up before any other way."""
_ENDED = frozenset((-1, _GAVE_UP, -32600, -32601, -32602, _NOT_PERMITTED, *range(201, 221)))
_REASONS = {
    203: FailureReason.REFUSED,
    205: FailureReason.NO_ROUTE,
    TOO_DEAR: FailureReason.FEE_OVER_LIMIT,
    207: FailureReason.EXPIRED,
    209: FailureReason.TRIED_EVERYTHING,
    210: FailureReason.TRIED_EVERYTHING,
    NO_FUNDS: FailureReason.NO_BALANCE,
    216: FailureReason.NO_ROUTE,
    220: FailureReason.NO_ROUTE,
}
_RESOLVED: Final = "ONCHAIN:All outputs resolved"
_STATES = {
    "OPENINGD": ChannelStatus.OPENING,
    "DUALOPEND_OPEN_INIT": ChannelStatus.OPENING,
    "DUALOPEND_OPEN_COMMITTED": ChannelStatus.OPENING,
    "DUALOPEND_OPEN_COMMIT_READY": ChannelStatus.OPENING,
    "CHANNELD_AWAITING_LOCKIN": ChannelStatus.CONFIRMING,
    "DUALOPEND_AWAITING_LOCKIN": ChannelStatus.CONFIRMING,
    "CHANNELD_NORMAL": ChannelStatus.ONLINE,
    "CHANNELD_AWAITING_SPLICE": ChannelStatus.ONLINE,
    "CLOSED": ChannelStatus.CLOSED,
}


class ClnSaid(WalletRefused):
    """An error in Core Lightning's own words."""

    def __init__(self, where: str, code: int, message: str) -> None:
        super().__init__(where, one_line(message, maximum=200))
        self.code = code

    @property
    def has_ended(self) -> bool:
        """Whether the command came to its end, or was not begun.

        A plugin or a node that stopped on its way is not asked to say so.
        """
        return self.code in _ENDED

    @property
    def is_of_rune(self) -> bool:
        """Whether the rune forbids it: then the command was not begun."""
        return self.code == _NOT_PERMITTED

    @property
    def reason(self) -> FailureReason:
        """Why a payment failed, once it is certain that it has."""
        return _REASONS.get(self.code, FailureReason.WALLET_REFUSED)


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
    if code is None:
        return WalletUnreachable(reply.where, one_line(message, maximum=200))
    if code == _NOT_PERMITTED and _forbids_method(message):
        return WalletNotAllowed(reply.where, allowed)
    # What else a rune restricts, the node says itself: a rate, an amount, a time.
    is_restriction = code == _NOT_PERMITTED and message.startswith("Not permitted")
    if not is_restriction and (code in _KEY_CODES or reply.outcome is Outcome.KEY):
        return WalletKeyRefused(reply.where, one_line(message, maximum=200))
    return ClnSaid(reply.where, code, message)


def _forbids_method(message: str) -> bool:
    """Whether no alternative of the restriction is about anything but the method."""
    alternatives = message.removeprefix("Not permitted: ").split(" AND ")
    return all(alternative.startswith("method ") for alternative in alternatives)


def _message(reply: Reply) -> tuple[int | None, str] | None:
    """Code and message; older versions put both into an object of their own.

    The plugin gives null for a code if the node itself did not answer.
    """
    try:
        value = strict_json.parse_object(reply.body, maximum=len(reply.body))
    except strict_json.NotJson:
        return None
    inner = value.get("error")
    fields = inner if isinstance(inner, dict) else value
    code, message = fields.get("code"), fields.get("message")
    if not isinstance(message, str):
        return None
    if code is None and "code" in fields:
        return None, message
    return (code, message) if type(code) is int else None


def payment(
    pays: Sequence[Answer], payment_hash: PaymentHash, *, is_over: bool
) -> PaymentUpdate | None:
    """`listpays` of one hash: every group of parts that was ever sent for it.

    That all parts have failed counts only if it `is_over`: if no command may try again.
    """
    if any(pay.payment_hash("payment_hash") != payment_hash for pay in pays):
        raise pays[0].unreadable()
    by_status = {pay.text("status"): pay for pay in pays}
    if "complete" in by_status:
        return succeeded(by_status["complete"], payment_hash, "preimage")
    if "pending" in by_status:
        return InFlight(payment_hash)
    if not pays:
        return None
    if set(by_status) != {"failed"} or not is_over:
        return Unknown(payment_hash)
    return Failed(payment_hash, FailureReason.TRIED_EVERYTHING)


def succeeded(
    answer: Answer, payment_hash: PaymentHash, preimage_name: str, now: Instant | None = None
) -> PaymentUpdate:
    """What `listpays` and a command that pays say of a success; the latter tells no time."""
    preimage = answer.preimage(preimage_name, payment_hash)
    if preimage is None:
        return Unknown(payment_hash, UNPROVEN)
    sent = answer.msat("amount_sent_msat")
    amount = answer.msat("amount_msat", sent)
    parts = answer.whole("number_of_parts", answer.whole("successful_parts", 1, most=10_000))
    return Succeeded(
        payment_hash=payment_hash,
        preimage=preimage,
        amount=amount,
        fee=max(sent - amount, Msat(0)),
        route=(),
        settled_at=now or _completed(answer),
        parts=max(1, parts),
    )


def _completed(pay: Answer) -> Instant:
    began = pay.whole("created_at", 0, most=MOST_SECONDS)
    return Instant.from_unix_seconds(pay.whole("completed_at", began, most=MOST_SECONDS))


def incoming(answer: Answer) -> IncomingPayment | None:
    """An invoice of `listinvoices` or `waitanyinvoice`, if it was paid."""
    if answer.text("status") != "paid" or not answer.has("bolt11"):
        return None
    payment_hash = answer.payment_hash("payment_hash")
    preimage = Preimage(answer.octets("payment_preimage", Preimage.LENGTH))
    if sha256(preimage) != payment_hash:
        raise answer.unreadable()
    return IncomingPayment(
        payment_hash=payment_hash,
        preimage=preimage,
        amount=answer.msat("amount_received_msat"),
        settled_at=Instant.from_unix_seconds(answer.whole("paid_at", most=MOST_SECONDS)),
        invoice=answer.text("bolt11"),
        description=answer.shown("description", 640),
        label=_our_label(answer),
    )


def new_label(ours: str, committed: str) -> str:
    """A label that no other invoice has, in which ours stands unless it is too long.

    One that is the committed text need not stand there: the node keeps that as the description.
    """
    own = f"{_LABEL}{secrets.token_hex(8)}"
    if ours and ours == committed:
        return own + _COMMITTED
    label = f"{own}/{ours}"
    length = len(json.dumps(label, ensure_ascii=False).encode()) - len('""')
    return label if length <= _LONGEST_LABEL else own


def _our_label(answer: Answer) -> str:
    label = answer.text("label", "")
    if not label.startswith(_LABEL):
        return ""
    own, _, ours = label.removeprefix(_LABEL).partition("/")
    return answer.text("description", "") if own.endswith(_COMMITTED) else ours


def route_fee(route: Answer) -> tuple[Msat, int]:
    """A route of `getroutes`: what it costs, and over how many channels it goes."""
    path = route.parts("path", most=40)
    if not path:
        raise route.unreadable()
    enters = "amount_in_msat" if path[0].has("amount_in_msat") else "amount_msat"
    fee = path[0].msat(enters) - route.msat("amount_msat")
    if fee < Msat(0):
        raise route.unreadable()
    return fee, len(path)


def channel(answer: Answer) -> ChannelView | None:
    """A channel of `listpeerchannels`; None for one that has no name yet."""
    if not answer.has("channel_id"):
        return None
    status = _status(answer)
    if status is ChannelStatus.ONLINE and not answer.flag("peer_connected"):
        status = ChannelStatus.OFFLINE
    is_online = status is ChannelStatus.ONLINE
    ours, total = answer.msat("to_us_msat", Msat(0)), answer.msat("total_msat", Msat(0))
    spendable, receivable = (
        answer.msat("spendable_msat", Msat(0)),
        answer.msat("receivable_msat", Msat(0)),
    )
    our_reserve = answer.msat("our_reserve_msat", Msat(0)).to_sat_floor()
    htlcs = answer.parts("htlcs", most=2_000)
    expiries = [htlc.whole("expiry", most=1 << 32) for htlc in htlcs]
    return ChannelView(
        channel_id=ChannelId(answer.octets("channel_id", ChannelId.LENGTH)),
        peer=NodeId(answer.octets("peer_id", NodeId.LENGTH)),
        peer_alias="",
        status=status,
        capacity=total.to_sat_floor(),
        ours=ours,
        theirs=max(total - ours, Msat(0)),
        our_reserve=our_reserve,
        their_reserve=answer.msat("their_reserve_msat", Msat(0)).to_sat_floor(),
        spendable=spendable if is_online else Msat(0),
        receivable=receivable if is_online else Msat(0),
        in_flight=sum((htlc.msat("amount_msat") for htlc in htlcs), Msat(0)),
        is_funder=answer.text("opener", "") == "local",
        announced=not answer.flag("private", default=False),
        short_channel_id=_scid(answer),
        share=share_of(status, ours, spendable, our_reserve),
        coming=ours.to_sat_floor() if status is ChannelStatus.CLOSING else Sat(0),
        first_expiry=BlockHeight(min(expiries)) if expiries else None,
        own_delay=_delay(answer, "our_to_self_delay"),
        answer_within=_delay(answer, "their_to_self_delay"),
    )


def _status(answer: Answer) -> ChannelStatus:
    """After the last output the node remembers a channel for another hundred blocks."""
    if any(text.startswith(_RESOLVED) for text in answer.texts("status")[-1:]):
        return ChannelStatus.CLOSED
    return _STATES.get(answer.text("state"), ChannelStatus.CLOSING)


def _delay(answer: Answer, name: str) -> CltvDelta | None:
    return CltvDelta(answer.whole(name, most=65_535)) if answer.has(name) else None


def _scid(answer: Answer) -> ShortChannelId | None:
    if not answer.has("short_channel_id"):
        return None
    try:
        return ShortChannelId.from_text(answer.text("short_channel_id"))
    except ValueError:
        raise answer.unreadable() from None
