"""What a creator was given: by whom, for which post, when, and in all.

Everything counts that our own wallet settled, and nothing else. Answers come from the store, whose
indexes know the history; this service holds only what is asked for at every turn.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from itertools import pairwise
from typing import Final

from tipdesk.base.clock import Instant
from tipdesk.base.errors import RequestError
from tipdesk.base.ids import EventId, PaymentHash, XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.base.text import many_lines
from tipdesk.base.units import Msat
from tipdesk.nostr import event as nip01
from tipdesk.nostr.nip57 import read_zap_request
from tipdesk.ports.desk import DeskTipStore, Income, PrivateWords, ReceivedTip, TipSearch
from tipdesk.ports.stores_tips import IncomingTipStore
from tipdesk.services.bus import Bus
from tipdesk.services.events import IncomingTipSeen, ProfileChanged
from tipdesk.services.people import PeopleService
from tipdesk.services.periods import Period, begin_of, bounds
from tipdesk.services.profiles import Profiles
from tipdesk.services.receiving import ReceiveService
from tipdesk.services.views import IncomingTip, PrivateNote, ProfileView
from tipdesk.tips.incoming import IncomingRecord, Settlement

MAX_NOTE_CHARS: Final = 1_000
MAX_ROWS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour, day or month of a chart."""

    begin: Instant
    end: Instant
    income: Income


@dataclass(frozen=True, slots=True)
class Tipper:
    """Somebody who tipped; `who` is None for all together who did not say who they are."""

    who: ProfileView | None
    income: Income


@dataclass(frozen=True, slots=True)
class PostIncome:
    """What a post brought; `post` is None for tips that were for no post."""

    post: EventId | None
    income: Income


class NoSuchTip(RequestError):
    """There is no tip of that payment hash."""

    def __init__(self, payment_hash: PaymentHash) -> None:
        super().__init__(Phrase("This tip is not among those that came in."))
        self.payment_hash = payment_hash


