"""One node with a channel, and a peer that says anything at all after the handshake."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from random import Random

from tests.fuzz.decoders import wire_examples
from tests.fuzz.loop import Found
from tests.fuzz.mutate import damaged
from tests.fuzz.onion_messages import Speaker
from tests.nodes import Member, World, world
from tests.scripted_peer import Hung, ScriptedPeer, connected
from tests.stranger import Stranger
from tests.waiting import eventually
from tipdesk.adapters.payments.embedded import EmbeddedOffers
from tipdesk.base.errors import PeerError
from tipdesk.base.ids import ChannelId, PaymentHash
from tipdesk.base.units import BlockHeight, Msat, Sat
from tipdesk.lightning.channel import command
from tipdesk.lightning.channel.errors import ChannelError
from tipdesk.lightning.channel.state import Normal, inner
from tipdesk.lightning.wire.message import Message, decode, encode
from tipdesk.lightning.wire.setup import Ping, Pong
from tipdesk.node.onion_messages import PEER_RATE
from tipdesk.tips.payment import Succeeded

NONCE = 7
"""Bytes of answer by which the fuzzer knows the answer to its own `ping`."""
MOST_GROWTH = 200 << 20
GONE = (Hung, ConnectionError, PeerError)


class Errors(logging.Handler):
    """Keeps what is logged as an error: a part of a turn that failed, a task that crashed."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps one record, with its traceback."""
        self.lines.append(logging.Formatter().format(record))


