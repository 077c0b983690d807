"""The creator's desk: one page with a panel for each side of it."""

from enum import Enum
from functools import cached_property
from typing import TypeVar

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

P = TypeVar("P", bound=DeskPanel)


class Side(Enum):
    """The sides of the desk."""

    INCOME = Phrase("Income")
    ALERTS = Phrase("Alerts")
    GOALS = Phrase("Goals")
    TRIGGERS = Phrase("Triggers")
    RECEIVING = Phrase("Receiving")


class CreatorPage(Page):
    """Tips that come in, and what they set off; `own_profile` as the rail's.

    A side is made when it is opened first: all of them at once would hold the window up.
    """

    own_profile = Signal(QRect)
    reply = Signal(object)
    """Whom to write to."""
    provider_wanted = Signal()

    def __init__(self, models: DeskModels, images: Images) -> None:
        super().__init__(t("Creator"), models.creator)
        self._models = models
        self._images = images
        self.tabs: dict[Side, Button] = {}
        self._stack = QStackedWidget()
        self._group = QButtonGroup(self)
        self._tab_line = row(spacing=Space.TIGHT)
        self.header.insertLayout(1, self._tab_line)
        for side in Side:
            self._add_tab(side)
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

    @cached_property
    def income(self) -> IncomePanel:
        """The tips that came in."""
        panel = IncomePanel(self._models.creator, self._models.income, self._images)
        panel.reply.connect(self.reply)
        return self._keep(panel)

    @cached_property
    def alerts(self) -> AlertsPanel:
        """What is shown on the stream."""
        models = self._models
        return self._keep(AlertsPanel(models.alerts, models.overlay, models.pages))

    @cached_property
    def goals(self) -> GoalsPanel:
        """What is collected for."""
        return self._keep(GoalsPanel(self._models.goals))

    @cached_property
    def triggers(self) -> TriggersPanel:
        """What a tip sets off elsewhere."""
        return self._keep(TriggersPanel(self._models.triggers))

    @cached_property
    def receiving(self) -> ReceivingPanel:
        """Where tips come to."""
        panel = ReceivingPanel(self._models.receiving)
        panel.own_profile.connect(self.own_profile)
        panel.provider_wanted.connect(self.provider_wanted)
        return self._keep(panel)

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
        self._stack.setCurrentWidget(self._panel(side))
        self.update_view()

    def update_view(self) -> None:
        """The address, and the panel that is open."""
        self._address.setText(self.address)
        self._copy.setVisible(bool(self.address))
        self._panel(self.side).update_view()

    def _panel(self, side: Side) -> DeskPanel:
        match side:
            case Side.INCOME:
                return self.income
            case Side.ALERTS:
                return self.alerts
            case Side.GOALS:
                return self.goals
            case Side.TRIGGERS:
                return self.triggers
            case Side.RECEIVING:
                return self.receiving

    def _keep(self, panel: P) -> P:
        self._stack.addWidget(panel)
        return panel

    def _add_tab(self, side: Side) -> None:
        tab = Button(say(side.value), look=Look.CHOICE, small=True)
        tab.clicked.connect(lambda: self.open_side(side))
        self._group.addButton(tab)
        self._tab_line.addWidget(tab)
        self.tabs[side] = tab
