"""What the desktop is told of while the window is not in front; several at once become one."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QObject, QTimer, Signal

from tipdesk.base.ids import ChannelId, PaymentHash, TipId, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.ports.channels import ChannelStatus
from tipdesk.ports.desktop import Told
from tipdesk.services.events import ChannelsChanged, IncomingTipSeen, PaymentChanged, TipChanged
from tipdesk.services.views import IncomingTip
from tipdesk.tips.history import Direction, PaymentState
from tipdesk.tips.tip import TipStatus
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t, tn
from tipdesk.ui.viewmodels.base import ViewModel
from tipdesk.ui.viewmodels.desktop import DesktopViewModel
from tipdesk.ui.viewmodels.facade import AppFacade

_TOGETHER_MS = 2_000
_LOOKED_AT = 200
THANK = "thank"
SHOW = "default"
"""The key of a press on the notification itself."""


class Place(Enum):
    """Where the person is led by a press."""

    TIPS_IN = "creator"
    TIPS_OUT = "tips"
    MONEY = "history"
    CHANNELS = "channels"


@dataclass(frozen=True, slots=True)
class News:
    """One notification; `sender` signed for the one tip that it is about."""

    told: Told
    place: Place
    sender: XOnlyPubkey | None = None


class NewsViewModel(ViewModel):
    """`happened` with `News`. Without amounts and names when these are hidden."""

    happened = Signal(object)

    def __init__(
        self, app: AppFacade, desktop: DesktopViewModel, parent: QObject | None = None
    ) -> None:
        super().__init__(app.bus, parent)
        self._app, self._desktop = app, desktop
        self.in_front: Callable[[], bool] = lambda: True
        """Whether the person looks at the window; it tells them itself then."""
        self._count = app.creator.count()
        self._tips: list[IncomingTip] = []
        self._came: dict[PaymentHash, Msat] = {}
        self._known = self._received()
        self._failed: set[TipId] = set()
        self._broken = self._failed_channels()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_TOGETHER_MS)
        self._soon.timeout.connect(self.tell)
        self.listen(IncomingTipSeen, self._tip_came)
        self.listen(PaymentChanged, self._payment_changed)
        self.listen(TipChanged, self._tip_changed)
        self.listen(ChannelsChanged, self._channels_changed)

    def tell(self) -> None:
        """What came together is told of, unless the window is in front."""
        tips, came = self._tips, self._came
        self._tips, self._came = [], {}
        if self.in_front() or not self._desktop.notifies:
            return
        # A tip is a payment too: it is told of once.
        others = [v for key, v in came.items() if self._app.creator.tip(key) is None]
        if len(tips) == 1:
            self.happened.emit(self._one_tip(tips[0]))
        elif tips:
            total = sum((tip.amount for tip in tips), Msat(0))
            title = self._counted_tips(len(tips), total)
            self.happened.emit(News(_told(title), Place.TIPS_IN))
        if others:
            title = self._counted_payments(len(others), sum(others, Msat(0)))
            self.happened.emit(News(_told(title), Place.MONEY))

    def close(self) -> None:
        """Hears nothing more."""
        self._soon.stop()
        super().close()

    def _tip_came(self, _event: IncomingTipSeen) -> None:
        new, self._count = self._app.creator.count() - self._count, self._app.creator.count()
        if new > 0:
            self._tips += self._app.creator.incoming(new)
            self._begin()

    def _payment_changed(self, _event: PaymentChanged) -> None:
        received = self._received()
        fresh = {key: value for key, value in received.items() if key not in self._known}
        if fresh:
            self._known |= received
            self._came |= fresh
            self._begin()

    def _tip_changed(self, event: TipChanged) -> None:
        tip = self._app.tips.tip(event.tip_id)
        if tip is None or tip.state is not TipStatus.FAILED or tip.tip_id in self._failed:
            return
        self._failed.add(tip.tip_id)
        why = "" if self._desktop.hides else words.line(tip.sentence)
        self._at_once(News(_told(t("A tip was not paid"), why), Place.TIPS_OUT))

    def _channels_changed(self, _event: ChannelsChanged) -> None:
        broken = self._failed_channels()
        fresh, self._broken = broken - self._broken, broken
        if fresh:
            why = t("Open TipDesk to see what happened and what to do.")
            self._at_once(News(_told(t("A channel needs you"), why), Place.CHANNELS))

    def _begin(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _at_once(self, news: News) -> None:
        if not self.in_front() and self._desktop.notifies:
            self.happened.emit(news)

    def _one_tip(self, tip: IncomingTip) -> News:
        if self._desktop.hides:
            return News(_told(t("A tip came in")), Place.TIPS_IN)
        # A name that nobody signed for would be believed here.
        who = t("Somebody") if tip.sender is None else words.name(tip.sender.title)
        title = t("{name} tipped you {amount}", name=who, amount=tip.amount)
        if tip.sender is None:
            return News(_told(title, words.line(tip.comment)), Place.TIPS_IN)
        told = _told(title, words.line(tip.comment), (THANK, t("Say thanks")))
        return News(told, Place.TIPS_IN, tip.sender.pubkey)

    def _counted_tips(self, count: int, total: Msat) -> str:
        if self._desktop.hides:
            return tn(count, "{count} tip came in", "{count} tips came in")
        return tn(
            count, "{count} tip came in, {total}", "{count} tips came in, {total}", total=total
        )

    def _counted_payments(self, count: int, total: Msat) -> str:
        if self._desktop.hides:
            return tn(count, "{count} payment came in", "{count} payments came in")
        return tn(
            count,
            "{count} payment came in, {total}",
            "{count} payments came in, {total}",
            total=total,
        )

    def _received(self) -> dict[PaymentHash, Msat]:
        return {
            one.payment_hash: one.amount or Msat(0)
            for one in self._app.wallet.payments(_LOOKED_AT)
            if one.direction is Direction.IN and one.status is PaymentState.SUCCEEDED
        }

    def _failed_channels(self) -> frozenset[ChannelId]:
        views = self._app.channels.channels()
        return frozenset(v.channel_id for v in views if v.status is ChannelStatus.FAILED)


def _told(title: str, body: str = "", *more: tuple[str, str]) -> Told:
    return Told(title, body, ((SHOW, t("Show")), *more))
