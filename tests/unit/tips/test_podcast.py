"""bLIP-10: the boost in a keysend; what it claims is the payer's word."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.units import Msat
from tipdesk.tips import podcast
from tipdesk.tips.podcast import Boost, read_boost


def test_a_boost_names_the_amount_the_app_and_the_words() -> None:
    ((kind, data),) = podcast.records(amount=Msat(21_000), message="hi", sender_name="Fay")
    assert kind == 7_629_169
    assert json.loads(data) == {
        "action": "boost",
        "app_name": "TipDesk",
        "value_msat": 21_000,
        "value_msat_total": 21_000,
        "sender_name": "Fay",
        "message": "hi",
    }


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=400))
def test_a_long_message_is_cut_to_what_an_onion_carries(message: str) -> None:
    ((_, data),) = podcast.records(amount=Msat(21_000), message=message)
    assert len(data) <= 584
    read = read_boost([(podcast.RECORD_TYPE, data)])
    assert read is not None
    assert message.startswith(json.loads(data).get("message", ""))


def test_a_boost_of_a_podcast_app_is_read() -> None:
    told = {
        "app_name": "Fountain",
        "podcast": "A\x07 show",
        "episode": "One",
        "sender_name": "Lou",
        "message": "go",
        "action": "boost",
        "value_msat_total": 50_000,
        "ts": 17,
    }
    found = read_boost([(5, b"x"), (podcast.RECORD_TYPE, json.dumps(told).encode())])
    assert found == Boost(
        sender_name="Lou",
        message="go",
        app_name="Fountain",
        podcast="A show",
        episode="One",
        action="boost",
        claimed_total=Msat(50_000),
    )


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b'{"a":' * 5_000, b"{" + b" " * 9_000])
def test_rubbish_is_no_boost(data: bytes) -> None:
    assert read_boost([(podcast.RECORD_TYPE, data)]) is None
    assert read_boost([]) is None


def test_a_field_of_another_type_is_as_good_as_absent() -> None:
    told = json.dumps({"message": 7, "value_msat_total": "x", "sender_name": ["a"]}).encode()
    assert read_boost([(podcast.RECORD_TYPE, told)]) == Boost()
