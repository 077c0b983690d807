"""The table of who learns what is held against what each party really saw.

Five nodes in a line, a server and a watcher of the fan's connections keep everything: what came
over the wire in the clear, and all that their own keys open of it. What follows from that is
compared with the expected table below, and the expected table with the one that the window shows.
"""

import base64
import itertools
import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest
import pytest_asyncio

from tests.nodes import world
from tests.practice.judging import (
    ABOUT,
    GUESS,
    NO,
    NODES,
    NOTE,
    YES,
    Told,
    judged,
)
from tests.practice.private_scene import Fan, Scene, sends_seen, watched
from tests.practice.seeing import Watched, holds
from tipdesk.base.ids import PaymentHash
from tipdesk.lightning.invoice import bolt11
from tipdesk.lightning.invoice.bolt12 import Bolt12Invoice
from tipdesk.lightning.onion_message.message import Kind
from tipdesk.lightning.wire.tlv import read_stream
from tipdesk.tips.leaks import Circumstances, Fact, Party, SendWay, leaks

ON_THE_WAY = {
    Party.FIRST: (GUESS, NO, ABOUT, NO),
    Party.BETWEEN: (NO, NO, ABOUT, NO),
    Party.LAST: (NO, GUESS, ABOUT, NO),
    Party.RELAYS: (NO, NO, NO, NO),
}
OUTSIDE = {Party.WATCHER: (GUESS, NO, NO, NO)}
# Of each party: whether it learns who sends, who is paid, how much, and the message.
EXPECTED = {
    SendWay.OFFER: ON_THE_WAY | OUTSIDE | {Party.RECEIVER: (NO, YES, YES, YES)},
    SendWay.NAME: ON_THE_WAY
    | {
        Party.RECEIVER: (NO, YES, YES, YES),
        Party.RESOLVER: (GUESS, YES, NO, NO),
        Party.WATCHER: (GUESS, GUESS, NO, NO),
    },
    SendWay.KEYSEND: ON_THE_WAY | OUTSIDE | {Party.RECEIVER: (NO, YES, YES, YES)},
    SendWay.ADDRESS: ON_THE_WAY
    | {
        Party.RECEIVER: (NO, YES, YES, NO),
        Party.SERVER: (GUESS, YES, YES, NO),
        Party.WATCHER: (GUESS, GUESS, NO, NO),
    },
}
IN_CLEAR = {Party.SERVER: (GUESS, YES, YES, YES), Party.RECEIVER: (NO, YES, YES, YES)}
PROXIED = {
    Party.SERVER: (NO, YES, YES, NO),
    Party.RESOLVER: (NO, YES, NO, NO),
    Party.WATCHER: (NO, NO, NO, NO),
}
DIRECT = {Party.RECEIVER: (YES, YES, YES, YES)}
ROWS = [(way, party) for way, rows in EXPECTED.items() for party in rows]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with sends_seen(tmp_path_factory.mktemp("seen")) as found:
        yield found


# -- the table -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("way", "party"), ROWS, ids=lambda one: one.name.lower())
async def test_a_party_sees_what_the_table_says(scene: Scene, way: SendWay, party: Party) -> None:
    assert scene.told[way][party] == EXPECTED[way][party]


async def test_an_addresss_server_that_may_reads_the_message(scene: Scene) -> None:
    assert scene.in_clear[Party.SERVER] == IN_CLEAR[Party.SERVER]


@pytest.mark.parametrize("party", PROXIED, ids=lambda one: one.name.lower())
async def test_through_a_proxy_a_party_sees_what_the_table_says(scene: Scene, party: Party) -> None:
    assert scene.proxied[party] == PROXIED[party]


def shown(way: SendWay, given: Circumstances) -> dict[Party, Told]:
    """The table of the window."""
    return {row.party: tuple(row.learns[fact] for fact in Fact) for row in leaks(way, given)}


@pytest.mark.parametrize("way", EXPECTED, ids=lambda one: one.name.lower())
def test_the_window_shows_this_table(way: SendWay) -> None:
    assert shown(way, Circumstances()) == EXPECTED[way]


def test_the_window_shows_what_changes_it() -> None:
    in_clear = shown(SendWay.ADDRESS, Circumstances(message_in_clear=True))
    assert in_clear == EXPECTED[SendWay.ADDRESS] | IN_CLEAR
    for way in (SendWay.ADDRESS, SendWay.NAME):
        through_proxy = shown(way, Circumstances(through_proxy=True))
        there = {party: row for party, row in PROXIED.items() if party in EXPECTED[way]}
        assert through_proxy == EXPECTED[way] | there


def _direct(way: SendWay) -> dict[Party, Told]:
    return shown(way, Circumstances(is_direct=True))


@pytest.mark.parametrize("way", [SendWay.OFFER, SendWay.KEYSEND], ids=lambda one: one.name.lower())
def test_the_window_says_whom_a_shared_channel_shows(way: SendWay) -> None:
    assert _direct(way) == DIRECT | OUTSIDE | {Party.RELAYS: (NO, NO, NO, NO)}


# -- what makes it so ----------------------------------------------------------------------------


@pytest.mark.parametrize("way", EXPECTED, ids=lambda one: one.name.lower())
async def test_no_router_is_told_of_any_node_but_its_neighbours(scene: Scene, way: SendWay) -> None:
    for place, name in enumerate(NODES[1:-1], 1):
        near = set(NODES[place - 1 : place + 2])
        told = scene.seen[way][name].told
        assert {node for node in NODES if bytes(scene.ids[node]) in told} <= near


