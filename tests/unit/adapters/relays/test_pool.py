"""The relay pool against relays that lie, flood, break off and come back."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.relays.connection import Limits
from tipdesk.adapters.relays.pool import WebsocketRelayPool
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr import event as nip01
from tipdesk.nostr.event import Event, UnsignedEvent
from tipdesk.nostr.filter import Filter
from tipdesk.ports.relays import PublishResult, RelayStatus

KEY = PrivateKey(b"\x01" * 32)
NOTES = [Filter(kinds=(1,))]
LIMITS = Limits(first_delay=0.02, longest_delay=0.05, retry_delay=0.02, open_timeout=2)
Script = Callable[[ServerConnection], Awaitable[None]]


class SystemEntropy:
    """Random bytes of the system."""

    def random_bytes(self, count: int) -> bytes:
        return os.urandom(count)


def note(text: str) -> Event:
    unsigned = UnsignedEvent(
        pubkey=KEY.x_only, created_at=1_700_000_000, kind=1, tags=(), content=text
    )
    return nip01.sign(unsigned, KEY, bytes(32))


def frame(event: Event, name: str) -> str:
    return f'["EVENT","{name}",{event.to_json()}]'


async def subscription_name(websocket: ServerConnection) -> str:
    while True:
        message = json.loads(await websocket.recv())
        if message[0] == "REQ":
            return str(message[1])


@asynccontextmanager
async def lying_relay(script: Script) -> AsyncIterator[str]:
    """A websocket server that plays the script to each that connects."""

    async def play(websocket: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            await script(websocket)

    async with serve(play, "127.0.0.1", 0, max_size=None, close_timeout=0.2) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield f"ws://127.0.0.1:{port}"


@asynccontextmanager
async def running_pool(
    *urls: str, limits: Limits = LIMITS, network: Network = Network.REGTEST
) -> AsyncIterator[WebsocketRelayPool]:
    pool = WebsocketRelayPool(
        urls, network=network, entropy=SystemEntropy(), limits=limits, way=WayOut()
    )
    async with asyncio.TaskGroup() as group:
        pool.start(group)
        yield pool
        await pool.stop()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.005)


def status_of(pool: WebsocketRelayPool) -> RelayStatus:
    (status,) = pool.status()
    return status


def honest(*events: Event) -> Script:
    async def script(websocket: ServerConnection) -> None:
        name = await subscription_name(websocket)
        for event in events:
            await websocket.send(frame(event, name))
        await websocket.send(f'["EOSE","{name}"]')
        await websocket.wait_closed()

    return script


async def test_two_relays_are_one_and_the_end_is_told_once() -> None:
    shared, first, second = note("shared"), note("first"), note("second")
    heard: list[str] = []
    ends: list[None] = []
    async with (
        lying_relay(honest(shared, first)) as a,
        lying_relay(honest(shared, second)) as b,
        running_pool(a, b) as pool,
    ):
        pool.subscribe(NOTES, lambda event: heard.append(event.content), lambda: ends.append(None))
        await until(lambda: ends)
        assert all(status.connected for status in pool.status())
        assert all(status.problem == "" for status in pool.status())
    assert sorted(heard) == ["first", "second", "shared"]
    assert len(ends) == 1


async def test_a_relay_that_is_down_does_not_hold_up_the_end() -> None:
    ends: list[None] = []
    async with lying_relay(honest()) as good, running_pool(good, "ws://127.0.0.1:9") as pool:
        pool.subscribe(NOTES, lambda event: None, lambda: ends.append(None))
        await until(lambda: ends)
        assert [status.connected for status in pool.status()] == [True, False]
        assert pool.status()[1].problem == "the relay cannot be reached"


async def test_a_subscription_lives_through_a_broken_connection() -> None:
    connections = 0
    heard: list[str] = []

    async def script(websocket: ServerConnection) -> None:
        nonlocal connections
        connections += 1
        name = await subscription_name(websocket)
        await websocket.send(frame(note("again and again"), name))
        await websocket.send(frame(note(f"connection {connections}"), name))
        await websocket.close()

    async with lying_relay(script) as url, running_pool(url) as pool:
        pool.subscribe(NOTES, lambda event: heard.append(event.content))
        await until(lambda: connections >= 3)
    assert heard[:3] == ["again and again", "connection 1", "connection 2"]
    assert heard.count("again and again") == 1


async def test_a_closed_subscription_hears_nothing_more() -> None:
    heard: list[Event] = []
    closed = asyncio.Event()

    async def script(websocket: ServerConnection) -> None:
        name = await subscription_name(websocket)
        await websocket.send(f'["EOSE","{name}"]')
        message = json.loads(await websocket.recv())
        assert message == ["CLOSE", name]
        await websocket.send(frame(note("late"), name))
        closed.set()
        await websocket.wait_closed()

    ends: list[None] = []
    async with lying_relay(script) as url, running_pool(url) as pool:
        subscription = pool.subscribe(NOTES, heard.append, lambda: ends.append(None))
        await until(lambda: ends)
        subscription.close()
        await closed.wait()
        await asyncio.sleep(0.02)
        assert status_of(pool).unrequested == 0
    assert heard == []


async def test_rubbish_and_forgeries_are_counted_and_then_the_relay_is_left() -> None:
    connections = 0
    heard: list[str] = []

    async def script(websocket: ServerConnection) -> None:
        nonlocal connections
        connections += 1
        name = await subscription_name(websocket)
        await websocket.send(frame(note("honest"), name))
        for number in range(7):
            await websocket.send("rubbish" * number)
            await websocket.send(
                frame(note(str(number)), name).replace('"content":"', '"content":"x')
            )
            await websocket.send(frame(note("unasked"), "other"))
        await websocket.wait_closed()

    async with lying_relay(script) as url, running_pool(url) as pool:
        pool.subscribe(NOTES, lambda event: heard.append(event.content))
        await until(lambda: "malformed" in status_of(pool).problem)
        status = status_of(pool)
        await asyncio.sleep(0.2)
    assert (status.malformed, status.forged, status.unrequested) == (7, 7, 6)
    assert heard == ["honest"]
    assert connections == 1


async def test_a_huge_frame_ends_the_connection() -> None:
    async def script(websocket: ServerConnection) -> None:
        await websocket.send('["NOTICE","' + "x" * 2_000_000 + '"]')
        await websocket.wait_closed()

    async with lying_relay(script) as url, running_pool(url) as pool:
        await until(lambda: "too large" in status_of(pool).problem)
        assert not status_of(pool).connected


async def test_a_flood_is_dropped_counted_and_left_while_the_loop_stays_free() -> None:
    limits = Limits(first_delay=0.02, burst=200, per_second=1, flood_tolerance=300)
    turns = 0

    async def script(websocket: ServerConnection) -> None:
        name = await subscription_name(websocket)
        text = frame(note("flood"), name)
        for _ in range(5_000):
            await websocket.send(text)

    async def count_turns() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    heard: list[Event] = []
    async with lying_relay(script) as url, running_pool(url, limits=limits) as pool:
        watcher = asyncio.ensure_future(count_turns())
        pool.subscribe(NOTES, heard.append)
        await until(lambda: "floods" in status_of(pool).problem)
        watcher.cancel()
        assert status_of(pool).flooded == 301
        assert status_of(pool).duplicate <= 200
    assert len(heard) == 1
    assert turns > 20


@pytest.mark.parametrize(
    ("answers", "result"),
    [
        (['true,""'], PublishResult(accepted=True)),
        (['false,"duplicate: have it"'], PublishResult(True, "duplicate: have it")),
        (['false,"blocked: not you"'], PublishResult(False, "blocked: not you")),
        (['false,"rate-limited: slow"', 'false,"error: disk"', 'true,""'], PublishResult(True)),
    ],
)
async def test_a_publication_has_each_relays_word_and_is_tried_again(
    answers: list[str], result: PublishResult
) -> None:
    left = list(answers)

    async def script(websocket: ServerConnection) -> None:
        while True:
            message = json.loads(await websocket.recv())
            await websocket.send(f'["OK","{message[1]["id"]}",{left.pop(0)}]')

    async with lying_relay(script) as url, running_pool(url) as pool:
        assert await pool.publish(note("x")) == {url: result}
    assert left == []


async def test_a_publication_survives_a_connection_that_broke_before_the_answer() -> None:
    attempts = 0

    async def script(websocket: ServerConnection) -> None:
        nonlocal attempts
        attempts += 1
        message = json.loads(await websocket.recv())
        if attempts > 1:
            await websocket.send(f'["OK","{message[1]["id"]}",true,""]')
            await websocket.wait_closed()

    async with lying_relay(script) as url, running_pool(url) as pool:
        assert await pool.publish(note("x")) == {url: PublishResult(accepted=True)}
    assert attempts == 2


async def test_silence_is_no_answer() -> None:
    silent: Script = lambda websocket: websocket.wait_closed()  # noqa: E731
    async with lying_relay(silent) as url, running_pool(url) as pool:
        await until(lambda: status_of(pool).connected)
        results = await pool.publish(note("x"), timeout=0.1)
    silence = PublishResult(False, "no answer within 0.1 seconds", answered=False)
    assert results == {url: silence}


async def test_named_relays_outside_the_pool_get_a_connection_for_the_purpose() -> None:
    async def script(websocket: ServerConnection) -> None:
        message = json.loads(await websocket.recv())
        await websocket.send(f'["OK","{message[1]["id"]}",true,""]')

    async with lying_relay(script) as url, running_pool() as pool:
        results = await pool.publish(note("x"), [url, url, "http://no", "ws://127.0.0.1:9"])
    assert results[url] == PublishResult(accepted=True)
    assert results["http://no"] == PublishResult(False, "not a relay's address", answered=False)
    assert not results["ws://127.0.0.1:9"].accepted


async def test_strangers_relays_on_this_machine_are_refused_outside_practice() -> None:
    urls = ["wss://127.0.0.1:1", "wss://localhost:1", "ws://1.1.1.1"]
    async with running_pool(network=Network.MAINNET) as pool:
        results = await pool.publish(note("x"), urls, timeout=2)
    assert [results[url].message for url in urls] == [
        "the relay is not on the public internet",
        "the relay is not on the public internet",
        "only relays with TLS are used",
    ]


async def test_a_fault_in_a_listener_costs_one_connection_and_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(event: Event) -> None:
        raise RuntimeError("a bug")

    async with lying_relay(honest(note("x"))) as url, running_pool(url) as pool:
        pool.subscribe(NOTES, fail)
        await until(lambda: "inside TipDesk" in status_of(pool).problem)
    assert any(record.exc_info for record in caplog.records)


async def test_a_stopped_pool_says_nothing_and_leaves_no_task() -> None:
    async with lying_relay(honest(note("x"))) as url, running_pool(url) as pool:
        await until(lambda: status_of(pool).connected)
    tasks = {task.get_name() for task in asyncio.all_tasks()}
    assert not any(name.startswith("relay ") for name in tasks)
