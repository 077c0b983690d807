"""The fields of the editor: what is answered, the text, people to link, a cover, and relays."""

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QLineEdit, QWidget

from tipdesk.services.views import ProfileView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.editor import MAX_MENTIONED, EditorViewModel
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.views.editor_pictures import PicturesPart
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.check_box import CheckBox
from tipdesk.ui.widgets.field_line import FieldLine
from tipdesk.ui.widgets.panel import Panel, column, row
from tipdesk.ui.widgets.post_edit import PostEdit
from tipdesk.ui.widgets.text import Elided, Text

_MOST_REASON = 120


class EditorForm(QWidget):
    """What is typed goes to the model at every stroke."""

    def __init__(self, model: EditorViewModel, images: Images) -> None:
        super().__init__()
        self._model = model
        layout = column(self, spacing=Space.NEAR)
        self._answered = Panel("sunken")
        inner = column(self._answered, margin=Space.NEAR)
        self.answered_text = Elided(step=Type.SMALL, tone="soft")
        inner.addWidget(self.answered_text)
        self.edit = PostEdit()
        self.edit.textChanged.connect(lambda: model.write(self.edit.toPlainText()))
        self.edit.naming.connect(self._offer)
        self.edit.given.connect(model.pictures.add)
        self.pictures = PicturesPart(model.pictures, images)
        self.name = FieldLine(
            t("Title"), t("Title"), t("What your pictures are called, if anything")
        )
        self.name.written.connect(model.name)
        layout.addWidget(self._answered)
        layout.addWidget(self._make_long())
        layout.addWidget(self.name)
        layout.addWidget(self.edit, 1)
        layout.addWidget(self.pictures)
        layout.addWidget(self._make_people())
        layout.addWidget(self._make_cover())
        layout.addWidget(self._make_relays())
        model.changed.connect(self._update)
        model.opened.connect(self._opened)

    def _make_long(self) -> QWidget:
        self._long = QWidget()
        inner = column(self._long, spacing=Space.TIGHT)
        self.title = FieldLine(t("Title"), t("Title"), t("What it is called"))
        self.summary = FieldLine(t("Summary"), t("Summary"), t("A sentence for lists, if you like"))
        self.picture = FieldLine(
            t("Picture"), t("Address of a picture"), t("https:// address of a picture, if any")
        )
        for field in (self.title, self.summary, self.picture):
            field.written.connect(lambda _: self._describe())
            inner.addWidget(field)
        return self._long

    def _make_people(self) -> QWidget:
        self._people = QWidget()
        line = row(spacing=Space.TIGHT)
        self._people.setLayout(line)
        self._offered: tuple[ProfileView, ...] = ()
        self.people_buttons: list[Button] = []
        line.addWidget(Text(t("Link to"), Type.SMALL, "faint"))
        for place in range(MAX_MENTIONED):
            button = Button(small=True, name=t("Link to somebody"))
            button.clicked.connect(lambda _=False, n=place: self._link(n))
            self.people_buttons.append(button)
            line.addWidget(button)
        line.addStretch(1)
        self._people.hide()
        return self._people

    def _make_cover(self) -> QWidget:
        holder = QWidget()
        line = row(spacing=Space.NEAR)
        holder.setLayout(line)
        self.cover = CheckBox(t("Cover it: readers see it only when they ask to"))
        self.cover.clicked.connect(lambda _: self._cover())
        self.reason = QLineEdit()
        self.reason.setMaxLength(_MOST_REASON)
        self.reason.setFixedHeight(32)
        self.reason.setPlaceholderText(t("Why, if you like"))
        self.reason.setAccessibleName(t("Why it is covered"))
        self.reason.textChanged.connect(lambda _: self._cover())
        line.addWidget(self.cover)
        line.addWidget(self.reason, 1)
        return holder

    def _make_relays(self) -> QWidget:
        holder = QWidget()
        inner = column(holder, spacing=Space.TIGHT)
        self.relays_button = Button("", icon="relay", look=Look.GHOST, small=True, name=t("Relays"))
        self.relays_button.setCheckable(True)
        self.relays_button.clicked.connect(lambda _: self._update())
        line = row()
        self.add_button = Button(t("Add pictures"), icon="picture", small=True)
        self.add_button.setToolTip(t("You can also paste them, or drop them on the text"))
        self.add_button.clicked.connect(self.pictures.choose)
        line.addWidget(self.relays_button)
        line.addStretch(1)
        line.addWidget(self.add_button)
        inner.addLayout(line)
        self._boxes = QWidget()
        self._boxes_column = column(self._boxes, spacing=0)
        self._boxes_column.setContentsMargins(Space.NEAR, 0, 0, 0)
        self.relay_boxes: dict[str, CheckBox] = {}
        inner.addWidget(self._boxes)
        return holder

    def _opened(self) -> None:
        """Another draft."""
        draft = self._model.draft
        if draft is None:
            return
        with QSignalBlocker(self.edit):
            self.edit.setPlainText(draft.text)
        self.edit.moveCursor(self.edit.textCursor().MoveOperation.End)
        with QSignalBlocker(self.reason):
            self.reason.setText(draft.warning or "")
        self.cover.setChecked(draft.warning is not None)
        if draft.long is not None:
            self.title.show_text(draft.long.title)
            self.summary.show_text(draft.long.summary)
            self.picture.show_text(draft.long.picture)
        else:
            for field in (self.title, self.summary, self.picture):
                field.show_text("")
        self.name.show_text(draft.title)
        self.relays_button.setChecked(False)
        self._update()

    def _update(self) -> None:
        model = self._model
        answered = None if model.draft is None else model.draft.answered
        self._answered.setVisible(answered is not None)
        self.answered_text.setText("" if answered is None else words.line(answered.excerpt))
        self._long.setVisible(model.long is not None)
        self.name.setVisible(model.is_picture)
        if model.is_picture and model.draft is not None:
            self.name.show_text(model.draft.title)
        self.pictures.update_view()
        self.add_button.setEnabled(model.pictures.room > 0)
        self.setEnabled(not model.is_publishing)
        self.edit.setPlaceholderText(self._hint())
        self.reason.setVisible(self.cover.isChecked())
        self.relays_button.set_label(model.relays_words)
        self._show_relays()

    def _hint(self) -> str:
        if self._model.long is not None:
            return t(
                "The text. Many apps show Markdown (# heading, * list, > quote); TipDesk shows "
                "the marks as they are."
            )
        if self._model.draft is not None and self._model.draft.answered is not None:
            return t("Write your reply")
        if self._model.is_picture:
            return t("What is to be said about them?")
        return t("What would you like to say? Write @ and a name to link to somebody.")

    def _describe(self) -> None:
        self._model.describe(
            title=self.title.text, summary=self.summary.text, picture=self.picture.text
        )

    def _show_relays(self) -> None:
        relays = dict(self._model.relays)
        if set(relays) != set(self.relay_boxes):
            for box in self.relay_boxes.values():
                self._boxes_column.removeWidget(box)
                box.hide()
                box.deleteLater()
            self.relay_boxes = {url: self._box(url) for url in relays}
        for url, goes in relays.items():
            self.relay_boxes[url].setChecked(goes)
        self._boxes.setVisible(self.relays_button.isChecked())

    def _box(self, url: str) -> CheckBox:
        box = CheckBox(words.address(url).removeprefix("wss://"))
        box.clicked.connect(lambda on, u=url: self._model.use_relay(u, goes=on))
        self._boxes_column.addWidget(box)
        return box

    def _cover(self) -> None:
        self._model.cover(self.reason.text() if self.cover.isChecked() else None)

    def _offer(self, begun: str | None) -> None:
        self._offered = () if begun is None else self._model.people(begun)
        for place, button in enumerate(self.people_buttons):
            button.setVisible(place < len(self._offered))
            if place < len(self._offered):
                name = words.name(self._offered[place].title)
                button.set_label(f"@{name[:24]}", t("Link to {name}", name=name))
        self._people.setVisible(bool(self._offered))

    def _link(self, place: int) -> None:
        if place < len(self._offered):
            self.edit.put_link(self._model.link_to(self._offered[place]))
