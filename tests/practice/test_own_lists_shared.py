"""Our lists and profile, shared with a client that is not ours over a real relay."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import nostr_sdk

from tests.fakes import FakeRelays
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.relays.pool import WebsocketRelayPool
from tipdesk.adapters.secrets.signer import KeySigner
from tipdesk.adapters.storage.feeds import CacheFeedStore
from tipdesk.app.system import SystemClock, SystemEntropy
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr.nip02 import KIND_FOLLOWS, read_follows, with_follow
from tipdesk.services.bus import Bus
from tipdesk.services.own_lists import Draft, OwnLists
from tipdesk.services.people import PeopleService
from tipdesk.services.profiles import Profiles
from tipdesk.services.publishing import PublishingService

ANA = PrivateKey(b"\x07" * 32).x_only


@asynccontextmanager
async def shared(folder: Path) -> AsyncIterator[tuple[OwnLists, nostr_sdk.Keys, nostr_sdk.Client]]:
    """Our lists, and another client of the same person, at one relay."""
    limit = nostr_sdk.RateLimit(max_reqs=500, notes_per_minute=10**6)
    relay = nostr_sdk.LocalRelayBuilder().rate_limit(limit).build()
    await relay.run()
    url = str(await relay.url()).rstrip("/")
    secret = os.urandom(32)
    keys = nostr_sdk.Keys.parse(secret.hex())
    client = nostr_sdk.ClientBuilder().build()
    await client.add_relay(nostr_sdk.RelayUrl.parse(url))
    await client.connect(and_wait=timedelta(seconds=5))
    cache = CacheFeedStore(folder / "cache.db")
    async with asyncio.TaskGroup() as group:
        pool = WebsocketRelayPool(
            [url], network=Network.REGTEST, entropy=SystemEntropy(), way=WayOut()
        )
        pool.start(group)
        yield (
            OwnLists(
                signer=KeySigner(PrivateKey(secret), SystemEntropy()),
                relays=pool,
                store=cache,
                clock=SystemClock(),
                practice=True,
            ),
            keys,
            client,
        )
        await pool.stop()
    cache.close()
    await client.shutdown()
    relay.shutdown()


async def write(
    client: nostr_sdk.Client, keys: nostr_sdk.Keys, kind: int, text: str, tags: list[list[str]]
) -> None:
    builder = nostr_sdk.EventBuilder(nostr_sdk.Kind(kind), text)
    built = builder.tags([nostr_sdk.Tag.parse(tag) for tag in tags]).finalize(keys)
    await client.send_event(built)


async def read(client: nostr_sdk.Client, keys: nostr_sdk.Keys, kind: int) -> nostr_sdk.Event:
    wanted = nostr_sdk.Filter().author(keys.public_key()).kind(nostr_sdk.Kind(kind))
    target = nostr_sdk.ReqTarget.auto([wanted])
    (found,) = await client.fetch_events(target, timeout=timedelta(seconds=5))
    assert found.verify()
    return found


async def test_a_long_follow_list_of_another_client_gains_one_entry_and_loses_nothing(
    tmp_path: Path,
) -> None:
    theirs = [["p", os.urandom(32).hex(), "wss://hint.example", f"friend {n}"] for n in range(500)]
    theirs.insert(3, ["t", "nostr"])
    async with shared(tmp_path) as (lists, keys, client):
        await write(client, keys, KIND_FOLLOWS, '{"wss://old.example":{}}', theirs)
        event = await lists.change(
            KIND_FOLLOWS, lambda draft: Draft(with_follow(draft.tags, ANA), draft.content)
        )
        assert len(read_follows(event)) == 501
        found = await read(client, keys, KIND_FOLLOWS)
        assert [tag.to_vec() for tag in found.tags()] == [*theirs, ["p", ANA.hex()]]
        assert found.content() == '{"wss://old.example":{}}'


async def test_a_profile_of_another_client_keeps_its_fields(tmp_path: Path) -> None:
    content = '{"name":"Ana","website":"https://a.example","bot":false,"n":1.10}'
    async with shared(tmp_path) as (lists, keys, client):
        publishing = PublishingService(
            signer=KeySigner(
                PrivateKey(bytes.fromhex(keys.secret_key().to_hex())), SystemEntropy()
            ),
            lists=lists,
            people=PeopleService(
                relays=FakeRelays(), profiles=Profiles(Network.REGTEST), bus=Bus()
            ),
            clock=SystemClock(),
        )
        await write(client, keys, 0, content, [["i", "github:ana", "proof"]])
        await publishing.edit_profile({"lud16": "ana@tips.example", "name": "Ana B."})
        found = await read(client, keys, 0)
        assert found.content() == (
            '{"name":"Ana B.","website":"https://a.example","bot":false,"n":1.10,'
            '"lud16":"ana@tips.example"}'
        )
        assert [tag.to_vec() for tag in found.tags()] == [["i", "github:ana", "proof"]]
        record = nostr_sdk.Metadata.from_json(found.content()).as_record()
        assert record.lud16 == "ana@tips.example"
        assert json.loads(found.content())["bot"] is False
