"""What we write is read by a client that is not ours over a real relay, and deleted there."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import nostr_sdk

from tests.fakes import CREATOR, FAN, until
from tests.picturing import picture_service
from tests.unit.services.conftest import Fan
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.relays.pool import WebsocketRelayPool
from tipdesk.adapters.secrets.signer import KeySigner
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.writing import WRITING_SCHEMA, MoneyWritingStore
from tipdesk.app.system import SystemEntropy
from tipdesk.bitcoin.network import Network
from tipdesk.nostr.nip19 import encode_npub
from tipdesk.ports.writing import LongPart, Posting, RelayState
from tipdesk.services.own_lists import OwnLists
from tipdesk.services.writing import WritingService

NOBODY = "ws://127.0.0.1:9"


@asynccontextmanager
async def writing(
    folder: Path, *others: str
) -> AsyncIterator[tuple[WritingService, nostr_sdk.Client]]:
    """Our service at a real relay and at others, and another client at that one."""
    relay = nostr_sdk.LocalRelayBuilder().build()
    await relay.run()
    url = str(await relay.url()).rstrip("/")
    client = nostr_sdk.ClientBuilder().build()
    await client.add_relay(nostr_sdk.RelayUrl.parse(url))
    await client.connect(and_wait=timedelta(seconds=5))
    fan = Fan(folder)
    entropy, clock = SystemEntropy(), fan.clock
    signer = KeySigner(FAN, entropy)
    database = MoneyDatabase(folder / "writing.db", (WRITING_SCHEMA,))
    async with asyncio.TaskGroup() as group:
        pool = WebsocketRelayPool(
            [url, *others], network=Network.REGTEST, entropy=entropy, way=WayOut()
        )
        pool.start(group)
        service = WritingService(
            signer=signer,
            lists=OwnLists(signer=signer, relays=pool, store=fan.cache, clock=clock, practice=True),
            relay_lists=fan.relay_lists,
            relays=pool,
            store=MoneyWritingStore(database),
            pictures=picture_service(folder, clock, entropy),
            feeds=fan.feed,
            bus=fan.bus,
            clock=clock,
            entropy=entropy,
        )
        running = asyncio.ensure_future(service.run())
        try:
            yield service, client
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            await pool.stop()
    database.close()
    fan.close()
    await client.shutdown()
    relay.shutdown()


async def taken(service: WritingService, posting: Posting) -> Posting:
    """Once every relay answered, or was given up."""

    def now() -> Posting:
        found = service.posting(posting.event.id)
        assert found is not None
        return found

    await until(lambda: not now().is_waiting, within=15)
    return now()


async def read(client: nostr_sdk.Client, kind: int) -> list[nostr_sdk.Event]:
    author = nostr_sdk.PublicKey.parse(FAN.x_only.hex())
    wanted = nostr_sdk.Filter().author(author).kind(nostr_sdk.Kind(kind))
    target = nostr_sdk.ReqTarget.auto([wanted])
    return list(await client.fetch_events(target, timeout=timedelta(seconds=5)))


def tags_of(event: nostr_sdk.Event) -> list[list[str]]:
    found: list[list[str]] = json.loads(event.as_json())["tags"]
    return found


async def test_another_client_reads_our_note_and_the_relay_that_is_away_is_told_apart(
    tmp_path: Path,
) -> None:
    async with writing(tmp_path, NOBODY) as (service, client):
        text = f"Tiles with {encode_npub(CREATOR.x_only)} #azulejo"
        draft = service.keep(replace(service.new_draft(), text=text, warning="wet"))
        posting = await taken(service, await service.publish(draft))
        assert [one.state for one in posting.relays] == [RelayState.ACCEPTED, RelayState.SILENT]
        assert posting.missing == (NOBODY,)
        [found] = await read(client, 1)
        assert found.verify()
        assert found.content() == f"Tiles with nostr:{encode_npub(CREATOR.x_only)} #azulejo"
        assert tags_of(found) == [
            ["p", CREATOR.x_only.hex()],
            ["t", "azulejo"],
            ["content-warning", "wet"],
        ]
        await service.delete(posting.event.id)
        # Not until the relay that is away is given up once more: that takes ten seconds.
        async with asyncio.timeout(5):
            while await read(client, 1):  # noqa: ASYNC110 (another client has no event to wait for)
                await asyncio.sleep(0.05)


async def test_an_edit_of_a_long_post_replaces_it_at_the_relay(tmp_path: Path) -> None:
    async with writing(tmp_path) as (service, client):
        long = LongPart(title="The canal")
        draft = service.keep(replace(service.new_draft(30_023), text="One", long=long))
        first = await taken(service, await service.publish(draft))
        changed = service.keep(replace(await service.edit(first.event.id), text="Two"))
        await taken(service, await service.publish(changed))
        [found] = await read(client, 30_023)
        assert found.content() == "Two"
        assert ["title", "The canal"] in tags_of(found)
