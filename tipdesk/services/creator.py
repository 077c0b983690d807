"""What a creator was given: by whom, for which post, today and in all."""

from bisect import insort
from datetime import UTC, date, datetime
from itertools import islice

from tipdesk.base.clock import Instant
from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat
from tipdesk.nostr.nip57 import ZapRequest, read_zap_request
from tipdesk.ports.stores_tips import IncomingTipStore
from tipdesk.services.people import PeopleService
from tipdesk.services.profiles import Profiles
from tipdesk.services.receiving import ReceiveService
from tipdesk.services.views import IncomingTip
from tipdesk.tips.incoming import IncomingRecord


class CreatorService:
    """Reads what is stored once, then hears of each tip as it comes."""

    def __init__(
        self,
        *,
        store: IncomingTipStore,
        receiving: ReceiveService,
        profiles: Profiles,
        people: PeopleService,
    ) -> None:
        self._profiles = profiles
        self._people = people
        self._records: dict[PaymentHash, IncomingRecord] = {}
        self._requests: dict[PaymentHash, ZapRequest] = {}
        self._order: list[tuple[int, PaymentHash]] = []
        self._by_day: dict[date, Msat] = {}
        self._counts: dict[date, int] = {}
        self._largest: PaymentHash | None = None
        self._most = Msat(0)
        self._total = Msat(0)
        for record in store.paid():
            self._take(record)
        receiving.on_change(self._take)

    def incoming(self, limit: int | None = None, offset: int = 0) -> tuple[IncomingTip, ...]:
        """Tips that came in, newest first: all, or at most `limit` after the first `offset`."""
        end = None if limit is None else offset + limit
        wanted = islice(reversed(self._order), offset, end)
        return tuple(self._view(self._records[key]) for _, key in wanted)

    def largest(self) -> IncomingTip | None:
        """The largest of all; the first of several."""
        return None if self._largest is None else self._view(self._records[self._largest])

    def count(self) -> int:
        """How many tips came in."""
        return len(self._records)

    def count_today(self, now: Instant) -> int:
        """How many came in since midnight, by the clock of this machine."""
        return self._counts.get(_day(now), 0)

    def total_today(self, now: Instant) -> Msat:
        """What came in since midnight, by the clock of this machine."""
        return self._by_day.get(_day(now), Msat(0))

    def total_all(self) -> Msat:
        """What ever came in."""
        return self._total

    def _take(self, record: IncomingRecord) -> None:
        if record.settlement is None:
            return
        if record.payment_hash not in self._records:
            amount, day = record.settlement.amount, _day(record.settlement.at)
            insort(self._order, (record.settlement.at.ms, record.payment_hash))
            self._total += amount
            self._by_day[day] = self._by_day.get(day, Msat(0)) + amount
            self._counts[day] = self._counts.get(day, 0) + 1
            if amount > self._most:
                self._largest, self._most = record.payment_hash, amount
            if record.zap_request:
                request = read_zap_request(record.zap_request)
                self._requests[record.payment_hash] = request
                self._people.ask_about(request.sender)
        self._records[record.payment_hash] = record

    def _view(self, record: IncomingRecord) -> IncomingTip:
        request = self._requests.get(record.payment_hash)
        settlement = record.settlement
        assert settlement is not None  # `_take` lets in no other
        return IncomingTip(
            payment_hash=record.payment_hash,
            amount=settlement.amount,
            sender=None if request is None else self._profiles.view(request.sender),
            anonymous=request is None,
            target_event=None if request is None else request.target.event_id,
            comment=record.comment if request is None else request.comment,
            at=settlement.at,
            receipt_published=record.is_published,
        )


def _day(moment: Instant) -> date:
    return datetime.fromtimestamp(moment.unix_seconds, tz=UTC).astimezone().date()
