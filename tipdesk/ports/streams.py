"""Connections that carry bytes: TCP today, a SOCKS circuit as well later."""

from collections.abc import Callable
from typing import Protocol

from tipdesk.base.errors import BackendError
from tipdesk.base.phrase import Phrase


class ConnectFailed(BackendError):
    """No connection to this host and port could be made."""

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(
            Phrase("no connection to {host}:{port}: {why}", host=host, port=str(port), why=why)
        )
        self.host = host
        self.port = port


class ListenFailed(BackendError):
    """A port that cannot be listened on, mostly because another program does."""

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(
            Phrase("cannot listen on {host}:{port}: {why}", host=host, port=str(port), why=why)
        )
        self.host = host
        self.port = port


class ByteStream(Protocol):
    """A connection. Its callbacks run on the loop; after `close` neither is called again."""

    def start(self, on_data: Callable[[bytes], None], on_lost: Callable[[], None]) -> None:
        """Begins to deliver what arrives, and the end of the connection, once."""
        ...

    def write(self, data: bytes) -> None:
        """Sends; without effect once the connection is lost."""
        ...

    @property
    def unsent(self) -> int:
        """Bytes that wait because the other side does not read."""
        ...

    def pause(self) -> None:
        """Delivers no more for now, so that the other side's system holds it back."""
        ...

    def resume(self) -> None:
        """Delivers again."""
        ...

    def close(self) -> None:
        """Sends what is written, then closes."""
        ...


class Listening(Protocol):
    """An open port."""

    @property
    def port(self) -> int:
        """The port, chosen by the system if 0 was asked for."""
        ...

    async def close(self) -> None:
        """Stops to accept; connections that are open stay."""
        ...


class Connector(Protocol):
    """Makes and accepts connections."""

    async def connect(self, host: str, port: int) -> ByteStream:
        """Connects, or raises `ConnectFailed`."""
        ...

    async def listen(
        self, host: str, port: int, on_stream: Callable[[ByteStream], None]
    ) -> Listening:
        """Accepts connections, or raises `ListenFailed`."""
        ...
