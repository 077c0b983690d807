"""A sheet over the whole window: the pictures of a post, large, each of them to be tipped."""

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget

from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.nostr.feed import Image
from tipdesk.services.views import PostView, TipView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.icons import draw
from tipdesk.ui.theme.roles import DARK, Space
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.tip import TipViewModel
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.pictures import SIDE
from tipdesk.ui.widgets.pill import Pill
from tipdesk.ui.widgets.post_card import said
from tipdesk.ui.widgets.tip_button import TipButton, preset_key

_VEIL = QColor(12, 12, 13)
_CAPTION = 44


class Viewer(QWidget):
    """Escape, or a press beside the picture, closes; the arrow keys go on and back; T tips."""

    closed = Signal()
    own_amount = Signal(object, QRect, object)
    """The post, where the button is in the window, and the picture."""

    def __init__(self, tips: TipViewModel, images: Images, window: QWidget) -> None:
        super().__init__(window)
        self._tips = tips
        self._images = images
        self._view: PostView | None = None
        self._place = 0
        self._back: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._close = Button(
            icon="close", look=Look.QUIET, name=t("Close the picture"), parent=self
        )
        self._close.clicked.connect(self.dismiss)
        self.tip_button = TipButton(tips.usual, self)
        self.tip_button.preset.connect(self._send)
        self.tip_button.own_amount.connect(self._ask)
        self.tip_button.undo.connect(self._undo)
        self._state = Pill()
        self._state.setParent(self)
        images.loaded.connect(self._loaded)
        tips.changed.connect(self._tips_changed)
        tips.offers_changed.connect(self._offer)
        self.hide()

    @property
    def picture(self) -> Image | None:
        """The picture that is shown."""
        return self._shown[self._place] if self._shown else None

    def open_for(self, view: PostView, place: int) -> None:
        """Shows one of a post's pictures."""
        self._view = view
        self._offer()
        self._back = QApplication.focusWidget()
        self._turn_to(place)
        self.setGeometry(self.window().rect())
        self.show()
        self._place_foot()
        self.raise_()
        self.setFocus()

    def dismiss(self) -> None:
        """Back to where it was opened."""
        self.hide()
        if self._back is not None and self._back.isVisible():
            self._back.setFocus()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape and Enter close, arrows turn, T, 1, 2 and 3 tip; the page behind gets nothing."""
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if (place := preset_key(event)) is not None:
            self.tip_button.press(place)
        match event.key():
            case Qt.Key.Key_T if shift and not event.isAutoRepeat():
                self._ask()
            case Qt.Key.Key_Escape | Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space:
                self.dismiss()
            case Qt.Key.Key_Right | Qt.Key.Key_Down | Qt.Key.Key_J:
                self._turn_to(self._place + 1)
            case Qt.Key.Key_Left | Qt.Key.Key_Up | Qt.Key.Key_K:
                self._turn_to(self._place - 1)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """On the picture the next one follows; beside it, it closes."""
        if len(self._shown) > 1 and self._frame().contains(event.position()):
            self._turn_to((self._place + 1) % len(self._shown))
        else:
            self.dismiss()
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The button stays in its corner."""
        self._close.adjustSize()
        self._close.move(self.width() - self._close.width() - Space.NEAR, Space.NEAR)
        self._place_foot()

    def sizeHint(self) -> QSize:
        """As large as the window."""
        return self.window().size()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture whole, on a veil, with what it shows below it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), _VEIL)
        picture = self.picture
        if picture is not None:
            image = self._images.get(picture.url, SIDE, self._author)
            frame = self._frame()
            if image is not None:
                painter.drawImage(frame, image)
            else:
                middle = frame.center() - QPointF(20, 20)
                draw(painter, "picture", QRectF(middle.x(), middle.y(), 40, 40), DARK.ink_faint)
            self._paint_caption(painter, picture, failed=self._images.has_failed(picture.url))
        painter.end()

    def _paint_caption(self, painter: QPainter, picture: Image, *, failed: bool) -> None:
        count = (
            t("{count} of {most}", count=self._place + 1, most=len(self._shown))
            if len(self._shown) > 1
            else ""
        )
        problem = t("The picture cannot be loaded") if failed else ""
        text = " \u00b7 ".join(filter(None, (count, problem, words.line(picture.alt))))
        painter.setPen(QColor(DARK.ink_soft))
        painter.setFont(font(Type.SMALL))
        aside = self.width() - self._foot_left() + Space.ROOM
        room = QRectF(self.rect()).adjusted(Space.FAR, 0, -aside, -Space.SNUG)
        room.setTop(room.bottom() - _CAPTION)
        aligned = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        flags = aligned | Qt.TextFlag.TextWordWrap
        painter.drawText(room, int(flags), text)

    def _frame(self) -> QRectF:
        """Where the picture is: whole, never larger than it is kept."""
        room = QRectF(self.rect()).adjusted(
            Space.FAR, Space.FAR + Space.WIDE, -Space.FAR, -_CAPTION - Space.ROOM
        )
        picture = self.picture
        image = None if picture is None else self._images.get(picture.url, SIDE, self._author)
        if image is None:
            return room
        factor = min(room.width() / image.width(), room.height() / image.height(), 1.6)
        width, height = image.width() * factor, image.height() * factor
        corner = room.center() - QPointF(width / 2, height / 2)
        return QRectF(corner.x(), corner.y(), width, height)

    @property
    def _author(self) -> XOnlyPubkey | None:
        return None if self._view is None else self._view.post.author

    def _turn_to(self, place: int) -> None:
        self._place = max(0, min(place, len(self._shown) - 1))
        picture = self.picture
        alt = "" if picture is None else words.line(picture.alt)
        self.setAccessibleName(
            t(
                "Picture {place} of {shown}. {alt}",
                place=self._place + 1,
                shown=len(self._shown),
                alt=alt,
            ).strip()
        )
        self._tips_changed()
        self.update()

    @property
    def _shown(self) -> tuple[Image, ...]:
        return () if self._view is None else self._view.post.images

    @property
    def _tip(self) -> TipView | None:
        """Our latest tip for the picture that is shown."""
        picture = self.picture
        if self._view is None or picture is None:
            return None
        url = picture.url if len(self._shown) > 1 else None
        return self._tips.latest_for(self._view.post.id, url)

    def _tips_changed(self) -> None:
        if self._view is None:
            return
        tip = self._tip
        self.tip_button.setVisible(self._view.author.can_be_tipped)
        self.tip_button.show_tip(tip, self._tips.now, self._tips.undo_window_ms)
        label, tone = ("", "calm") if tip is None else said(tip)
        self._state.show_words(label, tone)
        self._state.setVisible(bool(label))
        self._place_foot()

    def _offer(self) -> None:
        if self._view is not None:
            self.tip_button.offer(
                words.name(self._view.author.title),
                amounts=self._tips.amounts(self._view.post.author),
                costs=self._tips.costs(self._view),
            )
            self._place_foot()

    def _place_foot(self) -> None:
        button, pill = self.tip_button, self._state.sizeHint()
        wide, height = button.wanted_width(), button.height()
        top = self.height() - height - Space.NEAR
        left = self.width() - wide - Space.FAR
        button.setGeometry(left, top, wide, height)
        left -= pill.width() + Space.NEAR
        self._state.setGeometry(left, top + (height - 24) // 2, pill.width(), 24)

    def _foot_left(self) -> int:
        if not self._state.isHidden():
            return self._state.x()
        return self.width() if self.tip_button.isHidden() else self.tip_button.x()

    def _send(self, amount: Msat) -> None:
        picture = self.picture
        if self._view is not None and picture is not None and self._view.author.can_be_tipped:
            self._tips.send(self._view, amount, picture=picture.url)

    def _ask(self) -> None:
        picture = self.picture
        if self._view is not None and picture is not None and self._view.author.can_be_tipped:
            button = self.tip_button.segments[-1]
            corner = button.mapTo(self.window(), QPoint(0, 0))
            self.own_amount.emit(self._view, QRect(corner, button.size()), picture.url)

    def _undo(self) -> None:
        tip = self._tip
        if tip is not None:
            self._tips.undo(tip.tip_id)

    def _loaded(self, url: str) -> None:
        if self.isVisible() and any(picture.url == url for picture in self._shown):
            self.update()
