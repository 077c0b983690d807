"""All our tips in memory, as the store has them, and how they are shown."""

from collections.abc import Callable, KeysView
from dataclasses import replace
from itertools import islice

from tipdesk.base.clock import Instant
from tipdesk.base.ids import EventId, PaymentHash, TipId, XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat
from tipdesk.ports.stores_tips import TipLedgerStore
from tipdesk.services.profiles import Profiles
from tipdesk.services.views import Nameless, ProfileView, TipView
from tipdesk.tips import sentence
from tipdesk.tips.ledger import LedgerEntry
from tipdesk.tips.receipt import SettledPayment
from tipdesk.tips.tip import Tip, TipStatus, again_of, fee_limit


class TipBook:
    """Reads the store once; from then on it writes there whatever it is told."""

    def __init__(
        self,
        store: TipLedgerStore,
        profiles: Profiles,
        *,
        sender: XOnlyPubkey,
        limits_fees: Callable[[], bool] = lambda: True,
    ) -> None:
        """`limits_fees` says whether the wallet that pays keeps to a limit."""
        self._store = store
        self._limits_fees = limits_fees
        self._profiles = profiles
        self._sender = sender
        self._tips: dict[TipId, Tip] = {}
        self._by_hash: dict[PaymentHash, TipId] = {}
        self._by_post: dict[EventId, list[TipId]] = {}
        self._by_gift: dict[TipId, list[TipId]] = {}
        self._views: dict[TipId, TipView] = {}
        self._ends_by: dict[TipId, Instant] = {}
        self._last_paid: dict[XOnlyPubkey, Tip] = {}
        for tip in store.tips():
            self._index(tip)

    @property
    def sender(self) -> XOnlyPubkey:
        """Whose tips they are."""
        return self._sender

    @property
    def used_hashes(self) -> KeysView[PaymentHash]:
        """The payment hashes of all tips, whatever became of them."""
        return self._by_hash.keys()

    def save(self, tip: Tip) -> None:
        """Keeps a tip; durable after `commit`."""
        self._store.save_tip(tip)
        self._index(tip)

    def expect(self, tip_id: TipId, ends_by: Instant) -> bool:
        """When its payment has come back at the latest; whether that is news.

        Not stored: after a restart the wallet is asked again.
        """
        if self._ends_by.get(tip_id) == ends_by:
            return False
        self._ends_by[tip_id] = ends_by
        return True

    def append(self, entry: LedgerEntry) -> None:
        """Appends to the ledger; durable after `commit`."""
        self._store.append(entry)

    def commit(self) -> None:
        """Makes what was saved and appended durable."""
        self._store.commit()

    def tip(self, tip_id: TipId) -> Tip | None:
        """A tip of ours."""
        return self._tips.get(tip_id)

    def tips(self) -> tuple[Tip, ...]:
        """All tips, oldest first."""
        return tuple(self._tips.values())

    def by_hash(self, payment_hash: PaymentHash) -> Tip | None:
        """The tip whose invoice has that payment hash."""
        tip_id = self._by_hash.get(payment_hash)
        return None if tip_id is None else self._tips[tip_id]

    def for_post(self, event_id: EventId) -> tuple[Tip, ...]:
        """Our tips for a post, oldest first."""
        return tuple(self._tips[tip_id] for tip_id in self._by_post.get(event_id, ()))

    def settled(self, payment_hash: PaymentHash) -> SettledPayment | None:
        """What our wallet paid for a tip with that payment hash, once it is settled."""
        tip = self.by_hash(payment_hash)
        if tip is None or tip.bill is None or not tip.status.is_paid:
            return None
        return SettledPayment(tip.bill.sender or self._sender, tip.amount)

    def view(self, tip: Tip) -> TipView:
        """How to show a tip."""
        recipient = self._recipient(tip)
        view = self._views.get(tip.tip_id)
        if view is None:
            view = self._views[tip.tip_id] = _view(tip, recipient, limits_fees=self._limits_fees())
        elif view.recipient != recipient:
            view = self._views[tip.tip_id] = replace(view, recipient=recipient)
        if view.can_retry and again_of(tip.tip_id) in self._tips:
            view = self._views[tip.tip_id] = replace(view, can_retry=False)
        ends_by = self._ends_by.get(tip.tip_id)
        if tip.status is TipStatus.IN_FLIGHT and view.ends_by != ends_by:
            view = self._views[tip.tip_id] = replace(view, ends_by=ends_by)
        return view

    def _recipient(self, tip: Tip) -> ProfileView | Nameless:
        pubkey = tip.target.recipient
        if pubkey is not None:
            return self._profiles.view(pubkey)
        node = tip.target.node_id
        return Nameless(
            tip.target.address or (Phrase("node {key}", key=f"{node.hex()[:12]}…") if node else "")
        )

    def paid_amounts(self, at_most: int) -> tuple[Msat, ...]:
        """What the latest paid tips were worth."""
        paid = (tip.amount for tip in reversed(self._tips.values()) if tip.status.is_paid)
        return tuple(islice(paid, at_most))

    def likely_fee(self, recipient: XOnlyPubkey, amount: Msat) -> Msat | None:
        """What the way to them would cost, judged by the latest tip that got there; None if none.

        Rather too much than too little: fees have a fixed part, which is not taken out.
        """
        last = self._last_paid.get(recipient)
        if last is None or last.settlement is None or not last.amount:
            return None
        fee = last.settlement.fee
        if amount > last.amount:
            fee = Msat(-(-fee.value * amount.value // last.amount.value))
        return min(fee, fee_limit(amount))

    def undoable(self) -> tuple[Tip, ...]:
        """Tips that can still be taken back."""
        return tuple(tip for tip in self._tips.values() if tip.status.can_undo)

    def legs(self, gift: TipId) -> tuple[Tip, ...]:
        """The tips that one gift was shared into, in order."""
        return tuple(self._tips[tip_id] for tip_id in self._by_gift.get(gift, ()))

    def used_since(
        self, at: Instant, *, recipient: XOnlyPubkey | None = None, app: str | None = None
    ) -> Msat:
        """What tips begun since then hold and have spent."""
        return self._store.used_since(at, recipient=recipient, app=app)

    def views(self, limit: int | None = None, offset: int = 0) -> tuple[TipView, ...]:
        """Tips, newest first: all, or at most `limit` after the first `offset`."""
        end = None if limit is None else offset + limit
        wanted = islice(reversed(self._tips.values()), offset, end)
        return tuple(self.view(tip) for tip in wanted)

    def _index(self, tip: Tip) -> None:
        is_new = tip.tip_id not in self._tips
        self._tips[tip.tip_id] = tip
        self._views.pop(tip.tip_id, None)
        if tip.payment_hash is not None:
            self._by_hash[tip.payment_hash] = tip.tip_id
        event_id, recipient = tip.target.event_id, tip.target.recipient
        if tip.status.is_paid and recipient is not None:
            before = self._last_paid.get(recipient)
            if before is None or tip.created_at >= before.created_at:
                self._last_paid[recipient] = tip
        if is_new and tip.gift is not None:
            self._by_gift.setdefault(tip.gift, []).append(tip.tip_id)
        if is_new and event_id is not None:
            self._by_post.setdefault(event_id, []).append(tip.tip_id)


def _view(tip: Tip, recipient: ProfileView | Nameless, *, limits_fees: bool) -> TipView:
    paid = tip.settlement
    expected = None if tip.quote is None else tip.quote.channels
    return TipView(
        tip_id=tip.tip_id,
        target_event=tip.target.event_id,
        picture=None if tip.target.zap is None else tip.target.zap.url,
        visibility=tip.visibility,
        gift=tip.gift,
        app=tip.app,
        reward=tip.reward,
        recipient=recipient,
        amount=tip.amount,
        comment=tip.comment,
        state=tip.status,
        created_at=tip.created_at,
        undo_until=tip.undo_until if tip.status is TipStatus.UNDO else None,
        expected_fee=None if tip.quote is None else tip.quote.fee,
        fee_limit=tip.fee_limit if limits_fees else None,
        fee=None if paid is None else paid.fee,
        channels=expected if paid is None else paid.channels or None,
        route=() if paid is None else paid.route,
        payment_hash=tip.payment_hash,
        settled_at=None if paid is None else paid.settled_at,
        took_ms=tip.took_ms,
        pay_ms=tip.pay_ms,
        receipt=tip.receipt,
        sentence=sentence.of_tip(tip, limits_fees=limits_fees),
        can_undo=tip.status.can_undo,
        can_retry=tip.status.can_retry,
    )
