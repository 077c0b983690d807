"""Which addresses may be fetched."""

import pytest

from tipdesk.base.errors import DecodeError
from tipdesk.bitcoin.network import Network
from tipdesk.lnurl.url import BadUrl, SchemeNotAllowed, check_url


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
