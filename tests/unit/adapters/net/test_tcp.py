"""TCP as the node uses it: nothing lost before `start`, ends told once, errors named."""

import asyncio
import socket

import pytest

from tests.waiting import eventually
from tipdesk.adapters.net.tcp import TcpConnector, TcpStream
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.ports.streams import ByteStream, ConnectFailed, ListenFailed


class End:
    """One end of a connection, with all that it got."""

    def __init__(self, stream: ByteStream) -> None:
        self.stream = stream
        self.got = bytearray()
        self.ended = 0

    def start(self) -> None:
        self.stream.start(self.got.extend, self._lost)

    def _lost(self) -> None:
        self.ended += 1


async def two_ends() -> tuple[End, End]:
    accepted: list[ByteStream] = []
    listening = await TcpConnector(WayOut()).listen("127.0.0.1", 0, accepted.append)
    near = End(await TcpConnector(WayOut()).connect("127.0.0.1", listening.port))
    await eventually(lambda: bool(accepted), "nobody was accepted")
    await listening.close()
    return near, End(accepted[0])


async def test_what_arrives_before_start_is_delivered_then() -> None:
    near, far = await two_ends()
    near.start()
    near.stream.write(b"early ")
    await asyncio.sleep(0.02)
    far.start()
    assert far.got == b"early "
    near.stream.write(b"late")
    await eventually(lambda: far.got == b"early late", "the second piece is missing")
    near.stream.close()
    await eventually(lambda: far.ended == 1, "the end was not told")
    assert near.ended == 0
    far.stream.close()


async def test_an_end_before_start_is_told_at_start_and_once() -> None:
    near, far = await two_ends()
    near.stream.write(b"last words")
    near.stream.close()
    await asyncio.sleep(0.02)
    far.start()
    assert far.got == b"last words"
    await eventually(lambda: far.ended == 1, "the end was not told")
    far.stream.write(b"into the void")
    far.stream.close()
    await asyncio.sleep(0.01)
    assert far.ended == 1


async def test_what_is_written_before_close_still_arrives() -> None:
    near, far = await two_ends()
    far.start()
    near.stream.write(bytes(1_000_000))
    near.stream.close()
    await eventually(lambda: len(far.got) == 1_000_000, "some bytes were lost")
    far.stream.close()


async def test_bytes_that_the_other_side_does_not_read_are_counted() -> None:
    near, far = await two_ends()
    near.start()
    assert near.stream.unsent == 0
    near.stream.write(bytes(20_000_000))
    assert near.stream.unsent > 1_000_000
    near.stream.close()
    far.start()
    await eventually(lambda: len(far.got) == 20_000_000, "some bytes were lost")
    far.stream.close()


async def test_nagle_is_off_on_both_sides() -> None:
    near, far = await two_ends()
    for end in (near, far):
        assert isinstance(end.stream, TcpStream)
        assert end.stream._transport is not None
        raw = end.stream._transport.get_extra_info("socket")
        assert raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        end.stream.close()


async def test_a_port_where_nobody_is_and_a_taken_one_are_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port: int = holder.getsockname()[1]
        with pytest.raises(ListenFailed, match=str(port)) as taken:
            await TcpConnector(WayOut()).listen("127.0.0.1", port, lambda _: None)
        assert taken.value.port == port
    with pytest.raises(ConnectFailed, match=str(port)) as nobody:
        await TcpConnector(WayOut()).connect("127.0.0.1", port)
    assert (nobody.value.host, nobody.value.port) == ("127.0.0.1", port)
