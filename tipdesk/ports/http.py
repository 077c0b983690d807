"""Fetching from the web, and all the ways in which that fails.

Every failure is a sentence for the person who waits for it. Nothing is paid by fetching, so all
of them can say that no money moved.
"""

from collections.abc import Mapping
from typing import Protocol

from tipdesk.base.errors import BackendError
from tipdesk.base.phrase import Phrase


class HttpClient(Protocol):
    """Fetches what a stranger's address leads to."""

    async def get(self, url: str, *, max_bytes: int, timeout: float) -> bytes:
        """The body of the answer, of at most `max_bytes`, within `timeout` seconds in all.

        Raises `FetchFailed`; a server that answers with an error status raises `ServerError`,
        which carries the body, since LNURL servers put their reason there.
        """
        ...


class PostingClient(HttpClient, Protocol):
    """Also sends, to servers that the person chose."""

    async def post(
        self, url: str, body: bytes, *, headers: Mapping[str, str], max_bytes: int, timeout: float
    ) -> bytes:
        """As `get`, with a body and headers of ours. No redirect is followed."""
        ...


class FetchFailed(BackendError):
    """Nothing usable came back; `host` is the server that was asked."""

    def __init__(self, host: str, sentence: str) -> None:
        super().__init__(Phrase("{sentence} No money moved.", sentence=sentence))
        self.host = host
        self.sentence = sentence


class NotReachable(FetchFailed):
    """The name is unknown, nobody listens there, or the connection broke."""

    def __init__(self, host: str) -> None:
        super().__init__(host, Phrase("{host} cannot be reached.", host=host))


class NoWayThere(FetchFailed):
    """The connection was not made: the proxy does not answer, or an onion address has none."""


class CertificateRefused(FetchFailed):
    """TLS: the server is not who it should be."""

    def __init__(self, host: str) -> None:
        super().__init__(
            host,
            Phrase("{host} could not prove who it is: its certificate is not valid.", host=host),
        )


class TooSlow(FetchFailed):
    """The time was up before the answer was complete."""

    def __init__(self, host: str, *, seconds: float) -> None:
        super().__init__(
            host,
            Phrase(
                "{host} did not answer within {seconds} seconds.", host=host, seconds=f"{seconds:g}"
            ),
        )
        self.seconds = seconds


class TooLarge(FetchFailed):
    """More came than was allowed for."""

    def __init__(self, host: str, *, max_bytes: int) -> None:
        super().__init__(
            host,
            Phrase(
                "{host} sent more than {most} bytes and was cut off.", host=host, most=max_bytes
            ),
        )
        self.max_bytes = max_bytes


class EmptyAnswer(FetchFailed):
    """The server answered with nothing at all."""

    def __init__(self, host: str) -> None:
        super().__init__(host, Phrase("{host} sent an empty answer.", host=host))


class ServerError(FetchFailed):
    """An HTTP status that means failure; `body` is what came with it."""

    def __init__(self, host: str, *, status: int, body: bytes) -> None:
        super().__init__(
            host, Phrase("{host} answered with the error {status}.", host=host, status=status)
        )
        self.status = status
        self.body = body


class AddressNotAllowed(FetchFailed):
    """The address is malformed, or of a scheme that this network does not fetch."""

    def __init__(self, url: str) -> None:
        super().__init__(
            "", Phrase("TipDesk does not open the address {url}.", url=f"{url[:120]!a}")
        )
        self.url = url


class PrivateAddress(FetchFailed):
    """The name leads to this machine or its own network, where strangers' links must not reach."""

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


class RedirectRefused(FetchFailed):
    """The server sends us to another scheme, or on and on."""

    def __init__(self, host: str, *, reason: str) -> None:
        super().__init__(
            host, Phrase("{host} redirects {reason}: not followed.", host=host, reason=reason)
        )
        self.reason = reason


class PortInUse(BackendError):
    """Somebody else listens on the port, or it may not be used."""

    def __init__(self, *, host: str, port: int) -> None:
        super().__init__(
            Phrase(
                "{host}:{port} is in use by another program or not allowed.",
                host=host,
                port=str(port),
            )
        )
        self.host = host
        self.port = port
