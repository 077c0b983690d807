"""What one press began: a tip, or the parts of a shared one, as one thing to look at."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from tipdesk.base.clock import Instant
from tipdesk.base.ids import TipId
from tipdesk.base.units import Msat
from tipdesk.services.views import TipView
from tipdesk.tips.tip import TipStatus
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t, tn

PENDING = frozenset(
    {
        TipStatus.DRAFT,
        TipStatus.UNDO,
        TipStatus.QUOTING,
        TipStatus.PAYING,
        TipStatus.IN_FLIGHT,
    }
)
_FIRST = (
    TipStatus.UNDO,
    TipStatus.QUOTING,
    TipStatus.DRAFT,
    TipStatus.PAYING,
    TipStatus.IN_FLIGHT,
    TipStatus.FAILED,
    TipStatus.PAID,
    TipStatus.RECEIPT_SEEN,
    TipStatus.CANCELLED,
)
_DONE = frozenset({TipStatus.PAID, TipStatus.RECEIPT_SEEN})


@dataclass(frozen=True, slots=True)
class TipGroup:
    """One tip or the parts of one, each recipient once: the latest try counts."""

    parts: tuple[TipView, ...]

    @property
    def key(self) -> TipId:
        """The same for every part, whatever becomes of it."""
        return self.lead.gift or self.lead.tip_id

    @property
    def lead(self) -> TipView:
        """The part of which most can still be said or done."""
        return min(self.parts, key=lambda tip: _FIRST.index(tip.state))

    @property
    def is_shared(self) -> bool:
        """Whether several get a part."""
        return len(self.parts) > 1

    @property
    def amount(self) -> Msat:
        """All parts together."""
        return sum((tip.amount for tip in self.parts), Msat(0))

    @property
    def is_pending(self) -> bool:
        """Whether anything of it may still happen."""
        return any(tip.state in PENDING for tip in self.parts)

    @property
    def begun_at(self) -> Instant:
        """When it was begun."""
        return min(tip.created_at for tip in self.parts)

    @property
    def failed(self) -> tuple[TipView, ...]:
        """What certainly was not paid, and can be sent again."""
        return tuple(tip for tip in self.parts if tip.state is TipStatus.FAILED and tip.can_retry)

    @property
    def rewarded(self) -> TipView | None:
        """A part for which something came back."""
        return next((tip for tip in self.parts if tip.reward is not None), None)

    @property
    def to(self) -> str:
        """Whom it is for."""
        if self.is_shared:
            return tn(len(self.parts), "{count} person", "{count} people")
        return words.name(self.lead.recipient.title)

    @property
    def how_far(self) -> str:
        """How many parts are where: ``2 paid, 1 not paid``."""
        paid, flying = self._number(_DONE), self._number({TipStatus.IN_FLIGHT})
        going = self._number(PENDING - {TipStatus.IN_FLIGHT})
        failed, back = self._number({TipStatus.FAILED}), self._number({TipStatus.CANCELLED})
        said = (
            t("{n} paid", n=paid) if paid else "",
            t("{n} in flight", n=flying) if flying else "",
            t("{n} on the way", n=going) if going else "",
            t("{n} not paid", n=failed) if failed else "",
            t("{n} taken back", n=back) if back else "",
        )
        return ", ".join(filter(None, said))

    def _number(self, states: Collection[TipStatus]) -> int:
        return sum(tip.state in states for tip in self.parts)


def group(tips: Iterable[TipView]) -> tuple[TipGroup, ...]:
    """Tips as groups, in the order of their first part."""
    found: dict[TipId, dict[object, TipView]] = {}
    for tip in tips:
        parts = found.setdefault(tip.gift or tip.tip_id, {})
        who = tip.recipient.pubkey or tip.recipient.title
        before = parts.get(who)
        if before is None or tip.created_at >= before.created_at:
            parts[who] = tip
    return tuple(TipGroup(tuple(parts.values())) for parts in found.values())
