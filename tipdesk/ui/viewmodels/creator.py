"""A creator's desk: tips as they land, and what they come to."""

from PySide6.QtCore import QObject, Signal

from tipdesk.base.clock import Instant
from tipdesk.base.ids import EventId, PaymentHash
from tipdesk.base.units import Msat
from tipdesk.services.events import IncomingTipSeen, ProfileChanged
from tipdesk.services.views import IncomingTip, ProfileView
from tipdesk.ui import format as words
from tipdesk.ui.viewmodels.activity import about_post, describe
from tipdesk.ui.viewmodels.base import ViewModel
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.rows import Rows


class CreatorViewModel(ViewModel):
    """The creator's page. `landed` for each new tip, once."""

    landed = Signal(object)

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self.rows: Rows[IncomingTip] = Rows(lambda tip: tip.payment_hash, describe, self)
        self._known: set[PaymentHash] = {tip.payment_hash for tip in app.creator.incoming()}
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
        midnight = words.start_of_day(self.now)
        return sum(tip.at >= midnight for tip in self._app.creator.incoming())

    @property
    def largest(self) -> IncomingTip | None:
        """The largest of all, the latest of several."""
        return max(self._app.creator.incoming(), key=lambda tip: tip.amount, default=None)

    def about(self, event_id: EventId | None) -> str:
        """The post of a tip in a few words."""
        return about_post(self._app, event_id)

    def refresh(self) -> None:
        """Reads the tips anew and tells which are new."""
        tips = self._app.creator.incoming()
        self.rows.replace(tips)
        for tip in reversed(tips):
            if tip.payment_hash not in self._known:
                self._known.add(tip.payment_hash)
                self.landed.emit(tip)
