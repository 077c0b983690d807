"""The command palette: a field, and what can be done with what is written in it."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.roles import Radius, Space
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.views.commands import Command, matching
from tipdesk.ui.widgets.panel import Popover, column
from tipdesk.ui.widgets.text import Text

_WIDTH = 560
_ROW = 38
_MOST = 9
_TOP = 72
_KEYS = Qt.ItemDataRole.UserRole + 1

Found = Callable[[str], Iterable[Command]]


class _Row(QStyledItemDelegate):
    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(_WIDTH, _ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        colours = roles()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QColor(colours.accent if colours.is_stark else colours.hover))
            painter.setBrush(QColor(colours.hover))
            painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), Radius.SMALL, Radius.SMALL)
        inner = rect.adjusted(Space.NEAR, 0, -Space.NEAR, 0)
        keys = str(index.data(_KEYS))
        painter.setFont(font(Type.SMALL))
        painter.setPen(QColor(colours.ink_faint))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, int(middle | Qt.AlignmentFlag.AlignRight), keys)
        room = inner.width() - QFontMetrics(font(Type.SMALL)).horizontalAdvance(keys) - Space.ROOM
        painter.setFont(font(Type.BODY))
        painter.setPen(QColor(colours.ink))
        name = QFontMetrics(font(Type.BODY)).elidedText(
            str(index.data()), Qt.TextElideMode.ElideRight, room
        )
        painter.drawText(inner, int(middle | Qt.AlignmentFlag.AlignLeft), name)
        painter.restore()


class Palette(Popover):
    """`begin` with what can be done; `found` gives more for what is written."""

    def __init__(self, window: QWidget, found: Found) -> None:
        super().__init__(window, width=_WIDTH)
        self.setAccessibleName(t("Commands"))
        self._window = window
        self._found = found
        self._commands: tuple[Command, ...] = ()
        self._shown: list[Command] = []
        layout = column(self, margin=self.margin + Space.NEAR, spacing=Space.SNUG)
        self.field = QLineEdit()
        self.field.setFixedHeight(42)
        self.field.setFont(font(Type.BODY))
        self.field.setMaxLength(5_000)
        self.field.setPlaceholderText(t("What do you want to do?"))
        self.field.setAccessibleName(t("Search for a command or somebody, or paste a link"))
        self.field.textChanged.connect(self._search)
        layout.addWidget(self.field)
        self.list = QListWidget()
        self.list.setAccessibleName(t("Commands"))
        self.list.setItemDelegate(_Row(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemClicked.connect(lambda item: self._take(self.list.row(item)))
        layout.addWidget(self.list)
        self._none = Text(t("Nothing fits. Try fewer letters."), Type.BODY, "soft")
        layout.addWidget(self._none)

    def begin(self, commands: Iterable[Command]) -> None:
        """Opens over the middle of the window, with nothing written yet."""
        self._commands = tuple(commands)
        self.field.clear()
        self._search("")
        back = self._window.focusWidget()
        self.open_at(QRect((self._window.width() + self.width()) // 2, _TOP, 1, 1), back)
        self.field.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down move, Return does it; the field has all other keys."""
        match event.key():
            case Qt.Key.Key_Down | Qt.Key.Key_Up:
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                count = max(1, self.list.count())
                self.list.setCurrentRow((self.list.currentRow() + step) % count)
                event.accept()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._take(self.list.currentRow())
                event.accept()
            case _:
                super().keyPressEvent(event)

    def _search(self, text: str) -> None:
        written = text.strip()
        more = tuple(self._found(written)) if written else ()
        self._shown = [*matching(self._commands, written), *more]
        self.list.clear()
        for command in self._shown:
            item = QListWidgetItem(command.name)
            item.setData(_KEYS, command.shown_keys)
            said = t("{name}, {keys}", name=command.name, keys=command.shown_keys)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, said if command.keys else command.name)
            self.list.addItem(item)
        self.list.setFixedHeight(_ROW * min(_MOST, len(self._shown)))
        self.list.setVisible(bool(self._shown))
        self._none.setVisible(not self._shown)
        self.list.setCurrentRow(0)

    def _take(self, row: int) -> None:
        if 0 <= row < len(self._shown):
            command = self._shown[row]
            self.dismiss()
            command.run()
