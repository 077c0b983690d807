"""Zap receipts from relays: judged once, kept with their verdict, counted by payment hash.

A receipt is worth something only against the key of the recipient's own payment server. That key
is asked for when the first receipt for somebody comes; until it is there, receipts wait.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from tipdesk.base.errors import BackendError, DecodeError
from tipdesk.base.ids import EventId, PaymentHash, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.nostr.event import Event, parse_pubkey
from tipdesk.nostr.nip57 import FlawedReceipt, ReceiptFlaw
from tipdesk.nostr.seen import Recent
from tipdesk.ports.stores_tips import ReceiptStore
from tipdesk.services.lnurl_client import LnurlClient
from tipdesk.services.profiles import Profiles
from tipdesk.services.providers import ProviderKeys
from tipdesk.services.tip_book import TipBook
from tipdesk.tips.receipt import JudgedReceipt, TrustGrade, judge_receipt
from tipdesk.tips.tip import Tip

MAX_WAITING: Final = 500
"""Receipts that wait for one recipient's key; more are dropped and counted."""
MAX_RECIPIENTS_ASKED: Final = 4
"""Servers asked at the same time."""
_ASK_AFTER_SECONDS: Final = (0.0, 1.0, 5.0, 30.0, 120.0)
_REMEMBERED: Final = 20_000

log = logging.getLogger(__name__)


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
    ) -> None:
        self._store = store
        self._lnurl = lnurl
        self._profiles = profiles
        self._providers = providers
        self._tips = tips
        self._receipts: dict[PaymentHash, JudgedReceipt] = {}
        self._by_post: dict[EventId, dict[PaymentHash, Msat]] = {}
        self._seen = Recent[None](_REMEMBERED)
        self._waiting: dict[XOnlyPubkey, list[Event]] = {}
        self._asking: set[XOnlyPubkey] = set()
        self._asked = asyncio.Semaphore(MAX_RECIPIENTS_ASKED)
        self._group: asyncio.TaskGroup | None = None
        self._listeners: list[Callable[[JudgedReceipt], None]] = []
        self.flaws: Counter[str] = Counter()
        """How many receipts were worth nothing, by reason."""
        for receipt in store.receipts():
            self._count(receipt)
        for tip in tips.tips():
            self.count_tip(tip)

    def on_judged(self, listener: Callable[[JudgedReceipt], None]) -> None:
        """Calls `listener` with each receipt that counts, once it is stored."""
        self._listeners.append(listener)

    def receipt(self, payment_hash: PaymentHash) -> JudgedReceipt | None:
        """The receipt of that payment, if one that counts was seen."""
        return self._receipts.get(payment_hash)

    def total(self, event_id: EventId) -> tuple[Msat, int]:
        """What a post was tipped, and how often: receipts that count, and our own paid tips."""
        amounts = self._by_post.get(event_id, {}).values()
        return sum(amounts, Msat(0)), len(amounts)

    def count_tip(self, tip: Tip) -> None:
        """A tip of ours may have been paid: then it counts, and its receipt gets the best grade."""
        if not tip.status.is_paid or tip.payment_hash is None:
            return
        if tip.target.zap.event_id is not None:
            amounts = self._by_post.setdefault(tip.target.zap.event_id, {})
            amounts[tip.payment_hash] = tip.amount
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
            self.flaws[ReceiptFlaw.WRONG_RECIPIENT.name] += 1
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
            settled_sender=self._tips.settled_sender,
        )
        if isinstance(verdict, JudgedReceipt):
            self._keep(verdict)
            return True
        unknown = verdict.flaw is ReceiptFlaw.WRONG_PROVIDER
        if unknown and not self._providers.is_fresh(recipient):
            return False
        self._drop(verdict)
        return True

    def _keep(self, receipt: JudgedReceipt) -> None:
        self._store.save_receipt(receipt)
        self._store.commit()
        self._count(receipt)
        for listener in self._listeners:
            listener(receipt)

    def _count(self, receipt: JudgedReceipt) -> None:
        self._receipts[receipt.payment_hash] = receipt
        if receipt.target.event_id is not None:
            amounts = self._by_post.setdefault(receipt.target.event_id, {})
            amounts[receipt.payment_hash] = receipt.amount

    def _drop(self, verdict: FlawedReceipt) -> None:
        self.flaws[verdict.flaw.name] += 1

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
                self._drop(FlawedReceipt(ReceiptFlaw.WRONG_PROVIDER))
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