class CreatorService:
    """Hears of each tip as it comes, files it, and answers questions about all of them."""

    def __init__(
        self,
        *,
        store: IncomingTipStore,
        desk: DeskTipStore,
        receiving: ReceiveService,
        profiles: Profiles,
        people: PeopleService,
        bus: Bus,
        zone: tzinfo | None = None,
    ) -> None:
        """`zone` is None for the time of this machine."""
        self._store = store
        self._bus = bus
        self._desk = desk
        self._profiles = profiles
        self._people = people
        self._zone = zone
        self._listeners: list[Callable[[IncomingTip], None]] = []
        for payment_hash in desk.unfiled():
            record = store.incoming(payment_hash)
            if record is not None and record.settlement is not None:
                desk.file(_filed(record, record.settlement))
        desk.commit()
        self._all = desk.everything()
        self._largest = desk.largest()
        receiving.on_change(self._take)
        bus.subscribe(ProfileChanged, self._learn_name)

    def on_tip(self, listener: Callable[[IncomingTip], None]) -> None:
        """Calls `listener` with each tip once, when it is settled and filed."""
        self._listeners.append(listener)

    def incoming(self, limit: int | None = None, offset: int = 0) -> tuple[IncomingTip, ...]:
        """Tips that came in, newest first: all, or at most `limit` after the first `offset`."""
        found = self._desk.tips(MAX_ROWS if limit is None else limit, offset)
        return tuple(map(self._view, found))

    def tip(self, payment_hash: PaymentHash) -> IncomingTip | None:
        """One of them."""
        found = self._desk.tip(payment_hash)
        return None if found is None else self._view(found)

    def since(self, moment: Instant) -> tuple[IncomingTip, ...]:
        """Those that settled then or later, oldest first."""
        return tuple(map(self._view, self._desk.since(moment)))

    def largest(self) -> IncomingTip | None:
        """The largest of all; the first of several."""
        return None if self._largest is None else self.tip(self._largest.payment_hash)

    def count(self) -> int:
        """How many tips came in."""
        return self._all.count

    def count_today(self, now: Instant) -> int:
        """How many came in since midnight, by the creator's clock."""
        return self._today(now).count

    def total_today(self, now: Instant) -> Msat:
        """What came in since midnight, by the creator's clock."""
        return self._today(now).total

    def total_all(self) -> Msat:
        """What ever came in."""
        return self._all.total

    def income(self, since: Instant, before: Instant) -> Income:
        """What came in from `since` until `before`."""
        (found,) = self._desk.incomes((since, before))
        return found

    def chart(self, period: Period, since: Instant, before: Instant) -> tuple[Bar, ...]:
        """A bar for every hour, day or month that touches the time, by the creator's clock.

        Raises `TooManyPeriods`.
        """
        edges = bounds(period, since, before, self._zone)
        incomes = self._desk.incomes(edges)
        spans = zip(pairwise(edges), incomes, strict=True)
        return tuple(Bar(begin, end, income) for (begin, end), income in spans)

    def top_tippers(self, since: Instant, before: Instant, limit: int = 20) -> tuple[Tipper, ...]:
        """Who gave the most; those who did not say who they are stand together in one line."""
        return tuple(
            Tipper(None if sender is None else self._profiles.view(sender), income)
            for sender, income in self._desk.tippers(since, before, limit)
        )

    def post_incomes(
        self, since: Instant, before: Instant, limit: int = 20
    ) -> tuple[PostIncome, ...]:
        """Which posts brought the most."""
        return tuple(PostIncome(*found) for found in self._desk.posts(since, before, limit))

    def search(
        self, wanted: TipSearch, limit: int = 50, offset: int = 0
    ) -> tuple[IncomingTip, ...]:
        """Tips of all history that keep every condition, newest first."""
        return tuple(map(self._view, self._desk.search(wanted, limit, offset)))

    def note(self, payment_hash: PaymentHash, text: str) -> None:
        """Keeps the creator's own words about a tip; empty ones take them away."""
        if self._desk.tip(payment_hash) is None:
            raise NoSuchTip(payment_hash)
        self._desk.put_note(payment_hash, many_lines(text, maximum=MAX_NOTE_CHARS))
        self._desk.commit()

    def learn_words(self, payment_hash: PaymentHash, sender: XOnlyPubkey, words: str) -> bool:
        """A private message says that its words belong to a tip; its writer is proven.

        Whether they do: the tip came in, nobody signed for it, and no words came before. What is
        shown to everybody (alerts, overlay) does not tell of them.
        """
        record = self._store.incoming(payment_hash)
        if record is None or record.settlement is None or record.zap_request:
            return False
        who = self._profiles.view(sender)
        names = f"{who.title} {who.npub}"
        if not self._desk.put_words(payment_hash, PrivateWords(sender, words), names):
            return False
        self._desk.commit()
        self._bus.publish(IncomingTipSeen(payment_hash))
        return True

    def _today(self, now: Instant) -> Income:
        return self.income(begin_of(Period.DAY, now, self._zone), now.plus_ms(1))

    def _take(self, record: IncomingRecord) -> None:
        if record.settlement is None:
            return
        tip = _filed(record, record.settlement)
        if not self._desk.file(tip):
            return
        self._all = Income(self._all.count + 1, self._all.total + tip.amount)
        if self._largest is None or tip.amount > self._largest.amount:
            self._largest = tip
        view = self._view(tip)
        if tip.sender is not None:
            self._name(tip.sender)
        for listener in self._listeners:
            listener(view)
        self._desk.commit()

    def _learn_name(self, event: ProfileChanged) -> None:
        if self._name(event.pubkey):
            self._desk.commit()

    def _name(self, sender: XOnlyPubkey) -> bool:
        who = self._profiles.view(sender)
        return self._desk.name_sender(sender, f"{who.title} {who.npub}")

    def _view(self, tip: ReceivedTip) -> IncomingTip:
        if tip.sender is not None:
            self._people.ask_about(tip.sender)
        return IncomingTip(
            payment_hash=tip.payment_hash,
            amount=tip.amount,
            sender=None if tip.sender is None else self._profiles.view(tip.sender),
            anonymous=tip.sender is None,
            target_event=tip.target,
            comment=tip.comment,
            at=tip.at,
            receipt_published=tip.is_published,
            awaits_receipt=tip.awaits_receipt,
            claimed_name=tip.claimed_name,
            note=tip.note,
            in_private=None if tip.words is None else self._in_private(tip.words),
        )

    def _in_private(self, words: PrivateWords) -> PrivateNote:
        self._people.ask_about(words.sender)
        return PrivateNote(self._profiles.view(words.sender), words.text)


def _filed(record: IncomingRecord, settlement: Settlement) -> ReceivedTip:
    """Who signed for it is who the zap request says: its signature was checked on acceptance."""
    request = read_zap_request(record.zap_request) if record.zap_request else None
    is_anonymous = request is None or any(tag[0] == "anon" for tag in nip01.parse(request.raw).tags)
    return ReceivedTip(
        payment_hash=record.payment_hash,
        amount=settlement.amount,
        at=settlement.at,
        sender=None if request is None or is_anonymous else request.sender,
        claimed_name=record.claimed_name,
        target=None if request is None else request.target.event_id,
        comment=record.comment if request is None else request.comment,
    )
