"""The navigation on the left: brand, pages, what can be spent, and the status line."""

from enum import Enum

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QVBoxLayout, QWidget

from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat
from tipdesk.services.views import AppStatus, ProfileView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t, tn
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.theme.theme import theme
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.widgets.bolt import Bolt
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.face_button import FaceButton
from tipdesk.ui.widgets.icon import Icon
from tipdesk.ui.widgets.panel import Panel, column, row
from tipdesk.ui.widgets.rail_button import HEIGHT, RailButton
from tipdesk.ui.widgets.text import Elided, Text, plain_tooltip

WIDTH = 200
_LOWEST = 28


class PageName(Enum):
    """The pages: name and icon."""

    FEED = (Phrase("Feed"), "feed")
    TIPS = (Phrase("Tips"), "tips")
    HISTORY = (Phrase("History"), "history")
    WALLET = (Phrase("Wallet"), "wallet")
    CHANNELS = (Phrase("Channels"), "channels")
    CREATOR = (Phrase("Creator"), "creator")
    MESSAGES = (Phrase("Messages"), "comment")
    PEOPLE = (Phrase("People"), "people")
    SETTINGS = (Phrase("Settings"), "settings")


LISTED = tuple(page for page in PageName if page is not PageName.SETTINGS)
"""Those that have a line of the navigation; settings have a button at its foot."""


def page_title(page: PageName) -> str:
    """What a page is called."""
    match page:
        case PageName.FEED:
            return t("Feed")
        case PageName.TIPS:
            return t("Tips")
        case PageName.HISTORY:
            return t("History")
        case PageName.WALLET:
            return t("Wallet")
        case PageName.CHANNELS:
            return t("Channels")
        case PageName.CREATOR:
            return t("Creator")
        case PageName.MESSAGES:
            return t("Messages")
        case PageName.PEOPLE:
            return t("People")
        case PageName.SETTINGS:
            return t("Settings")


