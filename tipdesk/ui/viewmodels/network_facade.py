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


class NameServer(Protocol):
    """Who is asked for payment names."""

    @property
    def now(self) -> str:
        """Its address; empty if there is none."""
        ...

    def use(self, text: str) -> None:
        """Another one, the usual one if empty; `RequestError` if it is none."""
        ...


class PaymentNames(Protocol):
    """Names to pay (BIP 353)."""

    @property
    def server(self) -> NameServer:
        """Who is asked."""
        ...
