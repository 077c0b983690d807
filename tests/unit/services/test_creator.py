"""What a creator is told about the tips that came in: only money, and all of it."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.desks import POST, Desk, zap
from tests.fakes import FAN, START, STRANGER, sign
from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat
from tipdesk.ports.desk import LAST_INSTANT, Income, TipSearch
from tipdesk.services.creator import NoSuchTip, PostIncome
from tipdesk.services.events import IncomingTipSeen, ProfileChanged
from tipdesk.services.periods import Period
from tipdesk.services.views import IncomingTip

DAY = 86_400_000
ALWAYS = (START.plus_ms(-DAY), LAST_INSTANT)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.close()


async def test_an_invoice_counts_once_it_is_paid_and_only_once(desk: Desk) -> None:
    heard: list[IncomingTip] = []
    desk.creator.on_tip(heard.append)
    payment_hash = await desk.invoice(21)
    assert desk.creator.count() == 0
    desk.wallet.be_paid(payment_hash)
    desk.wallet.be_paid(payment_hash)
    assert (desk.creator.count(), desk.creator.total_all()) == (1, Msat(21_000))
    assert [tip.payment_hash for tip in heard] == [payment_hash]


async def test_all_is_as_it_was_after_a_restart(desk: Desk) -> None:
    for sat in (5, 21, 21, 3):
        await desk.tip(sat)
        desk.clock.pass_ms(1)
    creator = desk.creator
    before = (creator.incoming(), creator.largest(), creator.count(), creator.total_all())
    desk.close()
    desk.open()
    creator = desk.creator
    assert before == (creator.incoming(), creator.largest(), creator.count(), creator.total_all())
    assert before[1] == before[0][2]


async def test_tips_of_an_older_version_are_filed_at_the_start(desk: Desk) -> None:
    await desk.tip(21)
    desk.database.write("DELETE FROM desk_tips")
    desk.close()
    desk.open()
    (tip,) = desk.creator.incoming()
    assert (tip.amount, tip.target_event, tip.comment) == (Msat(21_000), POST, "hi")


async def test_who_signed_is_named_and_who_chose_a_passing_key_is_not(desk: Desk) -> None:
    desk.learn(FAN, "Bob")
    await desk.tip(1)
    await desk.tip(2, sender=None)
    payment_hash = await desk.invoice(4, nostr=zap(4, STRANGER, is_anonymous=True))
    desk.wallet.be_paid(payment_hash)
    first, second = desk.creator.top_tippers(*ALWAYS)
    assert (first.who, first.income) == (None, Income(2, Msat(6_000)))
    assert second.who is not None
    assert (second.who.title, second.income) == ("Bob", Income(1, Msat(1_000)))
    assert desk.creator.post_incomes(*ALWAYS) == (
        PostIncome(POST, Income(2, Msat(5_000))),
        PostIncome(None, Income(1, Msat(2_000))),
    )


async def test_a_chart_has_a_bar_for_every_day_and_sums_to_the_total(desk: Desk) -> None:
    for sat in (1, 2, 4):
        await desk.tip(sat)
        desk.clock.pass_ms(DAY)
    bars = desk.creator.chart(Period.DAY, START, START.plus_ms(3 * DAY))
    assert sum(bar.income.total.value for bar in bars) == 7_000
    assert [bar.income.count for bar in bars][:3] == [1, 1, 1]
    assert all(one.end == two.begin for one, two in pairwise(bars))
    (month,) = desk.creator.chart(Period.MONTH, START, START.plus_ms(3 * DAY))
    assert month.income == Income(3, Msat(7_000))
    assert desk.creator.total_today(START) == Msat(1_000)


async def test_a_tip_is_found_by_a_name_that_was_learnt_later(desk: Desk) -> None:
    payment_hash = await desk.tip(1)
    assert desk.creator.search(TipSearch(text="bob")) == ()
    desk.learn(FAN, "Bob")
    desk.bus.publish(ProfileChanged(FAN.x_only))
    desk.bus.publish(ProfileChanged(STRANGER.x_only))
    desk.close()
    desk.open()
    (found,) = desk.creator.search(TipSearch(text="BOB"))
    assert found.payment_hash == payment_hash


async def test_notes_are_kept_bounded_and_for_tips_only(desk: Desk) -> None:
    payment_hash = await desk.tip(1)
    desk.creator.note(payment_hash, "song\x00 wish " + "x" * 2_000)
    (found,) = desk.creator.search(TipSearch(text="song wish"))
    assert found.note.startswith("song wish x")
    assert len(found.note) == 1_000
    with pytest.raises(NoSuchTip):
        desk.creator.note(PaymentHash(bytes(32)), "x")


async def test_a_receipt_moves_no_sum(desk: Desk) -> None:
    """Whatever relays say: what is not settled in our wallet is not there."""
    forged = sign(STRANGER, 9735, tags=(("p", FAN.x_only.hex()),))
    await desk.relays.publish(forged, ())
    await desk.invoice(1_000_000)
    assert (desk.creator.count(), desk.creator.largest()) == (0, None)


async def test_words_that_name_a_plain_tip_stand_beside_it_for_the_creator_alone(
    desk: Desk,
) -> None:
    desk.learn(FAN, "Bob")
    payment_hash = await desk.tip(21, sender=None, comment="hello")
    events = len(desk.events)
    assert desk.creator.learn_words(payment_hash, FAN.x_only, "for the song")
    tip = desk.creator.tip(payment_hash)
    assert tip is not None
    assert tip.in_private is not None
    assert (tip.in_private.sender.title, tip.in_private.text) == ("Bob", "for the song")
    assert IncomingTipSeen(payment_hash) in desk.events[events:]
    # What everybody is shown is as it was.
    assert (tip.sender, tip.comment) == (None, "hello")
    assert [one.who for one in desk.creator.top_tippers(*ALWAYS)] == [None]
    for text in ("the song", "bob", "hello"):
        assert desk.creator.search(TipSearch(text=text)) == (tip,)


async def test_words_that_came_first_stay(desk: Desk) -> None:
    # Whoever saw the payment pass knows its hash too.
    payment_hash = await desk.tip(21, sender=None)
    assert desk.creator.learn_words(payment_hash, FAN.x_only, "it is me")
    before = desk.creator.tip(payment_hash)
    assert not desk.creator.learn_words(payment_hash, STRANGER.x_only, "no, it was me")
    assert desk.creator.tip(payment_hash) == before
    desk.close()
    desk.open()
    assert desk.creator.tip(payment_hash) == before


async def test_words_for_a_zap_for_nothing_or_for_what_was_not_paid_change_nothing(
    desk: Desk,
) -> None:
    zapped = await desk.tip(21)
    unpaid = await desk.invoice(21, comment="later")
    before = desk.creator.incoming()
    for payment_hash in (zapped, unpaid, PaymentHash(bytes(32))):
        assert not desk.creator.learn_words(payment_hash, STRANGER.x_only, "mine")
    assert desk.creator.incoming() == before
