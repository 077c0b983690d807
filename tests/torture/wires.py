"""Wires and chain servers that behave as badly as real ones: torn, late, saying things twice."""

import asyncio
import random
from collections import deque
from collections.abc import Callable

from tipdesk.adapters.chain.electrum import ElectrumSource
from tipdesk.adapters.net.tcp import TcpConnector, TcpListening
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.bitcoin.network import Network
from tipdesk.ports.chain import Notice, SourceLost
from tipdesk.ports.streams import ByteStream

LATE_SECONDS = 0.03


class Weather:
    """How bad it is, for all wires of a member; and what has happened."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.storm = 0.0
        """How likely it is that a write is torn, late or doubled."""
        self.torn = self.late = self.doubled = self.repeated = 0

    def comes(self) -> bool:
        """Whether this write is hit."""
        return self.storm > 0 and self.chance.random() < self.storm


class TornStream:
    """A TCP connection that loses its end, delivers late, or delivers bytes twice.

    Order is kept, as TCP keeps it; bytes that come twice break the cipher, and so the connection.
    """

    def __init__(self, stream: ByteStream, weather: Weather) -> None:
        self._stream = stream
        self._weather = weather
        self._late: deque[bytes] = deque()
        self._is_late = False
        self._gone = False
        self._on_lost: Callable[[], None] = lambda: None

    def start(self, on_data: Callable[[bytes], None], on_lost: Callable[[], None]) -> None:
        """Begins to deliver."""
        self._on_lost = on_lost
        self._stream.start(on_data, on_lost)

    def write(self, data: bytes) -> None:
        """Sends, mostly."""
        if not data or self._gone:
            return
        if self._is_late:
            self._late.append(data)
        elif not self._weather.comes():
            self._stream.write(data)
        else:
            self._be_hit(data)

    def _be_hit(self, data: bytes) -> None:
        weather = self._weather
        kind = weather.chance.randrange(4)
        if kind == 0:
            weather.torn += 1
            self._stream.write(data[: weather.chance.randrange(len(data))])
            self._tear()
        elif kind == 1:
            weather.doubled += 1
            self._stream.write(data)
            self._stream.write(data)
        else:
            weather.late += 1
            cut = weather.chance.randrange(len(data))
            self._stream.write(data[:cut])
            self._late.append(data[cut:])
            self._is_late = True
            loop = asyncio.get_running_loop()
            loop.call_later(weather.chance.uniform(0, LATE_SECONDS), self._arrive)

    def _tear(self) -> None:
        self._gone = True
        self._stream.close()
        asyncio.get_running_loop().call_soon(self._on_lost)

    def _arrive(self) -> None:
        self._is_late = False
        while self._late and not self._gone:
            self._stream.write(self._late.popleft())

    @property
    def unsent(self) -> int:
        """Bytes in the send buffer."""
        return self._stream.unsent

    def pause(self) -> None:
        """Reads no more for now."""
        self._stream.pause()

    def resume(self) -> None:
        """Reads again."""
        self._stream.resume()

    def close(self) -> None:
        """Closes."""
        if not self._gone:
            self._gone = True
            self._on_lost = lambda: None
            self._stream.close()


class TornConnector(TcpConnector):
    """TCP in bad weather."""

    def __init__(self, weather: Weather) -> None:
        super().__init__(WayOut())
        self._weather = weather

    async def connect(self, host: str, port: int) -> ByteStream:
        """Connects."""
        return TornStream(await super().connect(host, port), self._weather)

    async def listen(
        self, host: str, port: int, on_stream: Callable[[ByteStream], None]
    ) -> TcpListening:
        """Accepts connections."""
        weather = self._weather
        return await super().listen(
            host, port, lambda stream: on_stream(TornStream(stream, weather))
        )


class RepeatingSource(ElectrumSource):
    """A chain server that says everything twice, the second time late."""

    def __init__(self, port: int, weather: Weather) -> None:
        super().__init__("127.0.0.1", port, Network.REGTEST, WayOut())
        self._weather = weather

    async def connect(self, listener: Callable[[Notice], None]) -> None:
        """Connects."""
        loop, weather = asyncio.get_running_loop(), self._weather

        def twice(notice: Notice) -> None:
            listener(notice)
            if not isinstance(notice, SourceLost):
                weather.repeated += 1
                loop.call_later(weather.chance.uniform(0, LATE_SECONDS), listener, notice)

        await super().connect(twice)
