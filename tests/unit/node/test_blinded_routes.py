"""BOLT 4, route blinding on real nodes: who carries a payment on does not say what is behind."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from tests.nodes import Member, World, line
from tests.onions import Answer, Sender
from tipdesk.adapters.payments.embedded import EmbeddedOffers
from tipdesk.base.ids import NodeId, Point
from tipdesk.base.units import BlockHeight, Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.channel.state import Normal
from tipdesk.lightning.features import Feature
from tipdesk.lightning.payment.destination import Destination
from tipdesk.lightning.payment.outgoing import Sending
from tipdesk.lightning.routing.query import Route
from tipdesk.lightning.sphinx.payload import decode_blinded
from tipdesk.lightning.wire.failures import FailureCode
from tipdesk.lightning.wire.registry import Message
from tipdesk.lightning.wire.tlv import TlvRecord, read_stream, write_stream
from tipdesk.lightning.wire.updates import (
    UpdateFailHtlc,
    UpdateFailMalformedHtlc,
    UpdateFulfillHtlc,
)
from tipdesk.node.payables import Payable
from tipdesk.ports.offers import AskedInvoice

AMOUNT = Msat(5_000_000)


@pytest_asyncio.fixture
async def made(tmp_path: Path) -> AsyncIterator[World]:
    async with line(tmp_path) as world:
        yield world


async def asked(fan: Member, creator: Member) -> AskedInvoice:
    given = creator.node.money.offers.create("", None)
    return await EmbeddedOffers(fan.node).ask_invoice(given.text, AMOUNT, "")


async def way(fan: Member, invoice: AskedInvoice) -> tuple[Route, Destination]:
    """The way that a payment of the invoice would take."""
    reader = fan.node.payments._payables
    payable = reader.read(invoice.invoice, fan.clock.now())
    assert isinstance(payable, Payable)
    destination = reader.destination(payable, invoice.amount)
    assert isinstance(destination, Destination)
    sending = Sending(amount=AMOUNT, max_fee=Msat(50_000), deadline=payable.expires_at, max_parts=1)
    found = await fan.node.money.ways.find(destination, sending)
    assert isinstance(found, tuple), found
    return found[0], destination


async def payloads_of(
    fan: Member, invoice: AskedInvoice
) -> tuple[Route, list[tuple[Point, bytes]]]:
    """What each node would be told: `first`, `second` that the path begins with, the creator."""
    route, destination = await way(fan, invoice)
    return route, list(destination.payloads(route, fan.node.height()))


async def sent_as(
    fan: Member, invoice: AskedInvoice, route: Route, payloads: list[tuple[Point, bytes]]
) -> Answer:
    """The end of a payment whose nodes are told just this."""
    return await Sender(fan).offer(
        tuple(payloads),
        route.total_amount,
        invoice.payment_hash,
        route.expiry(0, fan.node.height()),
        session=sha256(invoice.payment_hash),
    )


async def sent(fan: Member, invoice: AskedInvoice, **changed: object) -> Answer:
    """The end of a payment whose last payload is changed on its way."""
    route, payloads = await payloads_of(fan, invoice)
    node, last = payloads[-1]
    read = decode_blinded(last)
    assert read is not None
    payloads[-1] = (node, replace(read, **changed).encode())  # type: ignore[arg-type]
    return await sent_as(fan, invoice, route, payloads)


def one_word(end: Answer) -> None:
    """BOLT 4: whatever it was, the route's first node says this and no more."""
    assert isinstance(end, tuple), end
    hop, failure = end
    assert (hop, failure.code) == (1, FailureCode.INVALID_ONION_BLINDING)


def sayings(member: Member) -> list[Message]:
    """Every message of a channel that the member sends from now on."""
    said: list[Message] = []
    host = member.node.host
    send = host.send

    def record(peer: NodeId, message: Message) -> None:
        said.append(message)
        send(peer, message)

    host.send = record  # type: ignore[method-assign]
    return said


async def test_a_payment_by_hand_arrives(fan: Member, creator: Member) -> None:
    """What the other tests change is what makes the difference."""
    invoice = await asked(fan, creator)
    preimage = await sent(fan, invoice)
    assert isinstance(preimage, bytes)
    assert sha256(preimage) == invoice.payment_hash


async def test_class_35_behind_the_first_node_every_failure_is_the_same(
    made: World, fan: Member, creator: Member
) -> None:
    told, passed = sayings(creator), sayings(made.members["second"])
    ends = []
    for changed in (
        {"amt_to_forward": AMOUNT + Msat(1)},
        {"outgoing_cltv_value": BlockHeight(9_999)},
        {"total_amount_msat": Msat(1)},
        {"encrypted_recipient_data": bytes(100)},
    ):
        ends.append(await sent(fan, await asked(fan, creator), **changed))
    late = await asked(fan, creator)
    creator.clock.moved_ms += 2 * 3_600_000
    ends.append(await sent(fan, late))
    for end in ends:
        one_word(end)
    malformed = [message for message in told if isinstance(message, UpdateFailMalformedHtlc)]
    codes = {message.failure_code for message in malformed}
    assert codes == {FailureCode.INVALID_ONION_BLINDING}
    assert len(malformed) == len(ends)
    assert not [message for message in told if isinstance(message, UpdateFailHtlc)]
    reasons = [message.reason for message in passed if isinstance(message, UpdateFailHtlc)]
    assert len(reasons) == len(ends)
    assert len({len(reason) for reason in reasons}) == 1


