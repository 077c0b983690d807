"""A creator's desk: tips as they land, and what they come to."""

from PySide6.QtCore import QObject, Signal

from tipdesk.base.clock import Instant
from tipdesk.base.ids import EventId, PaymentHash
from tipdesk.base.units import Msat
from tipdesk.services.events import IncomingTipSeen, ProfileChanged
from tipdesk.services.views import IncomingTip, ProfileView
from tipdesk.ui.viewmodels.activity import about_post, describe
from tipdesk.ui.viewmodels.base import ViewModel
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.rows import Rows

_GLOW_MS = 3_000


class CreatorViewModel(ViewModel):
    """The creator's page. `landed` for each new tip, once."""

    landed = Signal(object)

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self.rows: Rows[IncomingTip] = Rows(lambda tip: tip.payment_hash, describe, self)
        self.rows.wants_more.connect(self.refresh)
        self._count = app.creator.count()
        self._fresh: dict[PaymentHash, Instant] = {}
        self.listen(IncomingTipSeen, self.touch)
        self.listen(ProfileChanged, self.touch)
        self.refresh()

    @property
    def now(self) -> Instant:
        """The time, for ages."""
        return self._app.clock.now()

    @property
    def myself(self) -> ProfileView | None:
        """Who is tipped here."""
        return self._app.status().myself

    @property
    def total_today(self) -> Msat:
        """Since midnight."""
        return self._app.creator.total_today(self.now)

    @property
    def total_all(self) -> Msat:
        """Since the beginning."""
        return self._app.creator.total_all()

    @property
    def count_today(self) -> int:
        """How many came since midnight."""
        return self._app.creator.count_today(self.now)

    @property
    def count(self) -> int:
        """How many ever came."""
        return self._app.creator.count()

    @property
    def largest(self) -> IncomingTip | None:
        """The largest of all."""
        return self._app.creator.largest()

    @property
    def has_fresh(self) -> bool:
        """Whether a tip landed this moment."""
        return any(self.now.since(landed) < _GLOW_MS for landed in self._fresh.values())

    def glow(self, payment_hash: PaymentHash) -> float:
        """How much a tip stands out because it is new: 1 when it landed, soon 0."""
        landed = self._fresh.get(payment_hash)
        passed = _GLOW_MS if landed is None else self.now.since(landed)
        return max(0.0, 1 - passed / _GLOW_MS)

    def about(self, event_id: EventId | None) -> str:
        """The post of a tip in a few words."""
        return about_post(self._app, event_id)

    def refresh(self) -> None:
        """Reads the tips anew and tells which are new."""
        tips = self._app.creator.incoming(self.rows.limit)
        self.rows.replace(tips)
        new, self._count = self.count - self._count, self.count
        if new and not self.has_fresh:
            self._fresh.clear()
        for tip in reversed(tips[:new]):
            self._fresh[tip.payment_hash] = self.now
            self.landed.emit(tip)
