"""Our relay pool and a Nostr implementation that is not ours read what the other one published."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import nostr_sdk
import pytest

from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.relays.auth import Prover
from tipdesk.adapters.relays.pool import WebsocketRelayPool
from tipdesk.adapters.secrets.signer import KeySigner
from tipdesk.app.system import SystemClock
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr import event as nip01
from tipdesk.nostr.event import Event, UnsignedEvent
from tipdesk.nostr.filter import Filter
from tipdesk.ports.relays import PublishResult
from tipdesk.practice.relay import PracticeRelay

KEY = PrivateKey(b"\x21" * 32)


class SystemEntropy:
    """Random bytes of the system."""

    def random_bytes(self, count: int) -> bytes:
        return os.urandom(count)


@pytest.fixture
async def relay_url() -> AsyncIterator[str]:
    limit = nostr_sdk.RateLimit(max_reqs=500, notes_per_minute=10**6)
    relay = nostr_sdk.LocalRelayBuilder().rate_limit(limit).build()
    await relay.run()
    yield str(await relay.url()).rstrip("/")
    relay.shutdown()


@pytest.fixture
async def pool(relay_url: str) -> AsyncIterator[WebsocketRelayPool]:
    async with asyncio.TaskGroup() as group:
        opened = WebsocketRelayPool(
            [relay_url], network=Network.REGTEST, entropy=SystemEntropy(), way=WayOut()
        )
        opened.start(group)
        yield opened
        await opened.stop()


@pytest.fixture
async def stranger(relay_url: str) -> AsyncIterator[nostr_sdk.Client]:
    client = nostr_sdk.ClientBuilder().build()
    await client.add_relay(nostr_sdk.RelayUrl.parse(relay_url))
    await client.connect(and_wait=timedelta(seconds=5))
    yield client
    await client.shutdown()


def note(text: str, created_at: int = 1_700_000_000) -> Event:
    unsigned = UnsignedEvent(
        pubkey=KEY.x_only,
        created_at=created_at,
        kind=1,
        tags=(("t", "dunes"), ("imeta", "url https://i.example/1.png")),
        content=text,
    )
    return nip01.sign(unsigned, KEY, os.urandom(32))


async def test_a_stranger_reads_what_our_pool_published(
    relay_url: str, pool: WebsocketRelayPool, stranger: nostr_sdk.Client
) -> None:
    event = note('gr\u00fc\u00dfe \U0001f3b6 "quoted" \\ <b>\t\x01')
    assert await pool.publish(event) == {relay_url: PublishResult(accepted=True)}
    wanted = nostr_sdk.Filter().author(nostr_sdk.PublicKey.parse(KEY.x_only.hex()))
    target = nostr_sdk.ReqTarget.auto([wanted])
    (found,) = await stranger.fetch_events(target, timeout=timedelta(seconds=5))
    assert found.verify()
    assert nip01.parse(found.as_json()) == event


async def test_our_pool_reads_what_a_stranger_published_stored_and_live(
    pool: WebsocketRelayPool, stranger: nostr_sdk.Client
) -> None:
    keys = nostr_sdk.Keys.generate()
    heard: asyncio.Queue[Event] = asyncio.Queue()
    stored = asyncio.Event()
    before, after = (
        nostr_sdk.EventBuilder(nostr_sdk.Kind(1), text).finalize(keys)
        for text in ("before \u2600", "after \u263e")
    )
    await stranger.send_event(before)
    pool.subscribe([Filter(kinds=(1,))], heard.put_nowait, stored.set)
    async with asyncio.timeout(5):
        await stored.wait()
        await stranger.send_event(after)
        texts = [(await heard.get()).content for _ in range(2)]
    assert texts == ["before \u2600", "after \u263e"]


async def test_hundreds_of_stored_events_come_in_while_the_loop_stays_free(
    pool: WebsocketRelayPool, relay_url: str
) -> None:
    events = [note(str(number), 1_700_000_000 + number) for number in range(400)]
    results = await asyncio.gather(*(pool.publish(event) for event in events))
    assert all(result[relay_url].accepted for result in results)
    heard: list[Event] = []
    done = asyncio.Event()
    pool.subscribe([Filter(kinds=(1,), limit=400)], heard.append, done.set)
    turns = 0
    async with asyncio.timeout(10):
        while not done.is_set():
            await asyncio.sleep(0)
            turns += 1
    assert {event.id for event in heard} == {event.id for event in events}
    assert turns > 10


async def test_a_relay_that_demands_a_proof_serves_us_once_it_has_it(tmp_path: Path) -> None:
    relay = PracticeRelay(tmp_path, demands_proof=True)
    url = await relay.start()
    event = note("members only", int(time.time()))
    prover = Prover(KeySigner(KEY, SystemEntropy()), SystemClock())
    async with asyncio.TaskGroup() as group:
        known, unknown = (
            WebsocketRelayPool(
                [url], network=Network.REGTEST, entropy=SystemEntropy(), prover=one, way=WayOut()
            )
            for one in (prover, None)
        )
        known.start(group)
        unknown.start(group)
        assert await known.publish(event) == {url: PublishResult(accepted=True)}
        assert (await known.fetch([Filter(kinds=(1,))])).events == (event,)
        refused = await unknown.fetch([Filter(kinds=(1,))])
        assert (refused.events, refused.answered) == ((), frozenset())
        assert "auth-required" in (await unknown.publish(event))[url].message
        await known.stop()
        await unknown.stop()
    await relay.stop()
