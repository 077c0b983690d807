"""Notifications of a Linux desktop: org.freedesktop.Notifications on the session's bus.

Desktop Notifications Specification. A body may be read as markup: what strangers wrote is escaped
where the desktop says that it reads it so. The bus is spoken to on the loop; nothing ever waits.
"""

import asyncio
import html
import os
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import unquote

from tipdesk.adapters.desktop.dbus_wire import (
    DESTINATION,
    ERROR,
    INTERFACE,
    MEMBER,
    METHOD_RETURN,
    PATH,
    REPLY_SERIAL,
    SIGNAL,
    BadMessage,
    Message,
    call,
    length_of,
    parse,
)
from tipdesk.base.app_id import APP_ID
from tipdesk.ports.desktop import Chosen, NotificationsAway, Told

NAME: Final = "org.freedesktop.Notifications"
_OBJECT: Final = "/org/freedesktop/Notifications"
_BUS: Final = "org.freedesktop.DBus"
_WAIT_SECONDS: Final = 5.0
_MAX_LINE: Final = 10_000


class DbusNotifications:
    """See `Notifications`. `address` is the bus's, as the session's environment names it."""

    def __init__(self, address: str) -> None:
        self._path = path_in(address)
        self._wire: _Wire | None = None
        self._capabilities: frozenset[str] = frozenset()
        self._heard: list[Chosen] = []

    async def show(self, told: Told) -> int:
        """See `Notifications.show`."""
        try:
            async with asyncio.timeout(_WAIT_SECONDS):
                wire = await self._connected()
                return await self._show(wire, told)
        except (OSError, TimeoutError, BadMessage, IndexError) as error:
            await self.close()
            raise NotificationsAway(str(error) or "it does not answer") from None

    def listen(self, chosen: Chosen) -> Callable[[], None]:
        """See `Notifications.listen`."""
        self._heard.append(chosen)
        return lambda: self._heard.remove(chosen)

    async def close(self) -> None:
        """See `Notifications.close`."""
        if self._wire is not None:
            self._wire.end()
            self._wire = None

    async def _connected(self) -> "_Wire":
        if self._wire is not None and not self._wire.is_over:
            return self._wire
        if self._path is None:
            raise NotificationsAway("there is no bus of the session")
        loop = asyncio.get_running_loop()
        _, wire = await loop.create_unix_connection(lambda: _Wire(self._signal), self._path)
        self._wire = wire
        await wire.ready
        await wire.call(_BUS, "/org/freedesktop/DBus", _BUS, "Hello")
        rule = f"type='signal',sender='{NAME}',interface='{NAME}',member='ActionInvoked'"
        await wire.call(_BUS, "/org/freedesktop/DBus", _BUS, "AddMatch", "s", rule)
        (found,) = await wire.call(NAME, _OBJECT, NAME, "GetCapabilities")
        self._capabilities = frozenset(map(str, found))
        return wire

    async def _show(self, wire: "_Wire", told: Told) -> int:
        body = told.body
        if "body-markup" in self._capabilities:
            body = html.escape(body, quote=False)
        actions = [part for action in told.actions for part in action]
        (number,) = await wire.call(
            NAME,
            _OBJECT,
            NAME,
            "Notify",
            "susssasa{sv}i",
            "TipDesk",
            0,
            APP_ID,
            told.title,
            body,
            actions if "actions" in self._capabilities else [],
            {"desktop-entry": ("s", APP_ID)},
            -1,
        )
        return int(number)

    def _signal(self, message: Message) -> None:
        if message.fields.get(INTERFACE) != NAME or message.fields.get(MEMBER) != "ActionInvoked":
            return
        match message.body:
            case (int() as number, str() as action):
                for chosen in tuple(self._heard):
                    chosen(number, action)


class _Wire(asyncio.Protocol):
    """The bus: who we are is said first (EXTERNAL), then messages go both ways."""

    def __init__(self, signal: Callable[[Message], None]) -> None:
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.is_over = False
        self._signal = signal
        self._transport: asyncio.WriteTransport | None = None
        self._data = bytearray()
        self._serial = 0
        self._waiting: dict[int, asyncio.Future[tuple[Any, ...]]] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Says who we are."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        user = str(os.getuid()).encode().hex().encode()
        transport.write(b"\0AUTH EXTERNAL " + user + b"\r\n")

    def data_received(self, data: bytes) -> None:
        """A line at first, messages after it."""
        self._data += data
        try:
            if not self.ready.done():
                self._read_line()
            while self.ready.done() and (whole := length_of(bytes(self._data[:16]))) is not None:
                if len(self._data) < whole:
                    return
                taken = bytes(self._data[:whole])
                del self._data[:whole]
                self._take(parse(taken))
        except BadMessage as error:
            self._fail(error)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody will answer any more."""
        self._fail(exc or ConnectionResetError("the bus is gone"))

    def end(self) -> None:
        """No more."""
        self._fail(ConnectionResetError("it was closed"))

    async def call(
        self, to: str, path: str, interface: str, member: str, signature: str = "", *body: object
    ) -> tuple[Any, ...]:
        """What a method answers; `NotificationsAway` with the error's name."""
        if self._transport is None or self.is_over:
            raise ConnectionResetError("the bus is gone")
        self._serial += 1
        serial = self._serial
        answer: asyncio.Future[tuple[Any, ...]] = asyncio.get_running_loop().create_future()
        self._waiting[serial] = answer
        fields = {
            PATH: ("o", path),
            INTERFACE: ("s", interface),
            MEMBER: ("s", member),
            DESTINATION: ("s", to),
        }
        self._transport.write(call(serial, fields, signature, body))
        try:
            return await answer
        finally:
            self._waiting.pop(serial, None)

    def _read_line(self) -> None:
        if b"\r\n" not in self._data:
            if len(self._data) > _MAX_LINE:
                raise BadMessage("too long a line")
            return
        line, _, rest = bytes(self._data).partition(b"\r\n")
        if not line.startswith(b"OK ") or self._transport is None:
            raise BadMessage("it does not let us in")
        self._data[:] = rest
        self._transport.write(b"BEGIN\r\n")
        self.ready.set_result(None)

    def _take(self, message: Message) -> None:
        if message.kind == SIGNAL:
            self._signal(message)
            return
        answer = self._waiting.get(message.fields.get(REPLY_SERIAL, 0))
        if answer is None or answer.done():
            return
        if message.kind == METHOD_RETURN:
            answer.set_result(message.body)
        elif message.kind == ERROR:
            why = str(message.body[0])[:200] if message.body else "it refused"
            answer.set_exception(NotificationsAway(why))

    def _fail(self, error: Exception) -> None:
        self.is_over = True
        if self._transport is not None:
            self._transport.close()
        waiting: list[asyncio.Future[Any]] = [self.ready, *self._waiting.values()]
        for future in waiting:
            if not future.done():
                future.set_exception(error)
                # Whoever waits gets it; if nobody does, nobody is to be warned.
                future.exception()


def path_in(address: str) -> str | None:
    """The first socket of this machine that a bus's address names."""
    for one in address.split(";"):
        kind, _, rest = one.partition(":")
        values = dict(part.partition("=")[::2] for part in rest.split(","))
        if kind == "unix" and values.get("path"):
            return unquote(values["path"])
        if kind == "unix" and values.get("abstract"):
            return "\0" + unquote(values["abstract"])
    return None
