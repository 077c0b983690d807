"""From money in a card account to the first tip: where sats come from, and what they cost."""

from PySide6.QtCore import QRect, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from tipdesk.base.units import Sat
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.first_sats import Seller, regions
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import Panel, Popover, column, line, row
from tipdesk.ui.widgets.segments import Segments
from tipdesk.ui.widgets.text import Elided, Text

_WIDTH = 640
_START = Sat(200_000)


class FirstSatsPanel(Popover):
    """`receive_wanted` when the person has somebody to send them sats."""

    receive_wanted = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self.setAccessibleName(t("Your first sats"))
        self._window = window
        self._regions = regions()
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        layout.addLayout(self.head(t("Your first sats")))
        for title, text in _facts():
            layout.addWidget(Text(title, Type.STRONG))
            layout.addWidget(Text(text, Type.SMALL, "soft", wrap=True))
        layout.addWidget(line())
        self.region = Segments(
            t("Region"), {name: title for name, (title, _) in self._regions.items()}
        )
        self.region.chosen.connect(self.show_region)
        layout.addWidget(self.region)
        self._sellers = Panel("sunken")
        self._list = column(self._sellers, margin=Space.SNUG, spacing=Space.HAIR)
        layout.addWidget(self._sellers)
        self.buttons: list[Button] = []
        layout.addWidget(
            Text(
                t(
                    "A list for orientation, as of 2026 and not checked since. TipDesk has no part "
                    "in any of them and is paid by none. Compare what they charge and ask for."
                ),
                Type.SMALL,
                "faint",
                wrap=True,
            )
        )
        foot = row(spacing=Space.SNUG)
        self.receive = Button(t("Show my address"), icon="receive", look=Look.PRIMARY)
        self.receive.clicked.connect(self._receive)
        foot.addStretch(1)
        foot.addWidget(self.receive)
        layout.addLayout(foot)
        self.region.choose("europe")
        self.show_region("europe")

    def begin(self, back: QWidget | None) -> None:
        """Opens it in the middle of the window."""
        self.open_at(QRect((self._window.width() + self.width()) // 2, 24, 1, 1), back)
        self.region.buttons[self.region.choice].setFocus()

    def show_region(self, name: str) -> None:
        """Who sells there."""
        while (item := self._list.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        self.buttons = []
        for seller in self._regions[name][1]:
            self._list.addWidget(self._line(seller))

    def _line(self, seller: Seller) -> QWidget:
        holder = QWidget()
        across = row(spacing=Space.NEAR)
        across.setContentsMargins(Space.SNUG, Space.TIGHT, Space.SNUG, Space.TIGHT)
        holder.setLayout(across)
        name = Text(seller.name, Type.STRONG)
        name.setFixedWidth(130)
        across.addWidget(name)
        across.addWidget(Elided(seller.address, Type.SMALL, "soft"), 1)
        kind = t("Lightning, on chain") if seller.pays_lightning else t("on chain")
        across.addWidget(Text(kind, Type.SMALL, "faint"))
        button = Button(
            t("Open"), look=Look.GHOST, small=True,
            name=t("Open {address} in the browser", address=seller.address),
        )  # fmt: skip
        button.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(seller.address)))
        self.buttons.append(button)
        across.addWidget(button)
        return holder

    def _receive(self) -> None:
        self.dismiss()
        self.receive_wanted.emit()


def _facts() -> tuple[tuple[str, str], ...]:
    return (
        (
            t("How much to begin with"),
            t(
                "About {amount}. It is a few hundred small tips, and enough that the costs of a "
                "channel do not eat it up. More is not safer: it is young software.",
                amount=_START,
            ),
        ),
        (
            t("What a channel is, and costs"),
            t(
                "Tips travel through channels: an amount set aside between you and another node. "
                "Opening and closing one is a transaction on the chain each, with its fee; the "
                "panel that opens it shows both beforehand. One hundredth of it stays in reserve "
                "until it is closed. The tips themselves cost next to nothing."
            ),
        ),
        (
            t("Where sats come from"),
            t(
                "From somebody who has some, or bought. Whoever sells them usually asks who you "
                "are, and takes 1 to 4 in a hundred. Send them on chain to your address here."
            ),
        ),
    )
