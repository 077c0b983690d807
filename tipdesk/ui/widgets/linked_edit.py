"""A long text to read and select, whose links the keyboard reaches with Tab."""

from PySide6.QtCore import QRect, Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QTextBrowser

from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.theme import roles, theme
from tipdesk.ui.viewmodels.linked import Link, Linked, units

_LEADING = 145.0
_OURS = "link:"


class LinkedEdit(QTextBrowser):
    """Plain text, never markup: a link is a range that we marked ourselves, by its number.

    `followed` with the link and where it is in the window; Qt itself opens and loads nothing.
    """

    followed = Signal(object, QRect)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._linked = Linked("")
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFont(font(Type.BODY))
        self.document().setDocumentMargin(0)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self.setAccessibleName(name)
        self.anchorClicked.connect(self._pressed)
        theme().changed.connect(self._mark)

    def show_linked(self, linked: Linked) -> None:
        """Shows a text, with the leading that long reading wants."""
        self._linked = linked
        self.setPlainText(linked.text)
        # Without a link there is nothing here for Tab to stop at.
        tab = Qt.FocusPolicy.StrongFocus if linked.links else Qt.FocusPolicy.ClickFocus
        self.setFocusPolicy(tab)
        leading = QTextBlockFormat()
        leading.setLineHeight(_LEADING, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeBlockFormat(leading)
        self._mark()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Nothing: no text of a stranger's fetches anything."""
        return None

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tab into the text is Tab on to its first link, or back to its last."""
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.focusNextPrevChild(event.reason() == Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter follows a link; every other key is for what the text stands in."""
        if (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and self.textCursor().hasSelection()
        ):
            super().keyPressEvent(event)
        else:
            event.ignore()

    def _mark(self) -> None:
        cursor = QTextCursor(self.document())
        for number, link in enumerate(self._linked.links):
            how = QTextCharFormat()
            how.setAnchor(True)
            how.setAnchorHref(f"{_OURS}{number}")
            how.setForeground(QColor(roles().accent_ink))
            how.setFontUnderline(isinstance(link.target, str))
            cursor.setPosition(units(self._linked.text, link.start))
            end = units(self._linked.text, link.end)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(how)

    def _pressed(self, url: QUrl) -> None:
        number = url.toString().removeprefix(_OURS)
        if number.isdecimal() and int(number) < len(self._linked.links):
            link = self._linked.links[int(number)]
            self.followed.emit(link, self._rect_of(link))

    def _rect_of(self, link: Link) -> QRect:
        cursor = QTextCursor(self.document())
        cursor.setPosition(units(self._linked.text, link.end))
        rect = self.cursorRect(cursor)
        return QRect(self.viewport().mapTo(self.window(), rect.topLeft()), rect.size())
