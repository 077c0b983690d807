"""The one door out: every connection that leaves this computer is opened here.

It goes directly or through a SOCKS5 proxy, as `road_to` says. A proxy that does not answer is no
reason to go another way. Each destination has a name and password of its own at the proxy, so that
Tor gives it a circuit of its own (IsolateSOCKSAuth).
"""

import asyncio
import logging
import secrets
import socket
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address
from typing import Final

from aiohappyeyeballs import AddrInfoType, start_connection

from tipdesk.adapters.net.socks import LoginRefused, NotSocks, SocksRefused, SocksSession
from tipdesk.base.internet import is_ip_address, is_this_machine
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.ports.way_out import (
    NotAProxy,
    ProxyChoice,
    ProxyCouldNotReach,
    ProxyLoginRefused,
    ProxyUnreachable,
    Reach,
    Road,
    WayBarred,
    check_address,
    road_to,
)

DIRECT_SECONDS: Final = 10.0
GREETING_SECONDS: Final = 5.0
CIRCUIT_SECONDS: Final = 60.0
"""An onion service is met at a third place, and both must first get there."""
EXTRA_SECONDS: Final = 45.0
_STAGGER: Final = 0.25
_LOOPBACK: Final = ("127.0.0.1", "::1")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Open:
    """A connection, and which way it went."""

    sock: weakref.ref[socket.socket]
    host: str
    reach: Reach
    road: Road


class _State:
    """What all ways out of a profile share."""

    def __init__(self, choice: ProxyChoice) -> None:
        self.choice = choice
        self.open: list[_Open] = []
        self.problem: WayBarred | None = None
        self.on_problem: Callable[[WayBarred | None], None] = lambda _: None

    def use(self, choice: ProxyChoice) -> None:
        """Connections that would go another way now are ended."""
        before, self.choice = self.choice, choice
        if choice == before:
            return
        self.told(None)
        for one in self.open:
            if not self._is_still_right(one, before):
                _shut(one.sock())

    def told(self, problem: WayBarred | None) -> None:
        """Says once that the proxy fails, and once that it works again."""
        before, self.problem = self.problem, problem
        if type(before) is not type(problem):
            self.on_problem(problem)

    def _is_still_right(self, one: _Open, before: ProxyChoice) -> bool:
        try:
            road = road_to(one.host, self.choice, one.reach)
        except WayBarred:
            return False
        moved = road is Road.PROXY and self.choice.place != before.place
        return road is one.road and not moved


