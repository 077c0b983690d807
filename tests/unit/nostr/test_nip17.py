"""NIP-17: messages between two, what a tip's words claim, and lists of message relays."""

from dataclasses import replace

import nostr_sdk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.ids import EventId, PaymentHash
from tipdesk.base.text import many_lines
from tipdesk.base.units import Msat
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr import event as nip01
from tipdesk.nostr.event import Tags, UnsignedEvent
from tipdesk.nostr.nip17 import (
    KIND_MESSAGE_RELAYS,
    MAX_MESSAGE_CHARS,
    MAX_MESSAGE_RELAYS,
    MAX_READ_CHARS,
    EmptyMessage,
    Message,
    NotAMessage,
    NotAMessageRelayList,
    NotBetweenTwo,
    TipClaim,
    build_message,
    read_message,
    read_message_relays,
    with_message_relay,
    without_message_relay,
)
from tipdesk.nostr.nip44 import MAX_TEXT_BYTES, encrypt
from tipdesk.nostr.nip59 import build_seal, rumor_text

ANA, BEN, EVE = (PrivateKey(bytes([number]) * 32) for number in (1, 2, 3))
HASH = PaymentHash(b"\x07" * 32)
NOW = 1_700_000_000


def message(text: str = "hello", **more: object) -> UnsignedEvent:
    return build_message(
        text,
        sender=ANA.x_only,
        recipient=BEN.x_only,
        created_at=NOW,
        **more,  # type: ignore[arg-type]
    )


@given(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=80),
    st.none() | st.binary(min_size=32, max_size=32).map(EventId),
    st.none()
    | st.builds(
        TipClaim,
        st.binary(min_size=32, max_size=32).map(PaymentHash),
        st.none() | st.integers(min_value=0, max_value=10**12).map(Msat),
    ),
)
def test_what_is_written_is_read(text: str, reply_to: EventId | None, tip: TipClaim | None) -> None:
    text = many_lines(text, maximum=80) or "x"
    rumor = message(text, reply_to=reply_to, tip=tip)
    assert read_message(rumor) == Message(
        id=rumor.id,
        sender=ANA.x_only,
        recipient=BEN.x_only,
        created_at=NOW,
        text=text,
        reply_to=reply_to,
        tip=tip,
    )


def test_the_words_of_a_tip_carry_its_hash_and_the_amount_claimed() -> None:
    rumor = message(tip=TipClaim(HASH, Msat(21_000)))
    assert rumor.tags == (
        ("p", BEN.x_only.hex()),
        ("payment_hash", HASH.hex()),
        ("amount", "21000"),
    )


def test_the_peer_is_the_other_one() -> None:
    read = read_message(message())
    assert read.peer(ANA.x_only) == BEN.x_only
    assert read.peer(BEN.x_only) == ANA.x_only


@pytest.mark.parametrize("kind", [1, 5, 7, 15])
def test_other_kinds_are_no_messages(kind: int) -> None:
    with pytest.raises(NotAMessage) as refused:
        read_message(replace(message(), kind=kind))
    assert refused.value.kind == kind


@pytest.mark.parametrize(
    ("tags", "count"),
    [((), 0), ((("p", BEN.x_only.hex()), ("p", EVE.x_only.hex())), 2)],
)
def test_rooms_of_another_size_are_refused(tags: Tags, count: int) -> None:
    with pytest.raises(NotBetweenTwo) as refused:
        read_message(replace(message(), tags=tags))
    assert refused.value.count == count


def test_an_author_who_is_named_too_is_no_third() -> None:
    tags = (("p", ANA.x_only.hex()), ("p", BEN.x_only.hex()))
    assert read_message(replace(message(), tags=tags)).recipient == BEN.x_only


@pytest.mark.parametrize("text", ["", " \n ", "\u202e\u200b"])
def test_nothing_to_show_is_no_message(text: str) -> None:
    with pytest.raises(EmptyMessage):
        read_message(replace(message(), content=text))


def test_what_acts_is_dropped_and_what_is_too_long_is_cut() -> None:
    read = read_message(replace(message(), content="a\u202eb" + "x" * MAX_READ_CHARS))
    assert read.text.startswith("abx")
    assert len(read.text) == MAX_READ_CHARS


@pytest.mark.parametrize(
    ("tags", "tip"),
    [
        ((("payment_hash", "07" * 31),), None),
        ((("payment_hash",),), None),
        ((("amount", "5"),), None),
        ((("payment_hash", "07" * 32), ("amount", "-5")), TipClaim(HASH, None)),
        ((("payment_hash", "07" * 32), ("amount", "9" * 19)), TipClaim(HASH, None)),
        ((("payment_hash", "07" * 32), ("amount", "\u0665")), TipClaim(HASH, None)),
    ],
)
def test_a_malformed_claim_costs_no_words(tags: Tags, tip: TipClaim | None) -> None:
    rumor = message()
    read = read_message(replace(rumor, tags=(*rumor.tags, *tags)))
    assert (read.text, read.tip) == ("hello", tip)


@pytest.mark.parametrize("character", ["x", "\n", '"', "\U0001f984"])
def test_the_longest_message_fits_into_its_seal_and_its_wrap(character: str) -> None:
    claim = TipClaim(HASH, Msat(10**12))
    rumor = message(character * MAX_MESSAGE_CHARS, reply_to=EventId(bytes(32)), tip=claim)
    payload = encrypt(rumor_text(rumor), bytes(32), bytes(32))
    seal = nip01.sign(build_seal(payload, sender=ANA.x_only, created_at=NOW), ANA, bytes(32))
    assert len(seal.to_json().encode()) <= MAX_TEXT_BYTES


def relay_list(tags: Tags) -> nip01.Event:
    unsigned = UnsignedEvent(
        pubkey=ANA.x_only, created_at=NOW, kind=KIND_MESSAGE_RELAYS, tags=tags, content=""
    )
    return nip01.sign(unsigned, ANA, bytes(32))


def test_message_relays_are_read_as_nostr_sdk_reads_them() -> None:
    event = relay_list((("relay", "wss://one.example"), ("relay", "wss://two.example/path")))
    theirs = nostr_sdk.nip17_extract_relay_list(nostr_sdk.Event.from_json(event.to_json()))
    assert read_message_relays(event) == tuple(str(url).rstrip("/") for url in theirs)


def test_what_is_no_relay_is_skipped_and_long_lists_are_cut() -> None:
    tags = [("relay",), ("relay", "https://web.example"), ("r", "wss://other.example")]
    tags += [("relay", f"wss://r{number}.example") for number in range(MAX_MESSAGE_RELAYS + 5)]
    read = read_message_relays(relay_list(tuple(tags)))
    assert len(read) == MAX_MESSAGE_RELAYS
    assert read[0] == "wss://r0.example"


def test_another_kind_is_no_list_of_message_relays() -> None:
    with pytest.raises(NotAMessageRelayList):
        read_message_relays(replace(relay_list(()), kind=10_002))


def test_a_relay_is_added_once_and_taken_out_however_it_is_written() -> None:
    tags: Tags = (("relay", "wss://ONE.example:443/"), ("alt", "kept"))
    assert with_message_relay(tags, "wss://one.example") == tags
    more = with_message_relay(tags, "wss://two.example/")
    assert more == (*tags, ("relay", "wss://two.example"))
    assert without_message_relay(more, "wss://one.example") == more[1:]
