"""Notifications over a real bus, with a desktop of the test's own on the other side."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tipdesk.adapters.desktop.dbus import NAME, DbusNotifications, path_in
from tipdesk.adapters.desktop.dbus_wire import (
    MAX_MESSAGE,
    METHOD_CALL,
    BadMessage,
    call,
    length_of,
    parse,
)
from tipdesk.ports.desktop import NotificationsAway, Told

TOLD = Told("Ana tipped you 21 sat", "<b>thanks</b> & more", (("show", "Show"),))

needs_bus = pytest.mark.skipif(
    shutil.which("dbus-daemon") is None, reason="needs the system package dbus"
)


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[str]:
    """The address of a bus of its own."""
    daemon = subprocess.Popen(
        [
            "dbus-daemon",
            "--session",
            f"--address=unix:path={tmp_path}/bus",
            "--print-address=1",
            "--nofork",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert daemon.stdout is not None
    try:
        yield daemon.stdout.readline().strip()
    finally:
        daemon.terminate()
        daemon.wait(5)
        daemon.stdout.close()


class Desktop(asyncio.Protocol):
    """A desktop that shows notifications: speaks to the bus with the same wire format."""

    def __init__(self) -> None:
        self.shown: list[tuple[Any, ...]] = []
        self.data = bytearray()
        self.is_in = False
        self.named = asyncio.Event()
        self.caller = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self.transport = transport
        transport.write(b"\0AUTH EXTERNAL " + str(os.getuid()).encode().hex().encode() + b"\r\n")

    def data_received(self, data: bytes) -> None:
        self.data += data
        if not self.is_in:
            _, _, rest = bytes(self.data).partition(b"\r\n")
            self.data[:] = rest
            self.is_in = True
            bus = {1: ("o", "/org/freedesktop/DBus"), 2: ("s", "org.freedesktop.DBus")}
            to = {6: ("s", "org.freedesktop.DBus")}
            hello = call(1, {**bus, **to, 3: ("s", "Hello")}, "", ())
            name = call(2, {**bus, **to, 3: ("s", "RequestName")}, "su", (NAME, 4))
            self.transport.write(b"BEGIN\r\n" + hello + name)
        while (whole := length_of(bytes(self.data[:16]))) is not None and len(self.data) >= whole:
            raw = bytes(self.data[:whole])
            del self.data[:whole]
            message = parse(raw)
            if message.kind == METHOD_CALL:
                self._answer(message.fields, int.from_bytes(raw[8:12], "little"), message.body)
            elif message.fields.get(5) == 2:
                self.named.set()

    def _answer(self, fields: dict[int, Any], serial: int, body: tuple[Any, ...]) -> None:
        self.caller = fields[7]
        if fields[3] == "Notify":
            self.shown.append(body)
            self._send(2, {5: ("u", serial)}, "u", (7,))
        else:
            self._send(2, {5: ("u", serial)}, "as", (["actions", "body", "body-markup"],))

    def press(self, number: int, action: str) -> None:
        """Somebody presses an action."""
        path = {1: ("o", "/org/freedesktop/Notifications"), 2: ("s", NAME)}
        self._send(4, {**path, 3: ("s", "ActionInvoked")}, "us", (number, action))

    def _send(
        self, kind: int, fields: dict[int, tuple[str, Any]], signature: str, body: tuple[Any, ...]
    ) -> None:
        raw = bytearray(call(9, {**fields, 6: ("s", self.caller)}, signature, body))
        raw[1] = kind
        self.transport.write(bytes(raw))


async def desktop_on(address: str) -> Desktop:
    path = path_in(address)
    assert path is not None
    _, desktop = await asyncio.get_running_loop().create_unix_connection(Desktop, path)
    async with asyncio.timeout(5):
        await desktop.named.wait()
    return desktop


@needs_bus
async def test_a_notification_is_shown_and_its_markup_is_only_text(bus: str) -> None:
    desktop, ours = await desktop_on(bus), DbusNotifications(bus)
    assert await ours.show(TOLD) == 7
    (shown,) = desktop.shown
    assert shown[0] == "TipDesk"
    assert shown[3:6] == (
        "Ana tipped you 21 sat",
        "&lt;b&gt;thanks&lt;/b&gt; &amp; more",
        ["show", "Show"],
    )
    await ours.close()
    desktop.transport.close()


@needs_bus
async def test_a_press_is_heard(bus: str) -> None:
    desktop, ours = await desktop_on(bus), DbusNotifications(bus)
    heard: asyncio.Queue[tuple[int, str]] = asyncio.Queue()
    stop = ours.listen(lambda number, action: heard.put_nowait((number, action)))
    await ours.show(TOLD)
    desktop.press(7, "show")
    async with asyncio.timeout(5):
        assert await heard.get() == (7, "show")
    stop()
    await ours.close()
    desktop.transport.close()


@needs_bus
async def test_a_bus_without_a_desktop_is_a_sentence(bus: str) -> None:
    ours = DbusNotifications(bus)
    with pytest.raises(NotificationsAway, match=NAME):
        await ours.show(TOLD)
    await ours.close()


@pytest.mark.parametrize("address", ["", "tcp:host=x", "unix:path=/nowhere/at/all"])
async def test_no_bus_is_a_sentence(address: str) -> None:
    with pytest.raises(NotificationsAway):
        await DbusNotifications(address).show(TOLD)


def test_addresses_name_a_socket() -> None:
    assert path_in("unix:path=/run/user/1000/bus,guid=ab") == "/run/user/1000/bus"
    assert path_in("tcp:host=x;unix:abstract=/tmp/a%20b") == "\0/tmp/a b"


@pytest.mark.parametrize(
    "raw",
    [
        b"x" * 16,
        b"l\x01\0\x01" + (MAX_MESSAGE).to_bytes(4, "little") + bytes(8),
        b"l\x01\0\x01" + bytes(8) + b"\xff\xff\xff\xff",
    ],
)
def test_what_is_no_message_is_refused(raw: bytes) -> None:
    with pytest.raises(BadMessage):
        length_of(raw)


def test_a_message_cut_short_is_refused() -> None:
    whole = call(1, {1: ("o", "/a"), 3: ("s", "M")}, "sas", ("text", ["a", "b"]))
    assert parse(whole).body == ("text", ["a", "b"])
    for cut in range(17, len(whole)):
        with pytest.raises(BadMessage):
            parse(whole[:cut])
