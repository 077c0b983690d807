"""NIP-19: the NIP's own examples, and agreement with nostr-sdk both ways."""

import contextlib

import nostr_sdk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.crypto import bech32
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr import nip19
from tipdesk.nostr.nip19 import AddressPointer, EventPointer, ProfilePointer

NPUB = "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg"
PUBKEY = XOnlyPubkey.from_hex("7e7e9c42a91bfef19fa929e5fda1b72e0ebc1a4c1141673e2794234d86addf4e")
NSEC = "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5"
SECRET = "67dea2ed018072d675f5415ecfaed7d2597555e202d85b3d65ea4e58d2d92ffa"
NPROFILE = (
    "nprofile1qqsrhuxx8l9ex335q7he0f09aej04zpazpl0ne2cgukyawd24mayt8gpp4mhxue69uhhytnc9e3k7mgpz4"
    "mhxue69uhkg6nzv9ejuumpv34kytnrdaksjlyr9p"
)
PROFILE = ProfilePointer(
    XOnlyPubkey.from_hex("3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d"),
    ("wss://r.x.com", "wss://djbas.sadkb.com"),
)


def test_the_examples_of_the_nip_read_and_write_both_ways() -> None:
    assert nip19.decode_npub(NPUB) == PUBKEY
    assert nip19.encode_npub(PUBKEY) == NPUB
    assert nip19.decode_nsec(NSEC).secret.hex() == SECRET
    assert nip19.encode_nsec(PrivateKey(bytes.fromhex(SECRET))) == NSEC
    assert nip19.decode_nprofile(NPROFILE) == PROFILE
    assert nip19.encode_nprofile(PROFILE) == NPROFILE


def test_note_and_nevent_agree_with_nostr_sdk() -> None:
    event_id = EventId(b"\x11" * 32)
    assert nip19.encode_note(event_id) == nostr_sdk.EventId.parse(event_id.hex()).to_bech32()
    assert nip19.decode_note(nip19.encode_note(event_id)) == event_id
    pointer = EventPointer(event_id, ("wss://relay.example",), PUBKEY, 30_023)
    theirs = nostr_sdk.Nip19Event.from_bech32(nip19.encode_nevent(pointer))
    assert theirs.event_id().to_hex() == event_id.hex()
    author = theirs.author()
    assert author is not None
    assert author.to_hex() == PUBKEY.hex()
    assert nip19.decode_nevent(theirs.to_bech32()) == pointer


def test_another_kind_of_entity_is_named() -> None:
    with pytest.raises(nip19.NotThisEntity) as caught:
        nip19.decode_note(NPUB)
    assert (caught.value.expected, caught.value.found) == ("note", "npub")


def test_a_mistyped_letter_is_refused() -> None:
    with pytest.raises(DecodeError):
        nip19.decode_npub(NPUB[:-1] + "q")


def test_unknown_records_are_skipped_and_relays_that_are_none_dropped() -> None:
    data = bytes([9, 1, 7, 0, 32]) + PUBKEY + bytes([1, 3]) + b"foo"
    text = bech32.encode("nprofile", bech32.to_words(data))
    assert nip19.decode_nprofile(text) == ProfilePointer(PUBKEY)


def test_more_than_5000_characters_are_refused() -> None:
    data = bytes([0, 32]) + PUBKEY + bytes([9, 250, *bytes(250)]) * 20
    with pytest.raises(DecodeError):
        nip19.decode_nprofile(bech32.encode("nprofile", bech32.to_words(data)))


@given(
    st.sampled_from(["npub", "note", "nsec", "nprofile", "nevent", "naddr"]),
    st.binary(max_size=120),
)
def test_arbitrary_payloads_give_a_value_or_a_decode_error(prefix: str, data: bytes) -> None:
    text = bech32.encode(prefix, bech32.to_words(data))
    for decode in (
        nip19.decode_npub,
        nip19.decode_note,
        nip19.decode_nsec,
        nip19.decode_nprofile,
        nip19.decode_nevent,
        nip19.decode_naddr,
        nip19.decode_pointer,
    ):
        with contextlib.suppress(DecodeError):
            decode(text)


