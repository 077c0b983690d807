"""The desktop that the window lives on: starting at login, and telling what happened."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tipdesk.base.errors import BackendError
from tipdesk.base.phrase import Phrase


class LoginUnsettled(BackendError):
    """The system did not take, or give, what is started at login."""

    def __init__(self, why: str) -> None:
        super().__init__(
            Phrase("Whether TipDesk starts at login could not be changed or read: {why}.", why=why)
        )
        self.why = why


class AtLogin(Protocol):
    """Whether the system starts TipDesk, without a window, when its user logs in."""

    @property
    def is_possible(self) -> bool:
        """Whether this system has a way that we know."""
        ...

    async def is_on(self) -> bool:
        """Whether it does; `LoginUnsettled`."""
        ...

    async def set(self, *, on: bool) -> None:
        """From the next login on; `LoginUnsettled`."""
        ...


@dataclass(frozen=True, slots=True)
class Told:
    """A notification: plain texts, already bounded. `actions` are keys with what they are called.

    The key ``default`` is a press on the notification itself.
    """

    title: str
    body: str
    actions: tuple[tuple[str, str], ...] = ()


Chosen = Callable[[int, str], None]
"""A notification's number, and the key of the action that was pressed."""


class NotificationsAway(BackendError):
    """Nobody on this desktop shows notifications."""

    def __init__(self, why: str) -> None:
        super().__init__(Phrase("This desktop shows no notifications: {why}.", why=why))
        self.why = why


class Notifications(Protocol):
    """The desktop's own notifications."""

    async def show(self, told: Told) -> int:
        """Shows one and gives its number; `NotificationsAway`."""
        ...

    def listen(self, chosen: Chosen) -> Callable[[], None]:
        """Hears which actions are pressed; the result ends that."""
        ...

    async def close(self) -> None:
        """No more of them."""
        ...
