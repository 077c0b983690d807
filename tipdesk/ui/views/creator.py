"""The creator's desk: one page with a panel for each side of it."""

from enum import Enum

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QButtonGroup, QStackedWidget

from tipdesk.base.phrase import Phrase
from tipdesk.ui.i18n import say, t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.desk import DeskModels
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.views.desk_alerts import AlertsPanel
from tipdesk.ui.views.desk_goals import GoalsPanel
from tipdesk.ui.views.desk_income import IncomePanel
from tipdesk.ui.views.desk_panel import DeskPanel
from tipdesk.ui.views.desk_receiving import ReceivingPanel
from tipdesk.ui.views.desk_triggers import TriggersPanel
from tipdesk.ui.views.page import Page
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import dismiss_popovers, row
from tipdesk.ui.widgets.text import Elided
from tipdesk.ui.widgets.virtual_list import VirtualList


class Side(Enum):
    """The sides of the desk."""

    INCOME = Phrase("Income")
    ALERTS = Phrase("Alerts")
    GOALS = Phrase("Goals")
    TRIGGERS = Phrase("Triggers")
    RECEIVING = Phrase("Receiving")


class CreatorPage(Page):
    """Tips that come in, and what they set off; `own_profile` as the rail's."""

    own_profile = Signal(QRect)

    def __init__(self, models: DeskModels, images: Images) -> None:
        super().__init__(t("Creator"), models.creator)
        self._models = models
        self.income = IncomePanel(models.creator, models.income, images)
        self._panels: dict[Side, DeskPanel] = {}
        self.tabs: dict[Side, Button] = {}
        self._stack = QStackedWidget()
        self._group = QButtonGroup(self)
        self._tab_line = row(spacing=Space.TIGHT)
        self.header.insertLayout(1, self._tab_line)
        self._add(Side.INCOME, self.income)
        self.alerts = AlertsPanel(models.alerts, models.overlay, models.pages)
        self._add(Side.ALERTS, self.alerts)
        self.goals = GoalsPanel(models.goals)
        self._add(Side.GOALS, self.goals)
        self.triggers = TriggersPanel(models.triggers)
        self._add(Side.TRIGGERS, self.triggers)
        self.receiving = ReceivingPanel(models.receiving)
        self.receiving.own_profile.connect(self.own_profile)
        self._add(Side.RECEIVING, self.receiving)
        self._address = Elided(step=Type.SMALL, tone="soft")
        self._copy = Button(
            icon="copy", look=Look.GHOST, small=True, name=t("Copy our lightning address")
        )
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.address))
        self.header.addWidget(self._address)
        self.header.addWidget(self._copy)
        self.body.setSpacing(Space.NEAR)
        self.body.addWidget(self._stack, 1)
        for model in models.all():
            if model is not models.creator:
                model.changed.connect(self._model_changed)
        self.open_side(Side.INCOME)

    @property
    def list(self) -> VirtualList:
        """The tips as they land."""
        return self.income.list

    @property
    def address(self) -> str:
        """Our lightning address; empty if we have none."""
        myself = self._models.creator.myself
        return "" if myself is None else myself.lud16 or ""

    @property
    def side(self) -> Side:
        """Which panel is open."""
        return next(side for side, tab in self.tabs.items() if tab.isChecked())

    def open_side(self, side: Side) -> None:
        """Shows a panel."""
        if self.isVisible():
            dismiss_popovers(self.window())
        self.tabs[side].setChecked(True)
        self._stack.setCurrentIndex(tuple(self.tabs).index(side))
        self.update_view()

    def update_view(self) -> None:
        """The address, and the panel that is open."""
        self._address.setText(self.address)
        self._copy.setVisible(bool(self.address))
        self._panels[self.side].update_view()

    def _add(self, side: Side, panel: DeskPanel) -> None:
        self._panels[side] = panel
        tab = Button(say(side.value), look=Look.CHOICE, small=True)
        tab.clicked.connect(lambda: self.open_side(side))
        self._group.addButton(tab)
        self._tab_line.addWidget(tab)
        self.tabs[side] = tab
        self._stack.addWidget(panel)
