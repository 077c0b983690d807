"""The desk's panel of receiving: a check of one's own address, and the ways to be reached."""

from PySide6.QtCore import QPoint, QRect, Signal
from PySide6.QtWidgets import QWidget

from tipdesk.services.probe import ProbeCheck
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say, t, tn
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.desk_receiving import Reach, ReceivingViewModel, Way
from tipdesk.ui.views.desk_panel import DeskPanel
from tipdesk.ui.widgets.action_line import Line, LineList
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.card import Card
from tipdesk.ui.widgets.own_address import OwnAddressForm
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.pill import Pill
from tipdesk.ui.widgets.scroll_column import ScrollColumn, side_by_side
from tipdesk.ui.widgets.text import Text


class _WayCard(Card):
    """One way to be tipped."""

    def __init__(self, extra: QWidget | None) -> None:
        self.pill = Pill()
        super().__init__("", self.pill)
        self._parts: list[Text] = []
        for title in ("", t("What it needs"), t("Whom you trust")):
            if title:
                self.inner.addWidget(Text(title, Type.SMALL_STRONG))
            part = Text("", Type.SMALL, "soft", wrap=True)
            self._parts.append(part)
            self.inner.addWidget(part)
        self.inner.setSpacing(Space.SNUG)
        if extra is not None:
            self.inner.addWidget(extra)

    def show_way(self, way: Way) -> None:
        """Shows it."""
        self.title.setText(way.title)
        self.setAccessibleName(f"{way.title}: {way.state}")
        self.pill.show_words(way.state, "good" if way.is_here else "calm")
        for part, text in zip(self._parts, (way.text, way.needs, way.trusts), strict=True):
            part.setText(text)


class ReceivingPanel(DeskPanel):
    """The check on the left, the ways on the right; `own_profile` with where its button is,
    `provider_wanted` when a link for a provider is to be made.
    """

    own_profile = Signal(QRect)
    provider_wanted = Signal()

    def __init__(self, model: ReceivingViewModel) -> None:
        super().__init__()
        self._model = model
        self.button = Button(t("Try it"), icon="refresh", look=Look.PRIMARY)
        self.button.clicked.connect(model.run)
        self.pill = Pill()
        card = Card(t("Would a tip arrive?"), self.pill)
        self._said = Text("", Type.SMALL, "soft", wrap=True)
        self.checks = LineList(t("Checks"), wrap=True)
        self.profile_button = Button(t("Edit your profile"))
        self.profile_button.clicked.connect(self._ask_profile)
        for part in (self._said, self.checks):
            card.inner.addWidget(part)
        acts = row(spacing=Space.SNUG)
        acts.addWidget(self.button, 1)
        acts.addWidget(self.profile_button, 1)
        card.inner.addLayout(acts)
        self.own_address = OwnAddressForm(model)
        self.provider_button = Button(t("Make the link"), small=True)
        self.provider_button.clicked.connect(self.provider_wanted)
        extras = {Reach.OWN: self.own_address, Reach.PROVIDER: self.provider_button}
        self._ways = [_WayCard(extras.get(way.reach)) for way in model.ways]
        scroll = ScrollColumn(t("Receiving"))
        both = QWidget()
        across = row(spacing=Space.NEAR)
        both.setLayout(across)
        across.addWidget(side_by_side(card), 1)
        across.addWidget(side_by_side(*self._ways), 1)
        scroll.add(both)
        column(self).addWidget(scroll)

    def update_view(self) -> None:
        """The last answer, and the ways as they are."""
        model = self._model
        self.button.setEnabled(bool(model.address) and not model.is_running)
        self.button.set_label(t("Asking …") if model.is_running else t("Try it"))
        self._said.setText(self._sentence())
        self._said.set_tone("bad" if model.problem else "soft")
        self.checks.show_lines([_line(check) for check in model.checks or ()])
        self.pill.setVisible(model.checks is not None and not model.is_running)
        self.pill.show_words(*self._verdict())
        for card, way in zip(self._ways, model.ways, strict=True):
            card.show_way(way)
        self.own_address.update_view()

    def _ask_profile(self) -> None:
        button = self.profile_button
        corner = button.mapTo(self.window(), QPoint(0, 0))
        self.own_profile.emit(QRect(corner, button.size()))

    def _verdict(self) -> tuple[str, str]:
        failed = self._model.failed
        if failed:
            return tn(failed, "{count} thing to mend", "{count} things to mend"), "bad"
        return t("It would"), "good"

    def _sentence(self) -> str:
        model = self._model
        if not model.address:
            return t(
                "Your profile has no lightning address, so nobody can zap you. Write one into it: "
                "the ways beside this tell where to get it."
            )
        if model.problem:
            return model.problem
        asks = t(
            "Asks {address} as a fan's wallet would, up to the payment. Nothing is paid. A "
            "server that answers here may still be closed to others.",
            address=words.line(model.address),
        )
        return f"{asks} {model.when}".strip()


def _line(check: ProbeCheck) -> Line:
    step = say(check.step.value)
    return Line(
        title=step[0].upper() + step[1:],
        detail="\n".join(filter(None, map(say, (check.sentence, check.next_step)))),
        state=t("Good") if check.passed else t("Mend"),
        state_tone="good" if check.passed else "bad",
    )
