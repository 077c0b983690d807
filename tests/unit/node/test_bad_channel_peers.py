"""A channel's peer that breaks BOLT 2 in it: the BOLT's answer, and every other channel goes on."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from tests.nodes import Member, World, line
from tests.waiting import eventually
from tipdesk.base.ids import ChannelId, PaymentHash, Preimage, Signature
from tipdesk.base.units import BlockHeight, CltvDelta, FeeratePerKw, Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.channel.state import Closing, Normal, inner
from tipdesk.lightning.wire.message import Message
from tipdesk.lightning.wire.setup import Error, Warning
from tipdesk.lightning.wire.updates import (
    CommitmentSigned,
    RevokeAndAck,
    UpdateAddHtlc,
    UpdateFailHtlc,
    UpdateFee,
    UpdateFulfillHtlc,
)
from tipdesk.tips.payment import Succeeded


@dataclass
class Villain:
    """A member that sends what its own channel machine would never say."""

    member: Member
    victim: Member
    heard: list[Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        peer = self.member.node.connections.peer(self.victim.node.node_id)
        assert peer is not None
        hear = peer._receive

        def overheard(message: Message) -> None:
            self.heard.append(message)
            if not isinstance(message, Error | Warning):
                hear(message)

        peer.__dict__["_receive"] = overheard

    @property
    def channel_id(self) -> ChannelId:
        return self.member.channel.channel_id

    def send(self, message: Message) -> None:
        self.member.node.host.send(self.victim.node.node_id, message)
        self.member.node.turn.flush()

    def add(self, amount: Msat, *, number: int = 0, expiry: BlockHeight | None = None) -> None:
        height = self.victim.node.height()
        self.send(
            UpdateAddHtlc(
                channel_id=self.channel_id,
                id=number,
                amount_msat=amount,
                payment_hash=PaymentHash(sha256(b"villain %d" % number)),
                cltv_expiry=expiry or height.after(CltvDelta(100)),
                onion_routing_packet=bytes(1366),
            )
        )

    async def answer(self) -> Error | Warning:
        """The victim's `error` or `warning` about the channel."""

        def found() -> list[Error | Warning]:
            return [m for m in self.heard if isinstance(m, Error | Warning)]

        await eventually(lambda: bool(found()), "the victim took it")
        return found()[0]


@pytest_asyncio.fixture
async def made(tmp_path: Path) -> AsyncIterator[World]:
    async with line(tmp_path) as world:
        yield world


@pytest.fixture
def villain(made: World) -> Villain:
    return Villain(made.members["fan"], made.members["first"])


def victims_channel(villain: Villain) -> object:
    channel = villain.victim.node.book.of(villain.channel_id)
    assert channel is not None
    assert channel.live is not None
    return inner(channel.live)


async def others_go_on(made: World) -> None:
    first, creator = made.members["first"], made.members["creator"]
    assert not first.died.is_set()
    (*_, last) = await first.pay(creator.invoice())
    assert isinstance(last, Succeeded)


async def is_warned(made: World, villain: Villain) -> str:
    """Nothing was committed: a warning, the connection is closed, and all begin anew."""
    answer = await villain.answer()
    assert isinstance(answer, Warning)
    assert answer.channel_id == villain.channel_id
    await others_go_on(made)
    await made.usable()
    (*_, last) = await villain.member.pay(made.members["creator"].invoice())
    assert isinstance(last, Succeeded)
    return answer.data.decode()


async def fails_the_channel(made: World, villain: Villain) -> str:
    answer = await villain.answer()
    assert isinstance(answer, Error)
    assert answer.channel_id == villain.channel_id
    assert isinstance(victims_channel(villain), Closing)
    await others_go_on(made)
    return answer.data.decode()


async def test_an_htlc_of_nothing_is_refused(made: World, villain: Villain) -> None:
    villain.add(Msat(0))
    assert "0" in await is_warned(made, villain)


async def test_an_htlc_that_eats_the_reserve_is_refused(made: World, villain: Villain) -> None:
    commitments = villain.member.channel.commitments
    assert commitments is not None
    villain.add(commitments.local_balance)
    await is_warned(made, villain)


async def test_class_50_one_htlc_too_many_is_refused(made: World, villain: Villain) -> None:
    most = villain.victim.config.limits.max_accepted_htlcs
    for number in range(most):
        villain.add(Msat(2_000_000), number=number)
    assert isinstance(victims_channel(villain), Normal)
    villain.add(Msat(2_000_000), number=most)
    await is_warned(made, villain)


async def test_ids_that_skip_a_number_are_refused(made: World, villain: Villain) -> None:
    villain.add(Msat(2_000_000), number=7)
    await is_warned(made, villain)


async def test_an_expiry_that_is_a_time_is_refused(made: World, villain: Villain) -> None:
    villain.add(Msat(2_000_000), expiry=BlockHeight(500_000_000))
    await is_warned(made, villain)


async def test_a_wrong_signature_fails_the_channel(made: World, villain: Villain) -> None:
    villain.add(Msat(2_000_000))
    villain.send(
        CommitmentSigned(
            channel_id=villain.channel_id,
            signature=Signature(b"\x01" * 64),
            htlc_signatures=(Signature(b"\x01" * 64),),
        )
    )
    await fails_the_channel(made, villain)


async def test_a_wrong_revocation_secret_fails_the_channel(made: World, villain: Villain) -> None:
    villain.send(
        RevokeAndAck(
            channel_id=villain.channel_id,
            per_commitment_secret=bytes(31) + b"\x01",
            next_per_commitment_point=villain.member.node.node_id,
        )
    )
    await fails_the_channel(made, villain)


@pytest.mark.parametrize(
    "removal",
    [
        lambda channel_id: UpdateFulfillHtlc(
            channel_id=channel_id, id=5, payment_preimage=Preimage(bytes(32))
        ),
        lambda channel_id: UpdateFailHtlc(channel_id=channel_id, id=5, reason=b""),
    ],
    ids=["fulfilled", "failed"],
)
async def test_an_htlc_that_is_not_there_cannot_be_removed(
    made: World, villain: Villain, removal: object
) -> None:
    assert callable(removal)
    villain.send(removal(villain.channel_id))
    await is_warned(made, villain)


async def test_class_10_a_feerate_from_nowhere_is_not_taken(made: World, villain: Villain) -> None:
    villain.send(UpdateFee(channel_id=villain.channel_id, feerate_per_kw=FeeratePerKw(1_000_000)))
    await is_warned(made, villain)


async def test_a_failed_channel_goes_to_the_chain_by_itself(made: World, villain: Villain) -> None:
    """BOLT 5: a channel that cannot go on is closed with what its peer signed last."""
    funding = villain.member.channel.terms.funding_outpoint
    villain.send(
        CommitmentSigned(
            channel_id=villain.channel_id, signature=Signature(b"\x01" * 64), htlc_signatures=()
        )
    )
    await fails_the_channel(made, villain)
    await eventually(lambda: funding in made.regtest.mempool.spends, "no commitment was published")
