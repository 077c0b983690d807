"""What the creator collects for, and how far it is."""

from PySide6.QtCore import QObject

from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.units import Msat
from tipdesk.services.events import GoalChanged
from tipdesk.services.goals import GoalView
from tipdesk.ui.i18n import t
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade


class GoalsViewModel(ViewModel):
    """The panel of goals. `problem` says why the last one was not published."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self.goals: tuple[GoalView, ...] = ()
        self.is_publishing = False
        self.is_asking = False
        self.problem = ""
        self.offline = ""
        self.published = 0
        self.listen(GoalChanged, self.touch)
        self.refresh()

    @property
    def now(self) -> Instant:
        """The time."""
        return self._app.clock.now()

    def refresh(self) -> None:
        """Reads what is known."""
        myself = self._app.status().myself
        self.goals = () if myself is None else self._app.goals.goals(myself.pubkey)

    def ask(self) -> None:
        """Asks the relays for our goals."""
        if not self.is_asking:
            self.is_asking = True
            spawn(self._ask(), self)

    def publish(self, amount: Msat, text: str, closed_at: Instant | None) -> None:
        """A new goal, open until then."""
        if self.is_publishing:
            return
        self.problem = ""
        if not text.strip():
            self.problem = t("Write what it is for.")
        elif closed_at is not None and closed_at <= self.now:
            self.problem = t("That day has passed. Choose a later one.")
        else:
            self.is_publishing = True
            spawn(self._publish(amount, text.strip(), closed_at), self)
        self.changed.emit()

    async def _ask(self) -> None:
        myself = self._app.status().myself
        try:
            if myself is not None:
                await self._app.goals.refresh(myself.pubkey)
            self.offline = ""
        except BackendError as error:
            self.offline = sentence(error)
        finally:
            self.is_asking = False
            self.touch()

    async def _publish(self, amount: Msat, text: str, closed_at: Instant | None) -> None:
        closing = None if closed_at is None else closed_at.unix_seconds
        try:
            await self._app.goals.publish(amount=amount, description=text, closed_at=closing)
            self.published += 1
        except (RequestError, BackendError) as error:
            self.problem = sentence(error)
        finally:
            self.is_publishing = False
            self.touch()
