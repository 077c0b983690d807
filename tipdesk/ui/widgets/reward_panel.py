"""What came back for a tip, large: words to copy, a link that opens only when it is pressed."""

from PySide6.QtCore import QRect, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QWidget

from tipdesk.services.views import TipView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.widgets.avatar import Avatar
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import Panel, Popover, column, row, stack
from tipdesk.ui.widgets.text import Elided, Prose, Text

_WIDTH = 420
_INNER = _WIDTH - 2 * Space.WIDE - 2 * Space.ROOM
_SHORT = 24
_LINES = 14
_SCHEMES = ("https", "http")


class RewardPanel(Popover):
    """A stranger's text and link, shown letter by letter."""

    def __init__(self, images: Images, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self._text = self._url = ""
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        head = row(spacing=Space.NEAR)
        self._avatar = Avatar(36, images)
        self._who, self._for = Elided(step=Type.STRONG), Elided(step=Type.SMALL, tone="faint")
        close = Button(icon="close", look=Look.GHOST, name=t("Close"), small=True)
        close.clicked.connect(self.dismiss)
        head.addWidget(self._avatar)
        head.addWidget(stack(self._who, self._for), 1)
        head.addWidget(close)
        layout.addLayout(head)
        layout.addWidget(self._make_content())
        note = t("Their server wrote this. TipDesk cannot know whether it is true.")
        layout.addWidget(Text(note, Type.SMALL, "faint", wrap=True))
        foot = row(spacing=Space.SNUG)
        self.copy_button = Button(t("Copy"), icon="copy", look=Look.PRIMARY)
        self.copy_button.clicked.connect(self._copy)
        self.open_button = Button(t("Open the link"), icon="send")
        self.open_button.clicked.connect(self._open_link)
        for button in (self.open_button, self.copy_button):
            button.setFixedHeight(42)
            foot.addWidget(button, 1)
        layout.addLayout(foot)

    @property
    def shown_text(self) -> str:
        """The words that are shown."""
        return self._short.text() or self._long.text()

    @property
    def shown_address(self) -> str:
        """The whole address of the link, as it is shown."""
        return self._address.text()

    def open_for(self, tip: TipView, anchor: QRect, back: QWidget | None) -> None:
        """Shows what came back for a tip."""
        if tip.reward is None:
            return
        self._text, self._url = words.prose(tip.reward.text), tip.reward.url
        who = words.name(tip.recipient.title)
        self._avatar.show_profile(tip.recipient)
        self._who.setText(t("{who} sent you this", who=who))
        self._for.setText(t("for {amount}", amount=tip.amount))
        self.setAccessibleName(t("{who} sent you this: {text}", who=who, text=self._text))
        is_short = len(self._text) <= _SHORT and "\n" not in self._text
        for part, text in (
            (self._short, self._text if is_short else ""),
            (self._long, "" if is_short else self._text),
            (self._address, words.address(self._url)),
        ):
            part.setText(text)
            part.setVisible(bool(text))
            part.setFixedHeight(part.arrange(_INNER))
        # What cannot be shown whole is not opened.
        is_whole = self._address.text() == self._url and not self._address.is_cut
        self.open_button.setVisible(is_whole and QUrl(self._url).scheme() in _SCHEMES)
        self.copy_button.set_label(t("Copy"), t("Copy what they sent"))
        self.copy_button.set_icon("copy")
        self.open_at(anchor, back)
        self.copy_button.setFocus()

    def _make_content(self) -> QWidget:
        content = Panel("sunken")
        inner = column(content, margin=Space.ROOM, spacing=Space.NEAR)
        self._short = Prose(Type.DISPLAY, lines=3)
        self._long = Prose(Type.HEADING, lines=_LINES)
        self._address = Prose(Type.BODY, lines=6)
        for part in (self._short, self._long, self._address):
            inner.addWidget(part)
        return content

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text or self._url)
        self.copy_button.set_label(t("Copied"))
        self.copy_button.set_icon("check")

    def _open_link(self) -> None:
        QDesktopServices.openUrl(QUrl(self._url, QUrl.ParsingMode.StrictMode))
