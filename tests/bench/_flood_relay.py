"""A relay that sends all it has, as fast as it can, to whoever asks for notes: a child process.

`python -m tests.bench._flood_relay NOTES AUTHORS`; its port is the first line it prints.
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import suppress

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr.event import Event, UnsignedEvent, sign

START = 1_700_000_000
TEXT = "a note of the length that notes have, with a link: https://example.com/watch?v=%d #tips"


def author(number: int) -> PrivateKey:
    """The key of one of the authors."""
    return PrivateKey((number + 1).to_bytes(32, "big"))


def notes(count: int, authors: int) -> Iterator[Event]:
    """Signed notes, the same in every process."""
    keys = [author(number) for number in range(authors)]
    for number in range(count):
        key = keys[number % authors]
        unsigned = UnsignedEvent(
            pubkey=key.x_only,
            created_at=START + number,
            kind=1,
            tags=(("t", "tips"), ("p", key.x_only.hex())),
            content=TEXT % number,
        )
        yield sign(unsigned, key, bytes(32))


async def main(count: int, authors: int) -> None:
    """Serves until it is ended."""
    texts = [event.to_json() for event in notes(count, authors)]

    async def play(websocket: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            await answer(websocket)

    async def answer(websocket: ServerConnection) -> None:
        async for message in websocket:
            match json.loads(message):
                case ["REQ", name, *filters]:
                    if any(1 in entry.get("kinds", ()) for entry in filters):
                        for text in texts:
                            await websocket.send(f'["EVENT","{name}",{text}]')
                    await websocket.send(f'["EOSE","{name}"]')

    async with serve(play, "127.0.0.1", 0, compression=None) as server:
        sys.stdout.write(f"{next(iter(server.sockets)).getsockname()[1]}\n")
        sys.stdout.flush()
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
