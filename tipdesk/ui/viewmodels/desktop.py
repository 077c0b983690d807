"""What the tray says, and how TipDesk behaves on the desktop."""

from PySide6.QtCore import QObject

from tipdesk.base.errors import BackendError
from tipdesk.services.events import ChannelsChanged, IncomingTipSeen, RelaysChanged
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t, tn
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.lock import LockViewModel


class DesktopViewModel(ViewModel):
    """Tips of today and those nobody saw yet; what closing, tips and logging in bring about."""

    def __init__(self, app: AppFacade, lock: LockViewModel, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app, self._lock, self._keeper = app, lock, app.preferences
        self.has_tray = False
        """Whether this desktop has a tray for our icon."""
        self.starts_at_login = False
        self.can_start_at_login = app.at_login.is_possible
        self.problem = ""
        self._seen = app.creator.count()
        for kind in (IncomingTipSeen, ChannelsChanged, RelaysChanged):
            self.listen(kind, self.touch)
        self._subscriptions.append(self._keeper.listen(self.touch))
        lock.changed.connect(self.touch)

    @property
    def hides(self) -> bool:
        """Whether amounts and names stay off the desktop."""
        now = self._keeper.now
        return self._lock.is_locked or now.hide_amounts or now.blur_amounts

    @property
    def is_locked(self) -> bool:
        """Whether the window is."""
        return self._lock.is_locked

    @property
    def can_lock(self) -> bool:
        """Whether there is a lock to be closed."""
        return self._lock.is_set and not self._lock.is_locked

    @property
    def keeps_running(self) -> bool:
        """Whether closing the window leaves TipDesk in the tray."""
        return self._keeper.now.keep_running

    @property
    def notifies(self) -> bool:
        """Whether the desktop is told of what happens."""
        return self._keeper.now.notify_tips

    @property
    def unseen(self) -> int:
        """Tips that came since the window was last in front."""
        return max(0, self._app.creator.count() - self._seen)

    @property
    def today(self) -> str:
        """Tips of today: how many, and how much unless amounts are hidden."""
        now = self._app.clock.now()
        count = self._app.creator.count_today(now)
        if not count:
            return t("No tips today")
        if self.hides:
            return tn(count, "{count} tip today", "{count} tips today")
        total = self._app.creator.total_today(now)
        return tn(count, "{count} tip today, {total}", "{count} tips today, {total}", total=total)

    @property
    def state(self) -> str:
        """For the icon's tooltip: how we stand, and by when TipDesk has to be open again."""
        status = self._app.status()
        if not status.relays_connected or status.chain_height is None:
            line = t("TipDesk: offline")
        else:
            line = t("TipDesk: online")
        if self._lock.is_locked:
            line = t("{state}, locked", state=line)
        before = status.open_again_before
        lines = [line, self.today]
        if before is not None:
            day = words.date(before)
            lines.append(t("If you quit, open TipDesk again before {day}", day=day))
        return "\n".join(lines)

    def seen(self) -> None:
        """The window is in front: what came was seen."""
        count = self._app.creator.count()
        if count != self._seen:
            self._seen = count
            self.touch()

    def keep_running(self, keep: bool) -> None:  # noqa: FBT001 (a slot)
        """What closing the window does."""
        self._keeper.change(keep_running=keep)

    def notify(self, tell: bool) -> None:  # noqa: FBT001 (a slot)
        """Whether the desktop is told."""
        self._keeper.change(notify_tips=tell)

    def look_at_login(self) -> None:
        """Asks the system whether it starts TipDesk: `starts_at_login` after that."""
        if self.can_start_at_login:
            spawn(self._look(), self)

    def start_at_login(self, start: bool) -> None:  # noqa: FBT001 (a slot)
        """Has the system start TipDesk when the person logs in, or no more."""
        if start != self.starts_at_login:
            spawn(self._set_login(start=start), self)

    async def _look(self) -> None:
        try:
            self.starts_at_login = await self._app.at_login.is_on()
        except BackendError as error:
            self.problem = sentence(error)
        self.changed.emit()

    async def _set_login(self, *, start: bool) -> None:
        self.problem = ""
        try:
            await self._app.at_login.set(on=start)
            self.starts_at_login = start
        except BackendError as error:
            self.problem = sentence(error)
        self.changed.emit()
