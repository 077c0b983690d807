"""The settings: a list of sections on the left, the open one beside it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QStackedWidget, QWidget

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.base import ViewModel
from tipdesk.ui.views.page import Page
from tipdesk.ui.views.settings_section import WIDEST, SettingsSection
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.rail_button import RailButton

_LIST = 200


class SettingsPage(Page):
    """Everything that is set rather than done. Each section has view models of its own."""

    def __init__(self, sections: Sequence[SettingsSection], models: Sequence[ViewModel]) -> None:
        super().__init__(t("Settings"), models[0])
        for model in models[1:]:
            model.changed.connect(self._model_changed)
        self.sections = tuple(sections)
        self.tabs: dict[str, RailButton] = {}
        names = QWidget()
        names.setFixedWidth(_LIST)
        listed = column(names, spacing=Space.TIGHT)
        self._stack = QStackedWidget()
        self._stack.setMaximumWidth(WIDEST)
        group = QButtonGroup(self)
        for section in self.sections:
            tab = RailButton(section.title, section.icon)
            tab.clicked.connect(lambda _=False, s=section: self.open_section(s))
            group.addButton(tab)
            self.tabs[section.title] = tab
            listed.addWidget(tab)
            self._stack.addWidget(section)
        listed.addStretch()
        across = row(spacing=Space.WIDE)
        across.addWidget(names, 0, Qt.AlignmentFlag.AlignTop)
        across.addWidget(self._stack, 10)
        across.addStretch(1)
        self.body.addLayout(across, 1)
        self.open_section(self.sections[0])

    @property
    def section(self) -> SettingsSection:
        """The one that is open."""
        return self.sections[self._stack.currentIndex()]

    def open_section(self, section: SettingsSection) -> None:
        """Shows a section."""
        self.tabs[section.title].setChecked(True)
        self._stack.setCurrentIndex(self.sections.index(section))
        section.update_view()

    def update_view(self) -> None:
        """The section that is open."""
        self.section.update_view()
