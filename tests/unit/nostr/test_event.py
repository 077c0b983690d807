"""NIP-01 events: ids and signatures agree with nostr-sdk, strangers' objects are judged exactly."""

import contextlib
import json
from dataclasses import replace

import nostr_sdk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr import event as nip01
from tipdesk.nostr.event import Event, MalformedEvent, UnsignedEvent

KEY = PrivateKey(bytes.fromhex("67dea2ed018072d675f5415ecfaed7d2597555e202d85b3d65ea4e58d2d92ffa"))
PUBKEY = XOnlyPubkey.from_hex("7e7e9c42a91bfef19fa929e5fda1b72e0ebc1a4c1141673e2794234d86addf4e")
AUX = bytes(32)


def signed(content: str = "hello", *, kind: int = 1, tags: nip01.Tags = ()) -> Event:
    unsigned = UnsignedEvent(
        pubkey=KEY.x_only, created_at=1_700_000_000, kind=kind, tags=tags, content=content
    )
    return nip01.sign(unsigned, KEY, AUX)


def test_the_key_of_nip19s_example_has_its_public_key() -> None:
    assert KEY.x_only == PUBKEY


@pytest.mark.parametrize(
    "content",
    [
        "",
        "plain",
        'a "quote"\\',
        "tab\tline\nreturn\r\b\f",
        "\x00\x01\x1f\x7f",
        "\u00fc\u20ac\U0001f600\u2028",
    ],
)
def test_nostr_sdk_takes_our_events_for_authentic(content: str) -> None:
    event = signed(content, tags=(("t", content), ("e",)))
    theirs = nostr_sdk.Event.from_json(event.to_json())
    assert theirs.verify()
    assert theirs.id().to_hex() == event.id.hex()


@given(st.text(max_size=60), st.lists(st.lists(st.text(max_size=8), min_size=1, max_size=3)))
def test_every_event_of_ours_reads_back_as_itself(content: str, tags: list[list[str]]) -> None:
    event = signed(content, tags=tuple(tuple(tag) for tag in tags))
    assert nip01.parse(event.to_json()) == event
    assert event.is_authentic()


def test_events_of_nostr_sdk_are_authentic_to_us() -> None:
    keys = nostr_sdk.Keys.parse(KEY.secret.hex())
    builder = nostr_sdk.EventBuilder(nostr_sdk.Kind(1), "gr\u00fc\u00df \x02 dich")
    text = builder.finalize(keys).as_json()
    assert nip01.parse(text).is_authentic()


def test_a_changed_event_is_not_authentic() -> None:
    event = signed()
    assert not replace(event, content="hell0").is_authentic()
    assert not replace(event, sig=bytes(64)).is_authentic()
    assert not replace(event, created_at=event.created_at + 1).is_authentic()


def test_only_the_author_can_sign() -> None:
    stranger = UnsignedEvent(
        pubkey=XOnlyPubkey(b"\x01" * 32), created_at=0, kind=1, tags=(), content=""
    )
    with pytest.raises(ValueError, match="author"):
        nip01.sign(stranger, KEY, AUX)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "AB" * 32),
        ("id", 7),
        ("pubkey", "ab" * 31),
        ("created_at", True),
        ("created_at", 1.0),
        ("created_at", -1),
        ("created_at", 2**63),
        ("kind", 65_536),
        ("kind", "1"),
        ("tags", {}),
        ("tags", [[]]),
        ("tags", [["p", None]]),
        ("tags", [["x"]] * (nip01.MAX_TAGS + 1)),
        ("content", None),
        ("sig", "ab" * 63),
    ],
)
def test_a_field_of_another_type_is_malformed(name: str, value: object) -> None:
    fields = json.loads(signed().to_json())
    fields[name] = value
    with pytest.raises(MalformedEvent) as caught:
        nip01.from_object(fields)
    assert caught.value.name == name


def test_a_missing_field_is_malformed() -> None:
    fields = json.loads(signed().to_json())
    del fields["sig"]
    with pytest.raises(MalformedEvent):
        nip01.from_object(fields)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(
    st.dictionaries(
        st.sampled_from(["id", "pubkey", "created_at", "kind", "tags", "content", "sig"]),
        JSON_VALUES | st.just("ab" * 32) | st.just("ab" * 64),
        min_size=6,
    )
)
def test_arbitrary_objects_give_an_event_or_a_decode_error(fields: dict[str, object]) -> None:
    with contextlib.suppress(DecodeError):
        nip01.from_object(fields).is_authentic()


@given(st.binary(max_size=200))
def test_arbitrary_bytes_give_an_event_or_a_decode_error(data: bytes) -> None:
    with contextlib.suppress(DecodeError):
        nip01.parse(data)
