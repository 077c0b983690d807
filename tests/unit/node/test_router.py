"""Forwarding: by our terms or not at all, an onion once, and every outcome finds its way back."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from tests.nodes import Member, World, line
from tests.onions import Answer, Sender, final, forward, in_blocks
from tests.waiting import eventually
from tipdesk.base.ids import NodeId, Preimage, ShortChannelId
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.channel.htlc import FailedMalformed
from tipdesk.lightning.channel.state import Normal
from tipdesk.lightning.wire.failures import FailureCode
from tipdesk.tips.payment import CreatedInvoice, Failed, FailureReason

AMOUNT = Msat(5_000_000)
FEE = Msat(1_500)
"""1,000 msat and 100 millionths."""
STRANGER = NodeId(PrivateKey(sha256(b"stranger")).point)


@pytest_asyncio.fixture
async def made(tmp_path: Path) -> AsyncIterator[World]:
    async with line(tmp_path) as world:
        yield world


@pytest.fixture
def sender(made: World) -> Sender:
    return Sender(made.members["fan"])


def way_between(near: Member, far: Member) -> ShortChannelId:
    for channel in near.channels:
        if channel.peer == far.node.node_id and isinstance(channel.state, Normal):
            return channel.state.short_channel_id
    raise AssertionError("there is no such channel")


async def through_first(
    made: World,
    sender: Sender,
    invoice: CreatedInvoice,
    *,
    amount: Msat = AMOUNT + FEE,
    onward: Msat = AMOUNT,
    blocks: int = 130,
    onward_blocks: int = 50,
    scid: ShortChannelId | None = None,
    session: bytes | None = None,
) -> Answer:
    """One HTLC over the first router to the second, who is the payee here."""
    first, second = made.members["first"], made.members["second"]
    expiry, onward_expiry = in_blocks(first, blocks), in_blocks(first, onward_blocks)
    payloads = (
        (
            first.node.node_id,
            forward(scid or way_between(first, second), onward, onward_expiry),
        ),
        (second.node.node_id, final(invoice, onward, onward_expiry)),
    )
    return await sender.offer(payloads, amount, invoice.payment_hash, expiry, session=session)


def refused(answer: Answer, code: FailureCode, *, hop: int = 0) -> None:
    assert isinstance(answer, tuple), answer
    assert (answer[0], FailureCode(answer[1].code)) == (hop, code)


async def test_what_keeps_to_the_terms_is_forwarded_for_exactly_the_fee(
    made: World, sender: Sender
) -> None:
    first = made.members["first"]
    before = first.stored_balance()
    answer = await through_first(made, sender, made.members["second"].invoice(AMOUNT))
    assert isinstance(answer, Preimage)
    await made.quiet()
    assert first.stored_balance() - before == FEE.value
    assert first.store.forwards() == []


@pytest.mark.parametrize(
    ("amount", "onward", "code"),
    [
        (AMOUNT + FEE - Msat(1), AMOUNT, FailureCode.FEE_INSUFFICIENT),
        (AMOUNT, AMOUNT, FailureCode.FEE_INSUFFICIENT),
        (AMOUNT, AMOUNT * 2, FailureCode.FEE_INSUFFICIENT),
        (AMOUNT, Msat(0), FailureCode.AMOUNT_BELOW_MINIMUM),
    ],
)
async def test_what_pays_too_little_is_not_forwarded(
    made: World, sender: Sender, amount: Msat, onward: Msat, code: FailureCode
) -> None:
    invoice = made.members["second"].invoice(AMOUNT)
    refused(await through_first(made, sender, invoice, amount=amount, onward=onward), code)


@pytest.mark.parametrize(
    ("blocks", "onward_blocks", "code"),
    [
        (129, 50, FailureCode.INCORRECT_CLTV_EXPIRY),
        (85, 5, FailureCode.EXPIRY_TOO_SOON),
        (2_200, 2_017, FailureCode.EXPIRY_TOO_FAR),
    ],
)
async def test_what_leaves_the_wrong_time_is_not_forwarded(
    made: World, sender: Sender, blocks: int, onward_blocks: int, code: FailureCode
) -> None:
    invoice = made.members["second"].invoice(AMOUNT)
    answer = await through_first(made, sender, invoice, blocks=blocks, onward_blocks=onward_blocks)
    refused(answer, code)


async def test_a_channel_that_is_not_there_is_an_unknown_next_peer(
    made: World, sender: Sender
) -> None:
    invoice = made.members["second"].invoice(AMOUNT)
    nowhere = ShortChannelId.of(1, 1, 1)
    answer = await through_first(made, sender, invoice, scid=nowhere)
    refused(answer, FailureCode.UNKNOWN_NEXT_PEER)


async def test_more_than_the_next_channel_holds_fails_for_now(made: World, sender: Sender) -> None:
    first, second = made.members["first"], made.members["second"]
    much = Msat(1_900_000_000)
    invoice = second.invoice(much)
    taken = await first.pay(second.invoice(AMOUNT * 20), AMOUNT * 20)
    assert not isinstance(taken[-1], Failed)
    fee = Msat(1_000 + much.value // 10_000)
    answer = await through_first(made, sender, invoice, amount=much + fee, onward=much)
    refused(answer, FailureCode.TEMPORARY_CHANNEL_FAILURE)


async def test_the_payees_refusal_comes_back_through_the_router_unread(
    made: World, sender: Sender
) -> None:
    second = made.members["second"]
    invoice = second.invoice(AMOUNT, expiry_seconds=60)
    second.clock.moved_ms = 61_000
    answer = await through_first(made, sender, invoice)
    refused(answer, FailureCode.INCORRECT_OR_UNKNOWN_PAYMENT_DETAILS, hop=1)
    assert made.members["first"].store.forwards() == []


async def test_class_24_the_same_onion_a_second_time_is_refused(
    made: World, sender: Sender
) -> None:
    """Class 24: a replay reaches nobody behind the node that knows it."""
    session = sha256(b"once")
    invoice = made.members["second"].invoice(AMOUNT)
    first = await through_first(made, sender, invoice, session=session)
    assert isinstance(first, Preimage)
    await made.quiet()
    again = await through_first(made, sender, invoice, session=session)
    refused(again, FailureCode.TEMPORARY_NODE_FAILURE)


async def test_an_onion_for_another_node_is_malformed_and_says_which(
    made: World, sender: Sender
) -> None:
    invoice = made.members["second"].invoice(AMOUNT)
    first = made.members["first"]
    expiry = in_blocks(first, 130)
    payloads = ((STRANGER, final(invoice, AMOUNT, expiry)),)
    answer = await sender.offer(payloads, AMOUNT, invoice.payment_hash, expiry)
    assert isinstance(answer, FailedMalformed)
    assert answer.failure_code == FailureCode.INVALID_ONION_HMAC


async def test_a_payload_that_nobody_understands_is_refused(made: World, sender: Sender) -> None:
    first = made.members["first"]
    invoice = first.invoice(AMOUNT)
    expiry = in_blocks(first, 130)
    for payload in (b"\x02\x01\x05", b"\xfe\x00\x00", b"\x0c\x01\x01"):
        answer = await sender.offer(
            ((first.node.node_id, payload),), AMOUNT, invoice.payment_hash, expiry
        )
        refused(answer, FailureCode.INVALID_ONION_PAYLOAD)


async def test_whoever_does_not_forward_knows_no_next_peer(tmp_path: Path) -> None:
    """Off by default: a user's node carries nothing for others."""
    async with line(tmp_path) as made:
        first, fan = made.members["first"], made.members["fan"]
        await first.stop()
        first.config = replace(first.config, forwards=False)
        await first.start()
        await made.usable()
        answer = await through_first(made, Sender(fan), made.members["second"].invoice(AMOUNT))
        refused(answer, FailureCode.UNKNOWN_NEXT_PEER)


