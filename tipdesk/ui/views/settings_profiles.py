"""Settings: the profiles of this machine, and the panel that removes one."""

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from tipdesk.base.phrase import Phrase
from tipdesk.services.front import ProfileEntry, ProfileFacts
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.profiles import ProfilesViewModel, title_of, words_of
from tipdesk.ui.views.settings_section import SettingsSection
from tipdesk.ui.widgets.action_line import Act, Line, LineList
from tipdesk.ui.widgets.amount_edit import AmountEdit
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import Popover, column, row
from tipdesk.ui.widgets.setting_group import SettingGroup
from tipdesk.ui.widgets.text import Text

_WIDTH = 420


class ProfilesSection(SettingsSection):
    """`front_wanted` when another profile is to be opened or made."""

    TITLE = Phrase("Profiles")
    ICON = "profiles"

    front_wanted = Signal()

    def __init__(self, model: ProfilesViewModel) -> None:
        super().__init__()
        self._model = model
        self.panel: RemovePanel | None = None
        group = SettingGroup(t("On this machine"))
        holder = QWidget()
        listed = column(holder, spacing=Space.NEAR)
        listed.setContentsMargins(Space.ROOM, Space.NEAR, Space.ROOM, Space.NEAR)
        self.list = LineList(t("Profiles"), wrap=True)
        self._told = Text("", Type.SMALL, "soft", wrap=True)
        listed.addWidget(self.list)
        listed.addWidget(self._told)
        group.add_widget(holder)
        self.add(group)
        other = SettingGroup(t("Another one"))
        self.other_button = Button(t("Choose"), small=True, name=t("Open another profile"))
        self.other_button.clicked.connect(self.front_wanted)
        other.add(
            t("Open another, make one, or bring one back"),
            self.other_button,
            t("This one is closed first. One profile is open at a time."),
        )
        self.add(other)

    def showEvent(self, event: QShowEvent) -> None:
        """Looks at the folders."""
        super().showEvent(event)
        self._model.read()

    @property
    def told_text(self) -> str:
        """What came of the last removal."""
        return "" if self._told.isHidden() else self._told.text()

    def update_view(self) -> None:
        """Those that there are now."""
        model = self._model
        self.list.show_lines([self._line(place, one) for place, one in enumerate(model.all)])
        self._told.setText(model.told or ("" if model.all else t("Looking at the folders")))
        self._told.setVisible(bool(self._told.text()))

    def _line(self, place: int, facts: ProfileFacts) -> Line:
        entry = facts.entry
        remove = Act(
            t("Remove"),
            t("Remove the profile {name}", name=title_of(entry)),
            lambda: self._ask(place, entry),
        )
        return Line(
            title_of(entry),
            self._model.about(facts),
            state=t("Open now") if facts.is_open else "",
            state_tone="good",
            acts=() if facts.is_open or entry.is_practice else (remove,),
        )

    def _ask(self, place: int, entry: ProfileEntry) -> None:
        if self.panel is None:
            self.panel = RemovePanel(self._model, self.window())
        button = self.list.lines[place].buttons[0]
        corner = button.mapTo(self.window(), button.rect().topLeft())
        self.panel.open_for(entry, button.rect().translated(corner), button)


class RemovePanel(Popover):
    """Says what would be lost; where that is money, its amount has to be typed."""

    def __init__(self, model: ProfilesViewModel, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self._model = model
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        self._title = Text("", Type.HEADING, wrap=True)
        self._text = Text("", Type.BODY, "soft", wrap=True)
        self._ask_amount = Text("", Type.SMALL_STRONG, wrap=True)
        self.amount = AmountEdit(t("The amount in its channels"))
        self.amount.amount_changed.connect(lambda _: self._update())
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        for part in (self._title, self._text, self._ask_amount, self.amount, self._problem):
            layout.addWidget(part)
        keep = Button(t("Keep it"))
        keep.clicked.connect(self.dismiss)
        self.keep_button = keep
        self.button = Button(t("Remove it"), look=Look.DANGER)
        self.button.clicked.connect(self._remove)
        line = row()
        line.addWidget(keep, 1)
        line.addWidget(self.button, 1)
        layout.addLayout(line)
        model.changed.connect(self._update)

    @property
    def said(self) -> str:
        """What it says would be lost."""
        return self._text.text()

    @property
    def problem_text(self) -> str:
        """What went wrong."""
        return self._problem.text()

    def open_for(self, entry: ProfileEntry, anchor: QRect, back: QWidget) -> None:
        """Asks about a profile."""
        title = t("Remove {name}?", name=title_of(entry))
        self.setAccessibleName(title)
        self._title.setText(title)
        self.amount.set_amount(None)
        self._model.begin_removal(entry)
        self.open_at(anchor, back)
        self._update()
        self.keep_button.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses what has the keyboard; it removes nothing from the field."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = self.focusWidget()
            if isinstance(focused, Button):
                focused.click()
            event.accept()
        else:
            super().keyPressEvent(event)

    def _remove(self) -> None:
        self._model.remove(self.amount.amount)

    def _update(self) -> None:
        if self.isHidden():
            return
        model, entry, loss = self._model, self._model.leaving, self._model.loss
        if entry is None:
            self.dismiss()
            return
        waiting = "" if model.problem else t("Looking at what is in it")
        self._text.setText(waiting if loss is None else words_of(entry, loss))
        self._text.setVisible(bool(self._text.text()))
        asks = loss is not None and bool(loss.channels) and not loss.is_refused
        if loss is not None:
            self._ask_amount.setText(t("Type {amount} to remove it", amount=loss.in_channels))
        self._ask_amount.setVisible(asks)
        self.amount.setVisible(asks)
        self._problem.setText(model.problem)
        self._problem.setVisible(bool(model.problem))
        self.button.setVisible(loss is not None and not loss.is_refused)
        written = not asks or self.amount.amount is not None
        self.button.setEnabled(not model.is_busy and written)
        self.button.set_label(t("One moment") if model.is_busy else t("Remove it"))
