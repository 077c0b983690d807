"""The menu of a post: ours can be edited and deleted, others' muted."""

from PySide6.QtCore import QObject, QRect
from PySide6.QtWidgets import QMenu, QWidget

from tipdesk.services.views import PostView
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.window_models import WindowModels
from tipdesk.ui.views.editor import Editor
from tipdesk.ui.views.own_post import DeletePostPanel, own_post_menu
from tipdesk.ui.views.post_menu import open_at, post_menu


class PostMenus(QObject):
    """Opens the one that fits; `shown` is the last."""

    def __init__(
        self, models: WindowModels, images: Images, editor: Editor, window: QWidget
    ) -> None:
        super().__init__(window)
        self._models, self._images = models, images
        self._editor, self._window = editor, window
        self.delete_panel = DeletePostPanel(models.editor, window)
        self.shown: QMenu | None = None

    def open_for(self, view: PostView, anchor: QRect) -> None:
        """Below what was pressed in the window."""
        models = self._models
        if models.editor.is_ours(view):
            self.shown = own_post_menu(view, anchor, self._editor, models.editor, self.delete_panel)
        else:
            self.shown = post_menu(view, models.privacy, self._images, self._window)
        open_at(self.shown, self._window, anchor)
