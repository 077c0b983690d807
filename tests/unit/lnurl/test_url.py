"""Which addresses may be fetched."""

import pytest

from tipdesk.base.errors import DecodeError
from tipdesk.bitcoin.network import Network
from tipdesk.lnurl import address, codec
from tipdesk.lnurl.url import BadUrl, SchemeNotAllowed, check_url

ONION = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion"


def test_https_is_fetched_everywhere_and_http_in_practice() -> None:
    for network in Network:
        assert check_url("https://a.example/x?y=1", network).hostname == "a.example"
    assert check_url("http://127.0.0.1:1/x", Network.REGTEST).port == 1
    with pytest.raises(SchemeNotAllowed):
        check_url("http://a.example", Network.SIGNET)


@pytest.mark.parametrize(
    "text",
    [
        "https://",
        "https://user:pw@a.example",
        "https://a.example/#part",
        "https://a.example:0/",
        "https://a.example:x/",
        "https://[bad/",
        "https://a.example/ b",
        "https://a.example/\n",
        "https://\u00e4.example/",
        "https://a.example/" + "x" * 8_000,
    ],
)
def test_odd_addresses_are_refused(text: str) -> None:
    with pytest.raises(BadUrl):
        check_url(text, Network.MAINNET)


@pytest.mark.parametrize("text", ["", "a.example", "//a.example", "data:text/html,x"])
def test_texts_without_a_web_scheme_are_refused(text: str) -> None:
    with pytest.raises(DecodeError):
        check_url(text, Network.REGTEST)


def test_an_onion_service_is_fetched_over_http_on_every_network() -> None:
    for network in Network:
        assert check_url(f"http://{ONION}/lnurlp", network).hostname == ONION
        assert check_url(f"https://{ONION}/lnurlp", network).scheme == "https"
    with pytest.raises(SchemeNotAllowed):
        check_url("http://onion.example/", Network.MAINNET)
    with pytest.raises(SchemeNotAllowed):
        check_url(f"http://{ONION}.example/", Network.MAINNET)


def test_onion_addresses_without_a_scheme_mean_http() -> None:
    assert codec.decode(f"lnurlp://{ONION}/a", Network.MAINNET) == f"http://{ONION}/a"
    ana = address.parse(f"ana@{ONION}", Network.MAINNET)
    assert ana.url(Network.MAINNET) == f"http://{ONION}/.well-known/lnurlp/ana"
    encoded = codec.encode(f"http://{ONION}/a")
    assert codec.decode(encoded, Network.MAINNET) == f"http://{ONION}/a"
