"""One node as a process of its own: `python -m tests.bench._node FOLDER ELECTRUM_PORT NAME`.

Asked by lines of JSON on standard input, answers by lines on standard output. Invoices are given
out over TCP, a line for a line, so that payers in other processes can ask for them.
"""

import asyncio
import json
import resource
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

from tests.nodes import Member
from tipdesk.base.ids import ChannelId, PaymentHash
from tipdesk.base.units import CltvDelta, Msat, Sat
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.channel.context import ChannelLimits
from tipdesk.node.config import ForwardingPolicy, NodeConfig
from tipdesk.tips.payment import PayRequest, Succeeded

SLOTS = 483
"""What LND grants, and the published load is about."""


class Worker:
    """The node and what it can be asked."""

    def __init__(self, folder: Path, electrum_port: int, name: str) -> None:
        config = NodeConfig(
            network=Network.REGTEST,
            alias=name,
            listen_port=0,
            forwards=name == "router",
            limits=ChannelLimits(max_accepted_htlcs=SLOTS),
            policy=ForwardingPolicy(cltv_expiry_delta=CltvDelta(80)),
        )
        self.member = Member(name, config, folder / name, electrum_port)
        self.invoice_port = 0

    async def start(self) -> None:
        await self.member.start()
        server = await asyncio.start_server(self._serve_invoices, "127.0.0.1", 0)
        self.invoice_port = server.sockets[0].getsockname()[1]

    async def _serve_invoices(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while line := await reader.readline():
            invoice = self.member.invoice(Msat(int(line)))
            writer.write(f"{invoice.invoice} {invoice.payment_hash}\n".encode())
        writer.close()

    async def call(self, method: str, params: dict[str, Any]) -> Any:
        return await getattr(self, method)(**params)

    async def address(self) -> str:
        return await self.member.wallet.new_address()

    async def where(self) -> dict[str, Any]:
        return {"uri": self.member.uri, "invoices": self.invoice_port}

    async def funded(self) -> int:
        await self.member.wallet.sync()
        return (await self.member.wallet.balance()).confirmed.value

    async def open(self, uri: str, amount: int, push: int) -> str:
        opened: ChannelId = await self.member.node.open_channel(
            uri, Sat(amount), announce=True, push=Msat(push)
        )
        return str(opened)

    async def usable(self, edges: int) -> bool:
        graph = self.member.node.gossip.graph
        return (
            bool(self.member.channels)
            and all(channel.is_usable for channel in self.member.channels)
            and graph.policy_count >= edges
        )

    async def cpu(self) -> float:
        used = resource.getrusage(resource.RUSAGE_SELF)
        return used.ru_utime + used.ru_stime

    async def pay_many(
        self, port: int, payers: int, payments: int, amount: int
    ) -> dict[str, list[float] | float]:
        """`payers` at once, each asking for an invoice and paying it, `payments` in all."""
        left = iter(range(payments))
        took: list[float] = []

        async def payer() -> None:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for _ in left:
                began = perf_counter()
                writer.write(b"%d\n" % amount)
                text, payment_hash = (await reader.readline()).decode().split()
                await self._pay(text, PaymentHash.from_hex(payment_hash), amount)
                took.append((perf_counter() - began) * 1000)
            writer.close()

        began = perf_counter()
        await asyncio.gather(*(payer() for _ in range(payers)))
        return {"seconds": perf_counter() - began, "ms": took}

    async def _pay(self, text: str, payment_hash: PaymentHash, amount: int) -> None:
        request = PayRequest(
            invoice=text,
            payment_hash=payment_hash,
            amount=Msat(amount),
            max_fee=Msat(50_000),
        )
        updates = [update async for update in self.member.node.payments.pay(request)]
        if not any(isinstance(update, Succeeded) for update in updates):
            raise RuntimeError(f"a payment did not succeed: {updates[-1]}")


def _answer(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


async def main(folder: Path, electrum_port: int, name: str) -> None:
    worker = Worker(folder, electrum_port, name)
    await worker.start()
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=1 << 24)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    _answer("ready")
    while line := await reader.readline():
        asked = json.loads(line)
        answer = await worker.call(asked["method"], asked["params"])
        _answer(answer)
    await worker.member.stop()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
