"""HTLCs with onions made by hand, and what the nodes on their way answer."""

import asyncio
from dataclasses import dataclass, field

from tests.nodes import Member
from tipdesk.base.ids import PaymentHash, PaymentSecret, Point, Preimage, ShortChannelId
from tipdesk.base.units import BlockHeight, CltvDelta, Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.channel import command
from tipdesk.lightning.channel.htlc import FailedMalformed, FailedWith, Htlc
from tipdesk.lightning.invoice.bolt11 import decode
from tipdesk.lightning.sphinx.attribution import read_hold_times
from tipdesk.lightning.sphinx.errors import read_failure
from tipdesk.lightning.sphinx.packet import build, shared_secrets
from tipdesk.lightning.sphinx.payload import FinalPayload, ForwardPayload
from tipdesk.lightning.wire.failures import Failure
from tipdesk.lightning.wire.failures import decode as decode_failure
from tipdesk.node.channels import ChannelDriver
from tipdesk.ports.stores import HtlcPlace
from tipdesk.tips.payment import CreatedInvoice

Payloads = tuple[tuple[Point, bytes], ...]
Answer = Preimage | tuple[int, Failure] | FailedMalformed | None
"""A preimage; a failure and the hop it came from; a malformed onion; None if it never left."""


@dataclass
class Sender:
    """Sits where a member's own payments end, and sends through its only channel."""

    member: Member
    _answers: dict[HtlcPlace, asyncio.Future[Answer]] = field(default_factory=dict)
    _secrets: dict[HtlcPlace, tuple[bytes, ...]] = field(default_factory=dict)
    held: list[tuple[int, ...]] = field(default_factory=list)
    """What the hops of each HTLC that ended said of their hold times, in milliseconds."""
    _keys: int = 0

    def __post_init__(self) -> None:
        self.member.node._router._endpoint = self

    def offer(
        self,
        payloads: Payloads,
        amount: Msat,
        payment_hash: PaymentHash,
        expiry: BlockHeight,
        *,
        session: bytes | None = None,
    ) -> "asyncio.Future[Answer]":
        """Adds the HTLC; the future is its end."""
        self._keys += 1
        key = PrivateKey(session or sha256(b"session %d" % self._keys))
        packet = build(key, payloads, payment_hash).packet
        added = self.member.channel.add(
            command.AddHtlc(
                amount=amount, payment_hash=payment_hash, cltv_expiry=expiry, onion=packet
            )
        )
        assert isinstance(added, Htlc), added
        place = HtlcPlace(self.member.channel.channel_id, added.id)
        self._secrets[place] = shared_secrets(key, [node for node, _ in payloads])
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._answers[place] = answer
        return answer

    def receive(
        self, channel: ChannelDriver, htlc: Htlc, payload: FinalPayload, shared_secret: bytes
    ) -> None:
        raise AssertionError("nobody pays the sender")

    def fulfilled(self, place: HtlcPlace, htlc: Htlc, preimage: Preimage) -> None:
        self.held.append(read_hold_times(self._secrets[place], htlc.attribution))
        self._answers[place].set_result(preimage)

    def failed(self, place: HtlcPlace, htlc: Htlc, outcome: FailedWith | FailedMalformed) -> None:
        if isinstance(outcome, FailedMalformed):
            self._answers[place].set_result(outcome)
            return
        secrets = self._secrets[place]
        self.held.append(read_hold_times(secrets, htlc.attribution, outcome.reason))
        returned = read_failure(secrets, outcome.reason)
        assert returned is not None
        self._answers[place].set_result((returned.hop_index, decode_failure(returned.message)))

    def never_sent(self, place: HtlcPlace) -> None:
        self._answers[place].set_result(None)


def final(
    invoice: CreatedInvoice,
    amount: Msat,
    expiry: BlockHeight,
    *,
    total: Msat | None = None,
    secret: bytes | None = None,
) -> bytes:
    """What the payee of an invoice is told."""
    read = decode(invoice.invoice)
    return FinalPayload(
        amt_to_forward=amount,
        outgoing_cltv_value=expiry,
        payment_secret=PaymentSecret(secret) if secret else read.payment_secret,
        total_msat=total or amount,
    ).encode()


def forward(scid: ShortChannelId, amount: Msat, expiry: BlockHeight) -> bytes:
    """What a node on the way is told."""
    return ForwardPayload(
        amt_to_forward=amount, outgoing_cltv_value=expiry, short_channel_id=scid
    ).encode()


def in_blocks(member: Member, count: int) -> BlockHeight:
    """A height so many blocks from now."""
    return member.node.height().after(CltvDelta(count))
