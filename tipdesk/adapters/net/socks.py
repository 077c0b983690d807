"""The client's side of SOCKS5 (RFC 1928) with a name and password (RFC 1929), without a socket.

Bytes are read in exactly the amounts asked for, so that nothing of what comes behind the proxy's
answer is taken. The host goes to the proxy as it is: names are looked up there.
"""

from collections.abc import Generator
from ipaddress import IPv4Address, ip_address
from typing import Final

from tipdesk.base.errors import DecodeError
from tipdesk.base.internet import is_ip_address
from tipdesk.base.phrase import Phrase

VERSION: Final = 5
LOGIN_VERSION: Final = 1
NO_LOGIN: Final = 0
NAME_AND_PASSWORD: Final = 2
CONNECT: Final = 1
IPV4, NAME, IPV6 = 1, 3, 4
MAX_NAME: Final = 255

_REASONS: Final[dict[int | None, Phrase]] = {
    2: Phrase("its rules do not allow it"),
    3: Phrase("that network cannot be reached"),
    4: Phrase("that host cannot be reached"),
    5: Phrase("nobody listens there"),
    6: Phrase("it took too long"),
    0xF0: Phrase("there is no onion service of that name now"),
    0xF1: Phrase("what was found of that onion service is damaged"),
    0xF2: Phrase("the onion service did not take the call"),
    0xF3: Phrase("the way to that onion service failed"),
    0xF4: Phrase("that onion service asks for a key"),
    0xF5: Phrase("that onion service does not take the key"),
    0xF6: Phrase("that is no onion address"),
    0xF7: Phrase("the onion service did not answer in time"),
}
"""RFC 1928, part 6, and behind it what Tor says of onion services."""


class NotSocks(DecodeError):
    """The other side does not speak SOCKS5."""

    def __init__(self, what: str) -> None:
        super().__init__(f"no SOCKS5 proxy: {what}")


class LoginRefused(DecodeError):
    """The proxy does not take the name and password, or takes no method that we have."""


class SocksRefused(DecodeError):
    """The proxy has no connection for us."""

    def __init__(self, code: int | None) -> None:
        super().__init__(_REASONS.get(code, Phrase("it does not say why")))
        self.code = code


class SocksSession:
    """One connection to ask for: send `data_to_send`, read `wanted` bytes, `receive_data` them.

    `is_done` once the proxy has connected us. Without a host it is only greeted.
    """

    def __init__(self, host: str | None, port: int, *, user: bytes, password: bytes) -> None:
        self._out = bytearray()
        self._talk = _talk(self._out, host, port, user, password)
        self._is_socks = False
        self.is_done = False
        self.wanted = 0
        """How many bytes are to be read next, exactly."""
        self._go_on(None)

    def data_to_send(self) -> bytes:
        """What is to be sent before anything else is read."""
        out = bytes(self._out)
        self._out.clear()
        return out

    def receive_data(self, data: bytes) -> None:
        """`NotSocks`, `LoginRefused` or `SocksRefused` if there will be no connection."""
        if len(data) != self.wanted or self.is_done:
            raise NotSocks("another length than was asked for")
        self._go_on(data)
        self._is_socks = True

    def receive_end(self) -> None:
        """The proxy hung up: some do instead of saying that they have no connection for us."""
        raise SocksRefused(None) if self._is_socks else NotSocks("it hung up")

    def _go_on(self, data: bytes | None) -> None:
        try:
            self.wanted = next(self._talk) if data is None else self._talk.send(data)
        except StopIteration:
            self.wanted, self.is_done = 0, True


def _talk(
    out: bytearray, host: str | None, port: int, user: bytes, password: bytes
) -> Generator[int, bytes, None]:
    out += bytes((VERSION, 2, NO_LOGIN, NAME_AND_PASSWORD))
    version, method = yield 2
    if version != VERSION:
        raise NotSocks(f"version {version}")
    if method == NAME_AND_PASSWORD:
        out += bytes((LOGIN_VERSION, len(user))) + user + bytes((len(password),)) + password
        version, status = yield 2
        if version != LOGIN_VERSION:
            raise NotSocks(f"version {version} of the login")
        if status != 0:
            raise LoginRefused(f"status {status}")
    elif method != NO_LOGIN:
        raise LoginRefused(f"method {method}")
    if host is None:
        return
    out += bytes((VERSION, CONNECT, 0)) + _destination(host, port)
    version, code, reserved, kind = yield 4
    if version != VERSION or reserved != 0:
        raise NotSocks("an answer that is none")
    if code != 0:
        # Tor's own address may be left out then; nothing more is read of a refusal.
        raise SocksRefused(code)
    yield from _bound_address(kind)


def _destination(host: str, port: int) -> bytes:
    if is_ip_address(host):
        address = ip_address(host)
        kind = IPV4 if isinstance(address, IPv4Address) else IPV6
        return bytes((kind,)) + address.packed + port.to_bytes(2, "big")
    name = host.rstrip(".").encode("ascii")
    if not 0 < len(name) <= MAX_NAME:
        raise NotSocks("a name that is too long for it")
    return bytes((NAME, len(name))) + name + port.to_bytes(2, "big")


def _bound_address(kind: int) -> Generator[int, bytes, None]:
    """Where the proxy calls from: of no use to us, but it stands before the other's bytes."""
    if kind == NAME:
        (length,) = yield 1
    elif kind in (IPV4, IPV6):
        length = 4 if kind == IPV4 else 16
    else:
        raise NotSocks(f"an address of kind {kind}")
    yield length + 2
