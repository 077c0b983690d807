"""Two ends of a channel, joined by a wire that tests hold in their hands.

Every message crosses as bytes, every stored state is read back from bytes before it is used: a
field that does not survive either fails the tests.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tipdesk.base.clock import Instant
from tipdesk.base.ids import NodeId, PaymentHash, Preimage, ShortChannelId, Txid
from tipdesk.base.units import BlockHeight, FeeratePerKw, Msat, Sat
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.tx import OutPoint, Transaction, TxIn, TxOut
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.channel import action, command, limits
from tipdesk.lightning.channel.codec import (
    decode_head,
    decode_htlc,
    decode_terms,
    encode_head,
    encode_htlc,
    encode_terms,
)
from tipdesk.lightning.channel.commitments import Commitments
from tipdesk.lightning.channel.context import ChannelContext, ChannelLimits
from tipdesk.lightning.channel.htlc import FailedWith, Fulfilled, Htlc
from tipdesk.lightning.channel.machine import restored, step
from tipdesk.lightning.channel.state import (
    ChannelState,
    Idle,
    Opening,
    OpenParameters,
    Reestablishing,
    inner,
)
from tipdesk.lightning.keys.signer import InMemorySigner
from tipdesk.lightning.wire.message import Message, decode, encode
from tipdesk.lightning.wire.opening import FundingSigned
from tipdesk.lightning.wire.updates import CommitmentSigned, RevokeAndAck, UpdateFulfillHtlc

P2WPKH = {"alice": b"\x00\x14" + b"\xaa" * 20, "bob": b"\x00\x14" + b"\xbb" * 20}
FUNDING = Sat(1_000_000)
NOW = Instant(1_700_000_000_000)
BINDING = (CommitmentSigned, RevokeAndAck, FundingSigned, UpdateFulfillHtlc)
"""Messages that may leave only after the state they promise is stored."""


def preimage_of(number: int) -> Preimage:
    return Preimage(sha256(b"preimage %d" % number))


def hash_of(number: int) -> PaymentHash:
    return PaymentHash(sha256(preimage_of(number)))


@dataclass
class Stored:
    """What a crash leaves: bytes, as the database would hold them."""

    terms: bytes = b""
    head: bytes = b""
    htlcs: dict[tuple[object, int], bytes] = field(default_factory=dict)


@dataclass
class Side:
    """One end: a state, what it stored, what it sent and what it reported."""

    name: str
    limits: ChannelLimits = field(default_factory=ChannelLimits)
    state: ChannelState = field(default_factory=Idle)
    stored: Stored = field(default_factory=Stored)
    outbox: deque[bytes] = field(default_factory=deque)
    events: list[action.ChannelAction] = field(default_factory=list)
    height: int = 100
    on_finished: Callable[[tuple[Htlc, ...]], None] | None = None
    """Told of every HTLC that becomes history."""

    def __post_init__(self) -> None:
        seed = sha256(self.name.encode())
        self.node_id = NodeId(PrivateKey(seed).point)
        self.signer = InMemorySigner(seed, b"channel")
        self.peer_id = self.node_id

    @property
    def context(self) -> ChannelContext:
        return ChannelContext(
            network=Network.REGTEST,
            peer=self.peer_id,
            height=BlockHeight(self.height),
            now=NOW,
            feerate=FeeratePerKw(1000),
            closing_feerate=FeeratePerKw(1000),
            signer=self.signer,
            channel_key_id=b"channel",
            shutdown_script=P2WPKH[self.name],
            limits=self.limits,
        )

    @property
    def commitments(self) -> Commitments:
        assert not isinstance(self.state, Opening)
        return inner(self.state).commitments

    def do(self, given: command.ChannelCommand) -> tuple[action.ChannelAction, ...]:
        """One step; actions run in order."""
        reconnecting = isinstance(self.state, Reestablishing)
        done = step(self.state, given, self.context)
        self.state = done.state
        stored = False
        for item in done.actions:
            match item:
                case action.Persist(finished):
                    self.store()
                    if self.on_finished is not None:
                        self.on_finished(finished)
                    stored = True
                case action.Send(message):
                    if isinstance(message, BINDING):
                        # What is sent again after a reconnection was stored when first sent.
                        assert stored or reconnecting, "sent before it was stored"
                    self.outbox.append(encode(message))
                case _:
                    self.events.append(item)
        return done.actions

    def store(self) -> None:
        assert not isinstance(self.state, Opening)
        live = inner(self.state)
        self.stored = Stored(
            encode_terms(live.terms),
            encode_head(self.state),
            {key: encode_htlc(htlc) for key, htlc in live.commitments.htlcs.items()},
        )

    def crash(self) -> None:
        """The process dies; a new one reads what was stored."""
        terms = decode_terms(self.stored.terms)
        htlcs: dict[object, Htlc] = {k: decode_htlc(v) for k, v in self.stored.htlcs.items()}
        self.state = restored(decode_head(self.stored.head, terms, htlcs))  # type: ignore[arg-type]
        self.outbox.clear()

    def receive(self, data: bytes) -> None:
        message = decode(data)
        assert isinstance(message, Message)
        self.do(command.MessageReceived(message))

    def sign(self) -> None:
        self.do(command.Sign())

    def add(self, number: int, amount: Msat, expiry: int = 500) -> tuple[action.ChannelAction, ...]:
        return self.do(
            command.AddHtlc(
                amount=amount,
                payment_hash=hash_of(number),
                cltv_expiry=BlockHeight(expiry),
                onion=bytes(1366),
            )
        )

    def fulfill(self, htlc: Htlc, number: int) -> None:
        self.do(command.RemoveHtlc(htlc.id, Fulfilled(preimage_of(number))))

    def fail(self, htlc: Htlc) -> None:
        self.do(command.RemoveHtlc(htlc.id, FailedWith(b"no")))

    def committed_incoming(self) -> list[Htlc]:
        return [h for h in self.commitments.htlcs.values() if not h.by_us and h.is_committed]


class Pair:
    """Alice, who funds, and Bob."""

    def __init__(self, push: Msat = Msat(0), limits_: ChannelLimits | None = None) -> None:
        self.alice = Side("alice", limits_ or ChannelLimits())
        self.bob = Side("bob", limits_ or ChannelLimits())
        self.alice.peer_id, self.bob.peer_id = self.bob.node_id, self.alice.node_id
        self.push = push
        self.funding: Transaction | None = None

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.alice, self.bob

    def other(self, side: Side) -> Side:
        return self.bob if side is self.alice else self.alice

    def deliver_one(self, sender: Side) -> bool:
        if not sender.outbox:
            return False
        self.other(sender).receive(sender.outbox.popleft())
        return True

    def deliver(self, *, signing: bool = True) -> None:
        """Carries messages both ways until nothing moves; sides sign when they can."""
        moved = True
        while moved:
            moved = False
            for side in self.sides:
                if signing and not isinstance(side.state, Opening):
                    side.sign()
                while self.deliver_one(side):
                    moved = True

    def open(self) -> None:
        local = limits.local_side(self.alice.context, FUNDING)
        parameters = OpenParameters(
            channel_key_id=b"channel",
            temporary_channel_id=bytes(32),
            funding=FUNDING,
            push=self.push,
            feerate=FeeratePerKw(1000),
            announce=True,
            local=local,
        )
        self.alice.do(command.Open(parameters))
        self.deliver(signing=False)
        request = self.alice.events.pop()
        assert isinstance(request, action.RequestFunding)
        self.funding = Transaction(
            2,
            (TxIn(OutPoint(Txid(b"\x07" * 32), 0)),),
            (TxOut(request.amount, request.script_pubkey),),
        )
        self.alice.do(command.FundingReady(self.funding))
        self.deliver(signing=False)
        for side in self.sides:
            side.do(command.FundingConfirmed(self.funding, ShortChannelId.of(101, 1, 0)))
        self.deliver(signing=False)
        for side in self.sides:
            side.events.clear()

    def disconnect(self) -> None:
        for side in self.sides:
            side.outbox.clear()
            side.do(command.PeerDisconnected())

    def connect(self) -> None:
        for side in self.sides:
            side.do(command.PeerConnected())
