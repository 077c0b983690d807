"""The settings: a list of sections on the left, the open one beside it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QStackedWidget, QWidget

from tipdesk.ui.i18n import say, t
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.base import ViewModel
from tipdesk.ui.views.page import Page
from tipdesk.ui.views.settings_section import WIDEST, SettingsSection
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.rail_button import RailButton

_LIST = 200
S = TypeVar("S", bound=SettingsSection)


@dataclass(frozen=True, slots=True)
class Entry:
    """A section in the list."""

    kind: type[SettingsSection]
    make: Callable[[], SettingsSection]
    """The section: made, and kept, when it is asked for first."""

    @property
    def title(self) -> str:
        """What the list and the palette call it."""
        return say(self.kind.TITLE)


class SettingsPage(Page):
    """Everything that is set rather than done. Each section has view models of its own."""

    def __init__(self, entries: Sequence[Entry], models: Sequence[ViewModel]) -> None:
        super().__init__(t("Settings"), models[0])
        for model in models[1:]:
            model.changed.connect(self._model_changed)
        self.entries = tuple(entries)
        self._tabs: list[RailButton] = []
        names = QWidget()
        names.setFixedWidth(_LIST)
        listed = column(names, spacing=Space.TIGHT)
        self._stack = QStackedWidget()
        self._stack.setMaximumWidth(WIDEST)
        group = QButtonGroup(self)
        for entry in self.entries:
            tab = RailButton(entry.title, entry.kind.ICON)
            tab.clicked.connect(lambda _=False, e=entry: self.open_entry(e))
            group.addButton(tab)
            self._tabs.append(tab)
            listed.addWidget(tab)
        listed.addStretch()
        across = row(spacing=Space.WIDE)
        across.addWidget(names, 0, Qt.AlignmentFlag.AlignTop)
        across.addWidget(self._stack, 10)
        across.addStretch(1)
        self.body.addLayout(across, 1)
        self.section = self.open_entry(self.entries[0])
        """The one that is open."""

    def open_entry(self, entry: Entry) -> SettingsSection:
        """Shows a section."""
        self.section = entry.make()
        self._tabs[self.entries.index(entry)].setChecked(True)
        self._stack.setCurrentWidget(self.section)
        self.section.update_view()
        return self.section

    def open_section(self, section: SettingsSection) -> None:
        """Shows a section that is made already."""
        self.open_entry(next(one for one in self.entries if isinstance(section, one.kind)))

    def update_view(self) -> None:
        """The section that is open."""
        self.section.update_view()

    def _keep(self, section: S) -> S:
        # It belongs to the window before anybody opens it: panels of it lie over that.
        self._stack.addWidget(section)
        return section
