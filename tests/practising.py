"""The practice network as processes, and a fan among them who can be killed like all others."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tipdesk.adapters.control.client import NotRunning
from tipdesk.app.config import Settings, save_settings
from tipdesk.bitcoin.network import Network
from tipdesk.demo.practice_child import PracticeChild
from tipdesk.practice.cast import CAST, TO_CREATORS, TRIANGLE
from tipdesk.practice.process import MemberProcess

ROOT = Path(__file__).parents[1]
AMOUNT = 5_000_000
"""Above the dust limit: it makes an output on every commitment on its way."""
FEE_LIMIT = 50_000
FEES = 3_000
"""Two routers at 1,000 msat and 100 ppm each, on 5,000 sat."""


async def demo(folder: Path, *, tips: int, amount_sat: int) -> tuple[int, list[dict[str, Any]]]:
    """`tipdesk demo --headless --json` as a process: its exit code and what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tipdesk", "demo", "--headless", "--json", "--dir", str(folder)),
        *("--tips", str(tips), "--amount-sat", str(amount_sat)),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    out, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, [json.loads(line) for line in out.splitlines()]


class Scene:
    """Who is there, and what can be asked of them by name; "fan" is one of the names."""

    def __init__(self, folder: Path) -> None:
        self.practice = PracticeChild(folder / "practice")
        self.fan = MemberProcess("fan", folder / "fan")
        self.names = ["fan", *(member.name for member in CAST)]

    async def call(self, name: str, method: str, **params: object) -> Any:
        if name == "fan":
            return await self.fan.call(method, **params)
        return await self.practice.call_member(name, method, **params)

    async def kill(self, name: str) -> None:
        if name == "fan":
            await self.fan.kill()
        else:
            await self.practice.call("kill", name=name)

    async def start(self, name: str) -> None:
        if name == "fan":
            await self.fan.start()
            await self.fan.wait_ready()
        else:
            await self.practice.call("start", name=name)

    async def invoice(self, creator: str = "musician", amount_msat: int = AMOUNT) -> dict[str, str]:
        answer: dict[str, str] = await self.call(
            creator, "create_invoice", amount_msat=amount_msat, description="thanks"
        )
        return answer

    async def pay(self, invoice: dict[str, str]) -> dict[str, Any]:
        """How the payment ended, or "unknown" when the fan died in the middle of it."""
        try:
            answer: dict[str, Any] = await self.call(
                "fan", "pay", invoice=invoice["invoice"], max_fee_msat=FEE_LIMIT
            )
        except NotRunning:
            return {"state": "unknown"}
        return answer

    async def ended(self, invoice: dict[str, str]) -> str:
        """How the payment ended, however long that takes; "none" if it was never begun."""
        state = ""

        async def final() -> bool:
            nonlocal state
            answer = await self.call("fan", "payment", payment_hash=invoice["payment_hash"])
            state = answer["state"]
            return state not in ("in flight", "unknown")

        await until(final, "the payment did not end")
        return state

    async def balances(self) -> dict[str, int]:
        """What each node's database calls its own in channels, once nothing is under way."""
        stored: dict[str, int] = {}

        async def quiet() -> bool:
            answers = await asyncio.gather(
                *(self.call(name, "stored_balance") for name in self.names)
            )
            for name, answer in zip(self.names, answers, strict=True):
                stored[name] = answer["local_balance_msat"]
            return all(answer["htlcs"] == 0 for answer in answers)

        await until(quiet, "HTLCs are left")
        return stored

    async def usable(self) -> None:
        """Returns once every channel of everybody works and the fan knows the whole network."""

        async def all_online() -> bool:
            for name in self.names:
                channels = await self.call(name, "channels")
                if not channels or any(one["status"] != "online" for one in channels):
                    return False
            info = await self.call("fan", "info")
            return bool(info["known_channels"] >= len(TRIANGLE + TO_CREATORS))

        await until(all_online, "not every channel works")

    async def begin(self) -> None:
        await self.practice.start()
        described = self.practice.description
        place = described["electrum"]
        fan = Settings(
            network=Network.REGTEST, alias="Fan", electrum=f"{place['host']}:{place['port']}"
        )
        await asyncio.to_thread(save_settings, self.fan.folder, fan)
        await self.start("fan")
        if not await self.call("fan", "channels"):
            await self._open(str(described["nodes"]["router-1"]))
        await self.usable()

    async def _open(self, router: str) -> None:
        address = (await self.call("fan", "new_address"))["address"]
        await self.practice.call("fund", address=address, amount_sat=12_000_000)
        await self.practice.call("mine", count=1)

        async def funded() -> bool:
            balance = await self.call("fan", "balance")
            return bool(balance["onchain_confirmed_sat"] >= 12_000_000)

        await until(funded, "the fan has no coins")
        await self.call("fan", "open_channel", peer=router, amount_sat=10_000_000, announce=False)
        await self.practice.call("mine", count=6)


async def until(done: Callable[[], Awaitable[bool]], what: str, seconds: float = 40.0) -> None:
    """Waits for what nobody announces."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not await done():
        assert asyncio.get_running_loop().time() < deadline, what
        await asyncio.sleep(0.02)


@asynccontextmanager
async def scene(folder: Path) -> AsyncIterator[Scene]:
    """Everybody is there and every channel works."""
    made = Scene(folder)
    try:
        await made.begin()
        yield made
    finally:
        await made.fan.stop()
        await made.practice.stop()
