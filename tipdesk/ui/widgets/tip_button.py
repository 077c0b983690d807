"""The tip button of a card: three amounts and one's own in one strip, or how far the tip is."""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from tipdesk.base.clock import Instant
from tipdesk.base.units import Sat
from tipdesk.services.views import TipView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.icons import draw
from tipdesk.ui.theme.roles import Radius
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.widgets.filling_bolt import UndoButton, part_gone
from tipdesk.ui.widgets.text import plain_tooltip

_HEIGHT = 34
_LARGE = Sat(100_000)


class _Segment(QPushButton):
    """One part of the strip: the first with the bolt and on the accent."""

    def __init__(self, text: str, *, place: int, last: bool = False) -> None:
        super().__init__()
        self._first, self._last, self._divided = place == 0, last, place > 1
        self.setFont(font(Type.STRONG, tabular=True))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(_HEIGHT)
        self.show_words(text)

    def show_words(self, text: str) -> None:
        """As wide as its words need."""
        wide = QFontMetrics(self.font()).horizontalAdvance(text)
        self.setText(text)
        self.setFixedWidth(wide + 52 if self._first else 38 if self._last else wide + 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Its share of the strip."""
        colours = roles()
        warm = self.isEnabled() and (self.underMouse() or self.isDown())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = colours.hover if warm else colours.sunken
        if self._first:
            ground = colours.accent_hover if warm else colours.accent
        painter.fillPath(self._shape(), QColor(ground))
        ink = colours.on_accent if self._first else colours.ink if warm else colours.ink_soft
        if self._divided:
            painter.setPen(QPen(QColor(colours.line_strong), 1))
            painter.drawLine(QPointF(0.5, 9), QPointF(0.5, _HEIGHT - 9))
        if colours.is_stark:
            painter.setPen(QPen(QColor(colours.ink), 1))
            painter.drawPath(self._shape(inset=0.5))
        self._paint_face(painter, ink)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.ink if self._first else colours.accent_ink), 2))
            painter.drawPath(self._shape(inset=2))
        painter.end()

    def _paint_face(self, painter: QPainter, ink: str) -> None:
        if self._last:
            draw(painter, "more", QRectF(self.width() / 2 - 9, _HEIGHT / 2 - 9, 18, 18), ink)
            return
        painter.setPen(QColor(ink))
        area = QRectF(self.rect())
        if self._first:
            draw(painter, "bolt-solid", QRectF(14, _HEIGHT / 2 - 8, 16, 16), ink)
            area.adjust(22, 0, 0, 0)
        painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), self.text())

    def _shape(self, inset: float = 0) -> QPainterPath:
        rect = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        radius = float(Radius.CONTROL)
        whole = QPainterPath()
        whole.setFillRule(Qt.FillRule.WindingFill)
        whole.addRoundedRect(rect, radius, radius)
        if not self._first:
            whole.addRect(rect.adjusted(0, 0, -rect.width() / 2, 0))
        if not self._last:
            whole.addRect(rect.adjusted(rect.width() / 2, 0, 0, 0))
        return whole.simplified()


class TipButton(QWidget):
    """Offers the presets; while a tip of ours is on its way, says how far and undoes it."""

    preset = Signal(object)
    """An amount in msat was pressed."""
    own_amount = Signal()
    undo = Signal()

    def __init__(self, amounts: tuple[Sat, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._segments: list[_Segment] = []
        self._amounts = amounts
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for place, amount in enumerate(amounts):
            segment = _Segment(_in_strip(amount), place=place)
            segment.clicked.connect(lambda _=False, n=place: self.press(n))
            segment.setAccessibleName(t("Tip {amount}", amount=words.exact_amount(amount)))
            self._segments.append(segment)
            layout.addWidget(segment)
        self._more = _Segment("", place=len(amounts), last=True)
        self._more.setAccessibleName(t("Tip another amount"))
        self._more.clicked.connect(self.own_amount)
        layout.addWidget(self._more)
        self._undo = UndoButton(t("Undo"))
        self._undo.setFixedHeight(_HEIGHT)
        self._undo.clicked.connect(self.undo)
        self._undo.hide()
        layout.addWidget(self._undo)
        self.setFixedHeight(_HEIGHT)

    @property
    def segments(self) -> tuple[QPushButton, ...]:
        """The buttons of the presets and, last, of one's own amount."""
        return (*self._segments, self._more)

    @property
    def undo_button(self) -> UndoButton:
        """Takes the tip back."""
        return self._undo

    def press(self, place: int) -> None:
        """As if the amount at that place was pressed, the first being 0."""
        self.preset.emit(self._amounts[place].to_msat())

    def offer(self, who: str, *, amounts: tuple[Sat, ...], costs: tuple[str, ...]) -> None:
        """What one press tips: whom, how much, and what each costs at the most."""
        self._amounts = amounts
        for segment, amount, cost in zip(self._segments, amounts, costs, strict=True):
            segment.show_words(_in_strip(amount))
            segment.setAccessibleName(
                t("Tip {who} {amount}", who=who, amount=words.exact_amount(amount))
            )
            segment.setAccessibleDescription(cost)
            segment.setToolTip(
                plain_tooltip(
                    t("Tip {amount}. {cost}", amount=words.exact_amount(amount), cost=cost)
                )
            )
        self._more.setAccessibleName(t("Tip {who} another amount, with a comment", who=who))
        self._more.setToolTip(t("Another amount, and a comment (Shift+T)"))

    def show_tip(self, tip: TipView | None, now: Instant, window_ms: int) -> None:
        """Our latest tip: while it can be undone, of `window_ms` in all, that is the button."""
        undoing = tip is not None and tip.can_undo
        self._swap(undoing=undoing)
        if tip is not None and undoing:
            until = now if tip.undo_until is None else tip.undo_until
            left = words.seconds_left(until, now)
            self._undo.show_part(part_gone(until, now, window_ms))
            amount = words.exact_amount(tip.amount)
            text = (
                t("Undo {amount} · {left} s", amount=amount, left=left)
                if left
                else t("Undo {amount}", amount=amount)
            )
            self._undo.set_label(
                text, t("Undo the tip of {amount}", amount=words.exact_amount(tip.amount))
            )

    def _swap(self, *, undoing: bool) -> None:
        if undoing is not self._undo.isHidden():
            return
        has_keyboard = any(part.hasFocus() for part in (*self.segments, self._undo))
        self._undo.setVisible(undoing)
        for segment in self.segments:
            segment.setVisible(not undoing)
        if has_keyboard:
            # What was pressed is hidden now: the keyboard stays here instead of going on.
            (self._undo if undoing else self._segments[0]).setFocus()

    def wanted_width(self) -> int:
        """Room for what is shown."""
        if not self._undo.isHidden():
            return self._undo.sizeHint().width()
        return sum(segment.width() for segment in self.segments)


def preset_key(event: QKeyEvent) -> int | None:
    """Which of the amounts a key tips: T and 1 the first, 2 and 3 the others; None for any other.

    A key that is held down tips once.
    """
    if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier or event.isAutoRepeat():
        return None
    keys = {Qt.Key.Key_T: 0, Qt.Key.Key_1: 0, Qt.Key.Key_2: 1, Qt.Key.Key_3: 2}
    return keys.get(Qt.Key(event.key()))


def _in_strip(amount: Sat) -> str:
    """Exact while there is room for it; what is larger is said in its tooltip."""
    return words.exact_figure(amount) if amount < _LARGE else words.about_figure(amount)
