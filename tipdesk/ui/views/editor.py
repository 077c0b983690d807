"""A sheet over the page to write a post in; then it says which relays have it."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMenu, QStackedWidget, QWidget

from tipdesk.base.ids import EventId
from tipdesk.nostr.feed import KIND_LONG_POST, KIND_NOTE, KIND_PICTURE
from tipdesk.services.views import PostView
from tipdesk.ui.i18n import t, tn
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.editor import EditorViewModel
from tipdesk.ui.viewmodels.feed import FeedViewModel
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.tip import TipViewModel
from tipdesk.ui.views.editor_form import EditorForm
from tipdesk.ui.views.posting import PostingView
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import Panel, column, row
from tipdesk.ui.widgets.post_preview import PostPreview
from tipdesk.ui.widgets.segments import Segments
from tipdesk.ui.widgets.text import Text

_WIDTH, _HEIGHT, _TALL = 700, 560, 760
_KINDS = {"note": KIND_NOTE, "pictures": KIND_PICTURE, "long": KIND_LONG_POST}


class Editor(QWidget):
    """Dims the page; Escape closes and keeps the draft."""

    closed = Signal()

    def __init__(
        self,
        model: EditorViewModel,
        feed: FeedViewModel,
        tips: TipViewModel,
        images: Images,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._host = parent
        self._model = model
        self._back: QWidget | None = None
        self._is_sure = self._is_uploading = False
        self._sheet = Panel("card", self)
        layout = column(self._sheet, margin=Space.WIDE, spacing=Space.NEAR)
        layout.addLayout(self._make_head())
        self.form = EditorForm(model, images)
        self.form.edit.left.connect(self.dismiss)
        self.form.edit.sent.connect(self._publish)
        self.preview = PostPreview(feed, tips, images)
        self.posting = PostingView(model)
        self.posting.closed.connect(self.dismiss)
        self._leaves = QStackedWidget()
        for leaf in (self.form, self.preview, self.posting):
            self._leaves.addWidget(leaf)
        layout.addWidget(self._leaves, 1)
        self._foot = self._make_foot()
        layout.addWidget(self._foot)
        self.menu_shown: QMenu | None = None
        model.changed.connect(self._update)
        model.opened.connect(self._opened)
        model.wanted.connect(self._open)
        self.hide()

    def write(self) -> None:
        """Something new; if it is open, it stays as it is."""
        if not self.isVisible() or self._model.posting is not None:
            self._model.begin()
            self._open()

    def answer(self, view: PostView) -> None:
        """A reply to a post."""
        if self._model.begin_answer(view):
            self._open()

    def show_posting(self, event_id: EventId) -> None:
        """Which relays have a post of ours."""
        self._model.show_posting(event_id)
        self._open()

    def dismiss(self) -> None:
        """Back to the page; what was written stays a draft."""
        if self.isHidden():
            return
        self.hide()
        self._model.leave()
        if self._back is not None and self._back.isVisible():
            self._back.setFocus()
        self.closed.emit()

    def place(self) -> None:
        """In the middle of the page."""
        self.setGeometry(self._host.rect())
        width = min(_WIDTH, self.width() - 2 * Space.WIDE)
        is_tall = self._model.long is not None or bool(self._model.pictures.shown)
        wanted = _TALL if is_tall else _HEIGHT
        height = min(wanted, self.height() - 2 * Space.WIDE)
        self._sheet.setGeometry(
            (self.width() - width) // 2, (self.height() - height) // 2, width, height
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes, Ctrl+Enter publishes; nothing reaches the page behind."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        elif is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._publish()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press beside the sheet closes."""
        if not self._sheet.geometry().contains(event.position().toPoint()):
            self.dismiss()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A veil."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0, 110))
        painter.end()

    def _make_head(self) -> QHBoxLayout:
        head = row(spacing=Space.NEAR)
        self.title = Text("", Type.TITLE)
        kinds = {"note": t("Note"), "pictures": t("Pictures"), "long": t("Long post")}
        self.kinds = Segments(t("What it is"), kinds)
        self.kinds.chosen.connect(lambda kind: self._model.be(_KINDS[kind]))
        self.drafts_button = Button("", icon="chevron-down", small=True, name=t("Drafts"))
        self.drafts_button.clicked.connect(self._open_drafts)
        close = Button(icon="close", look=Look.GHOST, name=t("Close and keep the draft"))
        close.clicked.connect(self.dismiss)
        head.addWidget(self.title, 1)
        head.addWidget(self.kinds)
        head.addWidget(self.drafts_button)
        head.addWidget(close)
        return head

    def _make_foot(self) -> QWidget:
        foot = QWidget()
        line = row(spacing=Space.SNUG)
        foot.setLayout(line)
        self._said = Text("", Type.SMALL, "soft", wrap=True)
        self.delete_button = Button("", look=Look.GHOST, small=True, name=t("Delete this draft"))
        self.delete_button.clicked.connect(self._delete)
        self.preview_button = Button(t("Preview"), icon="eye")
        self.preview_button.clicked.connect(self._turn)
        self.publish_button = Button(t("Publish"), icon="send", look=Look.PRIMARY)
        self.publish_button.setToolTip(t("Ctrl+Enter"))
        self.publish_button.clicked.connect(self._publish)
        line.addWidget(self._said, 1)
        self.cancel_button = Button(t("Stop"), name=t("Stop uploading"))
        self.cancel_button.clicked.connect(self._model.cancel)
        buttons = (self.delete_button, self.preview_button, self.cancel_button, self.publish_button)
        for part in buttons:
            line.addWidget(part)
        return foot

    def _open(self) -> None:
        if self.isHidden():
            self._back = QApplication.focusWidget()
        self.show()
        self.place()
        self.raise_()
        self._update()
        self._take_keyboard()

    def _opened(self) -> None:
        """Another draft is open, or none any more."""
        self._is_sure = False
        self._leaves.setCurrentWidget(self.form)
        self._update()
        if self.isVisible():
            self._take_keyboard()

    def _take_keyboard(self) -> None:
        is_done = self._model.posting is not None
        (self.posting.close_button if is_done else self.form.edit).setFocus()

    def _turn(self) -> None:
        """To the preview and back."""
        if self._leaves.currentWidget() is self.preview:
            self._leaves.setCurrentWidget(self.form)
            self.form.edit.setFocus()
        else:
            self.preview.show_view(self._model.preview())
            self._leaves.setCurrentWidget(self.preview)
        self._update()

    def _publish(self) -> None:
        self._leaves.setCurrentWidget(self.form)
        self._model.publish()

    def _delete(self) -> None:
        """The first press asks."""
        if self._is_sure:
            self._model.drop()
        else:
            self._is_sure = True
            self._update()

    def _update(self) -> None:
        model = self._model
        self.title.setText(model.title)
        self.setAccessibleName(model.title)
        is_done = model.posting is not None
        if is_done and self._leaves.currentWidget() is not self.posting:
            self._leaves.setCurrentWidget(self.posting)
            if self.isVisible():
                self.posting.close_button.setFocus()
        self._foot.setVisible(not is_done)
        is_preview = self._leaves.currentWidget() is self.preview
        self.kinds.setVisible(model.may_be_either and not is_preview)
        kind = KIND_NOTE if model.draft is None else model.draft.kind
        self.kinds.choose(next((name for name, one in _KINDS.items() if one == kind), "note"))
        count = len(model.drafts)
        self.drafts_button.set_label(tn(count, "{count} draft", "{count} drafts"))
        self.drafts_button.setVisible(count > 0 and not is_done)
        self._said.setText(model.said.text or model.count_words)
        self._said.set_tone("bad" if model.is_too_long else model.said.tone)
        is_writing = model.draft is not None and not model.draft.is_empty
        self.delete_button.setVisible(is_writing and not model.is_publishing)
        self._show_uploading()
        self.preview_button.setVisible(not model.can_cancel)
        self.drafts_button.setEnabled(not model.is_publishing)
        self.kinds.setEnabled(not model.is_publishing)
        self.delete_button.set_label(t("Really delete it") if self._is_sure else t("Delete"))
        self.preview_button.set_label(t("Write on") if is_preview else t("Preview"))
        self.preview_button.set_icon("write" if is_preview else "eye")
        self.preview_button.setEnabled(is_writing)
        self.publish_button.setEnabled(model.can_publish)
        self.place()

    def _show_uploading(self) -> None:
        """The form is closed meanwhile: the keyboard goes where it can stop, and comes back."""
        is_uploading, was = self._model.can_cancel, self._is_uploading
        self._is_uploading = is_uploading
        self.cancel_button.setVisible(is_uploading)
        if is_uploading and not was and self.isVisible():
            self.cancel_button.setFocus()
        elif was and not is_uploading and self._model.draft is not None and self.isVisible():
            self.form.setEnabled(True)
            self.form.edit.setFocus()

    def _open_drafts(self) -> None:
        menu = QMenu(self)
        menu.setAccessibleName(t("Drafts"))
        for draft in self._model.drafts:
            # An ampersand would mark a key.
            action = menu.addAction(self._model.draft_words(draft).replace("&", "&&"))
            action.triggered.connect(lambda _=False, d=draft: self._model.open_draft(d))
        menu.aboutToHide.connect(menu.deleteLater)
        self.menu_shown = menu
        menu.popup(self.drafts_button.mapToGlobal(QPoint(0, self.drafts_button.height() + 2)))
