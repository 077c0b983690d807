"""A message as a bubble: ours on the right, theirs on the left, the day above the first of it."""

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal, SignalInstance
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Radius, Space
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.viewmodels.copies import Copied
from tipdesk.ui.viewmodels.messages_rows import Bubble, spoken
from tipdesk.ui.widgets.ask_lines import AskLines
from tipdesk.ui.widgets.bubble_text import BubbleText
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.icon import Icon
from tipdesk.ui.widgets.row_card import RowCard, has_keyboard
from tipdesk.ui.widgets.text import Text

_PAD_X, _PAD_TOP, _PAD_BOTTOM = 13, 8, 7
_DAY_HIGH = 44
_META_HIGH = 16
_TIP_HIGH = 24
_WIDEST, _SHARE = 560, 0.8
_LINES, _ALL_LINES = 24, 2_000
_APART, _CLOSE = Space.NEAR, 3
_BUTTON_HIGH = 30


class BubbleRow(RowCard):
    """Shows a `Bubble`. `retry`, `whole`, `pay` and `answer` with the id of the message, `refuse`
    with the whole of it and where the button is.
    """

    retry = Signal(object)
    whole = Signal(object)
    pay = Signal(object)
    answer = Signal(object)
    refuse = Signal(object, QRect)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.bubble: Bubble | None = None
        self._box = QRectF()
        self._day_box = QRectF()
        self.day = Text("", Type.SMALL_STRONG, "soft", parent=self)
        self.day.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._bolt = Icon("bolt-solid", "accent_ink", 14)
        self._bolt.setParent(self)
        self.tip = Text("", Type.SMALL_STRONG, "accent", tabular=True, parent=self)
        self.asked = AskLines(self)
        self.asked.pay_button.clicked.connect(lambda: self._tell(self.pay))
        self.asked.answer_button.clicked.connect(lambda: self._tell(self.answer))
        self.asked.refuse_button.clicked.connect(self._refuse)
        self.words = BubbleText(self)
        self.meta = Text("", Type.SMALL, "soft", tabular=True, parent=self)
        self.problem = Text("", Type.SMALL, "bad", wrap=True, parent=self)
        self.problem.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self.retry_button = _button(t("Try again"), "refresh", self)
        self.retry_button.clicked.connect(lambda: self._tell(self.retry))
        self.whole_button = _button(t("Show all of it"), "", self)
        self.whole_button.clicked.connect(lambda: self._tell(self.whole))

    @property
    def can_refuse(self) -> bool:
        """Whether it asks for money that is not paid."""
        ask = None if self.bubble is None else self.bubble.view.ask
        return ask is not None and ask.can_pay

    def show_row(self, view: Bubble) -> None:
        """Shows a message."""
        self.bubble = view
        self.day.setText(view.day)
        self.day.setVisible(bool(view.day))
        self.tip.setText(view.tip)
        for part in (self.tip, self._bolt):
            part.setVisible(bool(view.tip))
        self.asked.show_bubble(view)
        self.words.setText(view.text)
        time = words.clock_time(view.view.at)
        state = "" if view.problem else view.state
        self.meta.setText(" · ".join(filter(None, (time, state))))
        self.meta.setToolTip(words.moment(view.view.at))
        self.problem.setText(view.problem)
        self.problem.set_tone("bad" if view.view.can_retry else "soft")
        self.problem.setVisible(bool(view.problem))
        self.retry_button.setVisible(view.view.can_retry)
        self.setAccessibleName(spoken(view))

    def copied(self) -> Copied | None:
        """The words of the message."""
        return None if self.bubble is None else Copied(text=self.bubble.view.text)

    def arrange(self, width: int) -> int:
        """Places the parts; the height of all of them."""
        view = self.bubble
        if view is None:
            return 0
        room = int(min(_WIDEST, width * _SHARE))
        inner = room - 2 * _PAD_X
        self.words.arrange(inner, _ALL_LINES if view.is_whole else _LINES)
        text_wide, text_high = self.words.natural if view.text else (0, 0)
        head = self.tip.sizeHint().width() + 20 if view.tip else 0
        foot = self.meta.sizeHint().width()
        wide = min(inner, max(text_wide, head, foot, self.asked.wide, 28))
        self.asked.arrange(wide)
        top = _DAY_HIGH if view.day else _CLOSE if view.follows else _APART
        left = width - wide - 2 * _PAD_X if view.view.is_ours else 0
        self._place_day(width)
        under = self._place_inside(left, top, wide, text_high, view)
        self._box = QRectF(left, top, wide + 2 * _PAD_X, under - top)
        return self._place_problem(width, room, under, view)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The bubble's ground, and a ring if the keyboard is on it."""
        view = self.bubble
        if view is None:
            return
        colours = roles()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if view.day:
            painter.setBrush(QColor(colours.sunken))
            painter.drawRoundedRect(self._day_box, 11, 11)
        ground = colours.accent_soft if view.view.is_ours else colours.surface
        edge = colours.accent_soft if view.view.is_ours else colours.line
        painter.setBrush(QColor(ground))
        ring = self._current and has_keyboard(self)
        painter.setPen(QPen(QColor(colours.accent_ink if ring else edge), 2 if ring else 1))
        box = self._box.adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(box, float(Radius.CARD), float(Radius.CARD))
        painter.end()

    def _place_day(self, width: int) -> None:
        wide = self.day.sizeHint().width() + 22
        self._day_box = QRectF((width - wide) / 2, 14, wide, 22)
        self.day.setGeometry(self._day_box.toRect())

    def _place_inside(self, left: int, top: int, wide: int, high: int, view: Bubble) -> int:
        """The parts in the bubble, from above; where it ends."""
        x, y = left + _PAD_X, top + _PAD_TOP
        if view.tip:
            self._bolt.move(x, y + 1)
            self.tip.setGeometry(x + 20, y, wide - 20, 16)
            y += _TIP_HIGH
        y += self.asked.place_head(x, y)
        self.words.setGeometry(x, y, wide, high)
        y += high + 2
        y += self.asked.place_foot(x, y)
        is_cut = self.words.is_cut
        self.whole_button.setVisible(is_cut)
        if is_cut:
            size = self.whole_button.sizeHint()
            self.whole_button.setGeometry(x - 8, y, size.width(), _BUTTON_HIGH)
            y += _BUTTON_HIGH
        side = Qt.AlignmentFlag.AlignRight if view.view.is_ours else Qt.AlignmentFlag.AlignLeft
        self.meta.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        self.meta.setGeometry(x, y, wide, _META_HIGH)
        return y + _META_HIGH + _PAD_BOTTOM

    def _place_problem(self, width: int, room: int, top: int, view: Bubble) -> int:
        """Why it did not arrive, and the button, under the bubble; where all of it ends."""
        if not view.problem:
            return top
        high = self.problem.heightForWidth(room)
        self.problem.setGeometry(width - room, top + 5, room, high)
        top += 5 + high
        if not view.view.can_retry:
            return top
        size = self.retry_button.sizeHint()
        self.retry_button.setGeometry(width - size.width(), top + 4, size.width(), _BUTTON_HIGH)
        return top + 4 + _BUTTON_HIGH

    def _refuse(self) -> None:
        if self.bubble is not None:
            button = self.asked.refuse_button
            corner = button.mapTo(self.window(), QPoint(0, 0))
            self.refuse.emit(self.bubble.view, QRect(corner, button.size()))

    def _tell(self, signal: SignalInstance) -> None:
        if self.bubble is not None:
            signal.emit(self.bubble.view.message_id)


def _button(text: str, icon: str, parent: QWidget) -> Button:
    button = Button(text, icon=icon, look=Look.GHOST, small=True, parent=parent)
    button.hide()
    return button