async def test_a_forward_is_taken_up_again_after_a_restart(made: World, sender: Sender) -> None:
    first, second = made.members["first"], made.members["second"]
    invoice = second.invoice(AMOUNT)
    # The second dies with the HTLC committed and not yet answered.
    second.store.dies_at = second.store.commits + 2
    expiry = in_blocks(first, 130)
    onward = in_blocks(first, 50)
    answer = sender.offer(
        (
            (first.node.node_id, forward(way_between(first, second), AMOUNT, onward)),
            (second.node.node_id, final(invoice, AMOUNT, onward)),
        ),
        AMOUNT + FEE,
        invoice.payment_hash,
        expiry,
    )
    await second.died.wait()
    await first.restart()
    assert len(first.store.forwards()) == 1
    await second.restart()
    assert isinstance(await answer, Preimage)
    await made.quiet()
    assert first.store.forwards() == []


async def test_class_24_what_was_carried_on_before_a_restart_is_known_after_it(
    made: World, sender: Sender
) -> None:
    first, second = made.members["first"], made.members["second"]
    invoice = second.invoice(AMOUNT)
    session = sha256(b"once")
    second.store.dies_at = second.store.commits + 2
    onward = way_between(first, second)
    answer = through_first(made, sender, invoice, session=session, scid=onward)
    waiting = asyncio.ensure_future(answer)
    await second.died.wait()
    await first.restart()
    await eventually(lambda: made.members["fan"].channel.is_usable, "the channel is not back")
    again = await through_first(made, sender, invoice, session=session, scid=onward)
    refused(again, FailureCode.TEMPORARY_NODE_FAILURE)
    await second.restart()
    assert isinstance(await waiting, Preimage)
    await made.quiet()


async def test_the_next_nodes_restart_fails_nothing_that_is_committed(made: World) -> None:
    fan, creator = made.members["fan"], made.members["creator"]
    invoice = creator.invoice(AMOUNT)
    await creator.stop()
    (*_, last) = await fan.pay(invoice)
    assert isinstance(last, Failed)
    assert last.reason in (FailureReason.TRIED_EVERYTHING, FailureReason.NO_ROUTE)
    await creator.start()
    await made.usable()
    (*_, last) = await fan.pay(invoice)
    assert not isinstance(last, Failed)
    assert CltvDelta(80) == made.members["first"].config.policy.cltv_expiry_delta


async def test_an_alias_is_as_good_as_the_channels_place_and_may_be_the_only_name(
    made: World, sender: Sender
) -> None:
    first, second = made.members["first"], made.members["second"]
    (onward,) = [c for c in first.channels if c.peer == second.node.node_id]
    alias, place = onward.terms.alias, way_between(first, second)
    by_alias = await through_first(made, sender, second.invoice(AMOUNT), scid=alias)
    assert isinstance(by_alias, Preimage)
    await made.quiet()
    assert isinstance(onward.state, Normal)
    hiding = replace(onward.state.terms, hides_scid=True)
    onward.state = replace(onward.state, terms=hiding)
    by_place = await through_first(made, sender, second.invoice(AMOUNT), scid=place)
    refused(by_place, FailureCode.UNKNOWN_NEXT_PEER)
    assert isinstance(
        await through_first(made, sender, second.invoice(AMOUNT), scid=alias), Preimage
    )
