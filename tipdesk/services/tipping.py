"""Tips: begun, undone, paid once, followed to their receipt, and recovered after a restart."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Final, assert_never

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.entropy import Entropy
from tipdesk.base.errors import RequestError
from tipdesk.base.ids import NodeId, TipId, XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.base.text import many_lines
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.lnurl.serve import MAX_COMMENT_CHARS
from tipdesk.ports.stores_tips import SettingsStore
from tipdesk.services.bus import Bus
from tipdesk.services.events import TipChanged
from tipdesk.services.receipts import ReceiptBook
from tipdesk.services.tip_book import TipBook
from tipdesk.services.tip_effects import TipEffects
from tipdesk.services.tip_plan import DirectIntent, Leg, TipIntent, TipPlanner
from tipdesk.services.tip_words import TipWords
from tipdesk.services.views import TipView
from tipdesk.tips import action as act
from tipdesk.tips import event as on
from tipdesk.tips import machine
from tipdesk.tips import tip as tips_tip
from tipdesk.tips.machine import TipContext
from tipdesk.tips.payment import InFlight
from tipdesk.tips.receipt import JudgedReceipt, belongs_to
from tipdesk.tips.tip import Tip, again_of
from tipdesk.tips.visibility import Visibility

DEFAULT_UNDO_WINDOW_MS: Final = 5_000
MAX_UNDO_WINDOW_MS: Final = 60_000
TIMER_SLACK_MS: Final = 2
"""A loop's timer may be a moment early; nothing is paid inside the window."""
_UNDO_WINDOW = "undo_window_ms"

log = logging.getLogger(__name__)


class CannotRetry(RequestError):
    """The tip was paid, or may have been: another one is another tip."""

    def __init__(self) -> None:
        super().__init__(
            Phrase("Only a tip that was cancelled or has certainly failed can be sent again.")
        )


class NotRunning(RequestError):
    """The service was not started yet, or has stopped."""

    def __init__(self) -> None:
        super().__init__(Phrase("TipDesk is not ready yet. No money moved."))


@dataclass(frozen=True, slots=True)
class TipSurroundings:
    """What tips depend on beside ports: which chain, and which node is our own."""

    network: Network
    own_node_id: NodeId | None


