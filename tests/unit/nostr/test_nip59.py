"""NIP-59: each layer is judged by its rules, and nostr-sdk opens what we close and the reverse."""

import json
from dataclasses import replace

import nostr_sdk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.errors import DecodeError
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr import event as nip01
from tipdesk.nostr import nip44
from tipdesk.nostr.event import Event, MalformedEvent, UnsignedEvent
from tipdesk.nostr.nip59 import (
    MAX_BACKDATED_SECONDS,
    ForgedSeal,
    Impersonation,
    NotAGiftWrap,
    NotASeal,
    SignedRumor,
    TaggedSeal,
    WrappedForAnother,
    WrongRumorId,
    backdated,
    build_seal,
    build_wrap,
    check_wrap,
    read_rumor,
    read_seal,
    rumor_text,
)

ANA, BEN, ONCE = (PrivateKey(bytes([number]) * 32) for number in (1, 2, 3))
NOW = 1_700_000_000
NONCE = bytes(range(32))
RUMOR = UnsignedEvent(
    pubkey=ANA.x_only, created_at=NOW, kind=14, tags=(("p", BEN.x_only.hex()),), content="psst"
)


def sealed(text: str, *, author: PrivateKey = ANA) -> Event:
    payload = nip44.encrypt(text, nip44.conversation_key(author, BEN.x_only), NONCE)
    seal = build_seal(payload, sender=author.x_only, created_at=NOW - 5)
    return nip01.sign(seal, author, bytes(32))


def wrapped(seal: Event) -> Event:
    payload = nip44.encrypt(seal.to_json(), nip44.conversation_key(ONCE, BEN.x_only), NONCE)
    wrap = build_wrap(payload, author=ONCE.x_only, recipient=BEN.x_only, created_at=NOW - 9)
    return nip01.sign(wrap, ONCE, bytes(32))


def opened(wrap: Event) -> UnsignedEvent:
    check_wrap(wrap, BEN.x_only)
    key = nip44.conversation_key(BEN, wrap.pubkey)
    seal = read_seal(nip44.decrypt(wrap.content, key))
    key = nip44.conversation_key(BEN, seal.pubkey)
    return read_rumor(nip44.decrypt(seal.content, key), seal)


rumors = st.builds(
    UnsignedEvent,
    pubkey=st.just(ANA.x_only),
    created_at=st.integers(min_value=0, max_value=2**40),
    kind=st.integers(min_value=0, max_value=65_535),
    tags=st.lists(
        st.lists(st.text(st.characters(codec="utf-8"), max_size=8), min_size=1, max_size=3).map(
            tuple
        ),
        max_size=3,
    ).map(tuple),
    content=st.text(st.characters(codec="utf-8"), max_size=200),
)


@given(rumors)
def test_what_is_wrapped_is_unwrapped(rumor: UnsignedEvent) -> None:
    assert opened(wrapped(sealed(rumor_text(rumor)))) == rumor


def test_a_wrap_shows_neither_sender_nor_words_nor_time() -> None:
    wrap = wrapped(sealed(rumor_text(RUMOR)))
    shown = wrap.to_json()
    assert wrap.is_authentic()
    assert wrap.tags == (("p", BEN.x_only.hex()),)
    assert ANA.x_only.hex() not in shown
    assert "psst" not in shown
    assert str(NOW) not in shown


@given(st.binary(min_size=8, max_size=8))
def test_times_lie_within_the_last_two_days(random: bytes) -> None:
    assert NOW - MAX_BACKDATED_SECONDS <= backdated(NOW, random) <= NOW


def test_no_time_is_before_the_epoch() -> None:
    assert backdated(10, b"\x00" * 7 + b"\xff") == 0


def test_another_kind_is_no_wrap() -> None:
    wrap = replace(wrapped(sealed(rumor_text(RUMOR))), kind=21_059)
    with pytest.raises(NotAGiftWrap) as refused:
        check_wrap(wrap, BEN.x_only)
    assert refused.value.kind == 21_059


