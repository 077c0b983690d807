"""The pictures of a draft, one below the other: what each shows, its place, and a way out."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QScrollArea, QWidget

from tipdesk.nostr.nip92 import MAX_ALT
from tipdesk.ports.pictures import Attachment
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.thumbnail import Thumbnail

_SIDE = 52
_FIELD = 36
_MOST_SEEN = 3


class PictureLine(QWidget):
    """One picture; `place` is where it stands."""

    described = Signal(int, str)
    moved = Signal(int, int)
    removed = Signal(int)

    def __init__(self, images: Images, picture: Attachment, place: int, count: int) -> None:
        super().__init__()
        number = place + 1
        line = row(spacing=Space.SNUG)
        self.setLayout(line)
        thumbnail = Thumbnail(images, t("Picture {number}", number=number), _SIDE)
        self.alt = QLineEdit(picture.alt)
        self.alt.setFixedHeight(_FIELD)
        self.alt.setMaxLength(MAX_ALT)
        self.alt.setPlaceholderText(t("What it shows, for people who cannot see it"))
        self.alt.setAccessibleName(t("What picture {number} shows", number=number))
        self.alt.textChanged.connect(lambda text: self.described.emit(place, text))
        self.up = Button(
            icon="arrow-up", look=Look.GHOST, small=True, name=t("Earlier: picture {n}", n=number)
        )
        self.down = Button(
            icon="arrow-down", look=Look.GHOST, small=True, name=t("Later: picture {n}", n=number)
        )
        self.out = Button(
            icon="close", look=Look.GHOST, small=True, name=t("Take picture {n} out", n=number)
        )
        self.up.clicked.connect(lambda: self.moved.emit(place, -1))
        self.down.clicked.connect(lambda: self.moved.emit(place, 1))
        self.out.clicked.connect(lambda: self.removed.emit(place))
        self.up.setEnabled(place > 0)
        self.down.setEnabled(number < count)
        line.addWidget(thumbnail)
        line.addWidget(self.alt, 1)
        for button in (self.up, self.down, self.out):
            line.addWidget(button)
        # Shown before it has its place, a widget would be a window.
        thumbnail.show_picture(picture.local_url)
        for button in (self.up, self.down):
            button.setVisible(count > 1)

    def show_alt(self, text: str) -> None:
        """Words that nobody types here now."""
        if text != self.alt.text():
            with QSignalBlocker(self.alt):
                self.alt.setText(text)


class PictureStrip(QScrollArea):
    """As high as its pictures, up to three; more are scrolled to."""

    described = Signal(int, str)
    moved = Signal(int, int)
    removed = Signal(int)

    def __init__(self, images: Images) -> None:
        super().__init__()
        self._images = images
        self._holder = QWidget()
        self._holder.setObjectName("column")
        self._column = column(self._holder, spacing=Space.TIGHT)
        self.setWidget(self._holder)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(t("Pictures of your post"))
        self.lines: list[PictureLine] = []
        self._shown: tuple[str, ...] = ()

    def show_pictures(self, pictures: Sequence[Attachment]) -> None:
        """These, in their order."""
        names = tuple(one.hash for one in pictures)
        if names != self._shown:
            self._make_lines(pictures)
            self._shown = names
        for line, picture in zip(self.lines, pictures, strict=True):
            line.show_alt(picture.alt)
        seen = min(len(pictures), _MOST_SEEN)
        self.setFixedHeight(seen * _SIDE + max(0, seen - 1) * Space.TIGHT)
        self.setVisible(bool(pictures))

    def _make_lines(self, pictures: Sequence[Attachment]) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.lines = []
        for place, picture in enumerate(pictures):
            line = PictureLine(self._images, picture, place, len(pictures))
            line.described.connect(self.described)
            line.moved.connect(self.moved)
            line.removed.connect(self.removed)
            self.lines.append(line)
            self._column.addWidget(line)
            # At once, as the keyboard may be wanted there in this very turn.
            line.show()
