"""Where exchange rates come from, and where the one that holds now is kept."""

from collections.abc import Callable
from typing import Protocol

from tipdesk.tips.fiat import Currency, Rate


class RateSource(Protocol):
    """Somebody who says what a bitcoin costs. Whoever is asked learns our network address."""

    @property
    def name(self) -> str:
        """Stands beside every rate of theirs. Two sources of one name are one witness."""
        ...

    @property
    def host(self) -> str:
        """Who is asked, for the person to know."""
        ...

    def serves(self, currency: Currency) -> bool:
        """Whether it knows prices in that currency."""
        ...

    async def watch(self, currency: Currency, on_rate: Callable[[Rate], None]) -> None:
        """Tells each rate as it comes, until cancelled.

        Raises `BackendError` or `DecodeError` when it cannot go on: it is then started again.
        """
        ...


class RateStore(Protocol):
    """The rate of now: what settles while it holds is stored with it, in the same commit.

    Called on the loop's thread only; every method may raise `StorageError`.
    """

    def put_rate(self, rate: Rate | None) -> None:
        """From now on this rate holds, as long as it is fresh; or none does. Durable."""
        ...

    def last_rate(self) -> Rate | None:
        """The rate that was put last, fresh or not; None if it was taken back."""
        ...
