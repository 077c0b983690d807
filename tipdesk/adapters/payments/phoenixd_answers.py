"""phoenixd's answers as values of ours: errors, payments, channels."""

from collections.abc import Iterator, Mapping
from typing import Final

from tipdesk.adapters.payments.answers import MOST_SECONDS, Answer
from tipdesk.adapters.payments.orders import UNPROVEN
from tipdesk.adapters.payments.own_server import Outcome, Reply
from tipdesk.adapters.payments.told_channels import share_of
from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError, DecodeError
from tipdesk.base.ids import ChannelId, NodeId, PaymentHash, Preimage
from tipdesk.base.units import Msat, Sat
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.invoice import bolt11
from tipdesk.ports.channels import ChannelStatus, ChannelView
from tipdesk.ports.plugged import WalletKeyRefused, WalletNotAllowed, WalletUnreachable
from tipdesk.tips.payment import (
    Failed,
    FailureReason,
    IncomingPayment,
    InFlight,
    PaymentUpdate,
    Succeeded,
    Unknown,
)

_NOBODY: Final = NodeId(bytes(NodeId.LENGTH))
_NOT_FOUND = ("not found", "unknown endpoint")
_MOST_MS: Final = MOST_SECONDS * 1000
_STATES = {
    "Normal": ChannelStatus.ONLINE,
    "Offline": ChannelStatus.OFFLINE,
    "Syncing": ChannelStatus.OFFLINE,
    "Closed": ChannelStatus.CLOSED,
    "Aborted": ChannelStatus.FAILED,
}


def error(reply: Reply, allowed: str) -> BackendError:
    """phoenixd says in plain text what is wrong, and knows two passwords."""
    if reply.status == 403:
        return WalletNotAllowed(reply.where, allowed)
    if reply.outcome is Outcome.KEY:
        return WalletKeyRefused(reply.where, reply.words())
    if reply.outcome is Outcome.BROKEN:
        return WalletUnreachable(reply.where, reply.words())
    return reply.unreadable()


def is_nothing(reply: Reply) -> bool:
    """Whether phoenixd itself says that there is no such payment."""
    return reply.outcome is Outcome.MISSING and reply.words().lower().startswith(_NOT_FOUND)


def outgoing(answer: Answer, payment_hash: PaymentHash) -> PaymentUpdate:
    """`outgoing_payment`: what was sent is in whole satoshis, with the fee, which is exact."""
    if answer.payment_hash("paymentHash") != payment_hash:
        raise answer.unreadable()
    if not answer.flag("isPaid"):
        if answer.has("completedAt"):
            return Failed(payment_hash, FailureReason.TRIED_EVERYTHING)
        return InFlight(payment_hash)
    preimage = answer.preimage("preimage", payment_hash)
    if preimage is None:
        return Unknown(payment_hash, UNPROVEN)
    fee = answer.msat("fees")
    return Succeeded(
        payment_hash=payment_hash,
        preimage=preimage,
        amount=_named(answer) or _rounded_up(sat(answer, "sent").to_msat() - fee),
        fee=fee,
        route=(),
        settled_at=Instant(answer.whole("completedAt", most=_MOST_MS)),
    )


def _named(answer: Answer) -> Msat | None:
    """What the invoice asks for, if it does."""
    if not answer.has("invoice"):
        return None
    try:
        return bolt11.decode(answer.text("invoice")).amount_msat
    except DecodeError:
        return None


def _rounded_up(amount: Msat) -> Msat:
    """To a satoshi: the amount was one, and the sum with the fee was rounded down."""
    return Msat(-(-max(amount.value, 0) // 1000) * 1000)


def incoming(answer: Answer, payment_hash: PaymentHash) -> IncomingPayment | None:
    """`incoming_payment`, if it was paid."""
    if answer.payment_hash("paymentHash") != payment_hash:
        raise answer.unreadable()
    if not answer.flag("isPaid") or not answer.has("invoice"):
        return None
    preimage = Preimage(answer.octets("preimage", Preimage.LENGTH))
    if sha256(preimage) != payment_hash:
        raise answer.unreadable()
    return IncomingPayment(
        payment_hash=payment_hash,
        preimage=preimage,
        amount=sat(answer, "receivedSat").to_msat(),
        settled_at=Instant(answer.whole("completedAt", most=_MOST_MS)),
        invoice=answer.text("invoice"),
        description=answer.shown("description", 640),
        label=answer.text("externalId", ""),
    )


def channel(answer: Answer, peers: Mapping[ChannelId, NodeId]) -> ChannelView | None:
    """A channel of `/getinfo`; None for one of which it tells nothing."""
    if not answer.has("channelId"):
        return None
    state = answer.text("state")
    waits = ChannelStatus.CONFIRMING if state.startswith("WaitFor") else ChannelStatus.CLOSING
    status = _STATES.get(state, waits)
    is_online = status is ChannelStatus.ONLINE
    channel_id = ChannelId(answer.octets("channelId", ChannelId.LENGTH))
    capacity, ours = sat(answer, "capacitySat"), sat(answer, "balanceSat").to_msat()
    receivable = sat(answer, "inboundLiquiditySat").to_msat()
    return ChannelView(
        channel_id=channel_id,
        peer=peers.get(channel_id, _NOBODY),
        peer_alias="",
        status=status,
        capacity=capacity,
        ours=ours,
        theirs=max(capacity.to_msat() - ours, Msat(0)),
        our_reserve=Sat(0),
        their_reserve=Sat(0),
        spendable=ours if is_online else Msat(0),
        receivable=receivable if is_online else Msat(0),
        in_flight=Msat(0),
        is_funder=False,
        announced=False,
        short_channel_id=None,
        share=share_of(status, ours, ours, Sat(0)),
    )


def peers(value: object) -> Iterator[tuple[ChannelId, NodeId]]:
    """Channel and peer from `/listchannels`, whose form is that of phoenixd's own files."""
    for item in value[:1_000] if isinstance(value, list) else []:
        state = item.get("state", item) if isinstance(item, dict) else None
        commitments = state.get("commitments") if isinstance(state, dict) else None
        for name in ("channelParams", "params"):
            params = commitments.get(name) if isinstance(commitments, dict) else None
            remote = params.get("remoteParams") if isinstance(params, dict) else None
            if isinstance(params, dict) and isinstance(remote, dict):
                try:
                    channel_id = ChannelId.from_hex(str(params.get("channelId")))
                    yield channel_id, NodeId.from_hex(str(remote.get("nodeId")))
                except ValueError:
                    continue


def sat(answer: Answer, name: str) -> Sat:
    """Whole satoshis; nothing where they are left out."""
    return Sat(answer.whole(name, 0))