@given(
    st.binary(min_size=32, max_size=32),
    st.none() | st.binary(min_size=32, max_size=32),
    st.none() | st.integers(0, 2**32 - 1),
)
def test_event_pointers_read_back(event_id: bytes, author: bytes | None, kind: int | None) -> None:
    pointer = EventPointer(
        EventId(event_id),
        ("wss://a.example", "ws://127.0.0.1:7777/x"),
        None if author is None else XOnlyPubkey(author),
        kind,
    )
    assert nip19.decode_nevent(nip19.encode_nevent(pointer)) == pointer


def test_naddr_agrees_with_nostr_sdk_both_ways() -> None:
    pointer = AddressPointer("d\u00fcnen", PUBKEY, 30_023, ("wss://relay.example",))
    theirs = nostr_sdk.Nip19Coordinate.from_bech32(nip19.encode_naddr(pointer))
    coordinate = theirs.coordinate()
    assert coordinate.identifier() == "d\u00fcnen"
    assert coordinate.public_key().to_hex() == PUBKEY.hex()
    assert coordinate.kind().as_u16() == 30_023
    assert [str(url).rstrip("/") for url in theirs.relays()] == ["wss://relay.example"]
    read = nip19.decode_naddr(theirs.to_bech32())
    assert (read.identifier, read.author, read.kind) == ("d\u00fcnen", PUBKEY, 30_023)
    assert read.coordinate == f"30023:{PUBKEY.hex()}:d\u00fcnen"


def test_the_naddr_of_nip_21_is_read() -> None:
    text = (
        "naddr1qqyrzwrxvc6ngvfkqyghwumn8ghj7enfv96x5ctx9e3k7mgzyqalp33lewf5vdq847t6te0wvnags0gs0mu"
        "72kz8938tn24wlfze6qcyqqq823cph95ag"
    )
    pointer = nip19.decode_naddr(text)
    assert (pointer.identifier, pointer.kind) == ("18ff5416", 30_023)
    assert pointer.author == PROFILE.pubkey
    assert pointer.relays == ("wss://fiatjaf.com",)
    assert nip19.encode_naddr(pointer) == text


@pytest.mark.parametrize("missing", [0, 2, 3])
def test_an_naddr_without_one_of_its_parts_is_malformed(missing: int) -> None:
    parts = {0: b"d", 2: PUBKEY, 3: bytes(4)}
    data = b"".join(
        bytes((kind, len(value))) + value for kind, value in parts.items() if kind != missing
    )
    with pytest.raises(nip19.MalformedEntity):
        nip19.decode_naddr(bech32.encode("naddr", bech32.to_words(data)))


@given(st.text(max_size=60), st.integers(0, 2**32 - 1))
def test_address_pointers_read_back(identifier: str, kind: int) -> None:
    pointer = AddressPointer(identifier, PUBKEY, kind, ("wss://a.example",))
    assert nip19.decode_naddr(nip19.encode_naddr(pointer)) == pointer


def test_an_identifier_that_no_naddr_holds_is_refused() -> None:
    with pytest.raises(nip19.MalformedEntity):
        nip19.encode_naddr(AddressPointer("x" * 256, PUBKEY, 30_023))


def test_any_entity_is_a_pointer_but_no_secret_and_no_relay() -> None:
    event = EventId(b"\x11" * 32)
    assert nip19.decode_pointer(NPUB.upper()) == ProfilePointer(PUBKEY)
    assert nip19.decode_pointer(NPROFILE) == PROFILE
    assert nip19.decode_pointer(nip19.encode_note(event)) == EventPointer(event)
    for text in (NSEC, "nrelay1qqqq", "x", "", "npub1"):
        with pytest.raises(DecodeError):
            nip19.decode_pointer(text)
