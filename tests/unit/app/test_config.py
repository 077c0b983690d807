"""Settings: what is written is read back, what is wrong is named, real money is refused."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.app.config import (
    SETTINGS_FILE,
    InvalidSettings,
    MainnetRiskNotAccepted,
    Settings,
    from_table,
    load_settings,
    save_settings,
)
from tipdesk.base.units import Sat
from tipdesk.bitcoin.network import Network
from tipdesk.ports.way_out import ProxyChoice, ProxyScope

TEXT = st.text(st.characters(codec="utf-8"), max_size=30)


@given(
    alias=TEXT,
    about=TEXT,
    relays=st.lists(TEXT, max_size=3).map(tuple),
    port=st.integers(0, 65_535),
    forwards=st.booleans(),
)
def test_whatever_a_person_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    alias: str,
    about: str,
    relays: tuple[str, ...],
    port: int,
    forwards: bool,
) -> None:
    folder = tmp_path_factory.mktemp("profile")
    settings = Settings(
        alias=alias, profile_about=about, relays=relays, listen_port=port, forwards=forwards
    )
    save_settings(folder, settings)
    assert load_settings(folder) == settings


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load_settings(tmp_path) == Settings()
    assert Settings().network is Network.REGTEST
    assert not Settings().forwards


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("network = 'moonnet'", "moonnet"),
        ("colour = 'blue'", "colour"),
        ("listen_port = '9735'", "listen_port"),
        ("listen_port = true", "listen_port"),
        ("forwards = 1", "forwards"),
        ("relays = 'ws://x'", "relays"),
        ("relays = [1]", "relays"),
        ("birth_height = -1", "birth_height"),
        ("balance_cap_sat = -5", "balance_cap_sat"),
        ("chain_servers = 'ssl://x:1'", "chain_servers"),
        ("alias = ", SETTINGS_FILE),
        ("\x00", SETTINGS_FILE),
    ],
)
def test_what_is_wrong_is_refused_by_name(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / SETTINGS_FILE).write_text(text)
    with pytest.raises(InvalidSettings, match=named):
        load_settings(tmp_path)


@pytest.mark.parametrize("network", [Network.TESTNET, Network.SIGNET, Network.REGTEST])
def test_networks_without_real_money_are_open(tmp_path: Path, network: Network) -> None:
    save_settings(tmp_path, Settings(network=network))
    loaded = load_settings(tmp_path)
    assert loaded.network is network
    assert loaded.balance_cap is None


def test_mainnet_wants_its_risk_accepted_and_says_which(tmp_path: Path) -> None:
    save_settings(tmp_path, Settings(network=Network.MAINNET))
    with pytest.raises(MainnetRiskNotAccepted, match="afford to lose") as refused:
        load_settings(tmp_path)
    assert "mainnet_risk_accepted = true" in str(refused.value)
    assert "No money moved" in str(refused.value)
    save_settings(tmp_path, Settings(network=Network.MAINNET, mainnet_risk_accepted=True))
    assert load_settings(tmp_path).balance_cap == Sat(1_000_000)


def test_the_cap_is_on_for_real_money_until_it_is_set_otherwise() -> None:
    def cap(network: Network, sat: int) -> Sat | None:
        return Settings(network=network, balance_cap_sat=sat).balance_cap

    assert cap(Network.MAINNET, 5) == Sat(5)
    assert cap(Network.MAINNET, 0) is None
    assert cap(Network.REGTEST, 5) is None


def test_writing_leaves_nothing_half_done_beside_it(tmp_path: Path) -> None:
    save_settings(tmp_path, Settings(alias="one"))
    save_settings(tmp_path, Settings(alias="two"))
    assert [path.name for path in tmp_path.iterdir()] == [SETTINGS_FILE]


def test_the_proxy_is_off_until_it_is_set_and_what_makes_no_sense_is_refused() -> None:
    assert Settings().proxy_choice == ProxyChoice()
    chosen = from_table({"proxy": "127.0.0.1:9150", "proxy_for": "everything"}, "x").proxy_choice
    assert chosen == ProxyChoice(ProxyScope.EVERYTHING, "127.0.0.1", 9150)
    assert from_table({"proxy_for": "onion"}, "x").proxy_choice == ProxyChoice(ProxyScope.ONION)
    with pytest.raises(InvalidSettings, match="off, onion, everything"):
        from_table({"proxy_for": "all"}, "x")
    with pytest.raises(InvalidSettings, match="IP address and port"):
        from_table({"proxy": "tor.example"}, "x")
