"""Payments that nobody asked for (bLIP 3): sent to whom takes them, kept once, within bounds."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from tests.nodes import Member, World, pair, world
from tests.onions import Answer, Sender, in_blocks
from tests.waiting import eventually
from tipdesk.base.ids import PaymentHash, Preimage
from tipdesk.base.units import Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.features import Feature, FeatureBits
from tipdesk.lightning.payment.destination import BadCustomRecords
from tipdesk.lightning.sphinx.payload import FinalPayload
from tipdesk.lightning.wire.failures import FailureCode
from tipdesk.lightning.wire.gossip import NodeAnnouncement
from tipdesk.lightning.wire.registry import decode
from tipdesk.tips.payment import (
    Failed,
    FailureReason,
    IncomingPayment,
    KeysendRequest,
    PaymentUpdate,
    Succeeded,
)

AMOUNT = Msat(5_000_000)
BOOST = (7_629_169, b'{"action":"boost"}')
PREIMAGE = Preimage(b"\x42" * 32)
UNKNOWN = FailureCode.INCORRECT_OR_UNKNOWN_PAYMENT_DETAILS


@pytest_asyncio.fixture
async def made(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as made:
        fan = await made.member("fan", listens=False)
        router = await made.member("router", forwards=True)
        creator = await made.member("creator", accepts_keysend=True)
        await made.give(fan, router)
        await made.open(fan, router, announce=False)
        await made.open(router, creator, push=Msat(500_000_000))
        await made.confirm()
        yield made


async def send(
    payer: Member, payee: Member, amount: Msat = AMOUNT, records: tuple[tuple[int, bytes], ...] = ()
) -> PaymentUpdate:
    request = KeysendRequest(
        node_id=payee.node.node_id, amount=amount, max_fee=Msat(50_000), records=records
    )
    return [update async for update in payer.node.payments.keysend(request)][-1]


async def test_a_creator_is_paid_unasked_and_reads_what_came_along(
    made: World, fan: Member, creator: Member
) -> None:
    told: list[IncomingPayment] = []
    creator.node.invoices.on_received(told.append)
    before = made.balances()
    paid = await send(fan, creator, records=(BOOST, (65_537, b"")))
    assert isinstance(paid, Succeeded)
    assert sha256(paid.preimage) == paid.payment_hash
    assert paid.channels == 2
    await made.quiet()
    (payment,) = told
    assert (payment.payment_hash, payment.amount, payment.invoice) == (
        paid.payment_hash,
        AMOUNT,
        "",
    )
    assert payment.records == ((65_537, b""), BOOST)
    now = made.balances()
    assert now["creator"] - before["creator"] == AMOUNT.value
    assert before["fan"] - now["fan"] == (AMOUNT + paid.fee).value
    await creator.restart(killed=False)
    assert creator.node.invoices.received(paid.payment_hash) == payment
    assert fan.node.payments.lookup(paid.payment_hash) == paid


async def test_each_has_a_proof_of_its_own(fan: Member, creator: Member) -> None:
    first, second = await send(fan, creator), await send(fan, creator)
    assert first.payment_hash != second.payment_hash


async def test_who_does_not_take_them_refuses(made: World, fan: Member, creator: Member) -> None:
    """Off unless a profile receives: a stranger's bytes are kept by nobody who did not ask."""
    refused = await send(creator, made.members["router"])
    assert isinstance(refused, Failed)
    assert refused.reason is FailureReason.REFUSED
    await made.quiet()


async def test_only_who_takes_them_says_so_in_its_announcement(made: World, fan: Member) -> None:
    graph = fan.node.gossip.graph

    def announced(name: str) -> bool | None:
        data = graph.node_announcement(made.members[name].node.node_id)
        message = None if data is None else decode(data)
        if not isinstance(message, NodeAnnouncement):
            return None
        return FeatureBits.from_bytes(message.features).has_bit(Feature.KEYSEND + 1)

    await eventually(lambda: announced("creator") is not None, "no announcement came")
    await eventually(lambda: announced("router") is not None, "no announcement came")
    assert (announced("creator"), announced("router")) == (True, False)


async def test_to_ourselves_and_too_dear_are_told_as_with_an_invoice(
    fan: Member, creator: Member
) -> None:
    own = await send(fan, fan)
    assert isinstance(own, Failed)
    assert own.reason is FailureReason.TO_OURSELVES
    much = await send(fan, creator, Msat(10_000_000_000))
    assert isinstance(much, Failed)
    assert much.reason is FailureReason.NO_BALANCE


@pytest.mark.parametrize(
    "records",
    [
        ((65_535, b""),),
        ((1 << 64, b""),),
        ((5_482_373_484, bytes(32)),),
        (BOOST, BOOST),
        ((65_537, bytes(601)),),
        tuple((65_537 + 2 * number, b"") for number in range(17)),
    ],
)
async def test_records_out_of_bounds_are_not_sent(
    fan: Member, creator: Member, records: tuple[tuple[int, bytes], ...]
) -> None:
    with pytest.raises(BadCustomRecords):
        await send(fan, creator, records=records)
    assert not fan.htlcs


async def test_class_29_the_same_proof_buys_nothing_twice(tmp_path: Path) -> None:
    """Not even in another onion."""
    async with pair(tmp_path) as made:
        fan, creator = made.members["fan"], made.members["creator"]
        creator.config = replace(creator.config, accepts_keysend=True)
        await creator.restart(killed=False)
        await made.usable()
        sender = Sender(fan)

        def offered() -> "asyncio.Future[Answer]":
            expiry = in_blocks(creator, 50)
            payload = FinalPayload(
                amt_to_forward=AMOUNT,
                outgoing_cltv_value=expiry,
                payment_secret=None,
                total_msat=AMOUNT,
                keysend_preimage=PREIMAGE,
            )
            payloads = ((creator.node.node_id, payload.encode()),)
            return sender.offer(payloads, AMOUNT, PaymentHash(sha256(PREIMAGE)), expiry)

        assert await offered() == PREIMAGE
        await made.quiet()
        balance = creator.stored_balance()
        again = await offered()
        assert isinstance(again, tuple)
        assert again[1].code == UNKNOWN
        assert creator.stored_balance() == balance
