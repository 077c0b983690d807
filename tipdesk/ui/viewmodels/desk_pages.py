"""What the overlay's pages beside the alerts show: a goal, and how long their lists are."""

from dataclasses import replace

from PySide6.QtCore import QObject

from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.units import Msat
from tipdesk.services.desk_settings import Goal, PageSettings
from tipdesk.services.events import AlertsChanged
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade


class PagesViewModel(ViewModel):
    """`problem` is a sentence on what was chosen last and could not be kept."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self._lists = app.desk.lists
        self.problem = ""
        self.is_moving = False
        self.listen(AlertsChanged, self.touch)

    @property
    def chosen(self) -> PageSettings:
        """What holds now."""
        return self._lists.settings

    @property
    def port(self) -> int:
        """Where the pages are served."""
        return self._app.desk.overlay.port

    def collect(self, title: str, target: Msat, since: Instant | None) -> None:
        """Shows a goal; without `since`, tips count from when it was first set."""
        goal = self.chosen.goal
        begun = since or (self._app.clock.now() if goal is None else goal.since)
        self._choose(replace(self.chosen, goal=Goal(title, target, begun)))

    def collect_nothing(self) -> None:
        """The goal's page is empty from now on."""
        self._choose(replace(self.chosen, goal=None))

    def show_rows(self, rows: int, top_days: int) -> None:
        """How many lines the lists have, and of how many days the top tippers are."""
        if (rows, top_days) != (self.chosen.rows, self.chosen.top_days):
            self._choose(replace(self.chosen, rows=rows, top_days=top_days))

    def move(self, port: int) -> None:
        """Serves the pages at another port."""
        if port != self.port and not self.is_moving:
            self.is_moving = True
            spawn(self._move(port), self)

    def _choose(self, chosen: PageSettings) -> None:
        try:
            self._lists.settings = chosen
        except RequestError as error:
            self.problem = sentence(error)
        else:
            self.problem = ""
        self.touch()

    async def _move(self, port: int) -> None:
        self.problem = ""
        try:
            await self._app.desk.overlay.move(port)
        except (RequestError, BackendError) as error:
            self.problem = sentence(error)
        finally:
            self.is_moving = False
            self.touch()
