"""The panel of one's own public face: the profile, and the relays where one is found."""

from enum import Enum

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from tipdesk.base.phrase import Phrase
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say, t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.own_profile import OwnProfileViewModel
from tipdesk.ui.viewmodels.own_relays import OwnRelaysViewModel
from tipdesk.ui.views.own_form import OwnForm
from tipdesk.ui.views.own_relays import OwnRelays
from tipdesk.ui.widgets.avatar import Avatar
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.check_box import CheckBox
from tipdesk.ui.widgets.panel import Popover, column, row, stack
from tipdesk.ui.widgets.text import Elided

_WIDTH = 468
_FACE = 52
_HIGH = 452
"""Of each side: so the tabs stay under the pointer."""
_OTHERS = 190


class Side(Enum):
    """The sides of the panel."""

    PROFILE = Phrase("Profile")
    RELAYS = Phrase("Relays")


class OwnProfilePanel(Popover):
    """What is written stays when it is closed; nothing goes out before it is published."""

    def __init__(
        self,
        profile: OwnProfileViewModel,
        relays: OwnRelaysViewModel,
        images: Images,
        window: QWidget,
    ) -> None:
        super().__init__(window, width=_WIDTH)
        self._profile = profile
        self.setAccessibleName(t("Your profile"))
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        layout.addLayout(self._make_head(images))
        layout.addLayout(self._make_tabs())
        self.form, self.relays = OwnForm(profile), OwnRelays(relays)
        self._sides: dict[Side, OwnForm | OwnRelays] = {
            Side.PROFILE: self.form,
            Side.RELAYS: self.relays,
        }
        for side in self._sides.values():
            side.resized.connect(self._resized)
            layout.addWidget(side)
        profile.changed.connect(self._update)

    def open_for(self, anchor: QRect, back: QWidget | None) -> None:
        """The profile, as the relays have it or as it was written so far."""
        self._show_side(Side.PROFILE)
        self._update()
        self.open_at(anchor, back)
        self.form.begin()

    def open_side(self, side: Side) -> None:
        """Another side, read anew."""
        self._show_side(side)
        self._sides[side].begin()
        self._resized()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses what has the keyboard, where it does nothing else."""
        pressed = self.window().focusWidget()
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and isinstance(pressed, Button | CheckBox):
            pressed.click()
            event.accept()
        else:
            super().keyPressEvent(event)

    def _make_head(self, images: Images) -> QHBoxLayout:
        head = row(spacing=Space.NEAR)
        self._face = Avatar(_FACE, images)
        self._name = Elided(step=Type.HEADING)
        self._line = Elided(t("Everybody can see what stands here"), step=Type.SMALL, tone="soft")
        close = Button(icon="close", look=Look.GHOST, name=t("Close"), small=True)
        close.clicked.connect(self.dismiss)
        head.addWidget(self._face)
        head.addWidget(stack(self._name, self._line), 1)
        head.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        return head

    def _make_tabs(self) -> QHBoxLayout:
        tabs = row(spacing=Space.TIGHT)
        self.tabs: dict[Side, Button] = {}
        group = QButtonGroup(self)
        for side in Side:
            tab = Button(say(side.value), look=Look.CHOICE, small=True)
            tab.clicked.connect(lambda _=False, s=side: self.open_side(s))
            group.addButton(tab)
            tabs.addWidget(tab)
            self.tabs[side] = tab
        tabs.addStretch()
        return tabs

    def _show_side(self, side: Side) -> None:
        self.tabs[side].setChecked(True)
        high = min(_HIGH, self.window().height() - _OTHERS)
        for one, widget in self._sides.items():
            widget.setMinimumHeight(high)
            widget.setVisible(one is side)

    def _update(self) -> None:
        myself = self._profile.myself
        self._name.setText(t("You") if myself is None else words.name(myself.title))
        self._face.show_profile(myself)

    def _resized(self) -> None:
        if self.isVisible():
            self.fit()
