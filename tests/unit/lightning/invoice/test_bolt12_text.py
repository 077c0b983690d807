"""BOLT 12, "Encoding": texts without a checksum; what the published strings leave untried."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.errors import DecodeError
from tipdesk.lightning.invoice.bolt12_errors import NotBolt12Text, WrongKindOfText
from tipdesk.lightning.invoice.bolt12_text import (
    MAX_BYTES,
    MAX_LENGTH,
    Kind,
    decode,
    encode,
    kind_of,
)

kinds = st.sampled_from(Kind)


@given(kinds, st.binary(max_size=300))
def test_what_is_written_is_read_in_either_case(kind: Kind, stream: bytes) -> None:
    text = encode(kind, stream)
    assert text == text.lower()
    assert decode(kind, text) == decode(kind, text.upper()) == stream


@given(st.binary(min_size=1, max_size=60), st.data())
def test_a_text_may_be_joined_anywhere(stream: bytes, data: st.DataObject) -> None:
    text = encode(Kind.OFFER, stream)
    at = data.draw(st.integers(1, len(text) - 1))
    space = data.draw(st.sampled_from(["", " ", "\n", "\r\n  ", "\t "]))
    joined = f"{text[:at]}+{space}{text[at:]}"
    assert decode(Kind.OFFER, joined) == stream
    assert kind_of(joined) is Kind.OFFER


@given(kinds, st.text(max_size=40))
def test_arbitrary_text_is_read_or_refused(kind: Kind, text: str) -> None:
    for candidate in (text, f"{kind}1{text}"):
        try:
            decode(kind, candidate)
        except DecodeError:
            continue


@pytest.mark.parametrize(
    "tail",
    ["B", "qqb", "qq q", "q-q", "qq++qq", "qq+-qq", "qq+\u00a0qq", "q", "qqq", "qp", "q\u0131q"],
)
def test_class_34_what_is_no_bech32_is_refused(tail: str) -> None:
    with pytest.raises(NotBolt12Text):
        decode(Kind.OFFER, f"lno1{tail}")


@pytest.mark.parametrize("text", ["", "lno", "lnr1qq", "1qq", "lnoqq", "\u0131no1qq", "qlno1qq"])
def test_another_beginning_is_refused(text: str) -> None:
    with pytest.raises((WrongKindOfText, NotBolt12Text)):
        decode(Kind.OFFER, text)


def test_class_34_a_letter_that_becomes_ours_in_lower_case_is_refused() -> None:
    assert "\u212a".lower() == "k"
    assert decode(Kind.OFFER, "LNO1QKQQ") == decode(Kind.OFFER, "lno1qkqq")
    with pytest.raises(NotBolt12Text):
        decode(Kind.OFFER, "LNO1Q\u212aQQ")


def test_class_34_more_than_20000_characters_are_refused_joints_and_all() -> None:
    longest = encode(Kind.INVOICE, bytes(MAX_BYTES))
    assert MAX_LENGTH - 2 < len(longest) <= MAX_LENGTH
    assert decode(Kind.INVOICE, longest) == bytes(MAX_BYTES)
    with pytest.raises(NotBolt12Text):
        decode(Kind.INVOICE, encode(Kind.INVOICE, bytes(MAX_BYTES + 1)))
    with pytest.raises(NotBolt12Text):
        decode(Kind.OFFER, "lno1qq+" + " " * MAX_LENGTH + "qq")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("lno1qq", Kind.OFFER),
        ("LNR1QQ", Kind.INVOICE_REQUEST),
        ("lni1", Kind.INVOICE),
        ("lnp1zz", Kind.PAYER_PROOF),
        ("lnbc1qq", None),
        ("lnurl1qq", None),
        ("", None),
    ],
)
def test_a_text_is_known_by_its_beginning(text: str, kind: Kind | None) -> None:
    assert kind_of(text) is kind
