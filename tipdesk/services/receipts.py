"""Zap receipts from relays: judged once, kept with their verdict, counted by payment hash.

A receipt is worth something only against the key of the recipient's own payment server. That key
is asked for when the first receipt for somebody comes; until it is there, receipts wait. A verdict
that was kept gives way to a better one only.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from tipdesk.base.clock import Clock
from tipdesk.base.errors import BackendError, DecodeError
from tipdesk.base.ids import EventId, PaymentHash, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.nostr.event import Event, parse_pubkey
from tipdesk.nostr.nip57_judge import FlawedReceipt, ReceiptFlaw
from tipdesk.nostr.seen import Recent
from tipdesk.ports.stores_tips import ReceiptStore
from tipdesk.services.lnurl_client import LnurlClient
from tipdesk.services.own_payments import OwnPayments
from tipdesk.services.profiles import Profiles
from tipdesk.services.providers import ProviderKeys
from tipdesk.services.tip_book import TipBook
from tipdesk.tips.receipt import (
    JudgedReceipt,
    TrustGrade,
    UnverifiedReceipt,
    judge_receipt,
    unverified,
)
from tipdesk.tips.tip import Tip

MAX_WAITING: Final = 500
"""Receipts that wait for one recipient's key; more are dropped and counted."""
MAX_RECIPIENTS_ASKED: Final = 4
"""Servers asked at the same time."""
_ASK_AFTER_SECONDS: Final = (0.0, 1.0, 5.0, 30.0, 120.0)
MAX_UNVERIFIED: Final = 5_000
"""Anybody can make them: the latest are kept, to be shown in grey."""
_REMEMBERED: Final = 20_000

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PostTips:
    """What a post was tipped, by how sure it is; `unverified` receipts are not in any sum."""

    proven: Msat = Msat(0)
    """By our own wallet."""
    claimed: Msat = Msat(0)
    """By the payment provider's word alone."""
    count: int = 0
    unverified: int = 0

    @property
    def total(self) -> Msat:
        """All that counts."""
        return self.proven + self.claimed


@dataclass(frozen=True, slots=True)
class _Counted:
    amount: Msat
    is_proven: bool


