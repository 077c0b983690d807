"""The practice network: chain, Electrum server and relay in one process, the cast in children."""

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tipdesk.adapters.control.server import ControlServer
from tipdesk.app.config import Settings, save_settings
from tipdesk.app.system import SystemClock, SystemEntropy
from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.units import Sat
from tipdesk.bitcoin.network import Network
from tipdesk.ports.http import PortInUse
from tipdesk.practice.cast import (
    CAST,
    CREATORS,
    DRAFTS,
    PICTURE,
    POST_EVERY_SECONDS,
    POSTED_AT_START,
    ROUTERS,
    TO_CREATORS,
    TRIANGLE,
    Draft,
    Member,
)
from tipdesk.practice.electrum_server import ElectrumServer
from tipdesk.practice.media import PracticeMedia
from tipdesk.practice.pictures import landscape, portrait
from tipdesk.practice.ports import PortTaken, load_ports, save_ports
from tipdesk.practice.process import MemberProcess
from tipdesk.practice.rates import PracticeRates, RateFault, rate_sources
from tipdesk.practice.regtest import Regtest
from tipdesk.practice.relay import PracticeRelay

BLOCK_SECONDS: Final = 30.0
CURRENCY: Final = "USD"
"""What the creators count in; its price is the practice market's own."""
FUNDS: Final = Sat(20_000_000)
FUNDED_TIMES: Final = 5
"""Each router gets its money in pieces, so that one channel need not wait for another's change."""
SETTLE_SECONDS: Final = 60.0

_log = logging.getLogger(__name__)


class PracticeNotReady(BackendError):
    """The network did not come to rest in time; the text says what was missing."""


