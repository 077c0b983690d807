"""TLS to chain servers, whose certificates mostly nobody vouches for: what was seen first counts.

A certificate is known by the SHA-256 of its DER bytes. One that an authority vouches for is
accepted as on the web, and is remembered too, so that it may be renewed but never replaced by
one that nobody vouches for.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeVar

from tipdesk.adapters.net.way_out import WayOut
from tipdesk.base.phrase import Phrase
from tipdesk.ports.chain import CertificateChanged, SourceUnreachable

MAX_FILE: Final = 1_000_000
_VOUCHED: Final = "vouched-for"

_P = TypeVar("_P", bound=asyncio.BaseProtocol)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pin:
    """A certificate that was accepted."""

    digest: str
    """SHA-256 of the DER bytes, in lower-case hexadecimal."""
    vouched: bool
    """Whether an authority that this computer trusts has signed it for that name."""


def judge(place: str, known: Pin | None, seen: Pin, *, demanded: str | None = None) -> Pin:
    """The pin to keep; `CertificateChanged` if the certificate must not be believed.

    `demanded` is a digest from the settings: then no other certificate will do.
    """
    if demanded is not None and seen.digest != demanded:
        raise CertificateChanged(place, expected=demanded, seen=seen.digest, by_settings=True)
    if known is None or seen.digest in (known.digest, demanded) or (known.vouched and seen.vouched):
        return seen
    raise CertificateChanged(place, expected=known.digest, seen=seen.digest)


class PinFile:
    """What was accepted, a line a server: ``host:port digest`` and whether it is vouched for.

    A line that is deleted by hand makes that server new again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, place: str) -> Pin | None:
        """The pin of a server, None if it was never met."""
        return self._read().get(place)

    def put(self, place: str, pin: Pin) -> None:
        """Remembers a pin."""
        pins = self._read()
        if pins.get(place) == pin:
            return
        pins[place] = pin
        lines = [
            f"{p} {one.digest}{' ' + _VOUCHED if one.vouched else ''}\n" for p, one in pins.items()
        ]
        temporary = self._path.with_suffix(".new")
        temporary.write_text("".join(lines), encoding="utf-8")
        temporary.replace(self._path)

    def _read(self) -> dict[str, Pin]:
        try:
            text = self._path.read_bytes()[:MAX_FILE].decode("utf-8", "replace")
        except FileNotFoundError:
            return {}
        words = [line.split() for line in text.splitlines()]
        return {w[0]: Pin(w[1], vouched=_VOUCHED in w[2:]) for w in words if len(w) > 1}


class PinnedTls:
    """Opens TLS connections and judges what the servers show."""

    def __init__(
        self,
        pins: PinFile,
        way: WayOut,
        *,
        demanded: str | None = None,
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        """`demanded`: the one digest to accept; `trusted`: by default the system's authorities."""
        self._pins = pins
        self._way = way
        self._demanded = demanded
        self._trusted = trusted or ssl.create_default_context()
        self._any = ssl.create_default_context()
        self._any.check_hostname = False
        self._any.verify_mode = ssl.CERT_NONE

    async def connect(
        self, factory: Callable[[], _P], host: str, port: int
    ) -> tuple[asyncio.Transport, _P]:
        """A connection whose certificate was accepted; `OSError` or a `BackendError` otherwise."""
        vouched = True
        try:
            transport, protocol = await self._handshake(factory, host, port, self._trusted)
        except ssl.SSLCertVerificationError:
            vouched = False
            transport, protocol = await self._handshake(factory, host, port, self._any)
        try:
            self._judge(f"{host}:{port}", transport, vouched=vouched)
        except BaseException:
            transport.abort()
            raise
        return transport, protocol

    async def _handshake(
        self, factory: Callable[[], _P], host: str, port: int, context: ssl.SSLContext
    ) -> tuple[asyncio.Transport, _P]:
        sock = await self._way.open(host, port)
        loop = asyncio.get_running_loop()
        return await loop.create_connection(factory, sock=sock, ssl=context, server_hostname=host)

    def _judge(self, place: str, transport: asyncio.Transport, *, vouched: bool) -> None:
        session = transport.get_extra_info("ssl_object")
        shown = session.getpeercert(binary_form=True)
        if not shown:
            raise SourceUnreachable(Phrase("{place} shows no certificate", place=place))
        seen = Pin(sha256(shown).hexdigest(), vouched=vouched)
        known = self._pins.get(place)
        kept = judge(place, known, seen, demanded=self._demanded)
        if known is None:
            _log.info("%s is met for the first time, with the certificate %s", place, seen.digest)
        self._pins.put(place, kept)
