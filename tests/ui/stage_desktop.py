"""The stage's desktop: what is started at login, and notifications that were shown."""

from tipdesk.base.errors import BackendError


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
