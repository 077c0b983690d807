"""Money is asked for, promised, refused and paid between two people, once, and only by a press."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.askers import Asker
from tests.correspondents import Net
from tests.fakes import CREATOR, FAN, RELAY, STRANGER, make_invoice, until
from tests.unit.services.test_messages import ANAS, FANS, place, running
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import EventId, NodeId, PaymentHash
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.invoice.offer import OfferTerms, chains_of, decode, make
from tipdesk.nostr.event import Event
from tipdesk.nostr.nip19 import encode_npub
from tipdesk.nostr.nip59 import KIND_GIFT_WRAP
from tipdesk.nostr.payment_ask import AskKind, AskTags
from tipdesk.services.events import MessageChanged, Notice
from tipdesk.services.messages import NoPlaceForMessages
from tipdesk.services.payment_asks import (
    EXPIRY_SECONDS,
    AskNotOpen,
    AskOfStranger,
    NoSuchAsk,
)
from tipdesk.services.views import AskState
from tipdesk.tips.history import Direction, HistoryRecord, PaymentState
from tipdesk.tips.payment import Succeeded
from tipdesk.tips.payment_ask import AskAmountMissing
from tipdesk.tips.person import PersonId, PersonWish, Reach
from tipdesk.tips.timeline import LineKind, Search

AMOUNT = Msat(2_100_000)
WORDS = "for the tickets"


@pytest.fixture
def net() -> Net:
    net = Net()
    net.stored[RELAY] = [place(FAN, FANS), place(CREATOR, ANAS)]
    return net


@pytest.fixture
def fan(tmp_path: Path, net: Net) -> Iterator[Asker]:
    person = Asker(tmp_path / "fan", FAN, net)
    person.follows.add(CREATOR.x_only)
    yield person
    person.close()


@pytest.fixture
def ana(tmp_path: Path, net: Net) -> Iterator[Asker]:
    person = Asker(tmp_path / "ana", CREATOR, net)
    person.follows.add(FAN.x_only)
    yield person
    person.close()


def pass_ms(ms: int, *people: Asker) -> None:
    for person in people:
        person.clock.pass_ms(ms)


async def arrived(person: Asker, peer: Asker, count: int) -> None:
    await until(lambda: len(person.texts(peer)) == count)


def keep(person: Asker, peer: Asker, name: str = "A friend") -> PersonId:
    npub = encode_npub(peer.pubkey)
    return person.people.add(PersonWish(name=name, ways={Reach.NPUB: npub}))


def offer_of(_: object) -> str:
    terms = OfferTerms(
        chains=chains_of(Network.REGTEST), description="Ana", issuer_id=NodeId(CREATOR.point)
    )
    return make(terms).to_text()


async def test_a_request_arrives_with_amount_and_words_and_is_paid_by_a_press(
    fan: Asker, ana: Asker
) -> None:
    friend = keep(fan, ana)
    async with running(fan, ana):
        asked = await ana.asks.ask(fan.pubkey, AMOUNT, WORDS)
        await arrived(fan, ana, 1)
        ask = fan.asked(ana)
        assert (ask.kind, ask.is_ours, ask.amount, ask.words) == (
            AskKind.REQUEST,
            False,
            AMOUNT,
            WORDS,
        )
        assert (ask.state, ask.can_pay, ask.sentence) == (AskState.OPEN, True, "")
        assert ask.expires_at == ana.clock.now().plus_ms(EXPIRY_SECONDS * 1_000)
        assert fan.texts(ana)[0].startswith(
            "Please send me 2,100 sat: for the tickets\n\nlightning:lnbcrt"
        )
        assert fan.purse is not None
        assert fan.purse.orders == []
        order = fan.asks.begin_paying(asked)
        assert (order.amount, order.words, order.person_id) == (AMOUNT, WORDS, friend)
        assert fan.purse.orders == []
        assert isinstance(await fan.pay(order.payable), Succeeded)
        assert fan.state(ana) is AskState.PAID
        assert ask.payment_hash is not None
        ana.be_paid(ask.payment_hash)
        assert ana.state(fan, asked) is AskState.PAID
        assert ana.asked(fan).sentence == "It was paid."
    lines = fan.timeline.lines(Search(entry=friend), before=None, limit=9)
    assert [(line.kind, line.amount) for line in lines] == [(LineKind.PAYMENT_SENT, AMOUNT)]


async def test_a_second_press_and_a_second_message_pay_nothing_again(
    fan: Asker, ana: Asker
) -> None:
    async with running(fan, ana):
        asked = await ana.asks.ask(fan.pubkey, AMOUNT)
        await arrived(fan, ana, 1)
        order = fan.asks.begin_paying(asked)
        await fan.pay(order.payable)
        with pytest.raises(AskNotOpen, match=r"paid already\. It is not paid a second time"):
            fan.asks.begin_paying(asked)
        # The same invoice once more, by hand and without our tags.
        pass_ms(1_000, fan, ana)
        again = await ana.messages.send(fan.pubkey, f"Have you seen it? {order.payable}")
        await arrived(fan, ana, 2)
        assert fan.state(ana, again) is AskState.PAID
        with pytest.raises(AskNotOpen):
            fan.asks.begin_paying(again)
        assert fan.purse is not None
        assert len(fan.purse.orders) == 1


async def test_what_is_on_its_way_is_not_begun_again_and_what_failed_is(
    fan: Asker, ana: Asker
) -> None:
    async with running(fan, ana):
        asked = await ana.asks.ask(fan.pubkey, AMOUNT)
        await arrived(fan, ana, 1)
        assert fan.purse is not None
        fan.purse.how = "silent"
        order = fan.asks.begin_paying(asked)
        await fan.pay(order.payable)
        assert fan.state(ana) is AskState.PAYING
        with pytest.raises(AskNotOpen, match="being paid already"):
            fan.asks.begin_paying(asked)


async def test_it_is_remembered_as_paid_after_a_restart(fan: Asker, ana: Asker) -> None:
    async with running(fan, ana):
        asked = await ana.asks.ask(fan.pubkey, AMOUNT)
        await arrived(fan, ana, 1)
        await fan.pay(fan.asks.begin_paying(asked).payable)
    fan.close()
    fan.open()
    assert fan.state(ana, asked) is AskState.PAID
    with pytest.raises(AskNotOpen):
        fan.asks.begin_paying(asked)


async def test_a_refusal_is_told_only_if_that_is_wanted_and_only_by_whom_was_asked(
    fan: Asker, ana: Asker
) -> None:
    async with running(fan, ana):
        first = await ana.asks.ask(fan.pubkey, AMOUNT, "one")
        pass_ms(1_000, fan, ana)
        second = await ana.asks.ask(fan.pubkey, AMOUNT, "two")
        await arrived(fan, ana, 2)
        pass_ms(1_000, fan, ana)
        await fan.asks.refuse(first, tell=False)
        await fan.asks.refuse(second, "I was not there", tell=True)
        assert [fan.state(ana, one) for one in (first, second)] == [AskState.REFUSED] * 2
        await arrived(ana, fan, 3)
        assert ana.state(fan, first) is AskState.OPEN
        assert ana.state(fan, second) is AskState.REFUSED
        told = ana.latest(fan)
        assert told.text.endswith("that you asked for.\n\nI was not there")
        assert told.ask is None
        with pytest.raises(AskNotOpen, match="You refused this"):
            fan.asks.begin_paying(second)


async def test_nobody_else_refuses_what_we_asked_for(
    fan: Asker, ana: Asker, net: Net, tmp_path: Path
) -> None:
    eve = Asker(tmp_path / "eve", STRANGER, net)
    net.stored[RELAY].append(place(STRANGER, FANS))
    async with running(fan, ana, eve):
        asked = await ana.asks.ask(fan.pubkey, AMOUNT)
        await eve.messages.send(ana.pubkey, "no", reply_to=asked, ask=AskTags(AskKind.REFUSAL))
        await arrived(ana, eve, 1)
        assert ana.state(fan, asked) is AskState.OPEN
    eve.close()


async def test_a_strangers_request_waits_until_they_are_accepted(
    fan: Asker, net: Net, tmp_path: Path
) -> None:
    eve = Asker(tmp_path / "eve", STRANGER, net)
    net.stored[RELAY].append(place(STRANGER, FANS))
    async with running(fan, eve):
        asked = await eve.asks.ask(fan.pubkey, AMOUNT, "pay me")
        await arrived(fan, eve, 1)
        ask = fan.asked(eve)
        assert (ask.state, ask.can_pay, ask.is_strangers) == (AskState.OPEN, False, True)
        with pytest.raises(AskOfStranger):
            fan.asks.begin_paying(asked)
        with pytest.raises(AskOfStranger):
            await fan.asks.refuse(asked, tell=True)
        fan.book.accept(eve.pubkey)
        assert fan.asked(eve).can_pay
    eve.close()


async def test_what_is_paid_is_the_invoices_word(fan: Asker, ana: Asker) -> None:
    """The text and the tag may say anything."""
    invoice = make_invoice(7, amount=Msat(9_000_000), timestamp=1_700_000_000)
    async with running(fan, ana):
        lie = AskTags(AskKind.REQUEST, Msat(1_000))
        await ana.messages.send(fan.pubkey, f"Please send me 1 sat: x\n\n{invoice}", ask=lie)
        await arrived(fan, ana, 1)
        ask = fan.asked(ana)
        assert ask.amount == Msat(9_000_000)
        assert ask.sentence == "Their words say 1 sat. What would be paid is 9,000 sat."
        assert fan.asks.begin_paying(fan.latest(ana).message_id).amount == Msat(9_000_000)


async def test_an_invoice_of_our_own_that_is_sent_to_us_was_not_paid_by_us(
    fan: Asker, ana: Asker
) -> None:
    ours = await fan.wallet.create_invoice(AMOUNT, "")
    async with running(fan, ana):
        await ana.messages.send(fan.pubkey, f"lightning:{ours.invoice}")
        await arrived(fan, ana, 1)
        fan.be_paid(ours.payment_hash)
        assert fan.state(ana) is AskState.OPEN


async def test_what_cannot_be_paid_or_expired_says_so(fan: Asker, ana: Asker) -> None:
    async with running(fan, ana):
        tags = AskTags(AskKind.REQUEST, AMOUNT)
        other = make_invoice(8, network=Network.MAINNET)
        for count, text in enumerate(("Please send me 2,100 sat.", f"lightning:{other}"), 1):
            pass_ms(1_000, fan, ana)
            await ana.messages.send(fan.pubkey, text, ask=tags)
            await arrived(fan, ana, count)
            assert fan.state(ana) is AskState.UNUSABLE
            with pytest.raises(AskNotOpen, match="cannot be paid"):
                fan.asks.begin_paying(fan.latest(ana).message_id)
        assert fan.asked(ana).sentence.startswith("Their invoice is for mainnet.")
        pass_ms(1_000, fan, ana)
        asked = await ana.asks.ask(fan.pubkey, AMOUNT)
        await arrived(fan, ana, 3)
        pass_ms(EXPIRY_SECONDS * 1_000, fan, ana)
        assert fan.state(ana, asked) is AskState.EXPIRED
        assert ana.state(fan, asked) is AskState.EXPIRED
        with pytest.raises(AskNotOpen, match="has expired"):
            fan.asks.begin_paying(asked)


async def test_plain_words_and_our_own_invoices_in_words_are_no_requests(
    fan: Asker, ana: Asker
) -> None:
    async with running(fan, ana):
        await ana.messages.send(fan.pubkey, "hello")
        pass_ms(1_000, fan, ana)
        await ana.messages.send(fan.pubkey, f"my invoice: {make_invoice()}")
        await arrived(fan, ana, 2)
        views = fan.book.messages(ana.pubkey)
        assert [view.ask is None for view in views] == [False, True]
        assert ana.latest(fan).ask is None
        with pytest.raises(NoSuchAsk):
            fan.asks.begin_paying(views[1].message_id)
        with pytest.raises(NoSuchAsk):
            fan.asks.begin_paying(EventId(bytes(32)))


async def test_who_takes_no_messages_is_not_asked_and_no_invoice_is_made(fan: Asker) -> None:
    async with running(fan):
        with pytest.raises(NoPlaceForMessages):
            await fan.asks.ask(STRANGER.x_only, AMOUNT)
        with pytest.raises(AskAmountMissing):
            await fan.asks.ask(CREATOR.x_only, Msat(500))
    assert fan.purse is not None
    assert fan.purse.issued == {}


async def test_the_invoice_does_not_say_what_it_is_for_and_our_own_note_does(
    fan: Asker, ana: Asker
) -> None:
    async with running(fan, ana):
        await ana.asks.ask(fan.pubkey, AMOUNT, WORDS)
    assert ana.purse is not None
    ((request, _),) = ana.purse.issued.values()
    assert (request.description, request.expiry_seconds) == ("", EXPIRY_SECONDS)
    assert list(ana.notes.values()) == [WORDS]


async def test_an_offer_is_asked_with_where_one_can_be_made_and_paid_once(
    fan: Asker, ana: Asker
) -> None:
    async def make_offer(amount: Msat, until: object) -> str:
        return offer_of(until)

    ana.asks._make_offer = make_offer
    first, second = PaymentHash(b"\x01" * 32), PaymentHash(b"\x02" * 32)
    async with running(fan, ana):
        asked = await ana.asks.ask(fan.pubkey, AMOUNT, WORDS)
        await arrived(fan, ana, 1)
        ask = fan.asked(ana)
        assert (ask.amount, ask.payment_hash, ask.payable) == (AMOUNT, None, offer_of(0))
        assert ana.asked(fan).sentence.startswith("It can be paid.")
        fan.asks.paying(asked, first)
        fan.asks.paying(asked, first)
        with pytest.raises(AskNotOpen, match="being paid already"):
            fan.asks.paying(asked, second)
        fan.asks.never_began(first)
        fan.asks.paying(asked, second)


async def test_what_came_for_the_offer_is_what_was_asked(fan: Asker, ana: Asker) -> None:
    """The offer was made for that one request: who paid it answered that."""

    async def make_offer(amount: Msat, until: object) -> str:
        return offer_of(until)

    ana.asks._make_offer = make_offer
    came, later = PaymentHash(b"\x01" * 32), PaymentHash(b"\x02" * 32)
    async with running(fan, ana):
        asked = await ana.asks.ask(fan.pubkey, AMOUNT, WORDS)
    ana.close()
    ana.open()
    ana.asks.offer_was_paid(bytes(32), later)
    assert ana.state(fan, asked) is AskState.OPEN
    ana.asks.offer_was_paid(decode(offer_of(0)).offer_id, came)
    ana.asks.offer_was_paid(decode(offer_of(0)).offer_id, later)
    ana.wallet.note_durably(
        HistoryRecord(
            payment_hash=came,
            direction=Direction.IN,
            invoice="",
            amount=AMOUNT,
            description="",
            state=PaymentState.SUCCEEDED,
            at=ana.clock.now(),
            expires_at=ana.clock.now(),
        )
    )
    assert ana.state(fan, asked) is AskState.PAID


async def test_without_an_offer_it_is_an_invoice(fan: Asker, ana: Asker) -> None:
    async def make_offer(amount: Msat, until: object) -> str:
        raise BackendError("nobody can reach us")

    ana.asks._make_offer = make_offer
    async with running(fan, ana):
        await ana.asks.ask(fan.pubkey, AMOUNT)
        assert ana.asked(fan).payment_hash is not None


async def test_a_promise_is_answered_with_an_invoice_and_then_asked_about(
    fan: Asker, ana: Asker
) -> None:
    async with running(fan, ana):
        promised = await fan.asks.offer_to_pay_later(ana.pubkey, AMOUNT, WORDS)
        await arrived(ana, fan, 1)
        ask = ana.asked(fan)
        assert (ask.kind, ask.amount, ask.words, ask.can_answer, ask.can_pay) == (
            AskKind.PROMISE,
            AMOUNT,
            WORDS,
            True,
            False,
        )
        assert fan.state(ana, promised) is AskState.OPEN
        request = await ana.asks.answer_promise(promised)
        assert ana.state(fan, promised) is AskState.ANSWERED
        with pytest.raises(AskNotOpen):
            await ana.asks.answer_promise(promised)
        await until(lambda: fan.book.message(request) is not None)
        assert fan.state(ana, promised) is AskState.ANSWERED
        assert fan.asked(ana, request).sentence == "You wanted to send it to them."
        assert fan.purse is not None
        assert fan.purse.orders == []
        (notice,) = [one for one in fan.events if isinstance(one, Notice)]
        assert "can be paid now" in notice.text
        assert "2,100 sat" in notice.text
        await fan.pay(fan.asks.begin_paying(request).payable)
        assert fan.state(ana, promised) is AskState.PAID


async def test_an_answer_that_asks_for_more_is_a_request_like_any_other(
    fan: Asker, ana: Asker
) -> None:
    async with running(fan, ana):
        promised = await fan.asks.offer_to_pay_later(ana.pubkey, AMOUNT)
        await arrived(ana, fan, 1)
        dear = make_invoice(9, amount=Msat(AMOUNT.value + 1), timestamp=1_700_000_000)
        await ana.messages.send(fan.pubkey, dear, reply_to=promised)
        await until(lambda: len(fan.texts(ana)) == 2)
        assert fan.state(ana, promised) is AskState.OPEN
        assert not any(isinstance(one, Notice) for one in fan.events)


async def test_a_strangers_client_answers_with_a_bare_invoice(fan: Asker, ana: Asker) -> None:
    async with running(fan, ana):
        small = await fan.asks.offer_to_pay_later(ana.pubkey, Msat(1_000))
        pass_ms(1_000, fan, ana)
        large = await fan.asks.offer_to_pay_later(ana.pubkey, AMOUNT)
        await arrived(ana, fan, 2)
        pass_ms(2_000, fan, ana)
        cheap = make_invoice(10, amount=Msat(2_000_000), timestamp=1_700_000_000)
        answer = await ana.messages.send(fan.pubkey, f"here you go: {cheap}")
        await until(lambda: fan.book.message(answer) is not None)
        assert fan.state(ana, small) is AskState.OPEN
        assert fan.state(ana, large) is AskState.ANSWERED
        assert fan.asks.begin_paying(answer).amount == Msat(2_000_000)


async def test_what_waits_is_listed_newest_first(fan: Asker, ana: Asker) -> None:
    async with running(fan, ana):
        first = await ana.asks.ask(fan.pubkey, AMOUNT)
        await arrived(fan, ana, 1)
        pass_ms(1_000, fan, ana)
        mine = await fan.asks.ask(ana.pubkey, AMOUNT)
        assert [view.message_id for view in fan.asks.open_with(ana.pubkey)] == [mine, first]
        await fan.asks.refuse(first, tell=False)
        assert [view.message_id for view in fan.asks.open_with(ana.pubkey)] == [mine]


async def test_a_conversation_that_is_deleted_takes_what_was_asked_along(
    fan: Asker, ana: Asker
) -> None:
    async with running(fan, ana):
        asked = await ana.asks.ask(fan.pubkey, AMOUNT)
        await arrived(fan, ana, 1)
        await fan.asks.refuse(asked, tell=False)
        fan.book.forget(ana.pubkey)
        assert list(fan.database.read("SELECT * FROM payment_asks")) == []


async def test_who_is_added_later_has_what_was_asked_before(fan: Asker, ana: Asker) -> None:
    async with running(fan, ana):
        asked = await ana.asks.ask(fan.pubkey, AMOUNT)
        await arrived(fan, ana, 1)
        await fan.pay(fan.asks.begin_paying(asked).payable)
    friend = keep(fan, ana)
    assert fan.timeline.count(Search(entry=friend)) == 1
    assert MessageChanged(ana.pubkey) in fan.events


async def test_no_relay_has_anything_that_tells_of_money(fan: Asker, ana: Asker, net: Net) -> None:
    async with running(fan, ana):
        asked = await ana.asks.ask(fan.pubkey, AMOUNT, WORDS)
        await arrived(fan, ana, 1)
        payable = fan.asked(ana).payable
        pass_ms(1_000, fan, ana)
        await fan.asks.refuse(asked, "not mine", tell=True)
        await arrived(ana, fan, 2)
    wraps: list[Event] = [event for _, event in net.all(KIND_GIFT_WRAP)]
    assert len(wraps) == 4
    for event in wraps:
        seen = event.to_json()
        told = (WORDS, "not mine", "2,100", "2100000", payable, "payment", "lightning", "refusal")
        assert not [one for one in told if one in seen]
        assert {tag[0] for tag in event.tags} == {"p"}