class Fuzzer:
    """Talks to a node as no peer should."""

    def __init__(self, made: World, node: Member, payer: Member, random: Random) -> None:
        self.world = made
        self.node = node
        self.payer = payer
        self.random = random
        self.stranger = Stranger(made, node)
        self.errors = Errors()
        self.messages = 0
        self.failed_channels = 0
        self._examples = wire_examples(400)

    async def begin(self) -> None:
        """The channel is open; from now on nothing may go wrong."""
        self.offer = self.node.node.money.offers.create("", None).text
        await self.stranger.open()
        self.balance = self._balance()
        self.resident = resident_bytes()
        logging.getLogger().addHandler(self.errors)

    def _balance(self) -> Msat:
        commitments = self.stranger.channel.commitments
        assert commitments is not None
        return commitments.local_balance

    async def round(self) -> None:
        """One connection and what is said on it, then a look at the node."""
        ways = [self._noise, self._sentences, self._sentences, self._htlc, self._onion_messages]
        way = self.random.choice(ways)
        said: list[bytes] = []
        try:
            await way(said)
        except TimeoutError as error:
            raise Found(f"the node went silent after {said!r}") from error
        except GONE:
            pass
        await self._check(said)

    async def _noise(self, said: list[bytes]) -> None:
        """Bytes that nobody encrypted, in place of the handshake or after it."""
        early = self.random.random() < 0.3
        async with connected(self.node, handshake=not early, key=self.stranger.key) as peer:
            said.append(self.random.randbytes(self.random.choice([18, 50, 66, 5_000])))
            peer.send_raw(said[-1])
            if not early:
                await peer.said_until_closed()

    async def _sentences(self, said: list[bytes]) -> None:
        """Messages, whole or damaged, about our channel or none."""
        settled = self.random.random() < 0.7
        async with self.stranger.connected(reestablish=settled) as peer:
            for _ in range(self.random.choice([1, 3, 30])):
                said.append(self._message())
                peer.send_plain(said[-1])
                self.messages += 1
            await self._answered(peer)

    async def _onion_messages(self, said: list[bytes]) -> None:
        """As many as a peer may have us read at once, each with layers that can be opened."""
        speaker = Speaker(self.random, self.node.node.node_id, self.payer.node.node_id, self.offer)
        async with self.stranger.connected() as peer:
            for _ in range(2 * PEER_RATE):
                said.append(encode(speaker.message()))
                peer.send_plain(said[-1])
                self.messages += 1
            await self._answered(peer)

    async def _answered(self, peer: ScriptedPeer) -> None:
        peer.send(Ping(num_pong_bytes=NONCE))
        while await peer.receive() != Pong(ignored=bytes(NONCE)):
            pass

    def _message(self) -> bytes:
        example = self.random.choice(self._examples)
        if self.random.random() < 0.4:
            return damaged(self.random, example)[:65_535]
        message = decode(example)
        if message is None:
            return example
        return encode(self._about_our_channel(message))

    def _about_our_channel(self, message: Message) -> Message:
        changes: dict[str, object] = {}
        if self.random.random() < 0.7:
            ours = [self.stranger.channel_id] * 20 + [ChannelId(bytes(32))]
            if hasattr(message, "channel_id"):
                changes["channel_id"] = self.random.choice(ours)
            if hasattr(message, "id"):
                changes["id"] = self.random.choice([0, 1, 2])
            if hasattr(message, "amount_msat"):
                changes["amount_msat"] = Msat(self.random.choice([0, 1, 5_000_000]))
            if hasattr(message, "cltv_expiry"):
                changes["cltv_expiry"] = BlockHeight(self.random.choice([0, 200, 499_999_999]))
        return replace(message, **changes)  # type: ignore[arg-type]

    async def _htlc(self, said: list[bytes]) -> None:
        """An HTLC by all rules, with an onion that obeys none: it comes back."""
        onion = bytearray(self.random.randbytes(1366))
        onion[:34] = b"\x00" + bytes(self.random.choice([self.node.node.node_id, onion[1:34]]))
        async with self.stranger.connected() as peer:
            if not isinstance(self.stranger.side.state, Normal):
                return
            self.stranger.side.do(
                command.AddHtlc(
                    amount=Msat(self.random.choice([1, 400_000, 5_000_000])),
                    payment_hash=self.random.choice([self._known_hash(), PaymentHash(bytes(32))]),
                    cltv_expiry=BlockHeight(self.random.choice([1, 300, 499_999_999])),
                    onion=bytes(onion),
                )
            )
            said.append(bytes(onion))
            with suppress(ChannelError):
                await self._until_quiet(peer)

    def _known_hash(self) -> PaymentHash:
        return self.node.invoice().payment_hash

    async def _until_quiet(self, peer: ScriptedPeer) -> None:
        side = self.stranger.side
        side.sign()
        self.stranger.say_all(peer)
        while not side.commitments.is_quiet:
            message = await self.stranger.answer(peer)
            side.do(command.MessageReceived(message))
            if isinstance(side.state, Normal):
                side.sign()
            self.stranger.say_all(peer)
        await self._answered(peer)

    async def _check(self, said: list[bytes]) -> None:
        if self.node.died.is_set():
            raise Found(f"the node died of {said!r}")
        if self.errors.lines:
            raise Found(f"{self.errors.lines[0]}\nafter {[data.hex() for data in said]!r}")
        channel = self.stranger.channel
        live = channel.live
        assert live is not None
        if not isinstance(inner(live), Normal):
            if not getattr(inner(live), "reason", "") and type(inner(live)).__name__ == "Failed":
                raise Found(f"the channel failed without a reason after {said!r}")
            self.failed_channels += 1
            await self.stranger.open()
            self.balance = self._balance()
        elif self._balance() != self.balance:
            raise Found(f"the balance moved from {self.balance} after {said!r}")

    async def end(self) -> None:
        """The node is as well as before: another peer's payment arrives, memory has not grown."""
        logging.getLogger().removeHandler(self.errors)
        grown = resident_bytes() - self.resident
        if grown > MOST_GROWTH:
            raise Found(f"{grown:,} bytes more after {self.messages:,} messages")
        self.world.regtest.mine(1)
        await eventually(lambda: self.payer.channel.is_usable, "the other peer's channel broke")
        (*_, last) = await self.payer.pay(self.node.invoice())
        if not isinstance(last, Succeeded):
            raise Found(f"another peer's payment ended as {last!r}")
        # What came through the other peer has used up its share for a moment: it asks again.
        self.payer.node.money.asker._seconds = lambda: 0.5
        asked = await EmbeddedOffers(self.payer.node).ask_invoice(self.offer, Msat(21_000), "")
        if asked.amount != Msat(21_000):
            raise Found(f"another peer was given {asked!r}")


def resident_bytes() -> int:
    """The memory of this process, 0 where nobody says."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096
    except OSError:
        return 0


@asynccontextmanager
async def fuzzer(folder: Path, random: Random) -> AsyncIterator[Fuzzer]:
    """A node with two channels: one to its fuzzer, one to somebody who pays."""
    async with world(folder) as made:
        payer = await made.member("payer", listens=False)
        node = await made.member("node")
        await made.give(payer)
        await made.open(payer, node, Sat(1_000_000), announce=False)
        await made.confirm()
        found = Fuzzer(made, node, payer, random)
        await found.begin()
        try:
            yield found
        finally:
            logging.getLogger().removeHandler(found.errors)


async def run(folder: Path, random: Random, *, rounds: int | None, seconds: float) -> Fuzzer:
    """Rounds until there were enough, or the time is over."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + seconds
    async with fuzzer(folder, random) as found:
        done = 0
        while loop.time() < ends and (rounds is None or done < rounds):
            await found.round()
            done += 1
        await found.end()
    return found
