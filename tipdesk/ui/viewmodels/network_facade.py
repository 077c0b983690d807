"""What the window asks about how connections leave this computer."""

from typing import Protocol

from tipdesk.ports.way_out import ProxyChoice, ProxyScope, WayBarred


class Proxy(Protocol):
    """The proxy, and what goes through it."""

    problem: WayBarred | None
    """What is wrong with it, as far as was found."""

    @property
    def choice(self) -> ProxyChoice:
        """What holds now."""
        ...

    def use(self, scope: ProxyScope, address: str) -> None:
        """Holds at once; `RequestError` if the address is none."""
        ...

    async def check(self) -> None:
        """Greets it; `WayBarred` says what is wrong."""
        ...
