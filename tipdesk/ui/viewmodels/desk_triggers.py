"""What tips set off outside TipDesk: webhooks and programs, and how it went."""

from dataclasses import replace

from PySide6.QtCore import QObject

from tipdesk.base.clock import Instant
from tipdesk.base.errors import RequestError
from tipdesk.base.units import Msat
from tipdesk.ports.desk import TriggerJob
from tipdesk.services.events import TriggersChanged
from tipdesk.services.trigger_rules import Command, TriggerRule, Webhook
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade

JOBS = 8


class TriggersViewModel(ViewModel):
    """The panel of triggers. `secret` is empty but for the moment in which it is shown."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._clock = app.clock
        self._triggers = app.desk.triggers
        self.problem = ""
        self.secret = ""
        self.listen(TriggersChanged, self.touch)

    @property
    def now(self) -> Instant:
        """The time."""
        return self._clock.now()

    @property
    def rules(self) -> tuple[TriggerRule, ...]:
        """All of them."""
        return self._triggers.rules

    @property
    def jobs(self) -> tuple[TriggerJob, ...]:
        """What was set off lately, newest first."""
        return self._triggers.jobs(JOBS)

    def add(self, name: str, does: Webhook | Command, least: Msat) -> bool:
        """A new one, off until it is turned on; False with a `problem` if it cannot be."""
        rule = TriggerRule(name=name.strip(), does=does, min_amount=least, since=self.now)
        return self._choose((*self.rules, rule))

    def refuse(self, problem: str) -> None:
        """Says why what was written cannot be."""
        self.problem = problem
        self.changed.emit()

    def turn(self, name: str, *, on: bool) -> None:
        """Tips set it off from now on, or not any more."""
        self._choose(
            tuple(
                replace(rule, is_on=on, since=self.now if on else rule.since)
                if rule.name == name
                else rule
                for rule in self.rules
            )
        )

    def remove(self, name: str) -> None:
        """Takes one away."""
        self._choose(tuple(rule for rule in self.rules if rule.name != name))

    def show_secret(self, *, new: bool = False) -> None:
        """Shows what webhooks are signed with, or makes another and shows that."""
        spawn(self._show_secret(new=new), self)

    def forget_secret(self) -> None:
        """Shows it no longer."""
        if self.secret:
            self.secret = ""
            self.changed.emit()

    async def _show_secret(self, *, new: bool) -> None:
        if new:
            await self._triggers.renew_secret()
        self.secret = await self._triggers.secret()
        self.changed.emit()

    def _choose(self, rules: tuple[TriggerRule, ...]) -> bool:
        try:
            self._triggers.rules = rules
            self.problem = ""
        except RequestError as error:
            self.problem = sentence(error)
        self.changed.emit()
        return not self.problem
