"""The tray below every page: tips that wait, with what they cost and what can still be done."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tipdesk.base.clock import Instant
from tipdesk.services.views import TipView
from tipdesk.tips.tip import TipStatus
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t, tn
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.tip import TipViewModel
from tipdesk.ui.viewmodels.tip_group import TipGroup
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.countdown_ring import CountdownRing
from tipdesk.ui.widgets.filling_bolt import part_gone
from tipdesk.ui.widgets.panel import column, paint_floating, row, stack
from tipdesk.ui.widgets.part_list import PartList
from tipdesk.ui.widgets.text import Elided, plain_tooltip

_SHADOW = 7
_WIDTH = 540
_MOST = 2
_ICONS = {
    TipStatus.PAYING: ("bolt-solid", "busy"),
    TipStatus.IN_FLIGHT: ("clock", "busy"),
    TipStatus.PAID: ("check", "good"),
    TipStatus.RECEIPT_SEEN: ("check", "good"),
    TipStatus.FAILED: ("alert", "bad"),
    TipStatus.CANCELLED: ("undo", "ink_faint"),
}


class UndoBar(QWidget):
    """One group of the tray. `reward` and `route` with it, when these are wanted."""

    undo = Signal(object)
    retry = Signal(object)
    reward = Signal(object)
    route = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._group: TipGroup | None = None
        outer = column(self, margin=_SHADOW)
        holder = QWidget()
        inner = column(holder, spacing=Space.SNUG)
        inner.setContentsMargins(12, 9, 12, 9)
        line = row(spacing=Space.NEAR)
        self._ring = CountdownRing()
        self._what = Elided(step=Type.STRONG, tabular=True)
        self._cost = Elided(step=Type.SMALL, tone="soft", tabular=True)
        self.button = Button(t("Undo"), icon="undo")
        self.button.clicked.connect(self._pressed)
        line.addWidget(self._ring)
        line.addWidget(stack(self._what, self._cost), 1)
        line.addWidget(self.button)
        inner.addLayout(line)
        self.parts = PartList()
        inner.addWidget(self.parts)
        outer.addWidget(holder)
        self.setMaximumWidth(_WIDTH + 2 * _SHADOW)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_group(self, group: TipGroup, now: Instant, window_ms: int) -> None:
        """A group as it is now."""
        self._group = group
        lead = group.lead
        # What can be taken back is read before it is: that is no time for dots.
        amount = (words.exact_amount if lead.can_undo else words.amount)(group.amount)
        what = t("{amount} to {name}", amount=amount, name=group.to)
        self._what.setText(_what(lead.state, what))
        said = group.how_far if group.is_shared else cost_line(lead)
        self._cost.setText(said)
        self.parts.show_parts(group.parts if group.is_shared else ())
        self.setAccessibleName(f"{self._what.text()}. {said}")
        self.setToolTip(plain_tooltip(words.line(lead.sentence)) if lead.sentence else "")
        self._show_ring(lead, now, window_ms)
        self._show_button(group, what, now)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Floating ground."""
        paint_floating(self, _SHADOW)

    def _show_ring(self, tip: TipView, now: Instant, window_ms: int) -> None:
        if tip.can_undo and tip.undo_until is not None:
            self._ring.show_gone(part_gone(tip.undo_until, now, window_ms))
        else:
            self._ring.show_icon(_ICONS.get(tip.state, ("bolt-solid", "accent_ink")))

    def _show_button(self, group: TipGroup, what: str, now: Instant) -> None:
        self.button.show()
        until = group.lead.undo_until
        if group.lead.can_undo:
            left = 0 if until is None else words.seconds_left(until, now)
            label = t("Undo · {left} s", left=left) if left else t("Undo")
            self.button.set_label(label, t("Undo {what}", what=what))
            self.button.set_icon("undo")
        elif group.rewarded is not None:
            self.button.set_label(
                t("See what came back"), t("See what came back for {what}", what=what)
            )
            self.button.set_icon("gift")
        elif group.failed and not group.is_pending:
            some = group.is_shared and len(group.failed) < len(group.parts)
            label = t("Pay the rest again") if some else t("Pay again")
            self.button.set_label(label, t("{act}: {what}", act=label, what=what))
            self.button.set_icon("refresh")
        elif not group.is_shared and has_route(group.lead):
            self.button.set_label(t("Route"), t("The route of {what}", what=what))
            self.button.set_icon("route")
        else:
            self.button.hide()

    def _pressed(self) -> None:
        group = self._group
        if group is None:
            return
        if group.lead.can_undo:
            self.undo.emit(group.lead.tip_id)
        elif group.rewarded is not None:
            self.reward.emit(group)
        elif not group.is_shared and has_route(group.lead):
            self.route.emit(group)
        else:
            self.retry.emit(group)


