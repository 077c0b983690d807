"""A stranger's link, whole, before anything is opened."""

from PySide6.QtCore import QRect, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QWidget

from tipdesk.base.phrase import Phrase
from tipdesk.nostr.nip19 import AddressPointer, EventPointer, ProfilePointer
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say, t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.linked import Link
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import Panel, Popover, column, row
from tipdesk.ui.widgets.text import Elided, Prose, Text

_WIDTH = 400
_INNER = _WIDTH - 2 * Space.WIDE - Space.NEAR
_LINES = 8
_WEB = Phrase("Whoever runs this server learns your network address, and when you open it.")


class LinkPanel(Popover):
    """Opens an address of the web in the browser, or copies a link that leads nowhere here."""

    seek = Signal(object)
    """A post is wanted that is not here, by its pointer."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self._pointer: object = None
        self._address = ""
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        head = row(spacing=Space.NEAR)
        self._server = Elided(step=Type.HEADING)
        close = Button(icon="close", look=Look.GHOST, name=t("Close"), small=True)
        close.clicked.connect(self.dismiss)
        head.addWidget(self._server, 1)
        head.addWidget(close)
        layout.addLayout(head)
        ground = Panel("sunken")
        inner = column(ground, margin=Space.NEAR)
        self._whole = Prose(Type.BODY, lines=_LINES)
        inner.addWidget(self._whole)
        layout.addWidget(ground)
        self._warning = Text("", Type.SMALL_STRONG, "bad", wrap=True)
        self._note = Text("", Type.SMALL, "soft", wrap=True)
        layout.addWidget(self._warning)
        layout.addWidget(self._note)
        foot = row(spacing=Space.SNUG)
        self.copy_button = Button(t("Copy"), icon="copy")
        self.copy_button.clicked.connect(self._copy)
        self.open_button = Button(t("Open in the browser"), icon="send", look=Look.PRIMARY)
        self.open_button.clicked.connect(self._open)
        self.seek_button = Button(t("Look for it"), icon="search", look=Look.PRIMARY)
        self.seek_button.clicked.connect(self._seek)
        for button in (self.copy_button, self.open_button, self.seek_button):
            button.setFixedHeight(40)
            foot.addWidget(button, 1)
        layout.addLayout(foot)

    @property
    def shown_address(self) -> str:
        """The whole address, as it is shown."""
        return self._whole.text()

    @property
    def shown_host(self) -> str:
        """The server's name, in the letters that are asked for."""
        return self._server.text()

    @property
    def warning(self) -> str:
        """What is odd about it; empty if nothing is."""
        return self._warning.text()

    def open_for(self, link: Link, anchor: QRect, back: QWidget | None) -> None:
        """Shows a link."""
        is_web = isinstance(link.target, str)
        self._address = link.target if isinstance(link.target, str) else link.written.lstrip("@")
        title = t("Somebody") if isinstance(link.target, ProfilePointer) else t("A post")
        host = host_of(self._address) if is_web else title
        self._server.setText(host)
        self._whole.setText(words.address(self._address))
        self._whole.setFixedHeight(self._whole.arrange(_INNER))
        warning = _warning(self._address) if is_web else ""
        self._warning.setText(warning)
        self._warning.setVisible(bool(warning))
        self._note.setText(say(_WEB) if is_web else _elsewhere())
        # What cannot be shown whole is not opened.
        is_whole = self._whole.text() == self._address and not self._whole.is_cut
        self.open_button.setVisible(is_web and is_whole and bool(host))
        is_post = isinstance(link.target, EventPointer | AddressPointer)
        self._pointer = link.target if is_post else None
        self.seek_button.setVisible(is_post)
        self.copy_button.set_label(t("Copy"), t("Copy the link"))
        self.copy_button.set_icon("copy")
        self.setAccessibleName(t("Link to {host}: {text}", host=host, text=self._whole.text()))
        self.open_at(anchor, back)
        self.copy_button.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that the keyboard is on."""
        pressed = self.window().focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(pressed, Button):
            pressed.click()
            event.accept()
            return
        super().keyPressEvent(event)

    def _seek(self) -> None:
        self.dismiss()
        self.seek.emit(self._pointer)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._address)
        self.copy_button.set_label(t("Copied"))
        self.copy_button.set_icon("check")

    def _open(self) -> None:
        QDesktopServices.openUrl(_url(self._address))
        self.dismiss()


def _elsewhere() -> str:
    return t(
        "This post is not here. Your relays, and those the link names, can be asked for it; "
        "another app may show it too."
    )


def host_of(address: str) -> str:
    """The server that is asked, in ASCII, so that no letter looks like another."""
    return _url(address).host(QUrl.ComponentFormattingOption.FullyEncoded)


def _warning(address: str) -> str:
    url = _url(address)
    host = host_of(address)
    if not host:
        return t("This address cannot be read, so it is not opened.")
    if url.userInfo():
        return t(
            "What stands before the @ is no part of the server's name: this leads to {host}.",
            host=host,
        )
    if any(part.startswith("xn--") for part in host.split(".")):
        return t("The server's name has letters that may look like others.")
    return ""


def _url(address: str) -> QUrl:
    return QUrl(address, QUrl.ParsingMode.StrictMode)
