"""The relay pool: fetching, strangers' relays, proofs of who we are, relays that stall."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tests.fakes import FAN, FakeClock, FakeEntropy, sign, until
from tests.socks_server import resolves
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.relays import pool as pools
from tipdesk.adapters.relays.auth import Prover
from tipdesk.adapters.relays.connection import Limits
from tipdesk.adapters.relays.pool import WebsocketRelayPool
from tipdesk.adapters.secrets.signer import KeySigner
from tipdesk.bitcoin.network import Network
from tipdesk.nostr import event as nip01
from tipdesk.nostr.event import Event
from tipdesk.nostr.filter import Filter
from tipdesk.ports.relays import Fetched

NOTES = [Filter(kinds=(1,))]
LIMITS = Limits(first_delay=0.02, longest_delay=0.05, open_timeout=2, eose_timeout=0.2)
DEAD = "ws://127.0.0.1:9"
Script = Callable[[ServerConnection], Awaitable[None]]


@asynccontextmanager
async def relay(script: Script) -> AsyncIterator[str]:
    """A websocket server that plays the script to each that connects."""

    async def play(websocket: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            await script(websocket)

    async with serve(play, "127.0.0.1", 0, close_timeout=0.2) as server:
        yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"


@asynccontextmanager
async def running(
    *urls: str,
    limits: Limits = LIMITS,
    network: Network = Network.REGTEST,
    proves_to_strangers: bool = False,
) -> AsyncIterator[WebsocketRelayPool]:
    pool = WebsocketRelayPool(
        urls,
        network=network,
        entropy=FakeEntropy(),
        limits=limits,
        prover=Prover(KeySigner(FAN, FakeEntropy()), FakeClock()),
        proves_to_strangers=proves_to_strangers,
        way=WayOut(),
    )
    async with asyncio.TaskGroup() as group:
        pool.start(group)
        yield pool
        await pool.stop()


def holding(*events: Event, asked: list[str] | None = None) -> Script:
    """A relay that holds some events, and notes which subscriptions are open at a time."""

    async def script(websocket: ServerConnection) -> None:
        async for text in websocket:
            message = json.loads(text)
            if asked is not None:
                asked.append(f"{message[0]} {message[1]}")
            if message[0] == "REQ":
                for event in events:
                    await websocket.send(f'["EVENT","{message[1]}",{event.to_json()}]')
                await websocket.send(f'["EOSE","{message[1]}"]')

    return script


async def silent(websocket: ServerConnection) -> None:
    await websocket.wait_closed()


async def test_a_fetch_has_what_all_relays_hold_and_says_which_of_them_answered() -> None:
    one, two = sign(FAN, 1, "one"), sign(FAN, 1, "two")
    async with (
        relay(holding(one)) as a,
        relay(holding(one, two)) as b,
        running(a, b, DEAD) as pool,
    ):
        found = await pool.fetch(NOTES, timeout=3)
    assert {event.content for event in found.events} == {"one", "two"}
    assert len(found.events) == 2
    assert found.answered == {a, b}
    assert found.asked == {a, b, DEAD}


async def test_a_fetch_does_not_wait_longer_than_it_was_told() -> None:
    async with relay(silent) as url, running(url) as pool:
        found = await pool.fetch(NOTES, timeout=0.1)
    assert found == Fetched(events=(), answered=frozenset(), asked=frozenset({url}))


async def test_a_relay_that_is_known_to_be_away_is_not_waited_for() -> None:
    async with running(DEAD) as pool:
        await until(lambda: "cannot be reached" in pool.status()[0].problem)
        async with asyncio.timeout(1):
            found = await pool.fetch(NOTES, timeout=30)
    assert found.answered == frozenset()


async def test_a_strangers_relay_is_connected_while_it_is_used_and_left_afterwards() -> None:
    note = sign(FAN, 1, "far away")
    heard: list[Event] = []
    async with relay(holding(note)) as url, running() as pool:
        first = pool.subscribe(NOTES, heard.append, urls=(url, url + "/"))
        second = pool.subscribe(NOTES, heard.append, urls=(url,))
        await until(lambda: len(heard) == 2)
        assert [status.url for status in pool.strangers()] == [url]
        assert pool.status() == ()
        first.close()
        first.close()
        assert len(pool.strangers()) == 1
        second.close()
        assert pool.strangers() == ()
        assert (await pool.fetch(NOTES, urls=(url,), timeout=3)).events == (note,)
        assert pool.strangers() == ()


async def test_one_of_our_relays_that_somebody_names_is_the_same_connection() -> None:
    async with relay(holding()) as url, running(url) as pool:
        assert (await pool.fetch(NOTES, urls=(url + "/",), timeout=3)).answered == {url}
        assert pool.strangers() == ()


async def test_strangers_relays_are_few_and_none_is_on_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pools, "MAX_STRANGERS", 1)
    async with running(limits=Limits()) as pool:
        pool.subscribe(NOTES, print, urls=("ws://127.0.0.1:9", "ws://127.0.0.1:10"))
        assert len(pool.strangers()) == 1
    async with running(network=Network.MAINNET) as pool:
        pool.subscribe(NOTES, print, urls=("wss://127.0.0.1", "ws://relay.example", "wss://x"))
        assert pool.strangers() == ()


async def test_a_strangers_relay_whose_name_leads_to_this_machine_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolves(monkeypatch, "127.0.0.1")
    async with running(network=Network.MAINNET) as pool:
        pool.subscribe(NOTES, print, urls=("wss://relay.example",))
        await until(lambda: "not on the public" in pool.strangers()[0].problem)
        assert not pool.strangers()[0].connected


def asking_for_proof(note: Event, proofs: list[Event]) -> Script:
    async def script(websocket: ServerConnection) -> None:
        await websocket.send('["AUTH","a challenge"]')
        known = False
        async for text in websocket:
            match json.loads(text):
                case ["AUTH", proof]:
                    proofs.append(nip01.from_object(proof))
                    known = True
                    await websocket.send(f'["OK","{proof["id"]}",true,""]')
                case ["REQ", name, *_] if not known:
                    await websocket.send(f'["CLOSED","{name}","auth-required: who?"]')
                case ["EVENT", event] if not known:
                    await websocket.send(f'["OK","{event["id"]}",false,"auth-required: who?"]')
                case ["REQ", name, *_]:
                    await websocket.send(f'["EVENT","{name}",{note.to_json()}]')
                    await websocket.send(f'["EOSE","{name}"]')
                case ["EVENT", event]:
                    await websocket.send(f'["OK","{event["id"]}",true,""]')

    return script


async def test_our_own_relay_learns_who_we_are_and_then_serves() -> None:
    note, mine = sign(FAN, 1, "members only"), sign(FAN, 1, "mine")
    proofs: list[Event] = []
    async with relay(asking_for_proof(note, proofs)) as url, running(url) as pool:
        assert (await pool.fetch(NOTES, timeout=3)).events == (note,)
        assert (await pool.publish(mine, timeout=3))[url].accepted
    assert len(proofs) == 1
    assert proofs[0].is_authentic()
    assert (proofs[0].kind, proofs[0].pubkey) == (22_242, FAN.x_only)
    assert proofs[0].tags == (("relay", url), ("challenge", "a challenge"))


@pytest.mark.parametrize("allowed", [True, False])
async def test_a_strangers_relay_learns_who_we_are_only_if_that_is_wanted(allowed: bool) -> None:
    proofs: list[Event] = []
    script = asking_for_proof(sign(FAN, 1), proofs)
    async with relay(script) as url, running(proves_to_strangers=allowed) as pool:
        found = await pool.fetch(NOTES, urls=(url,), timeout=3)
    assert len(proofs) == len(found.events) == allowed


async def test_a_relay_that_takes_questions_and_says_nothing_is_noticed() -> None:
    connections = 0

    async def script(websocket: ServerConnection) -> None:
        nonlocal connections
        connections += 1
        await websocket.wait_closed()

    async with relay(script) as url, running(url) as pool:
        pool.subscribe(NOTES, print)
        await until(lambda: connections > 1)
        assert pool.status()[0].stalled >= 1


async def test_a_relay_that_never_ends_its_answer_is_noticed_and_kept() -> None:
    async def script(websocket: ServerConnection) -> None:
        name = json.loads(await websocket.recv())[1]
        for number in range(1_000):
            event = sign(FAN, 1, str(number))
            await websocket.send(f'["EVENT","{name}",{event.to_json()}]')
            await asyncio.sleep(0.02)

    ends: list[None] = []
    async with relay(script) as url, running(url) as pool:
        pool.subscribe(NOTES, lambda _: None, lambda: ends.append(None))
        await until(lambda: ends)
        assert pool.status()[0].connected
        assert pool.status()[0].stalled == 1


async def test_a_relay_is_asked_no_more_at_a_time_than_it_may_be() -> None:
    asked: list[str] = []
    limits = Limits(first_delay=0.02, subscriptions=2)
    async with relay(holding(asked=asked)) as url, running(url, limits=limits) as pool:
        first, *_ = [pool.subscribe(NOTES, print) for _ in range(3)]
        await until(lambda: len(asked) == 2)
        assert asked == ["REQ t1", "REQ t2"]
        first.close()
        await until(lambda: len(asked) == 4)
        assert asked[2:] == ["CLOSE t1", "REQ t3"]


async def test_a_relay_that_sends_too_many_bytes_is_left() -> None:
    limits = Limits(first_delay=0.02, burst_bytes=10_000, bytes_per_second=1, flood_tolerance=5)

    async def script(websocket: ServerConnection) -> None:
        for _ in range(20):
            await websocket.send('["NOTICE","' + "x" * 3_000 + '"]')
        await websocket.wait_closed()

    async with relay(script) as url, running(url, limits=limits) as pool:
        await until(lambda: "floods" in pool.status()[0].problem)
        assert pool.status()[0].flooded == 6
