"""BOLT 12 between real nodes: offers, private questions, blinded payments, proofs."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from tests.nodes import Member, World, line, pair
from tests.waiting import eventually
from tipdesk.adapters.payments.embedded import EmbeddedOffers
from tipdesk.base.errors import RequestError
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.lightning.invoice import bolt12, offer, payer_proof
from tipdesk.lightning.invoice.bolt12 import Bolt12Invoice
from tipdesk.lightning.invoice.offer import OfferTerms
from tipdesk.lightning.invoice.offer_errors import OfferExpired
from tipdesk.lightning.payment import destination
from tipdesk.node.offers import NoPeerCarriesMessages
from tipdesk.node.onion_messages import NoAnswer, NoWayForMessages
from tipdesk.ports.offers import AskedInvoice, OfferRefused
from tipdesk.tips.payment import Failed, PaymentUpdate, PayRequest, Succeeded

AMOUNT = Msat(5_000_000)
NOTE = "for the slow ending"


@pytest_asyncio.fixture
async def made(tmp_path: Path) -> AsyncIterator[World]:
    async with line(tmp_path) as world:
        yield world


async def ask(payer: Member, payee: Member, amount: Msat | None = AMOUNT) -> AskedInvoice:
    """The payer has an invoice for a new offer of the payee's."""
    given = payee.node.money.offers.create("", None)
    return await EmbeddedOffers(payer.node).ask_invoice(given.text, amount, NOTE)


async def pay(payer: Member, asked: AskedInvoice) -> PaymentUpdate:
    request = PayRequest(
        invoice=asked.invoice,
        payment_hash=asked.payment_hash,
        amount=asked.amount,
        max_fee=Msat(50_000),
    )
    return [update async for update in payer.node.payments.pay(request)][-1]


def invoice_of(asked: AskedInvoice) -> Bolt12Invoice:
    return bolt12.decode(asked.invoice)


async def test_somebody_pays_an_offer_over_three_channels_and_the_note_arrives(
    made: World, fan: Member, creator: Member
) -> None:
    asked = await ask(fan, creator)
    paid = await pay(fan, asked)
    assert isinstance(paid, Succeeded), paid
    received = creator.node.invoices.received(asked.payment_hash)
    assert received is not None
    assert received.amount == AMOUNT
    assert bolt12.decode(received.invoice).request.payer_note == NOTE
    await made.quiet()
    first, second = (made.members[name] for name in ("first", "second"))
    kept = {name: made.balances()[name] for name in ("first", "second")}
    # Two routers took the fee that the payer saw, and nobody else anything.
    assert paid.fee == Msat(3_000)
    assert all(kept.values())
    assert first is not second


async def test_class_35_two_who_share_a_channel_pay_each_other(tmp_path: Path) -> None:
    """The payee's path begins with the payer: it enters it behind itself."""
    async with pair(tmp_path) as world:
        fan, creator = world.members["fan"], world.members["creator"]
        asked = await ask(fan, creator)
        paid = await pay(fan, asked)
        assert isinstance(paid, Succeeded), paid
        assert paid.fee == Msat(0)


async def test_no_two_requests_have_a_key_or_a_secret_in_common(
    fan: Member, creator: Member
) -> None:
    given = creator.node.money.offers.create("", None)
    asker = EmbeddedOffers(fan.node)
    found = [invoice_of(await asker.ask_invoice(given.text, AMOUNT, "")) for _ in range(3)]
    assert len({one.request.payer_id for one in found}) == 3
    assert len({one.request.metadata for one in found}) == 3
    assert len({one.payment_hash for one in found}) == 3
    keys = {path.path.first_path_key for one in found for path in one.paths}
    assert len(keys) == sum(len(one.paths) for one in found)
    assert fan.node.node_id not in {one.request.payer_id for one in found}


async def test_neither_the_offer_nor_the_invoice_names_its_maker(
    fan: Member, creator: Member
) -> None:
    given = creator.node.money.offers.create("", None)
    asked = await EmbeddedOffers(fan.node).ask_invoice(given.text, AMOUNT, NOTE)
    for stream in (offer.decode(given.text).to_bytes(), invoice_of(asked).to_bytes()):
        assert bytes(creator.node.node_id) not in stream
        assert bytes(fan.node.node_id) not in stream


