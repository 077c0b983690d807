"""Chain servers as the settings write them, and which of them are enough."""

from pathlib import Path

import pytest

from tipdesk.adapters.chain.compared import ComparedSource
from tipdesk.adapters.chain.members import ServerState
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.app.chain import ChainAccess, Kind, parse_server, servers_of, wallet_server_of
from tipdesk.app.config import InvalidSettings, Settings
from tipdesk.bitcoin.network import Network
from tipdesk.ports.chain import SourceUnreachable

DIGEST = "ab" * 32
TWO = ("ssl://one.example:50002", "ssl://two.example:50002")


def test_every_form_of_a_server() -> None:
    plain = parse_server("127.0.0.1:50001")
    assert (plain.kind, plain.host, plain.port, plain.secure) == (
        Kind.ELECTRUM,
        "127.0.0.1",
        50001,
        False,
    )
    assert parse_server("tcp://127.0.0.1:50001") == plain
    pinned = parse_server(f"ssl://host.example:50002#sha256={DIGEST}")
    assert (pinned.secure, pinned.digest) == (True, DIGEST)
    colons = ":".join(["AB"] * 32)
    assert parse_server(f"ssl://host.example:50002#sha256={colons}") == pinned
    esplora = parse_server("https://mempool.example/testnet4/api")
    assert (esplora.kind, esplora.place) == (Kind.ESPLORA, "mempool.example:443")
    assert esplora.url == "https://mempool.example/testnet4/api"
    core = parse_server("bitcoind://tip:s%40cret@[::1]:8332")
    assert (core.kind, core.user, core.url) == (Kind.BITCOIND, "tip:s@cret", "http://[::1]:8332/")
    cookie = parse_server("bitcoind://127.0.0.1:8332?cookie=/home/me/.bitcoin/.cookie")
    assert (cookie.cookie, cookie.user) == ("/home/me/.bitcoin/.cookie", "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "host",
        "tcp://host",
        "tcp://host:0",
        "tcp://host:99999",
        "ftp://host:1",
        "ssl://host:1#sha256=abc",
        f"ssl://host:1#md5={DIGEST}",
        "https://user:secret@host/api",
        "bitcoind://127.0.0.1:8332",
        "bitcoind://user@127.0.0.1:8332",
        "bitcoind://user:secret@127.0.0.1",
        "tcp://ho st:1",
        "tcp://h\u00f6st:1",
    ],
)
def test_anything_else_is_refused_without_its_password(text: str) -> None:
    with pytest.raises(InvalidSettings, match="is no chain server") as refused:
        parse_server(text)
    assert "secret" not in str(refused.value)


def test_two_servers_or_ones_own_are_wanted_where_money_is() -> None:
    def check(network: Network, *servers: str, accepted: bool = False) -> None:
        servers_of(Settings(network=network, chain_servers=servers, one_server_accepted=accepted))

    for network in (Network.MAINNET, Network.SIGNET):
        check(network, *TWO)
        check(network, TWO[0], accepted=True)
        check(network, "bitcoind://a:b@127.0.0.1:8332")
        check(network, TWO[0], "tcp://192.168.1.5:50001")
        with pytest.raises(InvalidSettings, match="one_server_accepted"):
            check(network, TWO[0])
        with pytest.raises(InvalidSettings, match="changed on the way"):
            check(network, *TWO, "tcp://three.example:50001")
        with pytest.raises(InvalidSettings, match="changed on the way"):
            check(network, *TWO, "http://8.8.8.8/api")
    check(Network.REGTEST, "tcp://three.example:50001")
    with pytest.raises(InvalidSettings, match="No chain server"):
        check(Network.REGTEST)
    assert servers_of(Settings(electrum="127.0.0.1:7"))[0].port == 7


def test_the_wallet_asks_the_first_server_that_it_understands() -> None:
    def chosen(*texts: str, wallet: str = "") -> str:
        settings = Settings(chain_servers=texts, wallet_server=wallet)
        return wallet_server_of(settings, servers_of(settings)).place

    own = "bitcoind://a:b@127.0.0.1:8332"
    assert chosen(*TWO) == "one.example:50002"
    assert chosen(own, "https://e.example/api") == "e.example:443"
    assert chosen(own, wallet="tcp://127.0.0.1:50001") == "127.0.0.1:50001"
    for wrong in ({}, {"wallet": own}):
        with pytest.raises(InvalidSettings, match="wallet_server"):
            chosen(own, **wrong)


async def test_access_is_opened_and_closed(tmp_path: Path) -> None:
    settings = Settings(chain_servers=("ssl://127.0.0.1:1", "bitcoind://127.0.0.1:1?cookie=/none"))
    access = ChainAccess(tmp_path, settings, WayOut())
    place = await access.start()
    assert place.url.startswith("tcp://127.0.0.1:")
    assert place.url != "tcp://127.0.0.1:1"
    assert isinstance(access.source, ComparedSource)
    with pytest.raises(SourceUnreachable):
        await access.source.connect(lambda _: None)
    states = access.source.status()
    assert [one.state for one in states] == [ServerState.AWAY, ServerState.AWAY]
    assert "/none cannot be read" in states[1].reason
    await access.source.close()
    await access.close()
