"""The stage's desktop: what is started at login, and notifications that were shown."""

from collections.abc import Callable

from tipdesk.base.errors import BackendError
from tipdesk.ports.desktop import Chosen, NotificationsAway, Told


class StageLogin:
    """Remembers what was asked."""

    def __init__(self) -> None:
        self.is_possible = True
        self.on = False
        self.problem: BackendError | None = None

    async def is_on(self) -> bool:
        """As it was set."""
        return self.on

    async def set(self, *, on: bool) -> None:
        """From now on, unless there is a problem."""
        if self.problem is not None:
            raise self.problem
        self.on = on


class StageNotifications:
    """Keeps what was shown; a test presses."""

    def __init__(self) -> None:
        self.shown: list[Told] = []
        self.heard: list[Chosen] = []
        self.is_away = False

    async def show(self, told: Told) -> int:
        """Numbers them from one."""
        if self.is_away:
            raise NotificationsAway("nobody shows them")
        self.shown.append(told)
        return len(self.shown)

    def listen(self, chosen: Chosen) -> Callable[[], None]:
        """Keeps whom to tell."""
        self.heard.append(chosen)
        return lambda: self.heard.remove(chosen)

    async def close(self) -> None:
        """Nothing to do."""

    def press(self, number: int, action: str) -> None:
        """Somebody presses."""
        for chosen in tuple(self.heard):
            chosen(number, action)
