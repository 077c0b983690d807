"""The book of people: one entry an npub, found by all that is known, with its own history."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.book_owner import OFFER, Owner, wish
from tests.fakes import CREATOR, FAN, START, STRANGER, sign
from tests.histories import hash_of, incoming, payment, tip, zap
from tipdesk.adapters.storage.ledger import MoneyTipStore
from tipdesk.adapters.storage.records import MoneyHistoryStore, MoneyIncomingStore
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.nostr.nip19 import encode_npub
from tipdesk.services import people_book
from tipdesk.services.events import PersonChanged, TimelineChanged
from tipdesk.services.people_book import (
    NoSuchPerson,
    NpubTaken,
    OwnNpub,
    TooManyPeople,
)
from tipdesk.tips.history import Direction
from tipdesk.tips.person import NotANodeKey, PersonId, PersonWish, Reach
from tipdesk.tips.timeline import LineKind, Search
from tipdesk.tips.tip import TipStatus

ANA = CREATOR.x_only


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Owner]:
    made = Owner(tmp_path)
    yield made
    made.database.close()


def test_what_was_written_is_there_after_a_restart_and_numbers_are_given_once(owner: Owner) -> None:
    first = owner.book.add(wish("Ana", npub=encode_npub(ANA), offer=OFFER))
    second = owner.book.add(wish("Béla", address="bela@pay.example"))
    before = [view.person for view in owner.book.people()]
    owner.database.close()
    owner.open()
    assert [view.person for view in owner.book.people()] == before
    assert before[0].added_at == START
    owner.book.remove(second)
    assert owner.book.add(wish("Chidi")) == second + 1
    assert owner.book.person(second) is None
    assert PersonChanged(second) in owner.events
    assert owner.book.person(first) is not None


def test_an_entry_is_changed_as_a_whole_and_keeps_its_number_and_day(owner: Owner) -> None:
    ana = owner.book.add(wish("Ana", address="ana@pay.example"))
    owner.clock.pass_ms(1_000)
    owner.book.change(ana, wish("Ana R.", offer=OFFER))
    view = owner.book.person(ana)
    assert view is not None
    assert (view.person.name, view.person.address, view.person.offer) == ("Ana R.", "", OFFER)
    assert view.person.added_at == START
    with pytest.raises(NotANodeKey):
        owner.book.change(ana, wish("Ana R.", node_id="02"))
    assert owner.book.person(ana) == view


def test_two_people_do_not_claim_one_npub(owner: Owner) -> None:
    npub = encode_npub(ANA)
    ana = owner.book.add(wish("Ana", npub=npub))
    with pytest.raises(NpubTaken, match="Ana has this npub already"):
        owner.book.add(wish("Another", npub=npub))
    bela = owner.book.add(wish("Béla"))
    with pytest.raises(NpubTaken):
        owner.book.change(bela, wish("Béla", npub=npub))
    owner.book.change(ana, wish("Ana again", npub=npub))
    assert len(owner.book.people()) == 2


def test_oneself_is_not_in_the_book(owner: Owner) -> None:
    with pytest.raises(OwnNpub):
        owner.book.add(wish("Me", npub=encode_npub(FAN.x_only)))


def test_who_is_gone_is_a_sentence(owner: Owner) -> None:
    acts: tuple[Callable[[], None], ...] = (
        lambda: owner.book.change(PersonId(9), wish("Ana")),
        lambda: owner.book.remove(PersonId(9)),
        lambda: owner.book.note_payment(PersonId(9), hash_of(1)),
    )
    for act in acts:
        with pytest.raises(NoSuchPerson, match="not in your people any more"):
            act()


def test_people_are_found_by_key_offer_and_address(owner: Owner) -> None:
    ana = owner.book.add(wish("Ana", npub=encode_npub(ANA), offer=OFFER, address="ana@pay.example"))
    book = owner.book
    for found in (
        book.with_npub(ANA),
        book.with_offer(OFFER.upper()),
        book.with_address(" Ana@pay.example"),
    ):
        assert found is not None
        assert found.id == ana
    assert book.with_npub(STRANGER.x_only) is None
    assert book.with_offer("") is book.with_address("") is None


def test_the_name_we_gave_wins_and_the_public_one_stands_beside_it(owner: Owner) -> None:
    ours = owner.book.add(wish("My sister", npub=encode_npub(ANA)))
    theirs = owner.book.add(wish(npub=encode_npub(STRANGER.x_only)))
    for key, name in ((CREATOR, "Ana Ruiz"), (STRANGER, "Zed")):
        owner.profiles.learn(sign(key, 0, f'{{"name": "{name}"}}'))
    sister, zed = (owner.book.person(one) for one in (ours, theirs))
    assert sister is not None
    assert zed is not None
    assert (sister.title, sister.is_name_ours, sister.name_on_nostr) == (
        "My sister",
        True,
        "Ana Ruiz",
    )
    assert (zed.title, zed.is_name_ours, zed.name_on_nostr) == ("Zed", False, "")


def test_all_words_must_fit_somewhere(owner: Owner) -> None:
    owner.book.add(
        PersonWish(name="Ana", ways={Reach.NPUB: encode_npub(ANA)}, notes="plays the cello")
    )
    owner.book.add(wish("Béla", address="bela@pay.example"))
    owner.profiles.learn(sign(CREATOR, 0, '{"name": "ruiz_music"}'))
    for words, names in (
        ("", ["Ana", "Béla"]),
        ("CELLO ana", ["Ana"]),
        ("ruiz", ["Ana"]),
        ("pay.example", ["Béla"]),
        ("ana bela", []),
    ):
        assert [view.title for view in owner.book.people(words)] == names


def test_chosen_follows_come_over_once_and_nobody_else(owner: Owner) -> None:
    owner.follows = [ANA, FAN.x_only, STRANGER.x_only]
    assert {view.pubkey for view in owner.book.importable()} == {ANA, STRANGER.x_only}
    added = owner.book.import_follows([ANA, ANA, FAN.x_only, XOnlyPubkey(bytes(32))])
    assert len(added) == 1
    assert [view.pubkey for view in owner.book.importable()] == [STRANGER.x_only]
    assert owner.book.import_follows([ANA]) == ()
    (view,) = owner.book.people()
    assert (view.person.npub, view.person.name) == (ANA, "")


def test_the_book_is_bounded(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people_book, "MAX_PEOPLE", 2)
    owner.follows = [ANA, STRANGER.x_only]
    owner.book.add(wish("One"))
    with pytest.raises(TooManyPeople):
        owner.book.import_follows(owner.follows)
    owner.book.add(wish("Two"))
    with pytest.raises(TooManyPeople):
        owner.book.add(wish("Three"))
    assert len(owner.book.people()) == 2


def test_their_history_is_what_the_one_history_says_of_them(owner: Owner) -> None:
    """Tips to and from their npub, and payments that were noted: nothing is counted twice."""
    tips, incomings = MoneyTipStore(owner.database), MoneyIncomingStore(owner.database)
    payments = MoneyHistoryStore(owner.database)
    tips.save_tip(tip(1, status=TipStatus.PAID))
    incomings.save_incoming(incoming(2, zap(2)))
    incomings.save_incoming(incoming(4, zap(4)))
    payments.save_payment(payment(6))
    payments.save_payment(payment(7, Direction.IN))
    payments.save_payment(payment(8))
    owner.database.commit()
    ana = owner.book.add(wish("Ana", npub=encode_npub(ANA)))
    stranger = owner.book.add(wish("Zed", npub=encode_npub(STRANGER.x_only)))
    by_offer = owner.book.add(wish("Bob", offer=OFFER))
    owner.book.note_payment(ana, hash_of(6))
    owner.book.note_payment(ana, hash_of(1))
    owner.book.note_payment(by_offer, hash_of(7))
    assert owner.lines(ana) == [
        (LineKind.PAYMENT_SENT, hash_of(6)),
        (LineKind.TIP_SENT, hash_of(1)),
    ]
    assert owner.lines(stranger) == [(LineKind.TIP_RECEIVED, hash_of(4))]
    assert owner.lines(by_offer) == [(LineKind.PAYMENT_RECEIVED, hash_of(7))]
    totals = owner.timeline.totals(Search(entry=ana))
    assert (totals.sent, totals.received, totals.count_sent) == (Msat(28_000), Msat(0), 2)
    assert TimelineChanged() in owner.events


def test_who_leaves_the_book_takes_no_line_of_the_history_along(owner: Owner) -> None:
    MoneyHistoryStore(owner.database).save_payment(payment(6))
    ana = owner.book.add(wish("Ana"))
    owner.book.note_payment(ana, hash_of(6))
    bob = owner.book.add(wish("Bob"))
    owner.book.note_payment(bob, hash_of(6))
    assert owner.lines(ana) == []
    owner.book.remove(bob)
    assert owner.lines(bob) == []
    assert owner.timeline.count(Search()) == 1


def test_somebody_with_an_entry_is_called_by_the_name_in_it(owner: Owner) -> None:
    view = owner.profiles.view(ANA)
    assert owner.book.named(view) == view
    assert not owner.book.has(ANA)
    ana = owner.book.add(wish("Mum", npub=encode_npub(ANA)))
    assert owner.book.has(ANA)
    assert owner.book.named(view).title == "Mum"
    owner.book.change(ana, wish("", npub=encode_npub(ANA)))
    assert owner.book.named(view) == view
    owner.book.change(ana, wish("Mum", npub=encode_npub(STRANGER.x_only)))
    assert not owner.book.has(ANA)
    assert owner.book.named(view) == view
    owner.book.remove(ana)
    assert not owner.book.has(STRANGER.x_only)


def test_a_payment_has_the_name_of_whom_it_is_with(owner: Owner) -> None:
    ana = owner.book.add(wish("Ana", address="ana@pay.example"))
    owner.book.note_payment(ana, hash_of(1))
    assert owner.book.title_with_payment(hash_of(1)) == "Ana"
    assert owner.book.title_with_payment(hash_of(2)) == ""
    owner.book.remove(ana)
    assert owner.book.title_with_payment(hash_of(1)) == ""