async def test_a_payment_in_parts_arrives_over_the_blinded_path(
    made: World, fan: Member, creator: Member
) -> None:
    asked = await ask(fan, creator, Msat(20_000_000))
    assert invoice_of(asked).may_split
    paid = await pay(fan, asked)
    assert isinstance(paid, Succeeded), paid


async def test_a_payer_that_adds_blocks_to_hide_where_it_sits_is_paid(
    fan: Member, creator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """BOLT 7, "Recommendations for Routing": LDK adds up to three days."""
    monkeypatch.setattr(destination, "SPARE_BLOCKS", CltvDelta(3 * 144 + 3))
    paid = await pay(fan, await ask(fan, creator))
    assert isinstance(paid, Succeeded), paid


@pytest.mark.parametrize(("blocks", "is_taken"), [(24, True), (23, False)])
async def test_fewer_blocks_than_were_asked_for_are_taken_as_long_as_they_are_safe(
    fan: Member, creator: Member, blocks: int, *, is_taken: bool
) -> None:
    """LDK leaves out what a path of one hop asks for, as its own path to its peer is one."""
    desk = creator.node.money.offers
    asked_for = CltvDelta(blocks) - destination.SPARE_BLOCKS
    desk._config = replace(desk._config, min_final_cltv_expiry_delta=asked_for)
    assert creator.config.min_final_cltv_expiry_delta > CltvDelta(24)
    paid = await pay(fan, await ask(fan, creator))
    assert isinstance(paid, Succeeded) is is_taken, paid


async def test_an_invoice_that_was_paid_is_not_paid_again(fan: Member, creator: Member) -> None:
    asked = await ask(fan, creator)
    first = await pay(fan, asked)
    assert isinstance(first, Succeeded)
    assert await pay(fan, asked) == first


async def test_class_31_another_amount_than_the_invoices_is_not_paid(
    fan: Member, creator: Member
) -> None:
    asked = await ask(fan, creator)
    more = AskedInvoice(
        invoice=asked.invoice,
        payment_hash=asked.payment_hash,
        amount=AMOUNT + Msat(1),
        expires_at=asked.expires_at,
    )
    assert isinstance(await pay(fan, more), Failed)


async def test_a_payee_that_goes_away_answers_nobody(
    made: World, fan: Member, creator: Member
) -> None:
    given = creator.node.money.offers.create("", None)
    await creator.stop()
    fan.node.money.asker._seconds = lambda: 0.1
    with pytest.raises(NoAnswer):
        await EmbeddedOffers(fan.node).ask_invoice(given.text, AMOUNT, NOTE)
    await creator.start()


async def test_an_offer_is_answered_after_a_restart_and_from_the_words_alone(
    made: World, fan: Member, creator: Member
) -> None:
    given = creator.node.money.offers.create("for songs", Msat(2_000_000))
    await creator.restart(killed=False)
    await made.usable()
    creator.node.store.close_offer(b"another")
    asker = EmbeddedOffers(fan.node)
    assert (await asker.ask_invoice(given.text, None, "")).amount == Msat(2_000_000)


async def test_an_offer_that_has_ended_is_not_asked_for_and_not_answered(
    fan: Member, creator: Member
) -> None:
    now = creator.clock.now()
    given = creator.node.money.offers.create("", AMOUNT, now.plus_ms(60_000))
    asker = EmbeddedOffers(fan.node)
    assert (await asker.ask_invoice(given.text, None, "")).amount == AMOUNT
    creator.clock.moved_ms += 120_000
    with pytest.raises(OfferRefused, match="expired"):
        await asker.ask_invoice(given.text, None, "")
    fan.clock.moved_ms += 120_000
    with pytest.raises(OfferExpired):
        await asker.ask_invoice(given.text, None, "")


async def test_a_closed_offer_is_refused_with_a_sentence(fan: Member, creator: Member) -> None:
    offers = creator.node.money.offers
    given = offers.create("", None)
    offers.close(given.key)
    assert [one.is_open for one in offers.offers()] == [False]
    with pytest.raises(OfferRefused) as refused:
        await EmbeddedOffers(fan.node).ask_invoice(given.text, AMOUNT, NOTE)
    assert "closed" in str(refused.value)


async def test_what_the_profile_may_not_take_is_not_invoiced(fan: Member, creator: Member) -> None:
    async def refuse(_: Msat) -> None:
        raise RequestError("full")

    creator.node.money.offers.admit = refuse
    with pytest.raises(OfferRefused):
        await ask(fan, creator)


async def test_an_offer_that_somebody_altered_is_not_answered(fan: Member, creator: Member) -> None:
    """BOLT 12: the fields must be exactly those of an offer of ours."""
    given = offer.decode(creator.node.money.offers.create("a song", Msat(9_000_000)).text)
    cheaper = offer.make(
        OfferTerms(
            chains=given.chains,
            metadata=given.metadata,
            amount=1_000,
            description=given.description,
            paths=given.paths,
        )
    )
    fan.node.money.asker._seconds = lambda: 0.05
    with pytest.raises(NoAnswer):
        await EmbeddedOffers(fan.node).ask_invoice(cheaper.to_text(), None, "")


async def test_an_offer_is_not_answered_by_a_path_that_is_not_its_own(
    fan: Member, creator: Member
) -> None:
    """BOLT 12: nobody finds out by asking directly that two offers are of the same node."""
    offers = creator.node.money.offers
    one, other = (offer.decode(offers.create("", None).text) for _ in range(2))
    mixed = offer.make(OfferTerms(chains=one.chains, metadata=one.metadata, paths=other.paths))
    asked_directly = offer.make(
        OfferTerms(chains=one.chains, metadata=one.metadata, issuer_id=creator.node.node_id)
    )
    fan.node.money.asker._seconds = lambda: 0.05
    for wrong in (mixed, asked_directly):
        with pytest.raises(NoAnswer):
            await EmbeddedOffers(fan.node).ask_invoice(wrong.to_text(), AMOUNT, "")


async def test_an_offer_without_a_peer_that_carries_messages_is_not_made(
    made: World, creator: Member
) -> None:
    await made.members["second"].stop()
    await eventually(lambda: not creator.node.money.messenger.carriers(), "the peer is there")
    with pytest.raises(NoPeerCarriesMessages):
        creator.node.money.offers.create("", None)
    await made.members["second"].start()


async def test_a_message_to_somebody_whom_nobody_knows_finds_no_way(
    made: World, fan: Member, creator: Member
) -> None:
    given = creator.node.money.offers.create("", None)
    await made.members["first"].stop()
    await eventually(lambda: not fan.node.money.messenger.carriers(), "the peer is there")
    with pytest.raises(NoWayForMessages):
        await EmbeddedOffers(fan.node).ask_invoice(given.text, AMOUNT, NOTE)
    await made.members["first"].start()


async def test_what_was_paid_can_be_proved(fan: Member, creator: Member) -> None:
    asked = await ask(fan, creator)
    assert isinstance(await pay(fan, asked), Succeeded)
    proof = payer_proof.decode(EmbeddedOffers(fan.node).prove(asked.payment_hash, "to Ana"))
    assert proof.note == "to Ana"
    assert proof.amount == AMOUNT
    assert proof.payer_note is None
    with pytest.raises(RequestError):
        EmbeddedOffers(creator.node).prove(asked.payment_hash, "")


async def test_class_61_a_peer_that_floods_is_read_no_more(fan: Member, creator: Member) -> None:
    given = creator.node.money.offers.create("", None)
    asker = EmbeddedOffers(fan.node)
    fan.node.money.asker._seconds = lambda: 1.0
    asking = [asker.ask_invoice(given.text, AMOUNT, "") for _ in range(60)]
    ends = await asyncio.gather(*asking, return_exceptions=True)
    answered = [end for end in ends if isinstance(end, AskedInvoice)]
    assert 1 <= len(answered) <= 45
    assert all(isinstance(end, AskedInvoice | NoAnswer) for end in ends)
