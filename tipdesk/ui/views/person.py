"""The panel of one person: who they are, follow, tip, message."""

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.units import Sat
from tipdesk.services.views import ProfileView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.people import PersonViewModel
from tipdesk.ui.widgets.avatar import Avatar
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.copy_line import CopyLine, short_npub
from tipdesk.ui.widgets.icon import Icon
from tipdesk.ui.widgets.panel import Panel, Popover, column, row, stack
from tipdesk.ui.widgets.preset_line import PresetLine
from tipdesk.ui.widgets.text import Elided, Prose, Text
from tipdesk.ui.widgets.tip_form import TipForm

_WIDTH = 400
_INNER = _WIDTH - 2 * Space.ROOM
_FACE = 64
_ABOUT_LINES = 9


class PersonPanel(Popover):
    """`message` and `posts` with the person's key; `followed` as a text's; `edit` of oneself."""

    message = Signal(object)
    posts = Signal(object)
    edit = Signal()
    followed = Signal(object, QRect)

    def __init__(self, model: PersonViewModel, images: Images, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self._model = model
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        layout.addLayout(self._make_head(images))
        layout.addWidget(self._make_facts())
        self._said = Text("", Type.SMALL, "soft", wrap=True)
        layout.addWidget(self._said)
        self.form = TipForm(model.draft)
        self.form.resized.connect(self._resized)
        self.form.update_view()
        self.form.hide()
        layout.addWidget(self.form)
        layout.addWidget(self._make_foot())
        model.changed.connect(self._update)
        model.draft.sent.connect(self.dismiss)

    @property
    def said_text(self) -> str:
        """What became of a follow."""
        return self._said.text()

    @property
    def name_text(self) -> str:
        """Their name, as it is shown."""
        return self._name.text()

    @property
    def nip05_text(self) -> str:
        """Their confirmed name; empty if there is none."""
        return "" if self._nip05_line.isHidden() else self._nip05.text()

    def open_for(self, pubkey: XOnlyPubkey, anchor: QRect, back: QWidget | None) -> None:
        """Shows somebody."""
        self._set_tipping(on=False)
        self._model.look_at(pubkey)
        self._update()
        self._show_amounts()
        self.open_at(anchor, back)
        first = self.edit_button if self._model.is_myself else self.tip_button
        if self.follow_button.isVisible():
            first = self.follow_button
        first.setFocus(Qt.FocusReason.PopupFocusReason)

    def dismiss(self) -> None:
        """Nobody is shown any more."""
        was_open = not self.isHidden()
        super().dismiss()
        if was_open:
            self._model.leave()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter sends the tip that is written, or presses a button; Escape ends the tip first."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        pressed = self.window().focusWidget()
        if is_enter and isinstance(pressed, Button):
            pressed.click()
        elif is_enter and self.is_tipping:
            self.form.send()
        elif event.key() == Qt.Key.Key_Escape and self.is_tipping:
            self._set_tipping(on=False)
            self.tip_button.setFocus()
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    @property
    def is_tipping(self) -> bool:
        """Whether a tip is being written."""
        return not self.form.isHidden()

    def _make_head(self, images: Images) -> QHBoxLayout:
        head = row(spacing=Space.ROOM)
        self._face = Avatar(_FACE, images)
        self._name = Text("", Type.HEADING, wrap=True)
        self._nip05 = Elided(step=Type.SMALL_STRONG, tone="good")
        self._nip05_line = QWidget()
        confirmed = row(spacing=Space.TIGHT)
        self._nip05_line.setLayout(confirmed)
        confirmed.addWidget(Icon("check", "good", 15))
        confirmed.addWidget(self._nip05, 1)
        self._state = Text("", Type.SMALL, "faint", wrap=True)
        self.posts_button = Button(
            icon="feed", look=Look.GHOST, name=t("All their posts"), small=True
        )
        self.posts_button.setToolTip(t("All their posts"))
        self.posts_button.clicked.connect(self._read_posts)
        close = Button(icon="close", look=Look.GHOST, name=t("Close"), small=True)
        close.clicked.connect(self.dismiss)
        head.addWidget(self._face, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(stack(self._name, self._nip05_line, self._state), 1)
        head.addWidget(self.posts_button, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        return head

    def _make_facts(self) -> QWidget:
        self._facts = QWidget()
        layout = column(self._facts, spacing=Space.NEAR)
        self._about = Prose(Type.BODY, lines=_ABOUT_LINES)
        self._about.followed.connect(self.followed)
        layout.addWidget(self._about)
        ground = Panel("sunken")
        inner = column(ground, spacing=0)
        inner.setContentsMargins(Space.NEAR, Space.TIGHT, Space.TIGHT, Space.TIGHT)
        self.address = CopyLine(t("Lightning"), t("their lightning address"))
        self.npub = CopyLine(t("Key"), t("their npub"))
        for fact in (self.address, self.npub):
            inner.addWidget(fact)
        layout.addWidget(ground)
        self.presets = PresetLine()
        self.presets.kept.connect(self._set_amounts)
        self.presets.reset.connect(lambda: self._set_amounts(None))
        self.presets.resized.connect(self._resized)
        layout.addWidget(self.presets)
        return self._facts

    def _make_foot(self) -> QWidget:
        self._foot = QWidget()
        line = row(spacing=Space.SNUG)
        self._foot.setLayout(line)
        self.follow_button = Button(t("Follow"), icon="plus", look=Look.PRIMARY)
        self.unfollow_button = Button(t("Unfollow"), icon="check")
        self.tip_button = Button(t("Tip"), icon="bolt-solid")
        self.message_button = Button(t("Message"), icon="comment")
        self.follow_button.clicked.connect(lambda: self._set_follows(wanted=True))
        self.unfollow_button.clicked.connect(lambda: self._set_follows(wanted=False))
        self.tip_button.clicked.connect(self._begin_tip)
        self.message_button.clicked.connect(self._send_message)
        self.edit_button = Button(t("Edit your profile"))
        self.edit_button.clicked.connect(self.edit)
        for button in (
            self.follow_button,
            self.unfollow_button,
            self.tip_button,
            self.message_button,
            self.edit_button,
        ):
            button.setFixedHeight(40)
            line.addWidget(button, 1)
        return self._foot

    def _set_follows(self, *, wanted: bool) -> None:
        self._model.set_follows(wanted=wanted)
        (self.unfollow_button if wanted else self.follow_button).setFocus()

    def _begin_tip(self) -> None:
        self._model.begin_tip()
        self._set_tipping(on=True)
        self.form.begin(self._model.amounts[0].to_msat())
        self.form.amount.setFocus()
        self.form.amount.selectAll()

    def _set_amounts(self, amounts: tuple[Sat, ...] | None) -> None:
        problem = self._model.set_amounts(amounts)
        if problem:
            self.presets.refuse(problem)
        else:
            self._show_amounts()

    def _show_amounts(self) -> None:
        name = self._name.text()
        self.presets.show_amounts(self._model.amounts, name=name, own=self._model.has_own_amounts)

    def _set_tipping(self, *, on: bool) -> None:
        self.form.setVisible(on)
        self._facts.setVisible(not on)
        self._foot.setVisible(not on)
        self._resized()

    def _send_message(self) -> None:
        pubkey = self._model.pubkey
        self.dismiss()
        if pubkey is not None:
            self.message.emit(pubkey)

    def _read_posts(self) -> None:
        pubkey = self._model.pubkey
        self.dismiss()
        if pubkey is not None:
            self.posts.emit(pubkey)

    def _update(self) -> None:
        model, profile = self._model, self._model.profile
        if profile is None:
            return
        self._show_person(profile)
        self._about.show_linked(model.about)
        self._about.setVisible(bool(model.about.text))
        self._about.setFixedHeight(self._about.arrange(_INNER))
        busy, mine = model.is_busy, model.is_myself
        self.follow_button.setVisible(not mine and not model.follows)
        self.unfollow_button.setVisible(not mine and model.follows)
        for button in (self.follow_button, self.unfollow_button):
            button.setAccessibleDescription(t("on its way") if busy else "")
        self.tip_button.setVisible(not mine and profile.can_be_tipped)
        self.presets.setVisible(not mine and profile.can_be_tipped)
        self.message_button.setVisible(not mine)
        self.edit_button.setVisible(mine)
        said = model.said
        self._said.setText(said.text)
        self._said.set_tone(said.tone)
        self._said.setVisible(bool(said.text) and not self.is_tipping)
        self._resized()

    def _show_person(self, profile: ProfileView) -> None:
        name = words.name(profile.title)
        self.setAccessibleName(t("About {name}", name=name))
        self._face.show_profile(profile)
        self._name.setText(name)
        self._nip05.setText(words.line(profile.nip05 or ""))
        self._nip05_line.setVisible(bool(profile.nip05))
        model = self._model
        state = (
            t("This is you") if model.is_myself else t("You follow them") if model.follows else ""
        )
        said = " · ".join(filter(None, (state, model.search)))
        self._state.setText(said)
        self._state.setVisible(bool(said))
        self.address.show_value(words.line(profile.lud16 or ""))
        self.npub.show_value(profile.npub, short_npub(profile.npub))

    def _resized(self) -> None:
        if self.isVisible():
            self.fit()
