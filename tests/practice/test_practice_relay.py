"""The practice relay takes what Nostr clients publish and has it again after a restart."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr.event import Event, UnsignedEvent, sign
from tipdesk.practice.relay import PracticeRelay, RelayNotStarted

KEY = PrivateKey(b"\x05" * 32)


def note(number: int) -> Event:
    unsigned = UnsignedEvent(
        pubkey=KEY.x_only,
        created_at=1_700_000_000 + number,
        kind=1,
        tags=(),
        content=f"no {number}",
    )
    return sign(unsigned, KEY, bytes(32))


async def publish(socket: ClientConnection, event: Event) -> bool:
    await socket.send('["EVENT",' + event.to_json() + "]")
    answer = json.loads(await socket.recv())
    assert answer[:2] == ["OK", event.id.hex()]
    return bool(answer[2])


async def stored(socket: ClientConnection) -> list[dict[str, Any]]:
    await socket.send(json.dumps(["REQ", "all", {"kinds": [1]}]))
    events = []
    while (frame := json.loads(await socket.recv()))[0] == "EVENT":
        events.append(frame[2])
    assert frame[0] == "EOSE"
    return events


async def test_a_burst_is_taken_and_survives_a_restart(tmp_path: Path) -> None:
    for expected in (0, 100):
        relay = PracticeRelay(tmp_path)
        url = await relay.start()
        async with connect(url) as reader:
            assert len(await stored(reader)) == expected
        async with connect(url) as writer:
            for number in range(100):
                await publish(writer, note(number))
        await relay.stop()


async def test_a_forged_event_is_refused(tmp_path: Path) -> None:
    relay = PracticeRelay(tmp_path)
    async with connect(await relay.start()) as client:
        forged = note(1).to_json().replace("no 1", "no 2")
        await client.send('["EVENT",' + forged + "]")
        answer = json.loads(await client.recv())
        assert answer[0] in ("OK", "NOTICE")
        assert answer[0] == "NOTICE" or answer[2] is False
        assert await stored(client) == []
    await relay.stop()


async def test_a_subscriber_hears_what_comes_later(tmp_path: Path) -> None:
    relay = PracticeRelay(tmp_path)
    url = await relay.start()
    async with connect(url) as reader, connect(url) as writer:
        assert await stored(reader) == []
        assert await publish(writer, note(7))
        heard = json.loads(await reader.recv())
        assert heard[2]["content"] == "no 7"
    await relay.stop()


async def test_a_given_port_is_used_and_a_taken_one_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(RelayNotStarted):
            await PracticeRelay(tmp_path / "a").start(port)
    relay = PracticeRelay(tmp_path / "b")
    assert await relay.start(port) == f"ws://127.0.0.1:{port}"
    await relay.stop()