class TipService:
    """Drives one machine a tip. Every change is durable before anybody hears of it."""

    def __init__(
        self,
        *,
        book: TipBook,
        effects: TipEffects,
        planner: TipPlanner,
        receipts: ReceiptBook,
        settings: SettingsStore,
        bus: Bus,
        clock: Clock,
        entropy: Entropy,
        surroundings: TipSurroundings,
        words: TipWords,
    ) -> None:
        self._book = book
        self._effects = effects
        self._planner = planner
        self._settings = settings
        self._bus = bus
        self._clock = clock
        self._entropy = entropy
        self._surroundings = surroundings
        self._words = words
        self._group: asyncio.TaskGroup | None = None
        self._undo_window_ms = int(settings.setting(_UNDO_WINDOW) or DEFAULT_UNDO_WINDOW_MS)
        receipts.on_judged(self._on_receipt)
        self._receipts = receipts

    @property
    def undo_window_ms(self) -> int:
        """How long a tip can be undone; 0 when that is off. Remembered when set."""
        return self._undo_window_ms

    @undo_window_ms.setter
    def undo_window_ms(self, ms: int) -> None:
        self._undo_window_ms = min(max(0, ms), MAX_UNDO_WINDOW_MS)
        self._settings.put_setting(_UNDO_WINDOW, str(self._undo_window_ms))

    def fee_limit(self, amount: Msat) -> Msat:
        """The most that a tip of this amount may cost in fees."""
        return tips_tip.fee_limit(amount)

    def likely_fee(self, recipient: XOnlyPubkey, amount: Msat) -> Msat | None:
        """What a tip to somebody would cost, judged by the latest that got there."""
        return self._book.likely_fee(recipient, amount)

    def tips(self, limit: int | None = None, offset: int = 0) -> tuple[TipView, ...]:
        """Our tips, newest first: all, or at most `limit` after the first `offset`."""
        return self._book.views(limit, offset)

    def tip(self, tip_id: TipId) -> TipView | None:
        """One of our tips."""
        tip = self._book.tip(tip_id)
        return None if tip is None else self._book.view(tip)

    def plan(self, intent: TipIntent | DirectIntent) -> tuple[Leg, ...]:
        """The tips that would be made of it; `RequestError` with a sentence if there can be none.

        More than one where the author of a post shares what it is given.
        """
        return self._planner.legs(intent)

    def begin(
        self,
        intent: TipIntent | DirectIntent,
        *,
        undo_ms: int | None = None,
        tip_id: TipId | None = None,
        typed_again: Msat | None = None,
    ) -> TipId:
        """Stores the tip and starts its undo window; or `RequestError` with a sentence.

        Words of a private tip need a place where the recipient takes messages: `NoPlaceForWords`,
        or `PlaceBeingSought` while that is being found out (`MessagePlaceFound` tells when).
        `undo_ms` is for a caller with nobody behind it who could undo anything. `tip_id` is the
        caller's own, 16 random bytes: asked again with the same one, nothing is begun again.
        `typed_again` answers a `ConfirmationNeeded`.
        """
        if tip_id is not None and self._book.tip(tip_id) is not None:
            return tip_id
        legs = self._planner.legs(intent)
        self._planner.check_allowed(legs, app=intent.app)
        if undo_ms is None:
            self._planner.check_meant(intent, legs, typed_again)
        first = tip_id or self._new_id()
        gift = first if len(legs) > 1 else None
        visibility = getattr(intent, "visibility", Visibility.PUBLIC)
        self._check_words(legs, intent.comment, visibility)
        for number, leg in enumerate(legs):
            self._begin(
                leg,
                intent.comment,
                first if number == 0 else self._new_id(),
                undo_ms=undo_ms,
                visibility=visibility,
                gift=gift,
                app=intent.app,
            )
        return first

    def undo(self, tip_id: TipId) -> bool:
        """Takes a tip back, and the others of the same gift; False if it was too late for that."""
        tip = self._book.tip(tip_id)
        if tip is None:
            return False
        tips = (tip,) if tip.gift is None else self._book.legs(tip.gift)
        undone = [one for one in tips if one.status.can_undo]
        for one in undone:
            self._take(one.tip_id, on.UndoAsked())
        return bool(undone)

    def retry(self, tip_id: TipId) -> TipId:
        """A new tip like one that failed or was cancelled, with a fresh invoice.

        Of something shared only this part is sent again. Asked twice, it is the same new tip.
        """
        tip, again = self._book.tip(tip_id), again_of(tip_id)
        if tip is None or not tip.status.can_retry:
            raise CannotRetry
        if self._book.tip(again) is not None:
            return again
        leg = Leg(self._planner.again(tip), tip.amount)
        self._planner.check_allowed((leg,), app=tip.app)
        self._check_words((leg,), tip.comment, tip.visibility)
        self._begin(leg, tip.comment, again, visibility=tip.visibility, gift=tip.gift, app=tip.app)
        self._bus.publish(TipChanged(tip_id))
        return again

    async def run(self) -> None:
        """Recovers what the last run left, then drives tips until cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            try:
                for tip in self._book.tips():
                    self._take(tip.tip_id, on.Restarted())
                    self._match_receipt(tip)
                await asyncio.get_running_loop().create_future()
            finally:
                self._group = None

    def _check_words(self, legs: tuple[Leg, ...], comment: str, visibility: Visibility) -> None:
        """Words for the recipient alone are begun only where they can arrive."""
        if visibility is Visibility.PRIVATE and comment.strip():
            for leg in legs:
                if leg.target.recipient is not None:
                    self._words.check(leg.target.recipient)

    def _new_id(self) -> TipId:
        return TipId(self._entropy.random_bytes(TipId.LENGTH))

    def _begin(
        self,
        leg: Leg,
        comment: str,
        tip_id: TipId,
        *,
        undo_ms: int | None = None,
        visibility: Visibility,
        gift: TipId | None,
        app: str,
    ) -> None:
        if self._group is None:
            raise NotRunning
        tip = machine.draft(
            tip_id,
            leg.target,
            leg.amount,
            many_lines(comment, maximum=MAX_COMMENT_CHARS),
            now=self._clock.now(),
            undo_ms=self._undo_window_ms if undo_ms is None else undo_ms,
            visibility=visibility,
            gift=gift,
            app=app,
        )
        self._book.save(tip)
        self._take(tip_id, on.Begin())

    def _take(self, tip_id: TipId, event: on.TipEvent) -> None:
        """One step: store, then act, then tell."""
        tip = self._book.tip(tip_id)
        if tip is None:
            return
        transition = machine.step(tip, event, self._context())
        for action in transition.actions:
            self._do(transition.tip, action)
        self._book.commit()
        if self._learn_end(tip_id, event) or transition.tip != tip:
            self._bus.publish(TipChanged(tip_id))

    def _learn_end(self, tip_id: TipId, event: on.TipEvent) -> bool:
        """Whether the wallet says another time than before at which a stuck payment ends."""
        match event:
            case on.PaymentUpdated(InFlight(ends_by=Instant() as at)):
                return self._book.expect(tip_id, at)
            case on.LookedUp(InFlight(ends_by=Instant() as at)):
                return self._book.expect(tip_id, at)
            case _:
                return False

    def _context(self) -> TipContext:
        return TipContext(
            now=self._clock.now(),
            network=self._surroundings.network,
            own_node_id=self._surroundings.own_node_id,
            used_hashes=self._book.used_hashes,
        )

    def _do(self, tip: Tip, action: act.TipAction) -> None:
        match action:
            case act.Store(stored):
                self._book.save(stored)
            case act.Record(entry):
                self._book.append(entry)
            case _:
                self._book.commit()
                self._spawn(tip, action)

    def _spawn(self, tip: Tip, action: act.TipAction) -> None:
        if self._group is not None:
            name = f"{type(action).__name__} of tip {tip.tip_id}"
            self._group.create_task(self._supervised(tip, action), name=name)

    async def _supervised(self, tip: Tip, action: act.TipAction) -> None:
        """A bug in one tip leaves that tip where it is; the next start takes it up again."""
        try:
            await self._act(tip, action)
        except Exception:
            log.exception("tip %s stopped in %s", tip.tip_id, type(action).__name__)

    async def _act(self, tip: Tip, action: act.TipAction) -> None:
        match action:
            case act.StartUndoTimer(until):
                await self._sleep_ms(until.since(self._clock.now()) + TIMER_SLACK_MS)
                self._take(tip.tip_id, on.WindowOver(until))
            case act.FetchParams():
                self._take(tip.tip_id, await self._effects.fetch_params(tip, action))
            case act.FetchInvoice():
                self._take(tip.tip_id, await self._effects.fetch_invoice(tip, action))
            case act.PrepareKeysend():
                self._take(tip.tip_id, self._effects.prepare_keysend())
            case act.QuotePayment():
                self._take(tip.tip_id, await self._effects.quote(action))
            case act.Pay():
                if tip.payment_hash is not None:
                    async for event in self._effects.pay(action, tip.payment_hash):
                        self._take(tip.tip_id, event)
            case act.LookUp():
                await self._sleep_ms(action.after_ms)
                self._take(tip.tip_id, await self._effects.look_up(action))
            case act.AwaitReceipt(for_ms):
                self._match_receipt(tip)
                await self._sleep_ms(for_ms)
                self._take(tip.tip_id, on.ReceiptOverdue())
            case act.SendNote():
                self._take(tip.tip_id, await self._words.send(tip))
            case act.Store() | act.Record():
                raise AssertionError("done before anything is spawned")
            case _:
                assert_never(action)

    async def _sleep_ms(self, ms: int) -> None:
        await asyncio.sleep(max(0, ms) / 1_000)

    def _on_receipt(self, receipt: JudgedReceipt) -> None:
        tip = self._book.by_hash(receipt.payment_hash)
        if tip is not None and tip.receipt is None and belongs_to(receipt, tip):
            self._take(tip.tip_id, on.ReceiptMatched(receipt.id))

    def _match_receipt(self, tip: Tip) -> None:
        """A receipt may have come before the tip was settled, or before this run began."""
        receipt = tip.payment_hash and self._receipts.receipt(tip.payment_hash)
        if receipt:
            self._on_receipt(receipt)