class PracticeNetwork:
    """Starts everything, sets it up at the first run, keeps blocks and posts coming."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._ports_path = folder / "practice.json"
        self._ports, self._claim, self._set_up = load_ports(self._ports_path)
        self._regtest: Regtest | None = None
        self._electrum: ElectrumServer | None = None
        self._relay = PracticeRelay(folder / "relay")
        self._relay_url = ""
        self._rates = PracticeRates(SystemClock())
        self._media = PracticeMedia(folder / "media", SystemClock())
        self.members = {m.name: MemberProcess(m.name, folder / m.name) for m in CAST}
        self._infos: dict[str, dict[str, Any]] = {}
        self._control = ControlServer(folder, self._methods(), SystemEntropy())
        self._stop = asyncio.Event()

    # -- life -----------------------------------------------------------------------------------

    async def run(self, ready: asyncio.Event | None = None) -> None:
        """Runs until told to stop; `ready` is set when a stranger could join."""
        try:
            await self._start()
            if ready is not None:
                ready.set()
            async with asyncio.TaskGroup() as tasks:
                blocks = tasks.create_task(self._find_blocks())
                posts = tasks.create_task(self._post_on())
                await self._stop.wait()
                blocks.cancel()
                posts.cancel()
        finally:
            await self._end()

    def stop(self) -> None:
        """Ends `run`."""
        self._stop.set()

    async def _start(self) -> None:
        self._regtest = await asyncio.to_thread(Regtest, self._folder / "chain", SystemClock())
        self._electrum = ElectrumServer(self._regtest)
        try:
            await self._electrum.start(port=self._ports.electrum)
        except OSError:
            raise PortTaken(self._ports.electrum, "Electrum server") from None
        self._relay_url = await self._relay.start(self._ports.relay)
        try:
            await self._rates.start(self._ports.rates)
        except PortInUse:
            raise PortTaken(self._ports.rates, "market") from None
        try:
            await self._media.start(self._ports.media)
        except PortInUse:
            raise PortTaken(self._ports.media, "media server") from None
        save_ports(self._ports_path, self._ports, set_up=self._set_up)
        await self._control.start()
        for member in CAST:
            await asyncio.to_thread(self._prepare, member)
        members = self.members.values()
        await asyncio.gather(*(member.start() for member in members))
        infos = await asyncio.gather(*(member.wait_ready() for member in members))
        self._infos = dict(zip(self.members, infos, strict=True))
        if not self._set_up:
            await self._set_up_channels()
            await self._first_posts()
            self._set_up = True
            save_ports(self._ports_path, self._ports, set_up=True)
        await self._wait_until_usable()

    def _prepare(self, member: Member) -> None:
        """The member's folder, settings and pictures."""
        folder = self.members[member.name].folder
        (folder / "images").mkdir(parents=True, exist_ok=True)
        node_port, web_port = self._ports.members[member.name]
        picture = ""
        if member.is_creator:
            path = folder / "images" / "portrait.png"
            if not path.exists():
                path.write_bytes(portrait(member.title))
            picture = f"http://127.0.0.1:{web_port}/images/portrait.png"
        save_settings(
            folder,
            Settings(
                network=Network.REGTEST,
                alias=member.alias,
                electrum=f"127.0.0.1:{self._ports.electrum}",
                relays=(self._relay_url,) if member.is_creator else (),
                listen_port=node_port,
                forwards=not member.is_creator,
                accepts_static_remotekey=not member.is_creator,
                fiat_currency=CURRENCY if member.is_creator else "",
                rate_sources=rate_sources(self._ports.rates),
                media_server=self._media_server,
                receive_user=member.user,
                receive_port=web_port if member.is_creator else 0,
                profile_name=member.title,
                profile_about=member.about,
                profile_picture=picture,
            ),
        )

    async def _end(self) -> None:
        await self._control.stop()
        await asyncio.gather(*(member.stop() for member in self.members.values()))
        await self._rates.stop()
        await self._media.stop()
        if self._relay_url:
            await self._relay.stop()
        if self._electrum is not None:
            await self._electrum.stop()
        if self._regtest is not None:
            self._regtest.close()
        if self._claim is not None:
            self._claim.close()

    @property
    def _media_server(self) -> str:
        return f"http://127.0.0.1:{self._ports.media}"

    @property
    def _chain(self) -> Regtest:
        if self._regtest is None:
            raise PracticeNotReady("the chain is not started")
        return self._regtest

    # -- the first run --------------------------------------------------------------------------

    async def _set_up_channels(self) -> None:
        for router in ROUTERS:
            for _ in range(FUNDED_TIMES):
                address = await self.members[router.name].call("new_address")
                self._chain.fund(address["address"], FUNDS)
        self._chain.mine(1)
        wanted = FUNDS.value * FUNDED_TIMES
        for router in ROUTERS:
            await self._wait_for_funds(router.name, wanted)
        plan = TRIANGLE + TO_CREATORS
        await asyncio.gather(*(self._open_all(router.name, plan) for router in ROUTERS))
        self._chain.mine(8)

    async def _wait_for_funds(self, name: str, wanted_sat: int) -> None:
        async def funded() -> bool:
            balance = await self.members[name].call("balance")
            return bool(balance["onchain_confirmed_sat"] >= wanted_sat)

        await _until(funded, f"{name} has no coins")

    async def _open_all(self, router: str, plan: tuple[tuple[str, str, Sat], ...]) -> None:
        for opener, peer, amount in plan:
            if opener == router:
                place = self._place(peer)
                await self.members[router].call(
                    "open_channel", peer=place, amount_sat=amount.value, announce=True
                )

    def _place(self, name: str) -> str:
        node_id = self._infos[name]["node_id"]
        return f"{node_id}@127.0.0.1:{self._ports.members[name][0]}"

    async def _wait_until_usable(self) -> None:
        """Every channel works, and every node knows every channel."""
        plan = TRIANGLE + TO_CREATORS

        async def usable() -> bool:
            for name in self._infos:
                info = await self.members[name].call("info")
                expected = sum(1 for a, b, _ in plan if name in (a, b))
                if info["usable_channels"] < expected or info["known_channels"] < len(plan):
                    return False
            return True

        await _until(usable, "not all channels came to work")

    # -- posts ----------------------------------------------------------------------------------

    async def _first_posts(self) -> None:
        for number in range(POSTED_AT_START):
            for creator in CREATORS:
                await self._post(creator, number)

    async def _post_on(self) -> None:
        """Creators go on posting, in turn, and begin again when all is said."""
        number = 0
        while True:
            await asyncio.sleep(POST_EVERY_SECONDS / len(CREATORS))
            creator = CREATORS[number % len(CREATORS)]
            drafts = len(DRAFTS[creator.name])
            place = POSTED_AT_START + number // len(CREATORS)
            number += 1
            try:
                await self._post(creator, place % drafts)
            except (BackendError, RequestError) as error:
                _log.info("%s did not post: %s", creator.name, error)

    async def _post(self, creator: Member, number: int) -> None:
        if not self.members[creator.name].is_running:
            return
        draft = DRAFTS[creator.name][number]
        tags: list[list[str]] = []
        if draft.title:
            tags.append(["title", draft.title])
        if draft.kind == PICTURE:
            tags.append(await asyncio.to_thread(self._draw, creator, draft))
        await self.members[creator.name].call(
            "post", kind=draft.kind, content=draft.text, tags=tags, identifier=draft.title
        )

    def _draw(self, creator: Member, draft: Draft) -> list[str]:
        """Draws a picture where the creator's web server finds it; its `imeta` tag (NIP-92)."""
        name = "".join(c if c.isalnum() else "-" for c in draft.title.lower()) + ".png"
        path = self.members[creator.name].folder / "images" / name
        if not path.exists():
            path.write_bytes(landscape(draft.title))
        port = self._ports.members[creator.name][1]
        url = f"http://127.0.0.1:{port}/images/{name}"
        return ["imeta", f"url {url}", "m image/png", "dim 880x560", f"alt {draft.text}"]

    async def _find_blocks(self) -> None:
        while True:
            await asyncio.sleep(BLOCK_SECONDS)
            self._chain.mine(1)

    # -- asked from outside ---------------------------------------------------------------------

    def description(self) -> dict[str, Any]:
        """What a client that nobody here wrote needs in order to join."""
        return {
            "event": "network.ready",
            "electrum": {"host": "127.0.0.1", "port": self._ports.electrum},
            "relay": self._relay_url,
            "fiat_currency": CURRENCY,
            "rate_sources": rate_sources(self._ports.rates),
            "media_server": self._media_server,
            "nodes": {name: self._place(name) for name in self._infos},
            "creators": {
                m.name: {
                    "address": f"{m.user}@127.0.0.1:{self._ports.members[m.name][1]}",
                    "npub": self._infos[m.name]["npub"],
                    "pubkey": self._infos[m.name]["pubkey"],
                }
                for m in CREATORS
            },
            "addresses": [f"{m.user}@127.0.0.1:{self._ports.members[m.name][1]}" for m in CREATORS],
            "faucet": f"tipdesk practice --dir {self._folder} fund ADDRESS SAT",
            "folder": str(self._folder),
        }

    def _methods(self) -> dict[str, Any]:
        async def describe(_: Mapping[str, Any]) -> object:
            return self.description()

        async def mine(params: Mapping[str, Any]) -> object:
            count = int(params["count"])
            if not 1 <= count <= 1000:
                raise RequestError("Between 1 and 1000 blocks can be mined at once.")
            return {"height": self._chain.mine(count)}

        async def fund(params: Mapping[str, Any]) -> object:
            txid = self._chain.fund(str(params["address"]), Sat(int(params["amount_sat"])))
            return {"txid": str(txid)}

        async def status(_: Mapping[str, Any]) -> object:
            running = {name: member.is_running for name, member in self.members.items()}
            return {"height": self._chain.chain.height, "members": running}

        async def kill(params: Mapping[str, Any]) -> object:
            await self._member(params).kill()
            return {}

        async def halt(params: Mapping[str, Any]) -> object:
            await self._member(params).stop()
            return {}

        async def freeze(params: Mapping[str, Any]) -> object:
            self._member(params).freeze()
            return {}

        async def thaw(params: Mapping[str, Any]) -> object:
            self._member(params).thaw()
            return {}

        async def start(params: Mapping[str, Any]) -> object:
            member = self._member(params)
            await member.start()
            return await member.wait_ready()

        async def rate_fault(params: Mapping[str, Any]) -> object:
            self._rates.fault = RateFault(str(params["fault"]))
            return {}

        async def stop(_: Mapping[str, Any]) -> object:
            self.stop()
            return {}

        return {
            "describe": describe,
            "mine": mine,
            "fund": fund,
            "status": status,
            "kill": kill,
            "halt": halt,
            "freeze": freeze,
            "thaw": thaw,
            "start": start,
            "rate_fault": rate_fault,
            "stop": stop,
        }

    def _member(self, params: Mapping[str, Any]) -> MemberProcess:
        name = str(params["name"])
        if name not in self.members:
            raise RequestError(f"Nobody here is called {name!r}.")
        return self.members[name]


async def _until(done: Any, what: str) -> None:  # noqa: ANN401 - a coroutine function
    deadline = asyncio.get_running_loop().time() + SETTLE_SECONDS
    while not await done():
        if asyncio.get_running_loop().time() > deadline:
            raise PracticeNotReady(f"After {SETTLE_SECONDS:.0f} s: {what}.")
        await asyncio.sleep(0.1)
