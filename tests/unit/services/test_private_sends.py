"""Private sends: the best way first, no weaker one in silence, in the history before they leave."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes import (
    ADDRESS,
    CREATOR,
    FAN,
    NODE,
    START,
    CreatorServer,
    FakeClock,
    FakeEntropy,
    FakeWallet,
    ScriptedHttp,
    make_invoice,
    preimage_of,
)
from tests.histories import SCHEMA
from tests.offers import OFFER as ASKED_OFFER
from tests.offers import answered, asked
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.people import PEOPLE_SCHEMA, MoneyPeopleStore
from tipdesk.adapters.storage.records import MoneyHistoryStore
from tipdesk.adapters.storage.timeline import MoneyTimelineStore
from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.ids import NodeId, PaymentHash
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.invoice.offer import OfferTerms, chains_of, make
from tipdesk.ports.offers import AskedInvoice, OfferRefused, OwnOffer
from tipdesk.services.bus import Bus
from tipdesk.services.lnurl_client import LnurlClient
from tipdesk.services.people_book import PeopleBook
from tipdesk.services.private_income import PrivateIncome
from tipdesk.services.private_sends import (
    CannotSendSo,
    MessageNotCarried,
    MessageTooLong,
    NotPayableNow,
    NoWayToThem,
    PrivateSends,
    SendWish,
    WeakerWay,
)
from tipdesk.services.profiles import Profiles
from tipdesk.services.wallet import WalletService
from tipdesk.tips.history import PaymentState
from tipdesk.tips.leaks import Fact, Learns, Party, SendWay
from tipdesk.tips.payment import (
    Capability,
    Failed,
    FailureReason,
    IncomingPayment,
    KeysendRequest,
    Quote,
    Succeeded,
    Unknown,
)
from tipdesk.tips.person import PersonId, PersonWish, Reach
from tipdesk.tips.podcast import Boost, read_boost
from tipdesk.tips.timeline import Search

OFFER = make(OfferTerms(chains=chains_of(Network.REGTEST), issuer_id=NodeId(NODE.point))).to_text()
AMOUNT = Msat(21_000)
HASH = PaymentHash(sha256(preimage_of(1)))


class PlayedOffers:
    """The other side of offers: answers, or fails as told."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Msat | None, str, str]] = []
        self.fails: Exception | None = None
        self.begins_with_us = False
        self.came: list[IncomingPayment] = []

    async def create_offer(
        self, description: str, amount: Msat | None, *, expires_at: Instant | None = None
    ) -> OwnOffer:
        raise NotImplementedError

    def offers(self) -> tuple[OwnOffer, ...]:
        return ()

    def close_offer(self, key: bytes) -> None:
        raise NotImplementedError

    async def ask_invoice(
        self, offer: str, amount: Msat | None, note: str, *, name: str = ""
    ) -> AskedInvoice:
        self.asked.append((offer, amount, note, name))
        if self.fails is not None:
            raise self.fails
        assert amount is not None
        return AskedInvoice(
            invoice="lni1played",
            payment_hash=HASH,
            amount=amount,
            expires_at=START.plus_ms(60_000),
            begins_with_us=self.begins_with_us,
        )

    def received_since(self, at: Instant) -> list[IncomingPayment]:
        return [payment for payment in self.came if payment.settled_at >= at]

    def can_prove(self, payment_hash: PaymentHash) -> bool:
        raise NotImplementedError

    def prove(self, payment_hash: PaymentHash, note: str) -> str:
        raise NotImplementedError


class PlayedNames:
    async def offer_of(self, name: str) -> str:
        return f"lno1of{name}"


class PlayedNodes:
    """What is known of nodes."""

    def __init__(self) -> None:
        self.ours: frozenset[NodeId] = frozenset()
        self.seen: Instant | None = None
        self.answer: Quote | Failed = Quote(Msat(1_023), 2)
        self.quoted: list[KeysendRequest] = []

    def peers(self) -> frozenset[NodeId]:
        return self.ours

    def last_seen(self, node_id: NodeId) -> Instant | None:
        return self.seen

    async def quote(self, request: KeysendRequest) -> Quote | Failed:
        self.quoted.append(request)
        return self.answer


class OlderWallet(FakeWallet):
    """One that knows nothing of offers."""

    can: frozenset[Capability] = frozenset(Capability)

    @property
    def capabilities(self) -> frozenset[Capability]:
        return self.can