@pytest.mark.parametrize("way", EXPECTED, ids=lambda one: one.name.lower())
async def test_the_message_is_in_no_routers_bytes_in_no_writing(scene: Scene, way: SendWay) -> None:
    for name in NODES[1:-1]:
        assert not holds(scene.seen[way][name].told, NOTE)
        assert not holds(scene.seen[way][name].told, NOTE.split()[-1])


async def test_ten_sends_have_ten_payers_and_nothing_else_in_common(scene: Scene) -> None:
    found = scene.offers[:10]
    assert len({one.request.payer_id for one in found}) == 10
    assert len({one.request.metadata for one in found}) == 10
    assert len({one.payment_hash for one in found}) == 10
    assert scene.ids["fan"] not in {one.request.payer_id for one in found}
    for one in found:
        assert bytes(scene.ids["fan"]) not in one.to_bytes()
        assert bytes(scene.ids["creator"]) not in one.to_bytes()


def keys_of(invoice: Bolt12Invoice) -> set[bytes]:
    """Every key and secret in the payment paths of an invoice."""
    found: set[bytes] = {bytes(invoice.payment_hash)}
    for one in invoice.paths:
        found.add(bytes(one.path.first_path_key))
        for hop in one.path.path:
            found |= {bytes(hop.blinded_node_id), hop.encrypted_recipient_data}
    return found


async def test_no_two_invoices_share_a_key_a_path_a_secret_or_a_hash(scene: Scene) -> None:
    everything = [keys_of(one) for one in scene.offers]
    assert len(set.union(*everything)) == sum(len(one) for one in everything)
    # Those of one offer have its issuer's key for it; another offer has another.
    assert len({one.node_id for one in scene.offers[:10]}) == 1
    assert scene.offers[10].node_id != scene.offers[0].node_id
    assert scene.offers[10].request.offer.metadata != scene.offers[0].request.offer.metadata


def test_a_text_is_found_however_somebody_wrote_it() -> None:
    """Else nothing above would say anything."""
    shapes = [NOTE.encode(), NOTE.encode("utf-16-le"), NOTE.encode().hex().encode()]
    shapes += [base64.b64encode(bytes(skipped) + NOTE.encode()) for skipped in range(3)]
    shapes += [quote(NOTE, safe="").encode(), json.dumps({"message": NOTE}).encode()]
    assert all(holds(b"before" + shape + b"after", NOTE) for shape in shapes)
    assert not holds(NOTE[:-1].encode(), NOTE)


async def test_every_router_opened_what_was_for_it(scene: Scene) -> None:
    for way, name in itertools.product(EXPECTED, NODES[1:-1]):
        assert len(scene.seen[way][name].opened) >= (
            4 if way in (SendWay.OFFER, SendWay.NAME) else 1
        )


async def test_the_record_of_a_keysend_is_read_by_the_payee_alone(scene: Scene) -> None:
    seen = scene.seen[SendWay.KEYSEND]
    ready = scene.sent[SendWay.KEYSEND]
    assert ready.keysend is not None
    assert ready.keysend.preimage is not None
    assert holds(seen["creator"].told, NOTE)
    for name in NODES[:-1]:
        before = b"|".join(seen[name].opened)
        assert not holds(seen[name].told, NOTE)
        assert bytes(ready.keysend.preimage) not in before


async def test_an_invoice_of_bolt_11_names_its_payee_to_the_payer(scene: Scene) -> None:
    """Which one of BOLT 12 does not: that is the difference for the receiver."""
    ready = scene.sent[SendWay.ADDRESS]
    assert bolt11.decode(ready.invoice).payee == scene.ids["creator"]
    assert bytes(scene.ids["creator"]) not in scene.seen[SendWay.OFFER]["fan"].told


# -- what still leaks, as the window says --------------------------------------------------------


@pytest.mark.parametrize("way", EXPECTED, ids=lambda one: one.name.lower())
async def test_the_hash_is_the_same_along_the_whole_way(scene: Scene, way: SendWay) -> None:
    hashes: list[set[PaymentHash]] = [
        {one.payment_hash for one in scene.seen[way][name].htlcs} for name in NODES
    ]
    assert all(one == {scene.sent[way].payment_hash} for one in hashes)


async def test_the_receiver_of_an_offer_learns_no_node_that_knows_the_payer(scene: Scene) -> None:
    """The way back for the invoice begins with a neighbour of the payer's peer."""
    opened = scene.seen[SendWay.OFFER]["creator"].opened
    requests = [
        payload
        for payload in opened
        if Kind.INVOICE_REQUEST in {record.type for record in read_stream(payload)}
    ]
    assert len(requests) == 1
    assert bytes(scene.ids["between"]) in requests[0]
    for name in ("fan", "first"):
        assert bytes(scene.ids[name]) not in scene.seen[SendWay.OFFER]["creator"].told


@pytest.mark.parametrize("way", [SendWay.OFFER, SendWay.KEYSEND], ids=lambda one: one.name.lower())
async def test_whoever_shares_a_channel_with_the_payee_is_seen_by_it(
    tmp_path: Path, way: SendWay
) -> None:
    async with world(tmp_path, Watched) as made:
        await made.member("fan", listens=False)
        await made.member("creator", accepts_keysend=True)
        fan, creator = watched(made, "fan"), watched(made, "creator")
        await made.give(fan)
        await made.open(fan, creator)
        await made.confirm()
        purse = Fan(fan, tmp_path / "services.db", fan.way)
        person = purse.knows(creator)
        creator.seen.clear()
        ready = await purse.send(person, way)
        # It was said before the money left.
        assert {row.party: tuple(row.learns.values()) for row in ready.rows} == _direct(way)
        ids = {name: member.node.node_id for name, member in made.members.items()}
        assert judged(creator.seen, "creator", ids) == DIRECT[Party.RECEIVER]
        await purse.close()
