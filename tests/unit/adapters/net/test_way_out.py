"""The one door out: which way each host is reached, and what happens when that way is shut."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from tests.socks_server import SocksServer, resolves, socks_server
from tipdesk.adapters.net.way_out import EXTRA_SECONDS, WayOut
from tipdesk.ports.way_out import (
    BadProxyAddress,
    HomeNameNotAsked,
    NotAName,
    NotAProxy,
    NotAtHome,
    NotPublic,
    OnionNeedsProxy,
    ProxyChoice,
    ProxyCouldNotReach,
    ProxyLoginRefused,
    ProxyScope,
    ProxyUnreachable,
    Reach,
    Road,
    WayBarred,
    read_proxy,
    road_to,
)

ONION = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion"
OFF, ONIONS, ALL = (ProxyChoice(scope) for scope in ProxyScope)
NAMES = ("a.example", "A.Example.", "1.1.1.1", "2606:4700::1111")
NEAR = ("127.0.0.1", "::1", "localhost", "x.localhost", "192.168.1.5", "10.1.1.1", "fe80::1%1")
HOME = ("umbrel.local", "router", "nas.lan", "pi.home.arpa", "db.internal")


# The rule


@pytest.mark.parametrize("host", NAMES)
def test_the_world_is_reached_directly_until_everything_goes_through_the_proxy(host: str) -> None:
    assert [road_to(host, one) for one in (OFF, ONIONS)] == [Road.DIRECT, Road.DIRECT]
    assert road_to(host, ALL) is Road.PROXY
    assert road_to(host, ALL, Reach.STRANGERS) is Road.PROXY


@pytest.mark.parametrize("host", NEAR)
def test_this_machine_and_its_own_network_are_never_asked_of_the_proxy(host: str) -> None:
    for choice in (OFF, ONIONS, ALL):
        assert road_to(host, choice) is Road.DIRECT
        assert road_to(host, choice, Reach.HOME) is Road.DIRECT
        with pytest.raises(NotPublic):
            road_to(host, choice, Reach.STRANGERS)


@pytest.mark.parametrize("host", [ONION, ONION.upper() + "."])
def test_an_onion_address_has_one_way_and_no_other(host: str) -> None:
    for reach in Reach:
        assert road_to(host, ONIONS, reach) is Road.PROXY
        assert road_to(host, ALL, reach) is Road.PROXY
        with pytest.raises(OnionNeedsProxy, match="Settings, Privacy"):
            road_to(host, OFF, reach)


@pytest.mark.parametrize("host", HOME)
def test_a_name_of_the_own_network_is_told_to_no_proxy(host: str) -> None:
    assert road_to(host, ONIONS) is Road.DIRECT
    with pytest.raises(HomeNameNotAsked, match="IP address"):
        road_to(host, ALL)
    with pytest.raises(NotPublic):
        road_to(host, ALL, Reach.STRANGERS)


@pytest.mark.parametrize(
    "host",
    [
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "a.0x7f",
        "a b.example",
        "é.example",
        "",
        "-a.example",
        "a..b",
        "x" * 64 + ".example",
        "1.2.3.4.5",
    ],
)
def test_an_address_in_disguise_is_told_to_no_proxy(host: str) -> None:
    for reach in Reach:
        with pytest.raises(WayBarred):
            road_to(host, ALL, reach)
    with pytest.raises((NotAName, HomeNameNotAsked)):
        road_to(host, ALL)


@pytest.mark.parametrize("host", ["1.1.1.1", "a.example"])
def test_what_may_not_leave_the_own_network_goes_through_no_proxy(host: str) -> None:
    with pytest.raises(NotAtHome):
        road_to(host, ALL, Reach.HOME)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("127.0.0.1:9050", "127.0.0.1:9050"),
        (" localhost:9150 ", "127.0.0.1:9150"),
        ("[::1]:9050", "[::1]:9050"),
        ("192.168.1.9:1080", "192.168.1.9:1080"),
    ],
)
def test_a_proxy_is_written_as_address_and_port(text: str, place: str) -> None:
    choice = read_proxy(text, ProxyScope.ONION)
    assert (choice.place, choice.scope) == (place, ProxyScope.ONION)
    assert read_proxy(choice.place, ProxyScope.ONION) == choice


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9050",
        "127.0.0.1",
        "127.0.0.1:0",
        "127.0.0.1:65536",
        "tor.example:9050",
        "socks5://127.0.0.1:9050",
        "u:p@127.0.0.1:9050",
        "::1:9050",
        "[fe80::1%1]:9050",
        "x" * 9_999 + ":1",
    ],
)
def test_any_other_text_is_no_proxy(text: str) -> None:
    with pytest.raises(BadProxyAddress, match="Nothing was changed"):
        read_proxy(text, ProxyScope.EVERYTHING)


# The connections


class Listener(asyncio.Protocol):
    """Answers everybody with a word, and speaks first."""

    def __init__(self) -> None:
        self.port = 0
        self.calls = 0
        self.open: list[asyncio.BaseTransport] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.calls += 1
        self.open.append(transport)
        transport.write(b"hello")


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    made = Listener()
    server = await asyncio.get_running_loop().create_server(lambda: made, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()
    for transport in made.open:
        transport.close()
    await asyncio.sleep(0)


async def heard(sock: socket.socket, count: int = 5) -> bytes:
    loop = asyncio.get_running_loop()
    return await asyncio.wait_for(loop.sock_recv(sock, count), 5)


@asynccontextmanager
async def proxied(
    scope: ProxyScope = ProxyScope.EVERYTHING, **settings: Any
) -> AsyncIterator[tuple[SocksServer, WayOut]]:
    async with socks_server(**settings) as proxy:
        yield proxy, WayOut(proxy.choice(scope))


async def test_names_and_addresses_go_through_and_are_never_looked_up(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = resolves(monkeypatch, "127.0.0.1")
    async with proxied() as (proxy, way):
        for host in ("a.example", "1.1.1.1", "2606:4700::1111", ONION):
            with await way.open(host, listener.port) as sock:
                assert await heard(sock) == b"hello"
        assert [one.host for one in proxy.seen] == [
            "a.example",
            "1.1.1.1",
            "2606:4700::1111",
            ONION,
        ]
        assert {one.port for one in proxy.seen} == {listener.port}
    assert asked == []


async def test_each_destination_has_a_circuit_of_its_own(listener: Listener) -> None:
    async with proxied() as (proxy, way):
        for host in ("a.example", "b.example", "A.example", "b.example"):
            (await way.open(host, listener.port)).close()
        (await way.apart().open("a.example", listener.port)).close()
        users = [one.user for one in proxy.seen]
        assert users == ["a.example", "b.example", "a.example", "b.example", "a.example"]
        *same, apart = [one.password for one in proxy.seen]
        assert len(set(same)) == 1
        assert apart != same[0]
        assert len(apart) == 32


async def test_the_proxy_may_do_without_a_login(listener: Listener) -> None:
    async with proxied(wants_login=False) as (_, way):
        with await way.open("a.example", listener.port) as sock:
            assert await heard(sock) == b"hello"


async def test_this_machine_is_reached_directly_and_without_a_lookup(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = resolves(monkeypatch, "8.8.8.8")
    async with proxied() as (proxy, way):
        for host in ("127.0.0.1", "localhost"):
            with await way.open(host, listener.port) as sock:
                assert await heard(sock) == b"hello"
        assert proxy.seen == []
    assert asked == []


async def test_onion_addresses_alone_go_through_if_so_chosen(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolves(monkeypatch, "127.0.0.1")
    async with proxied(ProxyScope.ONION) as (proxy, way):
        (await way.open("a.example", listener.port)).close()
        (await way.open(ONION, listener.port)).close()
        assert proxy.hosts == {ONION}


async def test_with_a_dead_proxy_nothing_goes_out_another_way(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = resolves(monkeypatch, "127.0.0.1")
    async with proxied() as (_, way):
        pass
    for host in ("a.example", "1.1.1.1", ONION):
        with pytest.raises(ProxyUnreachable, match="Start Tor"):
            await way.open(host, listener.port)
    assert (asked, listener.calls) == ([], 0)


async def test_what_is_no_proxy_is_said_and_nothing_goes_out_another_way(
    listener: Listener,
) -> None:
    way = WayOut(ProxyChoice(ProxyScope.EVERYTHING, "127.0.0.1", listener.port))
    with pytest.raises(NotAProxy, match="no SOCKS5 proxy"):
        await way.open("a.example", 80)
    with pytest.raises(NotAProxy):
        await way.check()


async def test_a_proxy_with_a_login_of_its_own_is_said() -> None:
    async with proxied(takes_login=False) as (_, way):
        with pytest.raises(ProxyLoginRefused):
            await way.open("a.example", 80)


async def test_what_the_proxy_says_of_a_host_is_told() -> None:
    async with proxied(code=4) as (_, way):
        with pytest.raises(ProxyCouldNotReach, match=r"a\.example: that host cannot be reached"):
            await way.open("a.example", 80)
        await way.check()


async def test_the_proxy_is_greeted_and_asked_for_nothing() -> None:
    async with proxied() as (proxy, way):
        await way.check()
        assert proxy.seen == []
    with pytest.raises(ProxyUnreachable):
        await way.check()


@pytest.mark.parametrize(
    ("reach", "addresses", "error"),
    [
        (Reach.STRANGERS, ("1.1.1.1", "127.0.0.1"), NotPublic),
        (Reach.STRANGERS, ("::ffff:10.0.0.1",), NotPublic),
        (Reach.HOME, ("192.168.1.1", "8.8.8.8"), NotAtHome),
    ],
)
async def test_what_a_name_leads_to_is_judged_where_we_look_it_up(
    monkeypatch: pytest.MonkeyPatch,
    reach: Reach,
    addresses: tuple[str, ...],
    error: type[WayBarred],
) -> None:
    resolves(monkeypatch, *addresses)
    with pytest.raises(error):
        await WayOut().open("two-faced.example", 80, reach=reach)


# A choice holds at once


async def lost(sock: socket.socket) -> None:
    while await heard(sock):
        pass


async def test_connections_of_the_wrong_way_end_with_a_new_choice(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolves(monkeypatch, "127.0.0.1")
    way = WayOut()
    with (
        await way.open("a.example", listener.port) as outside,
        await way.open("127.0.0.1", listener.port) as inside,
    ):
        async with socks_server() as proxy:
            way.use(proxy.choice(ProxyScope.ONION))
            assert await heard(outside) == b"hello"
            way.use(proxy.choice())
            await lost(outside)
            assert await heard(inside) == b"hello"
            with await way.open("a.example", listener.port) as through:
                assert await heard(through) == b"hello"
                way.use(replace(proxy.choice(), host="127.0.0.2"))
                await lost(through)


async def test_a_connection_that_was_under_way_meanwhile_is_not_given(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = WayOut()

    async def slow(*_: object, **__: object) -> list[object]:
        way.use(ProxyChoice(ProxyScope.EVERYTHING))
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", listener.port))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", slow)
    with pytest.raises(OSError, match="meanwhile"):
        await way.open("a.example", listener.port)


async def test_a_dead_proxy_is_told_once_and_once_more_when_it_lives(listener: Listener) -> None:
    told: list[WayBarred | None] = []
    async with socks_server() as proxy:
        choice = proxy.choice()
    way = WayOut(choice)
    way.listen(told.append)
    for _ in range(3):
        with pytest.raises(ProxyUnreachable):
            await way.apart().open("a.example", 80)
    assert [type(one) for one in told] == [ProxyUnreachable]
    server = SocksServer()
    running = await asyncio.start_server(server.serve, choice.host, choice.port)
    (await way.open("a.example", listener.port)).close()
    assert told[1:] == [None]
    running.close()
    await server.stop()


async def test_what_goes_through_the_proxy_is_waited_for_longer() -> None:
    way = WayOut(ONIONS)
    assert (way.extra_seconds("a.example"), way.extra_seconds(ONION)) == (0, EXTRA_SECONDS)
    assert WayOut().extra_seconds(ONION) == 0
