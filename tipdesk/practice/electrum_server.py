"""An Electrum-protocol server (1.4, newline JSON over TCP) for the practice chain.

Lines, batches, subscriptions, connections and what waits to be sent are bounded; a client that
goes beyond is disconnected, and everything else it does wrong is answered with a JSON-RPC error.
"""

import asyncio
import inspect
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from tipdesk.practice.electrum_methods import (
    BAD_REQUEST,
    PROTOCOL,
    SOFTWARE,
    ElectrumMethods,
    Method,
    RpcError,
    check_script_hash,
    invalid_parameters,
)
from tipdesk.practice.regtest import Happened, Regtest

MAX_LINE: Final = 2_200_000
MAX_BATCH: Final = 500
MAX_SUBSCRIPTIONS: Final = 20_000
MAX_CONNECTIONS: Final = 200
MAX_UNSENT: Final = 16_000_000

_log = logging.getLogger(__name__)


class ElectrumServer:
    """Listens on loopback; `start` and `stop` once each."""

    def __init__(self, regtest: Regtest) -> None:
        self._regtest = regtest
        self._methods = ElectrumMethods(regtest)
        self._sessions: dict[asyncio.Task[None], Session] = {}
        self._server: asyncio.Server | None = None
        self._stop_listening: Callable[[], None] | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Begins to listen (0: on a free port); the port. `OSError` if it is taken."""
        self._server = await asyncio.start_server(self._serve, host, port, limit=MAX_LINE)
        self._stop_listening = self._regtest.listen(self._notify)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def stop(self) -> None:
        """Closes the port and every connection."""
        if self._server is None or self._stop_listening is None:
            return
        self._stop_listening()
        self._server.close()
        tasks = list(self._sessions)
        for session in self._sessions.values():
            session.close()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        session = Session(self._methods, writer)
        try:
            if len(self._sessions) < MAX_CONNECTIONS:
                self._sessions[task] = session
                await session.run(reader)
        except (ConnectionError, ValueError) as error:
            # ValueError is asyncio's word for a line beyond the limit.
            _log.info("an Electrum client was disconnected: %s", error)
        finally:
            self._sessions.pop(task, None)
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    def _notify(self, happened: Happened) -> None:
        for session in list(self._sessions.values()):
            session.notify(happened)


class Session:
    """One client: its subscriptions and the frames it sends."""

    def __init__(self, methods: ElectrumMethods, writer: asyncio.StreamWriter) -> None:
        self._methods = methods
        self._writer = writer
        self._headers = False
        self._statuses: dict[str, str | None] = {}
        self._table: dict[str, Method] = {
            **methods.table,
            "server.version": self._version,
            "blockchain.headers.subscribe": self._subscribe_headers,
            "blockchain.scripthash.subscribe": self._subscribe,
            "blockchain.scripthash.unsubscribe": self._unsubscribe,
        }

    async def run(self, reader: asyncio.StreamReader) -> None:
        """Answers until the client goes."""
        while line := await reader.readline():
            answer = self.answer(line)
            if answer is not None:
                self._send(answer)
                await self._writer.drain()

    def close(self) -> None:
        """Ends the connection."""
        self._writer.close()

    def notify(self, happened: Happened) -> None:
        """Tells the client what it subscribed to and has not heard yet."""
        if happened.new_tip and self._headers:
            self._push("blockchain.headers.subscribe", [self._methods.tip()])
        for script_hash in happened.script_hashes & self._statuses.keys():
            status = self._methods.status(script_hash)
            if status != self._statuses[script_hash]:
                self._statuses[script_hash] = status
                self._push("blockchain.scripthash.subscribe", [script_hash, status])

    def answer(self, line: bytes) -> object:
        """The frame that answers one line: an object, a list for a batch, None for silence."""
        try:
            request = json.loads(line)
        except (ValueError, RecursionError):
            return _error(None, RpcError(-32700, "not JSON"))
        if not isinstance(request, list):
            return self._answer_one(request)
        if not 0 < len(request) <= MAX_BATCH:
            return _error(None, RpcError(-32600, f"a batch holds 1 to {MAX_BATCH} requests"))
        answers = [self._answer_one(one) for one in request]
        return [one for one in answers if one is not None] or None

    def _answer_one(self, request: object) -> dict[str, object] | None:
        if not isinstance(request, dict) or not isinstance(request.get("method"), str):
            return _error(None, RpcError(-32600, "not a request"))
        identifier = request.get("id")
        try:
            result = self._call(request["method"], request.get("params", []))
        except RpcError as error:
            return _error(identifier, error)
        if "id" not in request:
            return None
        return {"jsonrpc": "2.0", "id": identifier, "result": result}

    def _call(self, name: str, params: object) -> object:
        method = self._table.get(name)
        if method is None:
            raise RpcError(-32601, "unknown method")
        args, kwargs = (params, {}) if isinstance(params, list) else ([], params)
        if not isinstance(kwargs, dict):
            raise invalid_parameters("a list or an object is needed")
        try:
            inspect.signature(method).bind(*args, **kwargs)
        except TypeError as error:
            raise invalid_parameters(str(error)) from None
        return method(*args, **kwargs)

    def _version(self, client_name: object = "", protocol_version: object = PROTOCOL) -> list[str]:
        bounds = protocol_version if isinstance(protocol_version, list) else [protocol_version] * 2
        try:
            least, most = (_version_numbers(text) for text in bounds)
        except ValueError:
            raise invalid_parameters("a protocol version is needed") from None
        if not least <= _version_numbers(PROTOCOL) <= most:
            raise RpcError(BAD_REQUEST, f"this server speaks protocol {PROTOCOL}")
        return [SOFTWARE, PROTOCOL]

    def _subscribe_headers(self) -> dict[str, object]:
        self._headers = True
        return self._methods.tip()

    def _subscribe(self, scripthash: object) -> str | None:
        wanted = check_script_hash(scripthash)
        if wanted not in self._statuses and len(self._statuses) >= MAX_SUBSCRIPTIONS:
            raise RpcError(BAD_REQUEST, f"at most {MAX_SUBSCRIPTIONS} subscriptions")
        self._statuses[wanted] = self._methods.status(wanted)
        return self._statuses[wanted]

    def _unsubscribe(self, scripthash: object) -> bool:
        wanted = check_script_hash(scripthash)
        if wanted not in self._statuses:
            return False
        del self._statuses[wanted]
        return True

    def _push(self, method: str, params: list[object]) -> None:
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def _send(self, frame: object) -> None:
        if self._writer.is_closing():
            return
        if self._writer.transport.get_write_buffer_size() > MAX_UNSENT:
            self._writer.transport.abort()
            return
        self._writer.write(json.dumps(frame, separators=(",", ":")).encode() + b"\n")


def _version_numbers(text: object) -> tuple[int, ...]:
    if not isinstance(text, str) or len(text) > 20:
        raise ValueError(text)
    numbers = [int(part) for part in text.split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _error(identifier: object, error: RpcError) -> dict[str, object]:
    detail = {"code": error.code, "message": error.message}
    return {"jsonrpc": "2.0", "id": identifier, "error": detail}
