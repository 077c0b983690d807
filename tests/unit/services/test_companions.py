"""Names in the history: the person's own first, and nobody's who is only likely."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.book_owner import Owner, wish
from tests.fakes import CREATOR, STRANGER
from tests.histories import hash_of, payment, tip
from tipdesk.adapters.storage.ledger import MoneyTipStore
from tipdesk.adapters.storage.records import MoneyHistoryStore
from tipdesk.base.ids import PaymentHash
from tipdesk.nostr.nip19 import encode_npub
from tipdesk.services.companions import Companions
from tipdesk.services.views import ProfileView
from tipdesk.tips.history import Direction
from tipdesk.tips.timeline import EVERYTHING
from tipdesk.tips.tip import TipStatus

ANA = CREATOR.x_only


class Desk(Owner):
    """Who proved what is set by a test."""

    def open(self) -> None:
        super().open()
        self.senders: dict[PaymentHash, ProfileView] = {}
        self.companions = Companions(
            book=self.book, profile=self.profiles.view, sender=self.senders.get
        )

    def name(self) -> str:
        (line,) = self.timeline.lines(EVERYTHING, before=None, limit=5)
        return self.companions.name(line)

    def pay(self, direction: Direction = Direction.OUT) -> None:
        MoneyHistoryStore(self.database).save_payment(payment(1, direction))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.database.close()


def test_a_payment_of_ours_is_with_whom_it_was_noted_to_be(desk: Desk) -> None:
    desk.pay()
    assert desk.name() == ""
    mum = desk.book.add(wish("Mum", address="mum@pay.example"))
    desk.book.note_payment(mum, hash_of(1))
    assert desk.name() == "Mum"
    # Who proved something else has no part in it.
    desk.senders[hash_of(1)] = desk.profiles.view(STRANGER.x_only)
    assert desk.name() == "Mum"


def test_what_came_is_from_nobody_until_they_prove_it(desk: Desk) -> None:
    """No sender is claimed that was not proven, not even whom it was asked of."""
    desk.pay(Direction.IN)
    mum = desk.book.add(wish("Mum", npub=encode_npub(ANA)))
    desk.book.note_payment(mum, hash_of(1))
    assert desk.name() == ""
    desk.senders[hash_of(1)] = desk.companions.profile(ANA)
    assert desk.name() == "Mum"


def test_a_tip_is_for_whom_we_call_so(desk: Desk) -> None:
    MoneyTipStore(desk.database).save_tip(tip(1, status=TipStatus.PAID))
    assert desk.name() == desk.profiles.view(ANA).title
    desk.book.add(wish("Mum", npub=encode_npub(ANA)))
    assert desk.name() == "Mum"
