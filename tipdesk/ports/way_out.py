"""How connections leave this computer: directly, or through a SOCKS5 proxy such as Tor.

The rule is here, `road_to`; whoever opens connections obeys it. What lies in one's own network is
never asked of the proxy, and what goes through the proxy is never looked up by us.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol

from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.internet import is_home_name, is_ip_address, is_onion, is_public, is_this_machine
from tipdesk.base.phrase import Phrase

TOR: Final = ("127.0.0.1", 9050)
"""Where Tor listens, unless it was told otherwise."""
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}", re.ASCII | re.IGNORECASE)
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+", re.ASCII | re.IGNORECASE)
_PLACE = re.compile(r"(\[[^\]]{2,45}\]|[^:]{1,45}):([0-9]{1,5})", re.ASCII)


class ProxyScope(Enum):
    """What goes through the proxy; the value is stored."""

    OFF = "off"
    ONION = "onion"
    EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class ProxyChoice:
    """A proxy, and what it is for."""

    scope: ProxyScope = ProxyScope.OFF
    host: str = TOR[0]
    """An IP address: a name would have to be looked up first."""
    port: int = TOR[1]

    @property
    def place(self) -> str:
        """``host:port``."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def read_proxy(text: str, scope: ProxyScope) -> ProxyChoice:
    """The choice of a proxy that a person wrote as ``address:port``; `BadProxyAddress`."""
    found = _PLACE.fullmatch(text.strip())
    if found is None:
        raise BadProxyAddress(text)
    host, port = found[1].strip("[]"), int(found[2])
    if host.lower() == "localhost":
        host = TOR[0]
    if not is_ip_address(host) or "%" in host or not 0 < port < 65_536:
        raise BadProxyAddress(text)
    return ProxyChoice(scope, host, port)


class BadProxyAddress(RequestError):
    """No IP address with a port."""

    def __init__(self, text: str) -> None:
        super().__init__(
            Phrase(
                "Write the proxy as its IP address and port: 127.0.0.1:9050 for Tor, "
                "127.0.0.1:9150 for the Tor Browser. Nothing was changed."
            )
        )
        self.text = text


class Reach(Enum):
    """How far a connection may lead."""

    ANYWHERE = "where the person said"
    STRANGERS = "the public internet only: strangers wrote the address"
    HOME = "this machine and its own network only: a secret goes in the clear"


class Road(Enum):
    """How a host is reached."""

    DIRECT = "as the system does it"
    PROXY = "through the proxy, which looks the name up"


class WayBarred(BackendError):
    """A connection that was not made, or not completed; `host` is where to."""

    def __init__(self, host: str, sentence: str) -> None:
        super().__init__(sentence)
        self.host = host


class OnionNeedsProxy(WayBarred):
    """An onion address, and no proxy to reach it through."""

    def __init__(self, host: str) -> None:
        super().__init__(
            host,
            Phrase(
                "{host} is reached over Tor only. Start Tor, then set it as the proxy in "
                "Settings, Privacy.",
                host=host,
            ),
        )


class ProxyUnreachable(WayBarred):
    """Nobody listens where the proxy should be."""

    def __init__(self, host: str, *, place: str) -> None:
        super().__init__(
            host,
            Phrase(
                "The proxy at {place} does not answer, and TipDesk goes no other way. Start Tor, "
                "or change the proxy in Settings, Privacy.",
                place=place,
            ),
        )
        self.place = place


class NotAProxy(WayBarred):
    """What listens there does not speak SOCKS5 as RFC 1928 has it."""

    def __init__(self, host: str, *, place: str) -> None:
        super().__init__(
            host,
            Phrase(
                "What listens at {place} is no SOCKS5 proxy, and TipDesk goes no other way. "
                "Change the proxy in Settings, Privacy.",
                place=place,
            ),
        )
        self.place = place


class ProxyLoginRefused(WayBarred):
    """The proxy wants a name and password of its own."""

    def __init__(self, host: str, *, place: str) -> None:
        super().__init__(
            host,
            Phrase(
                "The proxy at {place} wants a login of its own, which TipDesk does not give. Use "
                "Tor, or another proxy without one.",
                place=place,
            ),
        )
        self.place = place


