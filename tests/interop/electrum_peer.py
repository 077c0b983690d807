"""Electrum as a child process: Debian's package, with a home of its own, asked over JSON-RPC."""

import asyncio
import json
import os
import socket
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

PASSWORD = "practice"
"""It guards a port of this machine that lives as long as a test."""
START_SECONDS = 30.0
ANSWER_SECONDS = 30.0


class ElectrumRefused(Exception):
    """Electrum did not do what it was asked; its own words why."""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class ElectrumPeer:
    """One Electrum daemon with one wallet; its folder outlives its process."""

    def __init__(self, folder: Path, server_port: int) -> None:
        self._home = folder
        self._data = folder / "data" / "regtest"
        self._data.mkdir(parents=True)
        self._rpc_port = _free_port()
        self.port = _free_port()
        self._wallet = str(self._data / "wallet")
        # Without the version it would speak TLS to our server, without the next two to others.
        settings = {
            "config_version": 3,
            "server": f"127.0.0.1:{server_port}:t",
            "oneserver": True,
            "auto_connect": False,
            "check_updates": False,
            "use_gossip": True,
            "test_force_disable_mpp": True,
            "dynamic_fees": False,
            "fee_per_kb": 4_000,
            "lightning_listen": f"127.0.0.1:{self.port}",
            "rpchost": "127.0.0.1",
            "rpcport": self._rpc_port,
            "rpcuser": "user",
            "rpcpassword": PASSWORD,
        }
        (self._data / "config").write_text(json.dumps(settings), encoding="utf-8")

    async def _spawn(self, *arguments: str) -> asyncio.subprocess.Process:
        environment = {"PATH": os.environ["PATH"], "HOME": str(self._home), "LC_ALL": "C.UTF-8"}
        log = await asyncio.to_thread((self._home / "log.txt").open, "ab")
        with log:
            return await asyncio.create_subprocess_exec(
                # Electrum outlives whoever started it; the kernel is asked to see to that.
                *("setpriv", "--pdeathsig", "KILL"),
                *("electrum", "--regtest", "-D", str(self._home / "data"), *arguments),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
            )

    async def make_wallet(self) -> None:
        """Once in the life of the folder."""
        making = await self._spawn("create", "--offline", "-w", self._wallet)
        assert await making.wait() == 0, "Electrum made no wallet"

    async def start(self) -> None:
        """A new process on the same folder."""
        credentials = b64encode(f"user:{PASSWORD}".encode()).decode()
        self._session = aiohttp.ClientSession(headers={"Authorization": f"Basic {credentials}"})
        self._process = await self._spawn("daemon", "-v")

    async def open_wallet(self) -> None:
        """Waits for the process and opens its wallet in it."""
        await self._until_it_answers()
        await self.call("load_wallet", wallet_path=self._wallet)
        self.node_id = str(await self.wallet("nodeid")).partition("@")[0]

    async def _until_it_answers(self) -> None:
        deadline = asyncio.get_running_loop().time() + START_SECONDS
        while True:
            try:
                await self.call("getinfo")
            except (aiohttp.ClientError, ElectrumRefused):
                assert asyncio.get_running_loop().time() < deadline, "Electrum does not answer"
                assert self._process.returncode is None, "Electrum ended"
                await asyncio.sleep(0.05)
            else:
                return

    async def stop(self) -> None:
        """Killed: what it did not store is lost."""
        await self._session.close()
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def restart(self) -> None:
        """The next process on the same folder."""
        await self.stop()
        await self.start()
        await self.open_wallet()

    async def call(self, method: str, **params: object) -> Any:
        """Asks the daemon; `ElectrumRefused` if it cannot."""
        question = {"id": 1, "method": method, "params": params}
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        url = f"http://127.0.0.1:{self._rpc_port}"
        async with self._session.post(url, json=question, timeout=timeout) as response:
            if response.status != 200:
                raise ElectrumRefused(f"{method}: {response.status}")
            answer = json.loads(await response.read())
        if answer.get("error") is not None:
            raise ElectrumRefused(f"{method}: {answer['error']}")
        return answer["result"]

    async def wallet(self, method: str, **params: object) -> Any:
        """Asks for something that a wallet does."""
        return await self.call(method, wallet=self._wallet, **params)


@asynccontextmanager
async def electrum(folder: Path, server_port: int) -> AsyncIterator[ElectrumPeer]:
    """An Electrum that is gone at the end."""
    made = ElectrumPeer(folder, server_port)
    await made.make_wallet()
    await made.start()
    try:
        await made.open_wallet()
        yield made
    finally:
        await made.stop()
