"""Apps that use the wallet: which there are, and the one that is being connected or changed."""

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from PySide6.QtCore import QObject

from tipdesk.base.clock import Instant
from tipdesk.base.errors import RequestError
from tipdesk.base.units import Msat
from tipdesk.services.connections import ConnectionView, ConnectionWish
from tipdesk.services.events import ConnectionsChanged, ConnectionUsed
from tipdesk.tips.budget import DEFAULT_BUDGETS, BudgetScope
from tipdesk.tips.connection import USUAL_PERMISSIONS, BudgetPeriod, Permission
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say, t
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade

_DAY_MS: Final = 24 * 3_600_000
USUAL_BUDGET: Final = DEFAULT_BUDGETS[BudgetScope.APP]
MOST_ENDED: Final = 5
"""Connections that have ended and are still shown."""


class Preset(Enum):
    """What most apps need, by the permissions that it comes to."""

    PAY = USUAL_PERMISSIONS
    RECEIVE = frozenset({Permission.INVOICE, Permission.OWN_PAYMENTS})
    TIPS = frozenset({Permission.INVOICE, Permission.OWN_PAYMENTS, Permission.TIPS})
    LOOK = frozenset({Permission.BALANCE})


class Lifetime(Enum):
    """How long a connection lasts; the value is in days."""

    EVER = 0
    WEEK = 7
    MONTH = 30
    YEAR = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class AppDraft:
    """What is written in the panel. `link` is a secret, there once and while it is open."""

    changes: int | None = None
    """The connection that is changed; None for a new one."""
    name: str = ""
    permissions: frozenset[Permission] = Preset.PAY.value
    budget: Msat | None = USUAL_BUDGET
    has_limit: bool = True
    period: BudgetPeriod = BudgetPeriod.DAY
    lifetime: Lifetime = Lifetime.EVER
    relays: str = ""
    link: str = field(default="", repr=False)
    problem: str = ""

    @property
    def preset(self) -> Preset | None:
        """The one that it is; None for a choice of one's own."""
        return next((one for one in Preset if one.value == self.permissions), None)

    @property
    def spends(self) -> bool:
        """Whether a budget means anything."""
        return any(one.spends for one in self.permissions)


