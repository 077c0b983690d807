"""Settings: what is written is read back, what is wrong is named, real money is refused."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.app.config import (
    FILE_NAME,
    InvalidSettings,
    NetworkNotYetSafe,
    Settings,
    load_settings,
    save_settings,
)
from tipdesk.bitcoin.network import Network

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
        ("alias = ", FILE_NAME),
        ("\x00", FILE_NAME),
    ],
)
def test_what_is_wrong_is_refused_by_name(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / FILE_NAME).write_text(text)
    with pytest.raises(InvalidSettings, match=named):
        load_settings(tmp_path)


@pytest.mark.parametrize("network", [one for one in Network if one is not Network.REGTEST])
def test_every_network_with_real_rules_is_refused(tmp_path: Path, network: Network) -> None:
    save_settings(tmp_path, Settings(network=network))
    with pytest.raises(NetworkNotYetSafe, match="No money moved"):
        load_settings(tmp_path)


def test_writing_leaves_nothing_half_done_beside_it(tmp_path: Path) -> None:
    save_settings(tmp_path, Settings(alias="one"))
    save_settings(tmp_path, Settings(alias="two"))
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]
