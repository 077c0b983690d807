"""A node built on LDK, as a child process: what `ldk/peer.mjs` can do, in Python's words.

Its chain is the test's: it is sent every block, what it broadcasts goes to the mempool, and the
faucet makes its funding transactions.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.interop.strangers import LDK
from tests.nodes import Member
from tests.waiting import eventually
from tipdesk.app.system import SystemClock, SystemEntropy
from tipdesk.base.ids import NodeId, PaymentHash, Preimage
from tipdesk.base.units import Msat, Sat
from tipdesk.bitcoin.script import electrum_script_hash, p2wpkh
from tipdesk.bitcoin.tx import Transaction
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.practice.policy import TransactionRefused
from tipdesk.practice.regtest import Happened, Regtest
from tipdesk.tips.payment import CreatedInvoice

LONGEST_LINE = 1 << 24
ANSWER_SECONDS = 20.0


class LdkRefused(Exception):
    """LDK did not do what it was asked; its own word why."""


@dataclass(frozen=True)
class LdkBalance:
    """What LDK holds in one channel."""

    ours_msat: int
    theirs_msat: int
    htlcs: int


class LdkPeer:
    """One LDK node; its folder outlives its process."""

    def __init__(self, folder: Path, regtest: Regtest, name: str = "ldk") -> None:
        folder.mkdir(exist_ok=True)
        self._folder = folder
        self._regtest = regtest
        self._seed = sha256(name.encode())
        self.sweep_script = p2wpkh(PrivateKey(sha256(self._seed)).point)
        self._port = 0
        self._count = 0

    async def start(self) -> None:
        """A new process, which knows what the last one stored."""
        self.events: list[dict[str, Any]] = []
        self.refused: list[TransactionRefused] = []
        self._answers: dict[int, asyncio.Future[Any]] = {}
        log = await asyncio.to_thread((self._folder / "log.txt").open, "ab")
        with log:
            self._process = await asyncio.create_subprocess_exec(
                *("node", str(LDK / "peer.mjs"), str(self._folder), self._seed.hex()),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                limit=LONGEST_LINE,
            )
        self._reading = asyncio.create_task(self._read())
        chain = self._regtest.chain
        about = await self.call(
            "begin",
            height=chain.height,
            hash=chain.tip.hash.hex(),
            sweep_script=self.sweep_script.hex(),
        )
        self.node_id = NodeId(bytes.fromhex(about["node_id"]))
        self._fed = int(about["height"])
        self._deaf = self._regtest.listen(self._changed)
        self._feed()
        self._port = int(await self.call("listen", port=self._port))

    async def stop(self) -> None:
        """Killed: what it did not store is lost."""
        self._deaf()
        self._deaf = _nothing
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        await self._reading

    async def restart(self) -> None:
        """The next process on the same folder."""
        await self.stop()
        await self.start()

    # -- its wire -------------------------------------------------------------------------------

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            if not line.startswith(b"{"):
                continue
            said = json.loads(line)
            if "event" in said:
                self.events.append(said)
                self._react(said)
            elif not (answer := self._answers.pop(said["id"])).done():
                answer.set_result(said)

    def _react(self, said: dict[str, Any]) -> None:
        match said["event"]:
            case "fund":
                script = bytes.fromhex(said["script_pubkey"])
                transaction = self._regtest.faucet.pay(script, Sat(said["amount_sat"]))
                self._send(
                    "fund",
                    temporary_id=said["temporary_id"],
                    node_id=said["peer"],
                    transaction=transaction.serialize().hex(),
                )
            case "broadcast":
                for raw in said["transactions"]:
                    self._publish(Transaction.parse(bytes.fromhex(raw)))

    def _publish(self, transaction: Transaction) -> None:
        try:
            self._regtest.submit(transaction)
        except TransactionRefused as refused:
            self.refused.append(refused)

    def _send(self, method: str, **params: object) -> asyncio.Future[Any]:
        assert self._process.stdin is not None
        self._count += 1
        answer = asyncio.get_running_loop().create_future()
        self._answers[self._count] = answer
        line = json.dumps({"id": self._count, "method": method, "params": params})
        self._process.stdin.write(line.encode() + b"\n")
        return answer

    async def call(self, method: str, **params: object) -> Any:
        """Asks the process; `LdkRefused` if it cannot."""
        async with asyncio.timeout(ANSWER_SECONDS):
            said = await self._send(method, **params)
        if "error" in said:
            raise LdkRefused(f"{method}: {said['error']}")
        return said["result"]

    def _changed(self, happened: Happened) -> None:
        if happened.new_tip:
            self._feed()

    def _feed(self) -> None:
        chain = self._regtest.chain
        while self._fed < chain.height:
            self._fed += 1
            block = chain.block_at(self._fed).serialize().hex()
            self._send("block", height=self._fed, block=block)

    # -- asked ----------------------------------------------------------------------------------

    @property
    def uri(self) -> str:
        return f"{self.node_id}@127.0.0.1:{self._port}"

    def heard(self, event: str, **fields: object) -> list[dict[str, Any]]:
        """What it told of this kind."""
        return [
            one
            for one in self.events
            if one["event"] == event and all(one.get(k) == v for k, v in fields.items())
        ]

    async def hears(self, event: str, **fields: object) -> dict[str, Any]:
        """The first of this kind, once there is one."""
        await eventually(
            lambda: bool(self.heard(event, **fields)),
            f"LDK told no {event} {fields}, but {self.events}",
        )
        return self.heard(event, **fields)[0]

    # -- told to --------------------------------------------------------------------------------

    async def connect(self, member: Member) -> None:
        """Dials one of our nodes."""
        await self.call("connect", node_id=member.node.node_id.hex(), port=member.port)
        await eventually(
            lambda: member.node.connections.peer(self.node_id) is not None, "LDK did not come"
        )

    async def disconnect(self, member: Member) -> None:
        """Hangs up."""
        await self.call("disconnect", node_id=member.node.node_id.hex())

    async def open(
        self, member: Member, capacity: Sat, *, push: Msat, announce: bool = False
    ) -> None:
        """Opens a channel to a node that it is connected to; its funding waits for a block."""
        waiting = set(self._regtest.mempool.entries)
        await self.call(
            "open",
            node_id=member.node.node_id.hex(),
            amount_sat=capacity.value,
            push_msat=push.value,
            announce=announce,
        )
        await eventually(
            lambda: set(self._regtest.mempool.entries) > waiting, "LDK published no funding"
        )

    async def invoice(self, amount: Msat) -> CreatedInvoice:
        """An invoice of LDK's."""
        made = await self.call("invoice", amount_msat=amount.value, description="thanks")
        return CreatedInvoice(
            invoice=made["invoice"],
            payment_hash=PaymentHash.from_hex(made["payment_hash"]),
            expires_at=SystemClock().now().plus_ms(3_600_000),
        )

    async def pay(self, invoice: CreatedInvoice) -> None:
        """Begins to pay; events tell how it ends."""
        told = await self.call("pay", invoice=invoice.invoice)
        assert told["payment_hash"] == invoice.payment_hash.hex()

    async def offer(self, amount: Msat | None = None) -> str:
        """An offer of LDK's; `LdkRefused` if it finds no way that would lead to it."""
        asked = None if amount is None else amount.value
        text: str = await self.call("offer", amount_msat=asked, description="thanks")
        return text

    async def pay_offer(self, offer: str, amount: Msat, note: str = "") -> str:
        """Asks for an invoice and pays it; by the id that is returned events tell how it ends."""
        payment_id = SystemEntropy().random_bytes(32).hex()
        await self.call(
            "pay_offer", offer=offer, amount_msat=amount.value, note=note, payment_id=payment_id
        )
        return payment_id

    async def announce(self, alias: str) -> None:
        """Tells its peers what it is: which needs a public channel."""
        await self.call("announce", alias=alias)

    async def hold(self) -> None:
        """From now on payments to it wait for `claim` or `fail`."""
        await self.call("hold", holds=True)

    async def claimable(self, invoice: CreatedInvoice) -> Preimage:
        """Waits for all parts of a payment; what would settle it."""
        told = await self.hears("claimable", payment_hash=invoice.payment_hash.hex())
        return Preimage.from_hex(told["preimage"])

    async def claim(self, preimage: Preimage) -> None:
        """Takes a payment."""
        await self.call("claim", preimage=preimage.hex())

    async def fail(self, invoice: CreatedInvoice) -> None:
        """Refuses a payment."""
        await self.call("fail", payment_hash=invoice.payment_hash.hex())

    async def close(self, member: Member, *, force: bool) -> None:
        """Closes its channel with a member."""
        channel_id = member.channel.channel_id.hex()
        await self.call("close", channel_id=channel_id, force=force)

    # -- seen -----------------------------------------------------------------------------------

    async def channels(self) -> list[dict[str, Any]]:
        channels: list[dict[str, Any]] = await self.call("channels")
        return channels

    async def balances(self) -> dict[str, LdkBalance]:
        """By channel. LDK tells what it can send above its reserve: not for less than that."""
        return {
            one["channel_id"]: LdkBalance(
                ours_msat=(ours := one["outbound_msat"] + one["reserve_sat"] * 1_000),
                theirs_msat=one["capacity_sat"] * 1_000 - ours,
                htlcs=one["htlcs"],
            )
            for one in await self.channels()
        }

    def onchain(self) -> int:
        """What its sweeps have brought in, confirmed, in satoshis."""
        history = self._regtest.index.history(electrum_script_hash(self.sweep_script))
        return sum(
            out.amount.value
            for located in history
            for out in located.transaction.outputs
            if out.script_pubkey == self.sweep_script
        )

    async def until(self, done: Callable[[list[dict[str, Any]]], bool], what: str) -> None:
        """Waits for its channels to be so."""
        deadline = asyncio.get_running_loop().time() + 10.0
        while not done(channels := await self.channels()):
            assert asyncio.get_running_loop().time() < deadline, f"{what}: {channels}"
            await asyncio.sleep(0.01)

    async def usable(self, count: int = 1) -> None:
        """All its channels work."""
        await self.until(
            lambda channels: len(channels) == count and all(one["usable"] for one in channels),
            f"LDK has not all its channels: {self.events}",
        )

    async def quiet(self) -> None:
        """It has no HTLC under way."""
        await self.until(
            lambda channels: not any(one["htlcs"] for one in channels), "LDK has HTLCs"
        )

    async def agrees(self, member: Member) -> tuple[int, int]:
        """What is the member's and what is LDK's, in msat: once all is quiet, both say the same."""
        await eventually(lambda: not member.htlcs, "HTLCs are left on our side")
        await self.quiet()
        balance = (await self.balances())[member.channel.channel_id.hex()]
        ours = member.stored_balance()
        assert ours == balance.theirs_msat
        assert ours + balance.ours_msat == member.channel.terms.capacity.to_msat().value
        return ours, balance.ours_msat


def _nothing() -> None:
    """Said to a chain that is not listened to any more."""


@asynccontextmanager
async def ldk(folder: Path, regtest: Regtest, name: str = "ldk") -> AsyncIterator[LdkPeer]:
    """An LDK node that is gone at the end."""
    made = LdkPeer(folder / name, regtest, name)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()