class ConnectionsViewModel(ViewModel):
    """`problem` is that of the last press in the list."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._connections, self._clock = app.connections, app.clock
        self.draft = AppDraft()
        self.leaving: ConnectionView | None = None
        """The one that somebody wants to revoke."""
        self.problem = ""
        self.all: tuple[ConnectionView, ...] = ()
        self.refresh()
        self.listen(ConnectionsChanged, self.touch)
        self.listen(ConnectionUsed, self.touch)

    def refresh(self) -> None:
        """The list as it is."""
        self.all = self._connections.connections()

    @property
    def live(self) -> tuple[ConnectionView, ...]:
        """Those that may do something."""
        return tuple(one for one in self.all if one.is_live)

    @property
    def ended(self) -> tuple[ConnectionView, ...]:
        """The latest of those that may not any more."""
        return tuple(one for one in self.all if not one.is_live)[:MOST_ENDED]

    # -- in words -------------------------------------------------------------------------------

    def may(self, view: ConnectionView) -> str:
        """What it may do."""
        allowed = view.connection.permissions
        listed = ", ".join(say(one.value) for one in Permission if one in allowed)
        return t("It may {things}", things=listed)

    def about(self, view: ConnectionView) -> str:
        """When it was used, and how long it lasts."""
        connection, now = view.connection, self._clock.now()
        used = connection.last_used_at
        parts = [t("Not used yet") if used is None else t("Used {ago}", ago=words.ago(used, now))]
        if connection.revoked_at is not None:
            parts = [t("Revoked {ago}", ago=words.ago(connection.revoked_at, now))]
        elif not view.is_live and connection.expires_at is not None:
            parts = [t("Expired {ago}", ago=words.ago(connection.expires_at, now))]
        elif connection.expires_at is not None:
            parts.append(t("until {date}", date=words.date(connection.expires_at)))
        if view.is_live and connection.spends and view.spending.budget is None:
            figure = words.figure(view.spending.used)
            parts.append(_UNLIMITED[connection.period](figure))
        return " · ".join(parts)

    def used(self, view: ConnectionView) -> str:
        """How much of its budget is gone; empty where there is none."""
        limit = view.spending.budget
        if limit is None or not view.connection.spends or not view.is_live:
            return ""
        figure = words.figure(view.spending.used)
        return _LIMITED[view.connection.period](figure, words.amount(limit))

    # -- the panel ------------------------------------------------------------------------------

    def begin(self, preset: Preset = Preset.PAY) -> None:
        """A new one."""
        relays = " ".join(self._connections.usual_relays)
        self._show(AppDraft(relays=relays, permissions=preset.value))

    def begin_change(self, view: ConnectionView) -> None:
        """One that there is: its name and budget."""
        connection = view.connection
        self._show(
            AppDraft(
                changes=connection.id,
                name=connection.name,
                permissions=connection.permissions,
                budget=connection.budget or USUAL_BUDGET,
                has_limit=connection.budget is not None,
                period=connection.period,
            )
        )

    def fill(
        self,
        *,
        name: str | None = None,
        budget: Msat | None = None,
        relays: str | None = None,
    ) -> None:
        """What was typed; nobody is told, as it stands there already."""
        now = self.draft
        self.draft = replace(
            now,
            name=now.name if name is None else name,
            budget=budget,
            relays=now.relays if relays is None else relays,
            problem="",
        )

    def allow(self, preset: Preset) -> None:
        """What most apps of that kind need."""
        self._show(replace(self.draft, permissions=preset.value, problem=""))

    def toggle(self, permission: Permission) -> None:
        """One thing more, or less."""
        allowed = self.draft.permissions ^ {permission}
        self._show(replace(self.draft, permissions=allowed, problem=""))

    def limit(self, *, on: bool) -> None:
        """Whether there is a budget at all."""
        self._show(replace(self.draft, has_limit=on, problem=""))

    def choose_period(self, period: BudgetPeriod) -> None:
        """For how long the budget is."""
        self._show(replace(self.draft, period=period, problem=""))

    def choose_lifetime(self, lifetime: Lifetime) -> None:
        """How long the connection lasts."""
        self._show(replace(self.draft, lifetime=lifetime, problem=""))

    def save(self) -> bool:
        """Connects or changes it, or says what of it cannot be; whether the panel is done with."""
        draft = self.draft
        if draft.spends and draft.has_limit and draft.budget is None:
            self._show(replace(draft, problem=t("Write an amount, or choose that there is none.")))
            return False
        budget = draft.budget if draft.has_limit else None
        try:
            if draft.changes is None:
                self._show(replace(draft, link=self._connections.create(self._wish(budget))))
                return False
            self._connections.rename(draft.changes, draft.name)
            if draft.spends:
                self._connections.set_budget(draft.changes, budget, draft.period)
        except RequestError as error:
            self._show(replace(draft, problem=sentence(error)))
            return False
        self.clear()
        return True

    def clear(self) -> None:
        """What was written is gone, and so is the link."""
        self._show(AppDraft())

    def _wish(self, budget: Msat | None) -> ConnectionWish:
        draft = self.draft
        return ConnectionWish(
            name=draft.name,
            permissions=draft.permissions,
            budget=budget if draft.spends else None,
            period=draft.period,
            expires_at=self._ends(draft.lifetime),
            relays=tuple(draft.relays.replace(",", " ").split()),
        )

    def _ends(self, lifetime: Lifetime) -> Instant | None:
        if lifetime is Lifetime.EVER:
            return None
        return self._clock.now().plus_ms(lifetime.value * _DAY_MS)

    def _show(self, draft: AppDraft) -> None:
        self.draft = draft
        self.changed.emit()

    # -- revoking -------------------------------------------------------------------------------

    def begin_revoking(self, view: ConnectionView) -> None:
        """Somebody wants to end it."""
        self.leaving, self.problem = view, ""
        self.changed.emit()

    def revoke(self) -> None:
        """For good."""
        if self.leaving is None:
            return
        try:
            self._connections.revoke(self.leaving.connection.id)
        except RequestError as error:
            self.problem = sentence(error)
        self.leaving = None
        self.touch()

    def close(self) -> None:
        """Does nothing more."""
        self.draft = AppDraft()
        super().close()


_LIMITED: Final = {
    BudgetPeriod.DAY: lambda used, limit: t("{used} of {limit} used today", used=used, limit=limit),
    BudgetPeriod.WEEK: lambda used, limit: t(
        "{used} of {limit} used this week", used=used, limit=limit
    ),
    BudgetPeriod.MONTH: lambda used, limit: t(
        "{used} of {limit} used this month", used=used, limit=limit
    ),
    BudgetPeriod.EVER: lambda used, limit: t("{used} of {limit} used", used=used, limit=limit),
}
_UNLIMITED: Final = {
    BudgetPeriod.DAY: lambda used: t("{used} sat used today, no limit", used=used),
    BudgetPeriod.WEEK: lambda used: t("{used} sat used this week, no limit", used=used),
    BudgetPeriod.MONTH: lambda used: t("{used} sat used this month, no limit", used=used),
    BudgetPeriod.EVER: lambda used: t("{used} sat used, no limit", used=used),
}