class Desk:
    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.backend = OlderWallet(self.clock)
        self.offers = PlayedOffers()
        self.http = ScriptedHttp()
        self.server = CreatorServer(self.http, self.backend, self.clock)
        self.database = MoneyDatabase(folder / "money.db", (*SCHEMA, PEOPLE_SCHEMA))
        self.timeline = MoneyTimelineStore(self.database)
        bus = Bus()
        self.book = PeopleBook(
            store=MoneyPeopleStore(self.database),
            ours=FAN.x_only,
            follows=list,
            profile=Profiles(Network.REGTEST).view,
            network=Network.REGTEST,
            bus=bus,
            clock=self.clock,
        )
        self.wallet = WalletService(
            wallet=self.backend,
            onchain=None,
            store=MoneyHistoryStore(self.database),
            bus=bus,
            clock=self.clock,
            network=Network.REGTEST,
        )
        self.nodes = PlayedNodes()
        self.sends = PrivateSends(
            book=self.book,
            backend=self.backend,
            offers=self.offers,
            names=PlayedNames(),
            lnurl=LnurlClient(self.http, Network.REGTEST),
            wallet=self.wallet,
            clock=self.clock,
            entropy=FakeEntropy(),
            network=Network.REGTEST,
            own_node=NodeId(CREATOR.point),
            nodes=self.nodes,
            through_proxy=lambda: False,
        )

    def person(self, **ways: str) -> PersonId:
        found = {Reach(name): text for name, text in ways.items()}
        return self.book.add(PersonWish(name="Ana", ways=found))

    def everything(self) -> PersonId:
        return self.person(
            offer=OFFER,
            payment_name="ana@example.com",
            node_id=NODE.point.hex(),
            address=ADDRESS,
        )

    def states(self) -> list[PaymentState]:
        return [view.status for view in self.wallet.payments()]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.database.close()


def wish(person: PersonId, way: SendWay = SendWay.OFFER, **more: object) -> SendWish:
    return replace(SendWish(person=person, way=way, amount=AMOUNT), **more)  # type: ignore[arg-type]


def test_ways_stand_in_the_order_of_what_they_keep_to_themselves(desk: Desk) -> None:
    ways = [option.way for option in desk.sends.options(desk.everything())]
    assert ways == [SendWay.OFFER, SendWay.NAME, SendWay.KEYSEND, SendWay.ADDRESS]
    assert not desk.offers.asked
    assert not desk.http.asked


async def test_an_offer_is_asked_with_the_message_and_paid_once(desk: Desk) -> None:
    person = desk.everything()
    ready = await desk.sends.prepare(wish(person, message=" for the\nslow ending "))
    assert desk.offers.asked == [(OFFER, AMOUNT, "for the\nslow ending", "")]
    assert ready.has_answered
    assert (ready.likely_fee, ready.max_fee) == (Msat(1_000), Msat(3_000))
    assert not desk.backend.orders
    assert isinstance(await desk.sends.send(ready), Succeeded)
    (order,) = desk.backend.orders
    assert (order.invoice, order.payment_hash, order.amount) == ("lni1played", HASH, AMOUNT)
    assert desk.states() == [PaymentState.SUCCEEDED]
    (line,) = desk.timeline.lines(Search(entry=person), before=None, limit=10)
    assert line.amount == AMOUNT


async def test_a_send_stands_in_the_history_before_it_leaves(desk: Desk) -> None:
    ready = await desk.sends.prepare(wish(desk.everything()))
    seen: list[list[PaymentState]] = []
    desk.backend.before_paying = lambda _: seen.append(desk.states())
    await desk.sends.send(ready)
    assert seen == [[PaymentState.IN_FLIGHT]]


async def test_what_is_not_known_is_not_failed(desk: Desk) -> None:
    desk.backend.how = "broken"
    ready = await desk.sends.prepare(wish(desk.everything()))
    assert isinstance(await desk.sends.send(ready), Unknown)
    assert desk.states() == [PaymentState.IN_FLIGHT]


async def test_a_name_leads_to_an_offer_and_is_told_to_its_maker(desk: Desk) -> None:
    person = desk.person(payment_name="ana@example.com")
    await desk.sends.prepare(wish(person, SendWay.NAME))
    assert desk.offers.asked == [("lno1ofana@example.com", AMOUNT, "", "ana@example.com")]


async def test_a_keysend_carries_the_message_inside_the_onion(desk: Desk) -> None:
    person = desk.person(node_id=NODE.point.hex())
    ready = await desk.sends.prepare(wish(person, SendWay.KEYSEND, message="thanks"))
    assert not ready.has_answered
    assert isinstance(await desk.sends.send(ready), Succeeded)
    (order,) = desk.backend.keysends
    assert read_boost(order.records) == Boost(message="thanks")
    # BOLT 1: a payee that does not know the record takes the payment, for its type is odd.
    assert all(number % 2 for number, _ in order.records)
    assert order.node_id == NodeId(NODE.point)
    assert order.preimage is not None
    assert sha256(order.preimage) == ready.payment_hash