class ReceiptBook:
    """What posts were tipped, as far as it can be believed."""

    def __init__(
        self,
        *,
        store: ReceiptStore,
        lnurl: LnurlClient,
        profiles: Profiles,
        providers: ProviderKeys,
        tips: TipBook,
        own: OwnPayments,
        clock: Clock,
    ) -> None:
        self._store = store
        self._lnurl = lnurl
        self._profiles = profiles
        self._providers = providers
        self._own = own
        self._clock = clock
        self._receipts: dict[PaymentHash, JudgedReceipt] = {}
        self._by_post: dict[EventId, dict[PaymentHash, _Counted]] = {}
        self._unverified: dict[EventId, UnverifiedReceipt] = {}
        self._doubted: Counter[EventId] = Counter()
        self._seen = Recent[None](_REMEMBERED)
        self._waiting: dict[XOnlyPubkey, list[Event]] = {}
        self._asking: set[XOnlyPubkey] = set()
        self._asked = asyncio.Semaphore(MAX_RECIPIENTS_ASKED)
        self._group: asyncio.TaskGroup | None = None
        self._listeners: list[Callable[[JudgedReceipt], None]] = []
        self._doubt_listeners: list[Callable[[UnverifiedReceipt], None]] = []
        self.flaws: Counter[str] = Counter()
        """How many receipts were worth nothing, by reason."""
        for receipt in store.receipts():
            self._seen.add(receipt.id, None)
            self._count(receipt)
        for doubtful in store.unverified():
            self._doubt(doubtful)
        for tip in tips.tips():
            self.count_tip(tip)

    def on_doubted(self, listener: Callable[[UnverifiedReceipt], None]) -> None:
        """Calls `listener` with each receipt of grade D, once it is stored."""
        self._doubt_listeners.append(listener)

    def on_judged(self, listener: Callable[[JudgedReceipt], None]) -> None:
        """Calls `listener` with each receipt that counts, once it is stored."""
        self._listeners.append(listener)

    def receipt(self, payment_hash: PaymentHash) -> JudgedReceipt | None:
        """The receipt of that payment, if one that counts was seen."""
        return self._receipts.get(payment_hash)

    def of_post(self, event_id: EventId) -> PostTips:
        """What a post was tipped: receipts that count, and our own paid tips."""
        counted = self._by_post.get(event_id, {}).values()
        return PostTips(
            proven=sum((one.amount for one in counted if one.is_proven), Msat(0)),
            claimed=sum((one.amount for one in counted if not one.is_proven), Msat(0)),
            count=len(counted),
            unverified=self._doubted[event_id],
        )

    def count_tip(self, tip: Tip) -> None:
        """A tip of ours may have been paid: then it counts, and its receipt gets the best grade."""
        if not tip.status.is_paid or tip.payment_hash is None:
            return
        if tip.target.event_id is not None:
            counted = self._by_post.setdefault(tip.target.event_id, {})
            counted[tip.payment_hash] = _Counted(tip.amount, is_proven=True)
        receipt = self._receipts.get(tip.payment_hash)
        if receipt is not None and receipt.grade is not TrustGrade.A:
            self._keep(replace(receipt, grade=TrustGrade.A))

    def take(self, event: Event) -> None:
        """An authentic kind 9735 event: judged now, or once the recipient's key is known."""
        if event.id in self._seen:
            return
        self._seen.add(event.id, None)
        try:
            recipient = parse_pubkey(event.first("p") or "")
        except DecodeError:
            self._drop(event, FlawedReceipt(ReceiptFlaw.WRONG_RECIPIENT))
            return
        if not self._judge(event, recipient):
            self._wait(event, recipient)

    async def run(self) -> None:
        """Asks for keys as they are needed, until cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            try:
                for recipient in tuple(self._waiting):
                    self._ask(recipient)
                await asyncio.get_running_loop().create_future()
            finally:
                self._group = None
                self._asking.clear()

    def _judge(self, event: Event, recipient: XOnlyPubkey) -> bool:
        """Whether there is a verdict; there is none while the signer may be a key unknown yet."""
        verdict = judge_receipt(
            event,
            recipient=recipient,
            providers=self._providers.of(recipient),
            settled=self._own.settled,
            now=self._clock.now(),
        )
        if isinstance(verdict, JudgedReceipt):
            known = self._receipts.get(verdict.payment_hash)
            if known is None or verdict.grade.is_better_than(known.grade):
                self._keep(verdict)
            return True
        unknown = verdict.flaw is ReceiptFlaw.WRONG_PROVIDER
        if unknown and not self._providers.is_fresh(recipient):
            return False
        self._drop(event, verdict)
        return True

    def _keep(self, receipt: JudgedReceipt) -> None:
        self._store.save_receipt(receipt)
        if receipt.id in self._unverified:
            self._stop_doubting(receipt.id)
            self._store.forget_unverified(receipt.id)
        self._store.commit()
        self._count(receipt)
        for listener in self._listeners:
            listener(receipt)

    def _count(self, receipt: JudgedReceipt) -> None:
        self._receipts[receipt.payment_hash] = receipt
        if receipt.target.event_id is not None:
            counted = self._by_post.setdefault(receipt.target.event_id, {})
            counted[receipt.payment_hash] = _Counted(receipt.amount, receipt.grade.is_proven)

    def _drop(self, event: Event, verdict: FlawedReceipt) -> None:
        self.flaws[verdict.flaw.name] += 1
        doubtful = unverified(event, verdict.flaw, seen_at=self._clock.now())
        if doubtful is None or doubtful.id in self._unverified:
            return
        self._store.save_unverified(doubtful, keep=MAX_UNVERIFIED)
        self._store.commit()
        self._doubt(doubtful)
        for listener in self._doubt_listeners:
            listener(doubtful)

    def _doubt(self, receipt: UnverifiedReceipt) -> None:
        self._unverified[receipt.id] = receipt
        if receipt.event_id is not None:
            self._doubted[receipt.event_id] += 1
        if len(self._unverified) > MAX_UNVERIFIED:
            self._stop_doubting(next(iter(self._unverified)))

    def _stop_doubting(self, receipt: EventId) -> None:
        doubtful = self._unverified.pop(receipt)
        if doubtful.event_id is not None:
            self._doubted[doubtful.event_id] -= 1

    def _wait(self, event: Event, recipient: XOnlyPubkey) -> None:
        waiting = self._waiting.setdefault(recipient, [])
        if len(waiting) >= MAX_WAITING:
            self.flaws["TOO_MANY"] += 1
            return
        waiting.append(event)
        self._ask(recipient)

    def _ask(self, recipient: XOnlyPubkey) -> None:
        if self._group is not None and recipient not in self._asking:
            self._asking.add(recipient)
            self._group.create_task(self._learn(recipient), name=f"receipts of {recipient}")

    async def _learn(self, recipient: XOnlyPubkey) -> None:
        try:
            for seconds in _ASK_AFTER_SECONDS:
                await asyncio.sleep(seconds)
                if await self._learn_now(recipient):
                    break
        finally:
            self._asking.discard(recipient)
        for event in self._waiting.pop(recipient, ()):
            if not self._judge(event, recipient):
                self._drop(event, FlawedReceipt(ReceiptFlaw.WRONG_PROVIDER))
            await asyncio.sleep(0)

    async def _learn_now(self, recipient: XOnlyPubkey) -> bool:
        address = self._profiles.address(recipient)
        if address is None:
            return False
        try:
            async with self._asked:
                params = await self._lnurl.params(address)
        except BackendError as error:
            log.info("no key for the receipts of %s: %s", recipient, error)
            return False
        self._providers.learn(recipient, params.nostr_pubkey)
        return True
