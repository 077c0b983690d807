"""Two people ask, promise, refuse and pay over a real relay, whose files tell nothing of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import cast

from tests.askers import Asker
from tests.correspondents import Net, NetRelays
from tests.fakes import CREATOR, FAN, FakeEntropy, until
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.relays.pool import WebsocketRelayPool
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.practice.relay import PracticeRelay
from tipdesk.services.views import AskState

AMOUNT = Msat(2_100_000)
WORDS = "for the tickets to Lisbon"


class Online(Asker):
    """Somebody at a relay that is really there."""

    def __init__(self, folder: Path, key: PrivateKey, url: str) -> None:
        self.url = url
        super().__init__(folder, key, Net())

    def connect(self) -> NetRelays:
        self.pool = WebsocketRelayPool(
            [self.url], network=Network.REGTEST, entropy=FakeEntropy(), way=WayOut()
        )
        return cast("NetRelays", self.pool)

    def close(self) -> None:
        self.database.close()
        self.cache.close()

    @asynccontextmanager
    async def online(self) -> AsyncIterator[None]:
        """Connected, with a place for messages, sending and receiving."""
        async with asyncio.TaskGroup() as group:
            self.pool.start(group)
            await until(lambda: self.pool.status()[0].connected, within=10.0)
            await self.places.use_relay(self.url)
            async with self.running():
                yield
            await self.pool.stop()


async def test_what_is_asked_between_two_stands_in_none_of_the_relays_files(
    tmp_path: Path,
) -> None:
    relay = PracticeRelay(tmp_path / "relay")
    url = (await relay.start()).rstrip("/")
    fan, ana = Online(tmp_path / "fan", FAN, url), Online(tmp_path / "ana", CREATOR, url)
    fan.follows.add(ana.pubkey)
    ana.follows.add(fan.pubkey)
    async with AsyncExitStack() as stack:
        for person in (fan, ana):
            await stack.enter_async_context(person.online())
        payable = await ask_and_pay(fan, ana)
        await promise_and_refuse(fan, ana)
    await relay.stop()
    for person in (fan, ana):
        person.close()
    seen = b"".join(path.read_bytes() for path in (tmp_path / "relay").rglob("*") if path.is_file())
    # It is the right place to look: whom each wrap is for can be read there.
    assert bytes(fan.pubkey) in seen or fan.pubkey.hex().encode() in seen
    told = (WORDS, "Please send", "want to send", "will not send", "2,100", "2100000", payable)
    marks = ("refusal", "promise", "expiration", "lightning:")
    assert [one for one in (*told, *marks) if one.encode() in seen] == []


async def ask_and_pay(fan: Online, ana: Online) -> str:
    asked = await ana.asks.ask(fan.pubkey, AMOUNT, WORDS)
    await until(lambda: fan.book.message(asked) is not None, within=10.0)
    order = fan.asks.begin_paying(asked)
    assert (order.amount, order.words) == (AMOUNT, WORDS)
    await fan.pay(order.payable)
    assert fan.state(ana, asked) is AskState.PAID
    return order.payable


async def promise_and_refuse(fan: Online, ana: Online) -> None:
    for person in (fan, ana):
        person.clock.pass_ms(1_000)
    promised = await fan.asks.offer_to_pay_later(ana.pubkey, AMOUNT, WORDS)
    await until(lambda: ana.book.message(promised) is not None, within=10.0)
    answer = await ana.asks.answer_promise(promised)
    await until(lambda: fan.book.message(answer) is not None, within=10.0)
    assert fan.state(ana, promised) is AskState.ANSWERED
    await fan.asks.refuse(answer, WORDS, tell=True)
    await until(lambda: ana.state(fan, answer) is AskState.REFUSED, within=10.0)
