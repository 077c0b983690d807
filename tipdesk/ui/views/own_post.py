"""What can be done with a post of one's own: see where it is, and ask relays to delete it."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QMenu, QWidget

from tipdesk.nostr.feed import KIND_LONG_POST
from tipdesk.services.views import PostView
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.editor import EditorViewModel
from tipdesk.ui.views.editor import Editor
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import Popover, column, row
from tipdesk.ui.widgets.text import Text

_WIDTH = 340


class DeletePostPanel(Popover):
    """Asks before: it cannot be taken back, and cannot be promised either."""

    def __init__(self, model: EditorViewModel, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self._model = model
        self._view: PostView | None = None
        self.setAccessibleName(t("Delete your post"))
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        layout.addLayout(self.head(t("Delete your post?")))
        self.about = Text(
            t(
                "It goes from your feed, and your relays are asked to delete it. They may keep it, "
                "and whoever has read it may have a copy: what was public cannot be called back. "
                "Tips that it got stay yours."
            ),
            Type.SMALL,
            "soft",
            wrap=True,
        )
        layout.addWidget(self.about)
        foot = row(spacing=Space.SNUG)
        keep = Button(t("Keep it"))
        keep.clicked.connect(self.dismiss)
        self.delete_button = Button(t("Delete"), look=Look.DANGER)
        self.delete_button.clicked.connect(self._delete)
        foot.addWidget(keep, 1)
        foot.addWidget(self.delete_button, 1)
        layout.addLayout(foot)

    def open_for(self, view: PostView, anchor: QRect, back: QWidget | None) -> None:
        """Asks about one."""
        self._view = view
        self.open_at(anchor, back)
        self.delete_button.setFocus(Qt.FocusReason.TabFocusReason)

    def _delete(self) -> None:
        self.dismiss()
        if self._view is not None:
            self._model.delete(self._view)


def own_post_menu(
    view: PostView, anchor: QRect, editor: Editor, model: EditorViewModel, panel: DeletePostPanel
) -> QMenu:
    """The menu of a post of one's own."""
    window = editor.window()
    menu = QMenu(window)
    menu.setAccessibleName(t("More about this post"))
    if model.was_written_here(view):
        where = menu.addAction(t("Which relays have it"))
        where.triggered.connect(lambda: editor.show_posting(view.post.id))
    if view.post.kind == KIND_LONG_POST:
        menu.addAction(t("Change this post")).triggered.connect(lambda: model.edit(view))
    delete = menu.addAction(t("Delete this post"))
    delete.triggered.connect(lambda: panel.open_for(view, anchor, window.focusWidget()))
    menu.aboutToHide.connect(menu.deleteLater)
    return menu
