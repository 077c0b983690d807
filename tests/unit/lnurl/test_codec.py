"""LUD-01 and LUD-17: the specification's example reads and writes, other schemes are refused."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.errors import DecodeError
from tipdesk.bitcoin.network import Network
from tipdesk.crypto import bech32
from tipdesk.lnurl import codec
from tipdesk.lnurl.url import SchemeNotAllowed

URL = "https://service.com/api?q=3fc3645b439ce8e7f2553a69e5267081d96dcd340693afabe04be7b0ccd178df"
LNURL = (
    "LNURL1DP68GURN8GHJ7UM9WFMXJCM99E3K7MF0V9CXJ0M385EKVCENXC6R2C35XVUKXEFCV5MKVV34X5EKZD3EV56NYD3"
    "HXQURZEPEXEJXXEPNXSCRVWFNV9NXZCN9XQ6XYEFHVGCXXCMYXYMNSERXFQ5FNS"
)


def test_the_example_of_lud_01_reads_and_writes() -> None:
    assert codec.decode(LNURL, Network.MAINNET) == URL
    assert codec.decode("lightning:" + LNURL, Network.MAINNET) == URL
    assert codec.encode(URL) == LNURL.lower()


def test_a_scheme_of_its_own_means_https_and_http_in_practice() -> None:
    assert codec.decode("lnurlp://a.example/x?y=1", Network.MAINNET) == "https://a.example/x?y=1"
    assert codec.decode("lnurlp://127.0.0.1:8080/x", Network.REGTEST) == "http://127.0.0.1:8080/x"


@pytest.mark.parametrize(
    "url", ["http://a.example", "ftp://a.example", "file:///etc/passwd", "javascript:alert(1)"]
)
def test_an_lnurl_of_another_scheme_is_refused(url: str) -> None:
    with pytest.raises(SchemeNotAllowed):
        codec.decode(codec.encode(url), Network.MAINNET)


def test_http_is_for_practice() -> None:
    text = codec.encode("http://127.0.0.1:8080/x")
    assert codec.decode(text, Network.REGTEST) == "http://127.0.0.1:8080/x"


@pytest.mark.parametrize(
    "text",
    ["", "lnurl1", "https://a.example", bech32.encode("lnbc", bech32.to_words(b"https://a.b"))],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(DecodeError):
        codec.decode(text, Network.MAINNET)


@given(
    st.text(max_size=80)
    | st.binary(max_size=60).map(lambda b: bech32.encode("lnurl", bech32.to_words(b)))
)
def test_arbitrary_text_gives_an_address_or_a_decode_error(text: str) -> None:
    with contextlib.suppress(DecodeError):
        codec.decode(text, Network.MAINNET)