def test_a_wrap_for_another_is_not_opened() -> None:
    with pytest.raises(WrappedForAnother) as refused:
        check_wrap(wrapped(sealed(rumor_text(RUMOR))), ANA.x_only)
    assert refused.value.recipient == ANA.x_only


def test_an_event_of_another_kind_is_no_seal() -> None:
    event = nip01.sign(replace(RUMOR, kind=1), ANA, bytes(32))
    with pytest.raises(NotASeal) as refused:
        read_seal(event.to_json())
    assert refused.value.kind == 1


def test_a_seal_with_tags_is_refused() -> None:
    event = nip01.sign(replace(RUMOR, kind=13), ANA, bytes(32))
    with pytest.raises(TaggedSeal) as refused:
        read_seal(event.to_json())
    assert refused.value.count == 1


@pytest.mark.parametrize("change", [{"content": "other"}, {"pubkey": BEN.x_only}])
def test_a_seal_that_its_author_did_not_sign_is_refused(change: dict[str, object]) -> None:
    forged = replace(sealed(rumor_text(RUMOR)), **change)  # type: ignore[arg-type]
    with pytest.raises(ForgedSeal) as refused:
        read_seal(forged.to_json())
    assert refused.value.author == forged.pubkey


def test_a_rumor_in_anothers_name_is_refused() -> None:
    seal = sealed(rumor_text(RUMOR), author=ONCE)
    with pytest.raises(Impersonation) as refused:
        read_rumor(rumor_text(RUMOR), seal)
    assert (refused.value.sealed_by, refused.value.claimed) == (ONCE.x_only, ANA.x_only)


def test_a_signed_rumor_is_refused() -> None:
    seal = sealed(rumor_text(RUMOR))
    with pytest.raises(SignedRumor):
        read_rumor(nip01.sign(RUMOR, ANA, bytes(32)).to_json(), seal)


def test_a_rumor_with_a_wrong_id_is_refused_and_one_without_an_id_is_not() -> None:
    seal, fields = sealed(rumor_text(RUMOR)), json.loads(rumor_text(RUMOR))
    with pytest.raises(WrongRumorId):
        read_rumor(json.dumps({**fields, "id": "00" * 32}), seal)
    del fields["id"]
    assert read_rumor(json.dumps(fields), seal) == RUMOR


@pytest.mark.parametrize("name", ["pubkey", "created_at", "kind", "tags", "content"])
def test_a_rumor_that_lacks_a_field_is_refused(name: str) -> None:
    fields = json.loads(rumor_text(RUMOR))
    del fields[name]
    with pytest.raises(MalformedEvent):
        read_rumor(json.dumps(fields), sealed(rumor_text(RUMOR)))


@given(st.text(max_size=300))
def test_any_text_is_refused_as_seal_and_as_rumor(text: str) -> None:
    with pytest.raises(DecodeError):
        read_seal(text)
    with pytest.raises(DecodeError):
        read_rumor(text, sealed(rumor_text(RUMOR)))


def test_nostr_sdk_opens_what_we_wrap() -> None:
    ben = nostr_sdk.Keys.parse(BEN.secret.hex())
    wrap = nostr_sdk.Event.from_json(wrapped(sealed(rumor_text(RUMOR))).to_json())
    gift = nostr_sdk.UnwrappedGift.from_gift_wrap(ben, wrap)
    assert gift.sender().to_hex() == ANA.x_only.hex()
    assert gift.rumor().content() == "psst"
    assert gift.rumor().kind().as_u16() == 14


def test_we_open_what_nostr_sdk_wraps() -> None:
    ana = nostr_sdk.Keys.parse(ANA.secret.hex())
    ben = nostr_sdk.PublicKey.parse(BEN.x_only.hex())
    theirs = nostr_sdk.nip17_make_private_msg(ana, ben, "from another client")
    wrap = nip01.parse(theirs.as_json())
    assert wrap.is_authentic()
    rumor = opened(wrap)
    assert (rumor.pubkey, rumor.kind) == (ANA.x_only, 14)
    assert rumor.content == "from another client"
