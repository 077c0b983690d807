"""The part of the editor that holds pictures: choosing, describing, and where they go."""

from pathlib import Path

from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.editor_pictures import EditorPictures
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.widgets.media_server import MediaServerBox
from tipdesk.ui.widgets.panel import column
from tipdesk.ui.widgets.picture_strip import PictureStrip
from tipdesk.ui.widgets.text import Text


class PicturesPart(QWidget):
    """Nothing at all while there are no pictures, and nothing to say of them."""

    def __init__(self, model: EditorPictures, images: Images) -> None:
        super().__init__()
        self._model = model
        layout = column(self, spacing=Space.SNUG)
        self.strip = PictureStrip(images)
        self.strip.described.connect(model.describe)
        self.strip.moved.connect(self._move)
        self.strip.removed.connect(model.remove)
        self.said = Text("", Type.SMALL, "soft", wrap=True)
        self.server = MediaServerBox()
        self.server.chosen.connect(model.use_server)
        for part in (self.strip, self.said, self.server):
            layout.addWidget(part)
        self.dialog: QFileDialog | None = None

    def choose(self) -> None:
        """Asks for files."""
        dialog = QFileDialog(self.window(), t("Pictures for your post"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(t("Pictures") + " (*.jpg *.jpeg *.png *.webp *.gif *.bmp)")
        dialog.finished.connect(self._chosen)
        self.dialog = dialog
        dialog.open()

    def update_view(self) -> None:
        """What holds now."""
        model = self._model
        pictures, said = model.shown, model.words
        self.strip.show_pictures(pictures)
        self.said.setText(said.text)
        self.said.set_tone(said.tone)
        self.said.setVisible(bool(said.text))
        self.server.show_server(model.server, model.server_words)
        self.server.setVisible(bool(pictures))
        self.setVisible(bool(pictures or said.text))

    def _chosen(self, result: int) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            if result == QDialog.DialogCode.Accepted:
                self._model.add([Path(name) for name in dialog.selectedFiles()])
            dialog.deleteLater()

    def _move(self, place: int, by: int) -> None:
        """The keyboard goes with the picture."""
        self._model.move(place, by)
        self.update_view()
        line = self.strip.lines[place + by]
        button = line.up if by < 0 else line.down
        (button if button.isEnabled() else line.alt).setFocus()
