"""RFC 1928 and RFC 1929, the client's side, byte by byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.adapters.net.socks import LoginRefused, NotSocks, SocksRefused, SocksSession
from tipdesk.base.errors import DecodeError

HELLO = b"\x05\x02\x00\x02"
ASKED = b"\x05\x01\x00\x03\x09a.example\x01\xbb"


def session(host: str | None = "a.example", port: int = 443) -> SocksSession:
    return SocksSession(host, port, user=b"a.example", password=b"secret")


def connected(host: str, port: int = 443, *, kind: bytes = b"\x01" + bytes(4)) -> bytes:
    """What is asked of a proxy without a login."""
    made = session(host, port)
    assert made.data_to_send() == HELLO
    made.receive_data(b"\x05\x00")
    asked = made.data_to_send()
    made.receive_data(b"\x05\x00\x00" + kind[:1])
    rest = kind[1:] + b"\x00\x00"
    while not made.is_done:
        part, rest = rest[: made.wanted], rest[made.wanted :]
        made.receive_data(part)
    assert rest == b""
    assert made.wanted == 0
    return asked


def test_a_name_goes_to_the_proxy_as_it_is() -> None:
    assert connected("a.example") == ASKED
    assert connected("a.example.") == ASKED


def test_an_address_goes_as_an_address() -> None:
    assert connected("1.2.3.4", 80) == b"\x05\x01\x00\x01\x01\x02\x03\x04\x00\x50"
    assert connected("2001:db8::1", 80) == (
        b"\x05\x01\x00\x04" + bytes.fromhex("20010db8000000000000000000000001") + b"\x00\x50"
    )


@pytest.mark.parametrize(
    "kind", [b"\x01" + bytes(4), b"\x04" + bytes(16), b"\x03\x02ab", b"\x03\x00"]
)
def test_every_form_of_the_bound_address_is_read_to_its_end(kind: bytes) -> None:
    assert connected("a.example", kind=kind) == ASKED


def test_name_and_password_are_given_when_they_are_asked_for() -> None:
    made = session()
    made.data_to_send()
    made.receive_data(b"\x05\x02")
    assert made.data_to_send() == b"\x01\x09a.example\x06secret"
    assert made.wanted == 2
    made.receive_data(b"\x01\x00")
    assert made.data_to_send() == ASKED


def test_without_a_host_the_proxy_is_only_greeted() -> None:
    made = session(None)
    made.data_to_send()
    made.receive_data(b"\x05\x02")
    made.receive_data(b"\x01\x00")
    assert made.is_done


def test_a_refused_login_is_told() -> None:
    made = session()
    with pytest.raises(LoginRefused):
        made.receive_data(b"\x05\xff")
    made = session()
    made.receive_data(b"\x05\x02")
    with pytest.raises(LoginRefused):
        made.receive_data(b"\x01\x01")


@pytest.mark.parametrize(
    ("code", "words"),
    [(2, "rules"), (5, "nobody listens"), (0xF0, "onion service"), (99, "not say why")],
)
def test_a_refusal_has_its_words(code: int, words: str) -> None:
    made = session()
    made.receive_data(b"\x05\x00")
    with pytest.raises(SocksRefused, match=words) as refused:
        made.receive_data(bytes((5, code, 0, 1)))
    assert refused.value.code == code


@pytest.mark.parametrize("first", [b"\x04\x00", b"HT", b"\x00\x5a"])
def test_whoever_speaks_otherwise_is_no_proxy(first: bytes) -> None:
    with pytest.raises(NotSocks):
        session().receive_data(first)


@pytest.mark.parametrize("answer", [b"\x04\x00\x00\x01", b"\x05\x00\x01\x01", b"\x05\x00\x00\x07"])
def test_an_answer_that_is_none_is_refused(answer: bytes) -> None:
    made = session()
    made.receive_data(b"\x05\x00")
    with pytest.raises(NotSocks):
        made.receive_data(answer)


def test_hanging_up_is_a_refusal_once_it_was_a_proxy() -> None:
    made = session()
    with pytest.raises(NotSocks):
        made.receive_end()
    made.receive_data(b"\x05\x00")
    with pytest.raises(SocksRefused):
        made.receive_end()


def test_a_name_that_is_too_long_is_not_sent() -> None:
    made = session("a" * 256)
    with pytest.raises(NotSocks):
        made.receive_data(b"\x05\x00")


@given(st.binary(max_size=400))
def test_any_answer_ends_or_is_refused_and_little_is_ever_wanted(data: bytes) -> None:
    made = session()
    try:
        while not made.is_done and len(data) >= made.wanted:
            assert 0 < made.wanted <= 257
            part, data = data[: made.wanted], data[made.wanted :]
            made.receive_data(part)
    except DecodeError:
        pass
