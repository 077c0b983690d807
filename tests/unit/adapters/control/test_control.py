"""The control port: for whoever can read the token, with an answer to every mistake."""

import json
import os
import socket
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from tipdesk.adapters.control.client import CallRefused, ControlClient, NotRunning
from tipdesk.adapters.control.place import FILE_NAME
from tipdesk.adapters.control.server import ControlServer
from tipdesk.app.system import SystemEntropy
from tipdesk.base.errors import RequestError
from tipdesk.ports.http import PortInUse


async def add(params: Mapping[str, Any]) -> Any:
    return {"sum": int(params["a"]) + int(params["b"])}


async def refuse(_: Mapping[str, Any]) -> Any:
    raise RequestError("No, and no money moved.")


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[ControlServer]:
    made = ControlServer(tmp_path, {"add": add, "refuse": refuse}, SystemEntropy())
    await made.start()
    yield made
    await made.stop()


@pytest_asyncio.fixture
async def client(tmp_path: Path) -> AsyncIterator[ControlClient]:
    made = ControlClient(tmp_path)
    yield made
    await made.close()


async def test_a_method_is_called_by_name_and_answers(
    server: ControlServer, client: ControlClient
) -> None:
    assert await client.call("add", {"a": 2, "b": 3}) == {"sum": 5}


async def test_a_refusal_comes_back_as_its_sentence(
    server: ControlServer, client: ControlClient
) -> None:
    with pytest.raises(CallRefused, match="No, and no money moved"):
        await client.call("refuse")


@pytest.mark.parametrize(
    ("method", "params"), [("nothing", {}), ("add", {"a": 1}), ("add", {"a": 1, "b": "x"})]
)
async def test_wrong_methods_and_parameters_are_refused(
    server: ControlServer, client: ControlClient, method: str, params: dict[str, object]
) -> None:
    with pytest.raises(CallRefused):
        await client.call(method, params)
    assert await client.call("add", {"a": 2, "b": 3}) == {"sum": 5}


@pytest.mark.parametrize("body", [b"", b"[]", b"nonsense", b'{"params": {}}', b'{"method": 7}'])
async def test_a_body_that_is_no_call_is_refused(
    server: ControlServer, tmp_path: Path, body: bytes
) -> None:
    place = json.loads((tmp_path / FILE_NAME).read_text())
    headers = {"Authorization": f"Bearer {place['token']}"}
    url = f"http://127.0.0.1:{place['port']}/call"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=body, headers=headers) as response,
    ):
        assert response.status == 400


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer " + "0" * 64, "Bearer \u00e9"])
async def test_without_the_token_nothing_is_answered(
    server: ControlServer, tmp_path: Path, given: str
) -> None:
    place = json.loads((tmp_path / FILE_NAME).read_text())
    url = f"http://127.0.0.1:{place['port']}/call"
    body = {"method": "add", "params": {"a": 1, "b": 1}}
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, json=body, headers={"Authorization": given}) as response,
    ):
        assert response.status == 401
        assert "sum" not in await response.text()


async def test_the_token_is_the_owners_alone_and_goes_with_the_server(
    server: ControlServer, tmp_path: Path, client: ControlClient
) -> None:
    path = tmp_path / FILE_NAME
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0
    assert len(json.loads(path.read_text())["token"]) == 64
    await server.stop()
    assert not path.exists()
    with pytest.raises(NotRunning):
        await client.call("add", {"a": 1, "b": 1})


async def test_a_file_that_a_killed_process_left_leads_to_nobody(
    tmp_path: Path, client: ControlClient
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as once:
        port = once.getsockname()[1]
    (tmp_path / FILE_NAME).write_text(json.dumps({"port": port, "token": "00"}))
    with pytest.raises(NotRunning, match="No TipDesk is running"):
        await client.call("add")
    (tmp_path / FILE_NAME).write_text("{")
    with pytest.raises(NotRunning):
        await client.call("add")


async def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(PortInUse, match=str(port)):
            await ControlServer(tmp_path, {}, SystemEntropy()).start(port)
    assert not (tmp_path / FILE_NAME).exists()