@pytest.mark.parametrize("way", [SendWay.OFFER, SendWay.ADDRESS])
async def test_who_turns_out_to_share_a_channel_with_us_is_said_to_see_us(
    desk: Desk, way: SendWay
) -> None:
    """Known once they have answered, and shown before the money leaves."""
    person = desk.everything()

    async def seen() -> Learns:
        ready = await desk.sends.prepare(wish(person, way, accepts_loss=True))
        return next(r.learns[Fact.SENDER] for r in ready.rows if r.party is Party.RECEIVER)

    assert await seen() is Learns.NO
    desk.offers.begins_with_us = True
    desk.nodes.ours = frozenset({NodeId(NODE.point)})
    assert await seen() is Learns.YES


async def test_a_keysend_tells_nobody_more_than_an_offer_does(desk: Desk) -> None:
    """What it lacks is an answer before, and a proof after."""
    ready = await desk.sends.prepare(wish(desk.everything(), SendWay.KEYSEND))
    assert not ready.has_answered


@pytest.mark.parametrize("way", [SendWay.NAME, SendWay.ADDRESS])
async def test_a_weaker_way_is_never_taken_in_silence(desk: Desk, way: SendWay) -> None:
    person = desk.everything()
    with pytest.raises(WeakerWay) as refused:
        await desk.sends.prepare(wish(person, way))
    assert refused.value.losses
    assert not desk.offers.asked
    assert not desk.http.asked
    await desk.sends.prepare(wish(person, way, accepts_loss=True))


async def test_what_an_address_loses_is_named(desk: Desk) -> None:
    with pytest.raises(WeakerWay) as refused:
        await desk.sends.prepare(wish(desk.everything(), SendWay.ADDRESS))
    assert (Party.SERVER, Fact.RECEIVER, Learns.YES) in refused.value.losses
    assert (Party.SERVER, Fact.AMOUNT, Learns.YES) in refused.value.losses


async def test_an_address_that_is_the_only_way_needs_no_second_question(desk: Desk) -> None:
    person = desk.person(address=ADDRESS)
    ready = await desk.sends.prepare(wish(person, SendWay.ADDRESS))
    assert isinstance(await desk.sends.send(ready), Succeeded)
    assert "comment" not in desk.server.queries[0]


async def test_a_server_reads_a_message_only_if_the_person_insists(desk: Desk) -> None:
    person = desk.person(address=ADDRESS)
    with pytest.raises(MessageNotCarried):
        await desk.sends.prepare(wish(person, SendWay.ADDRESS, message="thanks"))
    assert not desk.http.asked
    insists = wish(
        person, SendWay.ADDRESS, message="thanks", message_in_clear=True, accepts_loss=True
    )
    ready = await desk.sends.prepare(insists)
    (server,) = [row for row in ready.rows if row.party is Party.SERVER]
    assert server.learns[Fact.MESSAGE] is Learns.YES


async def test_an_invoice_over_another_amount_is_refused(desk: Desk) -> None:
    desk.server.twist = lambda terms: {**terms, "amount": Msat(99_000)}
    person = desk.person(address=ADDRESS)
    with pytest.raises(BackendError, match="no money moved"):
        await desk.sends.prepare(wish(person, SendWay.ADDRESS))


async def test_who_has_no_way_or_none_that_this_wallet_can_go_is_told_apart(desk: Desk) -> None:
    with pytest.raises(NoWayToThem):
        await desk.sends.prepare(wish(desk.person(nip05="ana@example.com")))
    desk.backend.can = frozenset({Capability.PAY_INVOICE})
    with pytest.raises(CannotSendSo):
        await desk.sends.prepare(wish(desk.everything()))


async def test_with_a_wallet_that_knows_no_offers_an_address_is_the_best_way(desk: Desk) -> None:
    desk.backend.can = frozenset({Capability.PAY_INVOICE, Capability.QUOTE})
    person = desk.everything()
    ready = await desk.sends.prepare(wish(person, SendWay.ADDRESS))
    assert ready.way is SendWay.ADDRESS


async def test_a_receiver_that_does_not_answer_is_said_before_anything_is_paid(
    desk: Desk,
) -> None:
    desk.offers.fails = OfferRefused(words="not now")
    with pytest.raises(OfferRefused, match="not now"):
        await desk.sends.prepare(wish(desk.everything()))
    desk.offers.fails = None
    desk.backend.quoted = Failed(HASH, FailureReason.NO_ROUTE)
    with pytest.raises(NotPayableNow):
        await desk.sends.prepare(wish(desk.everything()))
    assert not desk.backend.orders


async def test_what_was_prepared_too_long_ago_is_not_sent(desk: Desk) -> None:
    ready = await desk.sends.prepare(wish(desk.everything()))
    desk.clock.pass_ms(61_000)
    with pytest.raises(RequestError):
        await desk.sends.send(ready)
    assert not desk.backend.orders