async def test_the_first_node_says_as_little_when_it_cannot_carry_on(
    made: World, fan: Member, creator: Member
) -> None:
    invoice = await asked(fan, creator)
    route, payloads = await payloads_of(fan, invoice)
    await creator.stop()
    one_word(await sent_as(fan, invoice, route, payloads))
    await creator.start()


@pytest.mark.parametrize(
    "extra", [TlvRecord(2, b"\x01"), TlvRecord(77_777, b""), TlvRecord(6, b"")]
)
async def test_class_35_the_first_node_says_as_little_of_records_that_do_not_belong_there(
    fan: Member, creator: Member, extra: TlvRecord
) -> None:
    """BOLT 4, `invalid_onion_blinding`: for every error of its own, of whatever kind."""
    invoice = await asked(fan, creator)
    route, payloads = await payloads_of(fan, invoice)
    node, entering = payloads[1]
    records = sorted([*read_stream(entering), extra], key=lambda record: record.type)
    payloads[1] = (node, write_stream(records))
    one_word(await sent_as(fan, invoice, route, payloads))


async def test_class_24_and_35_the_first_node_says_as_little_of_an_onion_that_came_before(
    made: World, fan: Member, creator: Member
) -> None:
    invoice = await asked(fan, creator)
    route, payloads = await payloads_of(fan, invoice)
    assert isinstance(await sent_as(fan, invoice, route, payloads), bytes)
    await made.quiet()
    made.members["first"].node._router._onions._seen_secrets.clear()
    one_word(await sent_as(fan, invoice, route, payloads))


async def test_class_17_and_35_the_first_node_says_as_little_of_dust_beyond_its_bound(
    made: World, fan: Member, creator: Member
) -> None:
    invoice = await asked(fan, creator)
    made.members["second"].node._router._max_dust_exposure = Msat(-1)
    one_word(await sent(fan, invoice))


async def test_the_first_node_hesitates_whether_the_failure_is_its_own_or_not(
    made: World, fan: Member, creator: Member
) -> None:
    """BOLT 2, "Removing an HTLC": a quick answer would say that nothing is behind it."""
    hesitated: list[str] = []

    def hesitation() -> float:
        hesitated.append("")
        return 0.0

    made.members["second"].node._router._hesitation = hesitation
    one_word(await sent(fan, await asked(fan, creator), total_amount_msat=Msat(1)))
    assert len(hesitated) == 1
    invoice = await asked(fan, creator)
    route, payloads = await payloads_of(fan, invoice)
    await creator.stop()
    one_word(await sent_as(fan, invoice, route, payloads))
    assert len(hesitated) == 2
    await creator.start()


async def test_a_path_names_no_channel_that_hides_its_place(
    made: World, fan: Member, creator: Member
) -> None:
    """BOLT 2, `option_scid_alias`: inside blinded routes too, whoever knows where it is."""
    second = made.members["second"]
    (onward,) = [c for c in second.channels if c.peer == creator.node.node_id]
    assert isinstance(onward.state, Normal)
    place = onward.state.short_channel_id
    hops = creator.node.money.offers._payment_hops
    hiding = replace(onward.state.terms, hides_scid=True)
    onward.state = replace(onward.state, terms=hiding)
    assert isinstance(await sent(fan, await asked(fan, creator)), bytes)
    await made.quiet()
    creator.node.money.offers._payment_hops = lambda: [
        replace(hop, short_channel_id=place) for hop in hops()
    ]
    one_word(await sent(fan, await asked(fan, creator)))


async def test_nothing_inside_a_blinded_route_says_how_long_it_held_a_payment(
    made: World, fan: Member, creator: Member
) -> None:
    told, passed = sayings(creator), sayings(made.members["second"])
    assert isinstance(await sent(fan, await asked(fan, creator)), bytes)
    (inside,) = [message for message in told if isinstance(message, UpdateFulfillHtlc)]
    assert inside.attribution_data is None
    (entry,) = [message for message in passed if isinstance(message, UpdateFulfillHtlc)]
    assert entry.attribution_data is not None


async def test_an_htlc_with_a_path_key_goes_to_no_peer_that_does_not_know_of_it(
    made: World, fan: Member, creator: Member
) -> None:
    second = made.members["second"]
    invoice = await asked(fan, creator)
    peer = second.node.connections.peer(creator.node.node_id)
    assert peer is not None
    assert peer.features is not None
    peer.features = peer.features.without(Feature.ROUTE_BLINDING + 1)
    one_word(await sent(fan, invoice))


async def test_killed_while_it_carries_a_blinded_payment_a_router_ends_it_once(
    made: World, fan: Member, creator: Member
) -> None:
    invoice = await asked(fan, creator)
    second = made.members["second"]
    second.store.dies_at = second.store.commits + 3
    route, payloads = await payloads_of(fan, invoice)
    before = made.balances()
    paying = asyncio.ensure_future(sent_as(fan, invoice, route, payloads))
    await second.died.wait()
    await second.restart()
    end = await asyncio.wait_for(paying, 20)
    await made.quiet()
    now = made.balances()
    moved = now["creator"] - before["creator"]
    assert (moved == AMOUNT.value) is isinstance(end, bytes)
    assert sum(now.values()) == sum(before.values())