class WayOut:
    """Opens connections as is chosen now; a choice holds at once."""

    def __init__(self, choice: ProxyChoice | None = None, *, state: _State | None = None) -> None:
        """Without a choice everything goes out directly."""
        self._state = state or _State(choice or ProxyChoice())
        self._password = secrets.token_hex(16).encode()

    def apart(self) -> "WayOut":
        """The same with circuits of its own, even to the same destinations."""
        return WayOut(state=self._state)

    @property
    def choice(self) -> ProxyChoice:
        """See `ProxySwitch.choice`."""
        return self._state.choice

    def use(self, choice: ProxyChoice) -> None:
        """See `ProxySwitch.use`."""
        self._state.use(choice)

    def listen(self, on_problem: Callable[[WayBarred | None], None]) -> None:
        """See `ProxySwitch.listen`."""
        self._state.on_problem = on_problem
        if self._state.problem is not None:
            on_problem(self._state.problem)

    async def check(self) -> None:
        """See `ProxySwitch.check`."""
        greeting = SocksSession(None, 0, user=b"TipDesk", password=self._password)
        sock = await self._meet(self.choice, self.choice.host)
        try:
            await self._talk(sock, greeting, self.choice, self.choice.host, GREETING_SECONDS)
        finally:
            sock.close()

    def extra_seconds(self, host: str) -> float:
        """How much longer to wait for a host than if it were asked directly."""
        try:
            return EXTRA_SECONDS if road_to(host, self.choice) is Road.PROXY else 0.0
        except WayBarred:
            return 0.0

    async def open(self, host: str, port: int, *, reach: Reach = Reach.ANYWHERE) -> socket.socket:
        """A connected socket that does not block; `WayBarred` or `OSError` otherwise."""
        choice = self.choice
        road = road_to(host, choice, reach)
        if road is Road.PROXY:
            sock = await self._through_proxy(choice, host, port)
        else:
            sock = await _directly(host, port, reach)
        if choice != self.choice:
            sock.close()
            raise ConnectionAbortedError("another way was chosen meanwhile")
        state = self._state
        state.open = [one for one in state.open if one.sock() is not None]
        state.open.append(_Open(weakref.ref(sock), host, reach, road))
        return sock

    async def _through_proxy(self, choice: ProxyChoice, host: str, port: int) -> socket.socket:
        session = SocksSession(host, port, user=_user(host), password=self._password)
        sock = await self._meet(choice, host)
        try:
            await self._talk(sock, session, choice, host, CIRCUIT_SECONDS)
        except BaseException:
            sock.close()
            raise
        return sock

    async def _meet(self, choice: ProxyChoice, host: str) -> socket.socket:
        """A connection with the proxy itself."""
        place = _address(choice.host, choice.port)
        try:
            async with asyncio.timeout(GREETING_SECONDS):
                return await start_connection([place])
        except OSError as error:
            _log.debug("the proxy at %s: %r", choice.place, error)
            problem = ProxyUnreachable(host, place=choice.place)
            self._state.told(problem)
            raise problem from None

    async def _talk(
        self,
        sock: socket.socket,
        session: SocksSession,
        choice: ProxyChoice,
        host: str,
        seconds: float,
    ) -> None:
        try:
            async with asyncio.timeout(seconds):
                await _run(sock, session)
        except TimeoutError:
            raise ProxyCouldNotReach(host, why=Phrase("it took too long")) from None
        except OSError as error:
            _log.debug("the proxy at %s: %r", choice.place, error)
            problem: WayBarred = ProxyUnreachable(host, place=choice.place)
        except NotSocks as error:
            _log.debug("what listens at %s: %r", choice.place, error)
            problem = NotAProxy(host, place=choice.place)
        except LoginRefused:
            problem = ProxyLoginRefused(host, place=choice.place)
        except SocksRefused as error:
            self._state.told(None)
            raise ProxyCouldNotReach(host, why=in_words(error)) from None
        else:
            self._state.told(None)
            return
        self._state.told(problem)
        raise problem


async def _directly(host: str, port: int, reach: Reach) -> socket.socket:
    async with asyncio.timeout(DIRECT_SECONDS):
        places = await _places(host, port, reach)
        return await start_connection(places, happy_eyeballs_delay=_STAGGER, interleave=1)


async def _places(host: str, port: int, reach: Reach) -> Sequence[AddrInfoType]:
    """Where a host is reached: what its name leads to is judged, and gone to as it was judged."""
    if is_this_machine(host):
        return [_address(one, port) for one in _LOOPBACK]
    if is_ip_address(host) and "%" not in host:
        return [_address(host, port)]
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for entry in found:
        check_address(host, str(entry[4][0]), reach)
    return found


def _address(host: str, port: int) -> AddrInfoType:
    if isinstance(ip_address(host), IPv4Address):
        return socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port)
    return socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port, 0, 0)


async def _run(sock: socket.socket, session: SocksSession) -> None:
    loop = asyncio.get_running_loop()
    while not session.is_done:
        if out := session.data_to_send():
            await loop.sock_sendall(sock, out)
        data = b""
        while len(data) < session.wanted:
            more = await loop.sock_recv(sock, session.wanted - len(data))
            if not more:
                session.receive_end()
            data += more
        session.receive_data(data)


def _user(host: str) -> bytes:
    return host.rstrip(".").lower().encode("ascii", "replace")[:255] or b"?"


def _shut(sock: socket.socket | None) -> None:
    """Ends a connection under whoever uses it, who hears that it is lost."""
    if sock is not None:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError as error:
            _log.debug("a connection had ended: %s", error)
