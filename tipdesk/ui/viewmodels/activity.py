"""Every tip sent and received, in one list."""

from collections.abc import Hashable
from enum import Enum

from PySide6.QtCore import QObject

from tipdesk.base.clock import Instant
from tipdesk.base.ids import EventId
from tipdesk.base.phrase import Phrase
from tipdesk.services.events import IncomingTipSeen, ProfileChanged, TipChanged
from tipdesk.services.views import IncomingTip, TipView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.viewmodels.base import ViewModel
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.rows import Rows

AnyTip = TipView | IncomingTip


class Show(Enum):
    """Which tips are listed."""

    ALL = Phrase("All")
    SENT = Phrase("Sent")
    RECEIVED = Phrase("Received")


class ActivityViewModel(ViewModel):
    """The page of tips."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self._show = Show.ALL
        self.rows: Rows[AnyTip] = Rows(_key, describe, self)
        self.rows.wants_more.connect(self.refresh)
        for kind in (TipChanged, IncomingTipSeen, ProfileChanged):
            self.listen(kind, self.touch)
        self.refresh()

    @property
    def showing(self) -> Show:
        """Which tips are listed."""
        return self._show

    @property
    def now(self) -> Instant:
        """The time, for ages."""
        return self._app.clock.now()

    def show(self, which: Show) -> None:
        """Lists others."""
        self._show = which
        self.refresh()
        self.changed.emit()

    def about(self, event_id: EventId | None) -> str:
        """The post of a tip in a few words; empty if it is none or not known."""
        return about_post(self._app, event_id)

    def refresh(self) -> None:
        """Reads the tips anew."""
        limit = self.rows.limit
        sent = self._app.tips.tips(limit) if self._show is not Show.RECEIVED else ()
        received = self._app.creator.incoming(limit) if self._show is not Show.SENT else ()
        self.rows.replace(sorted((*sent, *received), key=_moment, reverse=True))


def describe(tip: AnyTip) -> str:
    """A tip as a sentence for screen readers."""
    if isinstance(tip, IncomingTip):
        who = t("somebody") if tip.sender is None else tip.sender.title
        return t(
            "Received {amount} from {who}. {comment}",
            amount=tip.amount,
            who=who,
            comment=words.line(tip.comment),
        )
    return t(
        "{amount} to {name}. {state}. {sentence}",
        amount=tip.amount,
        name=tip.recipient.title,
        state=tip.state.value,
        sentence=tip.sentence,
    )


def about_post(app: AppFacade, event_id: EventId | None) -> str:
    """The first words of a post, or its title; empty if it is not known."""
    view = None if event_id is None else app.feeds.post(event_id)
    if view is None:
        return ""
    post = view.post
    fallback = t("a picture") if post.images else ""
    return words.line(post.title or post.text) or fallback


def _key(tip: AnyTip) -> Hashable:
    return tip.payment_hash if isinstance(tip, IncomingTip) else tip.tip_id


def _moment(tip: AnyTip) -> Instant:
    return tip.at if isinstance(tip, IncomingTip) else tip.created_at
