"""The view models of the creator's desk, one of each."""

from dataclasses import dataclass

from PySide6.QtCore import QObject

from tipdesk.ui.viewmodels.base import ViewModel
from tipdesk.ui.viewmodels.creator import CreatorViewModel
from tipdesk.ui.viewmodels.desk_alerts import AlertsViewModel, OverlayViewModel
from tipdesk.ui.viewmodels.desk_goals import GoalsViewModel
from tipdesk.ui.viewmodels.desk_income import IncomeViewModel
from tipdesk.ui.viewmodels.desk_pages import PagesViewModel
from tipdesk.ui.viewmodels.desk_receiving import ReceivingViewModel
from tipdesk.ui.viewmodels.desk_triggers import TriggersViewModel
from tipdesk.ui.viewmodels.facade import AppFacade


@dataclass(frozen=True, slots=True)
class DeskModels:
    """One for each panel of the desk."""

    creator: CreatorViewModel
    income: IncomeViewModel
    alerts: AlertsViewModel
    overlay: OverlayViewModel
    pages: PagesViewModel
    receiving: ReceivingViewModel
    goals: GoalsViewModel
    triggers: TriggersViewModel

    @classmethod
    def of(cls, app: AppFacade, owner: QObject) -> "DeskModels":
        """Made over an app."""
        return cls(
            creator=CreatorViewModel(app, owner),
            income=IncomeViewModel(app, owner),
            alerts=AlertsViewModel(app, owner),
            overlay=OverlayViewModel(app, owner),
            pages=PagesViewModel(app, owner),
            receiving=ReceivingViewModel(app, owner),
            goals=GoalsViewModel(app, owner),
            triggers=TriggersViewModel(app, owner),
        )

    def all(self) -> tuple[ViewModel, ...]:
        """Every one."""
        return (
            self.creator,
            self.income,
            self.alerts,
            self.overlay,
            self.pages,
            self.receiving,
            self.goals,
            self.triggers,
        )