class ProxyCouldNotReach(WayBarred):
    """The proxy answered that it has no connection for us; `why` is its word."""

    def __init__(self, host: str, *, why: str) -> None:
        super().__init__(
            host, Phrase("The proxy could not reach {host}: {why}.", host=host, why=why)
        )
        self.why = why


class HomeNameNotAsked(WayBarred):
    """A name of one's own network, which a proxy outside cannot know and must not learn."""

    def __init__(self, host: str) -> None:
        super().__init__(
            host,
            Phrase(
                "{host} is a name of your own network, and no name is looked up while everything "
                "goes through the proxy. Write its IP address instead.",
                host=host,
            ),
        )


class NotAName(WayBarred):
    """Neither an address nor a name that can be looked up."""

    def __init__(self, host: str) -> None:
        super().__init__(host, Phrase("{host} is no name of a host.", host=f"{host[:60]!a}"))


class NotPublic(WayBarred):
    """A stranger's address that leads to this machine or its own network."""

    def __init__(self, host: str, *, address: str) -> None:
        super().__init__(
            host,
            Phrase(
                "{host} leads to {address}, which is not on the public internet: not opened.",
                host=host,
                address=address,
            ),
        )
        self.address = address


class NotAtHome(WayBarred):
    """An address outside one's own network, for what may not leave it in the clear."""

    def __init__(self, host: str) -> None:
        super().__init__(
            host, Phrase("{host} is not in your own network, and nothing was sent.", host=host)
        )


def road_to(host: str, choice: ProxyChoice, reach: Reach = Reach.ANYWHERE) -> Road:
    """How to reach a host; `WayBarred` if not at all.

    What a name leads to is judged again by whoever looks it up.
    """
    if is_onion(host):
        if choice.scope is ProxyScope.OFF:
            raise OnionNeedsProxy(host)
        return Road.PROXY
    if is_ip_address(host):
        return _road_to_address(host, choice, reach)
    if is_this_machine(host):
        if reach is Reach.STRANGERS:
            raise NotPublic(host, address=host)
        return Road.DIRECT
    if choice.scope is not ProxyScope.EVERYTHING:
        return Road.DIRECT
    return _road_to_name(host, reach)


def _road_to_address(address: str, choice: ProxyChoice, reach: Reach) -> Road:
    check_address(address, address, reach)
    goes_out = choice.scope is ProxyScope.EVERYTHING and is_public(address)
    return Road.PROXY if goes_out else Road.DIRECT


def _road_to_name(host: str, reach: Reach) -> Road:
    bare = host.rstrip(".")
    # A number in the last place is an IP address in disguise: it would mean the proxy's own host.
    if not _NAME.fullmatch(bare) or len(bare) > 253 or _NUMBER.fullmatch(bare.rpartition(".")[2]):
        raise NotAName(host)
    if is_home_name(host):
        if reach is Reach.STRANGERS:
            raise NotPublic(host, address=host)
        raise HomeNameNotAsked(host)
    if reach is Reach.HOME:
        raise NotAtHome(host)
    return Road.PROXY


def check_address(host: str, address: str, reach: Reach) -> None:
    """`WayBarred` if the IP address, to which the host leads, lies out of reach."""
    if reach is Reach.STRANGERS and not is_public(address):
        raise NotPublic(host, address=address)
    if reach is Reach.HOME and is_public(address):
        raise NotAtHome(host)


class ProxySwitch(Protocol):
    """What opens all connections, as the service that sets it sees it."""

    @property
    def choice(self) -> ProxyChoice:
        """What holds now."""
        ...

    def use(self, choice: ProxyChoice) -> None:
        """Holds from now on; connections that went another way end, to be made anew."""
        ...

    def listen(self, on_problem: Callable[[WayBarred | None], None]) -> None:
        """`on_problem` hears when the proxy stops to answer (why), and when it does again."""
        ...

    async def check(self) -> None:
        """Greets the proxy; `WayBarred` says what is wrong with it."""
        ...