async def test_a_message_that_goes_with_no_payment_is_refused(desk: Desk) -> None:
    person = desk.everything()
    with pytest.raises(MessageTooLong):
        await desk.sends.prepare(wish(person, message="x" * 501))
    wide = wish(person, SendWay.KEYSEND, message="\u4e2d" * 300, accepts_loss=True)
    with pytest.raises(MessageTooLong):
        await desk.sends.prepare(wide)


def test_who_shares_a_channel_with_us_knows_us(desk: Desk) -> None:
    person = desk.person(node_id=NODE.point.hex())
    desk.nodes.ours = frozenset({NodeId(NODE.point)})
    (option,) = desk.sends.options(person)
    receiver = option.rows[0]
    assert receiver.learns[Fact.SENDER] is Learns.YES
    assert Party.BETWEEN not in [row.party for row in option.rows]


async def test_of_a_node_it_is_said_what_is_known_without_asking_it(desk: Desk) -> None:
    person = desk.person(node_id=NODE.point.hex())
    sent = wish(person, SendWay.KEYSEND, message="for the tickets")
    ready = await desk.sends.prepare(sent)
    assert (ready.last_seen, ready.has_answered) == (None, False)
    desk.nodes.seen = START
    ready = await desk.sends.prepare(sent)
    assert (ready.likely_fee, ready.last_seen) == (Msat(1_023), START)
    assert desk.nodes.quoted[-1] == ready.keysend
    desk.backend.can = frozenset({Capability.KEYSEND})
    assert (await desk.sends.prepare(sent)).likely_fee is None
    desk.backend.can = frozenset(Capability)
    desk.nodes.answer = Failed(HASH, FailureReason.NO_ROUTE)
    with pytest.raises(NotPayableNow, match="No money moved"):
        await desk.sends.prepare(sent)
    assert desk.states() == []


async def test_who_asked_by_an_offer_is_paid_by_that_one(desk: Desk) -> None:
    """Also somebody outside the book; what their entry has is left alone."""
    desk.offers.came.clear()
    known = desk.everything()
    for person in (None, known):
        ready = await desk.sends.prepare(replace(wish(known), person=person, offer="lno1asked"))
        assert desk.offers.asked[-1] == ("lno1asked", AMOUNT, "", "")
        assert (ready.person, ready.way) == (person, SendWay.OFFER)
        assert ready.rows == desk.sends.option_of_offer().rows
    ready = await desk.sends.prepare(replace(wish(known), person=None, offer="lno1asked"))
    await desk.sends.send(ready)
    assert desk.states() == [PaymentState.SUCCEEDED]
    desk.backend.can = frozenset()
    with pytest.raises(CannotSendSo):
        await desk.sends.prepare(replace(wish(known), person=None, offer="lno1asked"))


async def test_nobody_is_paid_where_nobody_is_named(desk: Desk) -> None:
    with pytest.raises(RequestError, match="not in your people"):
        await desk.sends.prepare(replace(wish(PersonId(1)), person=None))
    assert not desk.offers.asked


def income(number: int, invoice: str) -> IncomingPayment:
    return IncomingPayment(
        payment_hash=PaymentHash(sha256(preimage_of(number))),
        preimage=preimage_of(number),
        amount=AMOUNT,
        settled_at=START,
        invoice=invoice,
        description="",
        label="",
    )


def test_what_came_for_an_offer_is_told_with_the_offers_id(desk: Desk) -> None:
    service = PrivateIncome(offers=desk.offers, backend=desk.backend, wallet=desk.wallet)
    heard: list[tuple[bytes, PaymentHash]] = []
    service.on_paid(lambda *told: heard.append(told))
    came = income(8, answered(asked()).to_text())
    desk.backend.be_sent(came)
    desk.backend.be_sent(came)
    desk.backend.be_sent(income(9, "lni1damaged"))
    assert heard == [(ASKED_OFFER.offer_id, came.payment_hash)]


def test_what_came_for_an_offer_stands_in_the_history_once(desk: Desk) -> None:
    desk.offers.came.append(income(5, "lni1damaged"))
    service = PrivateIncome(offers=desk.offers, backend=desk.backend, wallet=desk.wallet)
    service.catch_up()
    service.catch_up()
    desk.backend.be_sent(income(6, "lni1live"))
    desk.backend.be_sent(income(6, "lni1live"))
    desk.backend.be_sent(income(7, make_invoice(7)))
    assert desk.states() == [PaymentState.SUCCEEDED] * 2
    assert {view.sentence for view in desk.wallet.payments()} == {
        "Received for your offer. It does not say who sent it."
    }
