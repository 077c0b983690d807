"""A tip in a list: sent, with its state and cost, or received."""

from PySide6.QtCore import QRect, Signal
from PySide6.QtWidgets import QWidget

from tipdesk.base.clock import Instant
from tipdesk.services.views import IncomingTip, TipView
from tipdesk.tips.tip import TipStatus
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t, tn
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.activity import ActivityViewModel, AnyTip, describe
from tipdesk.ui.viewmodels.copies import Copied, income_copied, tip_copied
from tipdesk.ui.viewmodels.creator import CreatorViewModel
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.widgets.avatar import Avatar
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.line_row import LineRow
from tipdesk.ui.widgets.tip_tray import flight_line, has_route


class TipRow(LineRow):
    """Shows a `TipView` or an `IncomingTip`."""

    undo = Signal(object)
    retry = Signal(object)
    reward = Signal(object, QRect)
    """A tip for which something came back, and where the button is in the window."""
    route = Signal(object, QRect)
    """A tip whose way is wanted, and where the button is in the window."""

    def __init__(
        self,
        activity: ActivityViewModel | CreatorViewModel,
        images: Images,
        parent: QWidget,
    ) -> None:
        self._avatar = Avatar(40, images)
        super().__init__(self._avatar, parent)
        self._activity = activity
        self._tip: AnyTip | None = None
        self.button = Button(t("Undo"), icon="undo", small=True)
        self.button.clicked.connect(self._pressed)
        self.route_button = Button(icon="route", look=Look.GHOST, small=True, name=t("Route"))
        self.route_button.clicked.connect(self.ask_route)
        self.extras.addWidget(self.route_button)
        self.extras.addWidget(self.button)
        self.extras.setSpacing(Space.TIGHT)

    def show_row(self, view: AnyTip) -> None:
        """Shows a tip."""
        self._tip = view
        self.setAccessibleName(describe(view))
        if isinstance(view, IncomingTip):
            self._show_received(view)
            self.glow()
        else:
            self._show_sent(view)

    def copied(self) -> Copied | None:
        """A line of text."""
        tip = self._tip
        if isinstance(tip, TipView):
            return tip_copied(tip)
        return None if tip is None else income_copied(tip)

    def glow(self) -> None:
        """A tip that landed this moment stands out, less and less."""
        model, tip = self._activity, self._tip
        if isinstance(model, CreatorViewModel) and isinstance(tip, IncomingTip):
            self.set_glow(model.glow(tip.payment_hash))

    def _show_received(self, tip: IncomingTip) -> None:
        sender = t("Somebody") if tip.sender is None else words.name(tip.sender.title)
        self._avatar.show_profile(tip.sender)
        self.who.setText(t("{sender} tipped you", sender=sender))
        self.what.setText(self._about(tip.comment, self._activity.about(tip.target_event)))
        done = t("Receipt out") if tip.receipt_published else t("Received")
        self.pill.show_words(done, "good")
        self.pill.show()
        self.button.hide()
        self.route_button.hide()
        self.amount.setText(f"+{words.amount(tip.amount)}")
        self.amount.set_tone("good")
        self.meta.setText(words.ago(tip.at, self._activity.now))

    def _show_sent(self, tip: TipView) -> None:
        now = self._activity.now
        self._avatar.show_profile(tip.recipient)
        self.who.setText(t("To {name}", name=words.name(tip.recipient.title)))
        about = self._about(tip.comment, self._activity.about(tip.target_event))
        settled = tip.state.is_paid or tip.can_undo
        said = words.line(tip.sentence)
        if tip.state is TipStatus.IN_FLIGHT and tip.ends_by is not None:
            said = flight_line(tip)
        self.what.setText(about if settled else said or about)
        self.pill.show_state(tip.state)
        self.button.setVisible(tip.can_undo or tip.can_retry or tip.reward is not None)
        what = t(
            "the tip of {amount} to {name}", amount=tip.amount, name=words.name(tip.recipient.title)
        )
        self.route_button.setVisible(has_route(tip))
        self.route_button.set_label("", t("The route of {what}", what=what))
        if tip.can_undo:
            left = 0 if tip.undo_until is None else words.seconds_left(tip.undo_until, now)
            self.button.set_label(
                t("Undo · {left} s", left=left) if left else t("Undo"), t("Undo {what}", what=what)
            )
            self.button.set_icon("undo")
        elif tip.reward is not None:
            self.button.set_label(t("What came back"), t("What came back for {what}", what=what))
            self.button.set_icon("gift")
        else:
            self.button.set_label(t("Pay again"), t("Pay {what} again", what=what))
            self.button.set_icon("refresh")
        moved = tip.state not in (TipStatus.CANCELLED, TipStatus.FAILED)
        self.amount.setText(
            f"{words.MINUS}{words.amount(tip.amount)}" if moved else words.amount(tip.amount)
        )
        self.amount.set_tone("" if moved else "faint")
        self.meta.setText(meta_line(tip, now))

    def _about(self, comment: str, post: str) -> str:
        said = f"“{words.line(comment)}”" if comment else ""
        return " · ".join(filter(None, (said, post))) or t("No comment")

    def ask_route(self) -> None:
        """Asks for the way that the tip took, if it has one."""
        if not isinstance(self._tip, TipView) or not has_route(self._tip):
            return
        corner = self.route_button.mapTo(self.window(), self.route_button.rect().topLeft())
        self.route.emit(self._tip, QRect(corner, self.route_button.size()))

    def _pressed(self) -> None:
        tip = self._tip
        if not isinstance(tip, TipView):
            return
        if tip.reward is not None:
            corner = self.button.mapTo(self.window(), self.button.rect().topLeft())
            self.reward.emit(tip, QRect(corner, self.button.size()))
        else:
            (self.undo if tip.can_undo else self.retry).emit(tip.tip_id)


def meta_line(tip: TipView, now: Instant) -> str:
    """Fee, length of the way, time it took, and when."""
    parts = []
    if tip.fee is not None:
        parts.append(words.fee(tip.fee))
        if tip.channels:
            parts.append(tn(tip.channels, "{count} channel", "{count} channels"))
        if tip.took_ms is not None:
            parts.append(words.took(tip.took_ms))
    elif tip.state not in (TipStatus.CANCELLED, TipStatus.FAILED):
        parts.append(t("fee ≤ {amount}", amount=tip.fee_limit))
    parts.append(words.age(tip.created_at, now))
    return " · ".join(parts)