class TipTray(QWidget):
    """The newest groups side by side, the newest last; `more` when the others are wanted."""

    more = Signal()
    reward = Signal(object)
    route = Signal(object)

    def __init__(self, tips: TipViewModel) -> None:
        super().__init__()
        self._tips = tips
        self.bars: list[UndoBar] = []
        layout = row(spacing=0)
        layout.setContentsMargins(Space.SNUG, 0, Space.SNUG, Space.TIGHT)
        self.setLayout(layout)
        layout.addStretch()
        for _ in range(_MOST):
            bar = UndoBar()
            bar.undo.connect(tips.undo)
            bar.retry.connect(tips.retry_failed)
            bar.reward.connect(self._show_reward)
            bar.route.connect(lambda group: self.route.emit(group.lead))
            bar.hide()
            layout.addWidget(bar, 100)
            self.bars.append(bar)
        self.more_button = Button(
            "", icon="clock", look=Look.GHOST, small=True, name=t("More tips")
        )
        self.more_button.clicked.connect(self.more)
        layout.addWidget(self.more_button)
        layout.addStretch()
        tips.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Shows the tray as it is now."""
        groups = self._tips.in_sight
        shown = groups[-_MOST:]
        for bar, group in zip(self.bars, (*shown, *(None,) * (_MOST - len(shown))), strict=True):
            bar.setVisible(group is not None)
            if group is not None:
                bar.show_group(group, self._tips.now, self._tips.undo_window_ms)
        self._show_more(len(groups) - len(shown))
        self.setVisible(bool(groups) or self._tips.waiting > 0)

    def _show_more(self, hidden: int) -> None:
        flying = self._tips.waiting
        parts = [tn(flying, "{count} tip in flight", "{count} tips in flight")] if flying else []
        if hidden:
            parts.append(t("{n} more", n=hidden))
        said = ", ".join(parts)
        self.more_button.setVisible(bool(said))
        self.more_button.set_label(
            said, t("{said}: show them", said=said) if said else t("More tips")
        )
        if flying:
            self.more_button.setToolTip(
                t("They will arrive, or come back to you. There is nothing to do.")
            )

    def _show_reward(self, group: TipGroup) -> None:
        if group.rewarded is not None:
            self.reward.emit(group.rewarded)
            self._tips.put_away(group)


def has_route(tip: TipView) -> bool:
    """Whether it is a payment that has arrived: only that took a way."""
    return tip.state.is_paid and tip.payment_hash is not None


def cost_line(tip: TipView) -> str:
    """What it cost, or is likely to, and the most it may; of one in flight, what will become."""
    if tip.fee is not None:
        said = words.fee(tip.fee)
        if tip.channels:
            said = tn(
                tip.channels, "{fee} over {count} channel", "{fee} over {count} channels", fee=said
            )
        took = "" if tip.took_ms is None else words.took(tip.took_ms)
        return ", ".join(filter(None, (said, took)))
    if tip.state is TipStatus.IN_FLIGHT:
        return flight_line(tip)
    if tip.state in (TipStatus.FAILED, TipStatus.CANCELLED):
        return words.line(tip.sentence)
    if tip.fee_limit is None:
        return t("Your wallet decides what it costs")
    limit = t("at most {amount}", amount=tip.fee_limit)
    if tip.expected_fee is None:
        return t("Fee {limit}; finding the likely one …", limit=limit)
    likely = words.amount(tip.expected_fee) if tip.expected_fee else t("nothing")
    return t("Fee likely {likely}, {limit}", likely=likely, limit=limit)


def flight_line(tip: TipView) -> str:
    """What becomes of a payment that hangs, and until when that may take."""
    if tip.ends_by is None:
        return t("It will arrive, or come back to you. There is nothing to do.")
    at, day = words.clock_time(tip.ends_by), words.short_day(tip.ends_by)
    when = at if day == words.short_day(tip.created_at) else t("{time} on {day}", time=at, day=day)
    return t("It will arrive, or comes back by about {when} at the latest.", when=when)


def _what(state: TipStatus, what: str) -> str:
    match state:
        case TipStatus.PAID | TipStatus.RECEIPT_SEEN:
            return t("Tipped {what}", what=what)
        case TipStatus.FAILED:
            return t("Not paid: {what}", what=what)
        case TipStatus.CANCELLED:
            return t("Undone: {what}", what=what)
        case TipStatus.IN_FLIGHT:
            return t("In flight: {what}", what=what)
        case TipStatus.PAYING:
            return t("Paying {what}", what=what)
        case _:
            return t("Tipping {what}", what=what)
