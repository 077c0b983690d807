"""Clients that nobody here wrote join the practice network with what it prints, and understand it.

nostr-sdk reads feeds, tips as any client would, and checks the receipt; bdk's own Electrum client
syncs a wallet of its own.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import bdkpython as bdk
import nostr_sdk
import pytest
import pytest_asyncio

from tests.practising import ROOT, Scene, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

WAIT = timedelta(seconds=5)
AMOUNT = 21_000
POST_KINDS = {"musician": 1, "photographer": 20, "writer": 30023}


@pytest_asyncio.fixture(loop_scope="module")
async def client(network: Scene) -> AsyncIterator[nostr_sdk.Client]:
    made = nostr_sdk.ClientBuilder().build()
    await made.add_relay(nostr_sdk.RelayUrl.parse(network.practice.description["relay"]))
    await made.connect(and_wait=WAIT)
    yield made
    await made.shutdown()


async def fetch(client: nostr_sdk.Client, **wanted: object) -> list[nostr_sdk.Event]:
    """Everything that fits; each event checked by nostr-sdk itself."""
    filter_ = nostr_sdk.Filter.from_json(json.dumps(wanted))
    found = await client.fetch_events(nostr_sdk.ReqTarget.auto([filter_]), timeout=WAIT)
    events = list(found)
    assert all(event.verify() for event in events)
    return events


def tags_of(event: nostr_sdk.Event) -> dict[str, str]:
    rows = json.loads(event.as_json())["tags"]
    return {row[0]: row[1] for row in rows}


async def test_a_nostr_client_reads_profiles_and_posts_of_every_creator(
    network: Scene, client: nostr_sdk.Client
) -> None:
    for name, creator in network.practice.description["creators"].items():
        key = nostr_sdk.PublicKey.parse(creator["npub"])
        assert key.to_hex() == creator["pubkey"]
        (profile,) = await fetch(client, authors=[key.to_hex()], kinds=[0])
        about = nostr_sdk.Metadata.from_json(profile.content()).as_record()
        assert about.lud16 == creator["address"]
        assert about.name
        posts = await fetch(client, authors=[key.to_hex()], kinds=[POST_KINDS[name]])
        assert posts
        assert all(post.content() for post in posts)


async def test_pictures_of_posts_are_really_served(
    network: Scene, client: nostr_sdk.Client
) -> None:
    pubkey = network.practice.description["creators"]["photographer"]["pubkey"]
    post = (await fetch(client, authors=[pubkey], kinds=[20]))[0]
    rows = json.loads(post.as_json())["tags"]
    (imeta,) = (row for row in rows if row[0] == "imeta")
    (url,) = (item.removeprefix("url ") for item in imeta if item.startswith("url "))
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert response.status == 200
        assert (await response.read()).startswith(b"\x89PNG\r\n")


async def ask_json(session: aiohttp.ClientSession, url: str, **query: str) -> dict[str, Any]:
    async with session.get(url, params=query) as response:
        answer: dict[str, Any] = await response.json(content_type=None)
        return answer


async def test_a_stranger_tips_and_checks_the_receipt(
    network: Scene, client: nostr_sdk.Client
) -> None:
    """NIP-57 from the outside: request, invoice, payment, receipt, all by nostr-sdk and HTTP."""
    creator = network.practice.description["creators"]["musician"]
    relay = network.practice.description["relay"]
    user, _, host = creator["address"].partition("@")
    post = (await fetch(client, authors=[creator["pubkey"]], kinds=[1]))[0]
    keys = nostr_sdk.Keys.generate()
    rows = [
        ["relays", relay],
        ["amount", str(AMOUNT)],
        ["p", creator["pubkey"]],
        ["e", post.id().to_hex()],
    ]
    request = (
        nostr_sdk.EventBuilder(nostr_sdk.Kind(9734), "from a stranger")
        .tags([nostr_sdk.Tag.parse(row) for row in rows])
        .finalize(keys)
        .as_json()
    )
    async with aiohttp.ClientSession() as session:
        params = await ask_json(session, f"http://{host}/.well-known/lnurlp/{user}")
        assert params["allowsNostr"] is True
        answer = await ask_json(session, params["callback"], amount=str(AMOUNT), nostr=request)
    invoice = answer["pr"]
    paid = await network.pay({"invoice": invoice})
    assert paid["state"] == "succeeded", paid
    receipts: list[nostr_sdk.Event] = []

    async def published() -> bool:
        found = await fetch(client, kinds=[9735], **{"#p": [creator["pubkey"]]})
        receipts[:] = [one for one in found if tags_of(one).get("bolt11") == invoice]
        return bool(receipts)

    await until(published, "no receipt was published")
    check_receipt(receipts[0], params["nostrPubkey"], request, paid["preimage"], keys)
    assert tags_of(receipts[0])["e"] == post.id().to_hex()


def check_receipt(
    receipt: nostr_sdk.Event, signer: str, request: str, preimage: str, keys: nostr_sdk.Keys
) -> None:
    tags = tags_of(receipt)
    assert receipt.author().to_hex() == signer
    assert tags["description"] == request
    assert nostr_sdk.Event.from_json(tags["description"]).verify()
    assert tags["preimage"] == preimage
    assert tags["P"] == keys.public_key().to_hex()


async def test_an_electrum_client_syncs_a_wallet_with_coins_from_the_faucet(
    network: Scene,
) -> None:
    described = network.practice.description
    place = described["electrum"]
    kind = bdk.NetworkKind.TEST
    key = bdk.DescriptorSecretKey(kind, bdk.Mnemonic(bdk.WordCount.WORDS12), None)
    descriptors = [
        bdk.Descriptor.new_bip86(key, keychain, kind)
        for keychain in (bdk.KeychainKind.EXTERNAL, bdk.KeychainKind.INTERNAL)
    ]
    wallet = bdk.Wallet(*descriptors, bdk.Network.REGTEST, bdk.Persister.new_in_memory())
    address = str(wallet.reveal_next_address(bdk.KeychainKind.EXTERNAL).address)
    await tipdesk(described["faucet"].replace("ADDRESS", address).replace("SAT", "123456"))
    client = bdk.ElectrumClient(f"tcp://{place['host']}:{place['port']}")

    def sync() -> Any:
        request = wallet.start_full_scan().build()
        wallet.apply_update(client.full_scan(request, 5, 5, fetch_prev_txouts=False))
        return wallet.balance()

    waiting = await asyncio.to_thread(sync)
    assert waiting.untrusted_pending.to_sat() + waiting.trusted_pending.to_sat() == 123_456
    folder = described["folder"]
    await tipdesk(f"tipdesk practice --dir {folder} mine 1")
    confirmed = await asyncio.to_thread(sync)
    assert confirmed.confirmed.to_sat() == 123_456
    status = json.loads(await tipdesk(f"tipdesk practice --dir {folder} status"))
    assert status["height"] == wallet.latest_checkpoint().height


async def tipdesk(command: str) -> str:
    """Runs a command line as the network prints it."""
    _, *arguments = command.split()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tipdesk", *arguments), stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    out, _ = await process.communicate()
    assert process.returncode == 0, command
    return out.decode()