class Rail(Panel):
    """`chosen` with a `PageName`, `own_profile` with where its button is in the window, and
    `theme_wanted` with ``light`` or ``dark``.
    """

    chosen = Signal(object)
    theme_wanted = Signal(str)
    own_profile = Signal(QRect)

    def __init__(self, images: Images) -> None:
        super().__init__("rail")
        self.setFixedWidth(WIDTH)
        layout = column(self, margin=Space.ROOM, spacing=Space.TIGHT)
        brand = row(spacing=Space.NEAR - 2)
        brand.setContentsMargins(6, 4, 0, 0)
        brand.addWidget(Bolt())
        brand.addWidget(Text("TipDesk", Type.HEADING), 1)
        layout.addLayout(brand)
        layout.addSpacing(Space.ROOM + 2)
        self._group = QButtonGroup(self)
        self.buttons: dict[PageName, RailButton] = {}
        for number, page in enumerate(LISTED, start=1):
            button = RailButton(page_title(page), page.value[1], keys=f"Ctrl+{number}")
            button.clicked.connect(lambda _=False, p=page: self.chosen.emit(p))
            self._group.addButton(button)
            self.buttons[page] = button
            layout.addWidget(button)
        layout.addStretch()
        self.myself = FaceButton(images, side=32)
        self.myself.setToolTip(t("Your profile and your relays, as others see them"))
        self.myself.person.connect(lambda _, place: self.own_profile.emit(place))
        layout.addWidget(self.myself)
        layout.addWidget(self._make_balance())
        layout.addSpacing(Space.NEAR)
        self._make_status(layout)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window the pages stand closer together."""
        super().resizeEvent(event)
        self._fit()

    def show_page(self, page: PageName) -> None:
        """Which page is open."""
        self._group.setExclusive(page in self.buttons)
        for listed, button in self.buttons.items():
            button.setChecked(listed is page)

    def show_balance(self, spendable: Msat) -> None:
        """What can be spent."""
        self._balance.setText(words.figure(spendable))
        self._balance_box.setAccessibleName(t("Can be spent: {amount}", amount=spendable))

    def show_veil(self, *, by_hand: bool) -> None:
        """Whether the person hid amounts."""
        self.eye.set_icon("eye-off" if by_hand else "eye")
        shown = t("Show amounts (Ctrl+H); hold it to look")
        name = shown if by_hand else t("Hide amounts (Ctrl+H)")
        self.eye.setAccessibleName(name)
        self.eye.setToolTip(plain_tooltip(name))

    def show_status(self, status: AppStatus) -> None:
        """Relays, chain, peers."""
        relays = tn(
            status.relays_total,
            "{connected} of {count} relay",
            "{connected} of {count} relays",
            connected=status.relays_connected,
        )
        self._say("relay", relays, good=status.relays_connected > 0)
        height = status.chain_height
        chain = t("no chain server") if height is None else t("block {height}", height=height)
        self._say("chain", chain, good=height is not None)
        self._show_peers(status)
        self._network.setText(words.network(status.network))
        self._show_myself(status.myself)

    def _show_peers(self, status: AppStatus) -> None:
        """While the map of the network is learnt, how far that is; payments find few ways yet."""
        peers = tn(status.peers, "{count} peer", "{count} peers")
        said, hint = peers, ""
        if status.peers and status.map_missing:
            known, whole = status.map_known, status.map_known + status.map_missing
            said = t("map {known} of {whole}", known=known, whole=whole)
            hint = t(
                "{peers}. TipDesk learns the map of the network: {known} of {whole} channels. "
                "Tips can be sent meanwhile, and may find no way yet.",
                peers=peers,
                known=known,
                whole=whole,
            )
        self._say("peers", said, good=status.peers > 0)
        _, label = self._status["peers"]
        label.setToolTip(plain_tooltip(hint) if hint else "")
        label.setAccessibleDescription(hint)

    def show_lock(self, *, is_set: bool) -> None:
        """Whether there is a lock; without one there is nothing to press."""
        self.lock.setVisible(is_set)

    def show_words_due(self, *, is_due: bool) -> None:
        """A mark at the settings, while nobody checked the words of a wallet with money."""
        self.settings.show_mark(on=is_due)
        name = t("Settings (Ctrl+,)")
        if is_due:
            name = t("Settings (Ctrl+,): write down the words of your wallet")
        self.settings.setAccessibleName(name)
        self.settings.setToolTip(plain_tooltip(name))

    def _show_myself(self, myself: ProfileView | None) -> None:
        self.myself.setVisible(myself is not None)
        if myself is not None:
            self.myself.show_person(myself, t("Your profile"))
        self._fit()

    def _fit(self) -> None:
        rows = self.buttons.values()
        others = self.sizeHint().height() - sum(button.height() for button in rows)
        high = min(HEIGHT, max(_LOWEST, (self.height() - others) // len(rows)))
        for button in rows:
            button.setFixedHeight(high)

    def _make_balance(self) -> QWidget:
        self._balance_box = Panel("card")
        inner = column(self._balance_box, margin=Space.NEAR, spacing=1)
        head = row(spacing=Space.TIGHT)
        head.addWidget(Elided(t("Can be spent"), step=Type.SMALL, tone="soft"), 1)
        self.eye = Button(icon="eye", look=Look.GHOST, small=True, name=t("Hide amounts (Ctrl+H)"))
        self.eye.setFixedSize(24, 24)
        head.addWidget(self.eye)
        inner.addLayout(head)
        self._balance = Elided(step=Type.STRONG, tabular=True)
        line = row(spacing=Space.TIGHT)
        line.addWidget(self._balance)
        line.addWidget(Text("sat", Type.SMALL, "faint"))
        line.addStretch()
        inner.addLayout(line)
        return self._balance_box

    def _make_status(self, box: QVBoxLayout) -> None:
        self._status: dict[str, tuple[Icon, Text]] = {}
        for name in ("relay", "chain", "peers"):
            line = row(spacing=Space.SNUG)
            line.setContentsMargins(10, 0, 0, 0)
            icon, label = (
                Icon(name, "ink_faint", 15),
                Elided(step=Type.SMALL, tone="faint", tabular=True),
            )
            line.addWidget(icon)
            line.addWidget(label, 1)
            self._status[name] = (icon, label)
            box.addLayout(line)
        foot = row(spacing=Space.HAIR)
        foot.setContentsMargins(2, 4, 0, 0)
        self._network = Text("", Type.SMALL_STRONG, "accent")
        self._network.setContentsMargins(10, 2, 0, 0)
        self.lock = Button(icon="lock", look=Look.GHOST, small=True, name=t("Lock (Ctrl+L)"))
        self._theme = Button(icon="moon", look=Look.GHOST, small=True, name=t("Light or dark"))
        self._theme.clicked.connect(self._toggle_theme)
        self.settings = Button(
            icon="settings", look=Look.GHOST, small=True, name=t("Settings (Ctrl+,)")
        )
        self.settings.clicked.connect(lambda: self.chosen.emit(PageName.SETTINGS))
        for button in (self.settings, self._theme, self.lock):
            foot.addWidget(button)
        foot.addStretch(1)
        box.addWidget(self._network)
        box.addLayout(foot)
        theme().changed.connect(self._theme_changed)
        self._theme_changed()

    def _say(self, name: str, text: str, *, good: bool) -> None:
        icon, label = self._status[name]
        label.setText(text)
        label.set_tone("faint" if good else "bad")
        icon.show_icon(name, "ink_faint" if good else "bad")

    def _toggle_theme(self) -> None:
        self.theme_wanted.emit("light" if theme().roles.is_dark else "dark")

    def _theme_changed(self) -> None:
        self._theme.set_icon("sun" if theme().roles.is_dark else "moon")
