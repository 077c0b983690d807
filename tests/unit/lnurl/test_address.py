"""LUD-16: lightning addresses, and what only the practice network accepts."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.bitcoin.network import Network
from tipdesk.lnurl.address import LightningAddress, NotALightningAddress, parse


def test_the_example_of_lud_16_leads_to_its_address() -> None:
    address = parse("Satoshi@Bitcoin.org ", Network.MAINNET)
    assert address == LightningAddress("satoshi", "bitcoin.org")
    assert str(address) == "satoshi@bitcoin.org"
    assert address.url(Network.MAINNET) == "https://bitcoin.org/.well-known/lnurlp/satoshi"


def test_practice_addresses_have_ports_and_http() -> None:
    address = parse("ana@127.0.0.1:4000", Network.REGTEST)
    assert str(address) == "ana@127.0.0.1:4000"
    assert address.url(Network.REGTEST) == "http://127.0.0.1:4000/.well-known/lnurlp/ana"


@pytest.mark.parametrize(
    "text", ["ana@bitcoin.org:443", "ana@localhost", "ana@127.0.0.1", "ana@10.0.0.1"]
)
def test_practice_addresses_are_refused_elsewhere(text: str) -> None:
    for network in (Network.MAINNET, Network.TESTNET, Network.SIGNET):
        with pytest.raises(NotALightningAddress):
            parse(text, network)
    with contextlib.suppress(NotALightningAddress):
        parse(text, Network.REGTEST)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ana",
        "@a.example",
        "ana@",
        "an a@a.example",
        "ana@a.example/x",
        "ana@a..example",
        "ana@-a.example",
        "ana@a.example:0",
        "ana@a.example:70000",
        "ana@a.example:",
        "ana@user@a.example",
        "an\u00e4@a.example",
        "../x@a.example",
        "ana+tag@a.example",
        "ana@[::1]",
        "a" * 65 + "@a.example",
        "ana@" + "a." * 130 + "example",
    ],
)
def test_other_texts_are_no_address_anywhere(text: str) -> None:
    for network in Network:
        with pytest.raises(NotALightningAddress):
            parse(text, network)


@given(st.text(max_size=60))
def test_arbitrary_text_is_an_address_or_refused(text: str) -> None:
    with contextlib.suppress(NotALightningAddress):
        parse(text, Network.REGTEST).url(Network.REGTEST)
