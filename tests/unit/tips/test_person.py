"""Entries of the book of people: every way is judged when it is typed, and says what is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import CREATOR, NODE, START
from tipdesk.base.errors import RequestError
from tipdesk.base.ids import NodeId
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.invoice.offer import OfferTerms, make
from tipdesk.nostr.nip19 import ProfilePointer, encode_nprofile, encode_npub
from tipdesk.tips import person as people
from tipdesk.tips.person import (
    MAX_NAME_CHARS,
    MAX_NOTES_CHARS,
    MAX_WAY_CHARS,
    NamesNobody,
    NotALightningAddress,
    NotAnNpub,
    NotANodeKey,
    NotAnOffer,
    NotANostrName,
    NotAPaymentName,
    OfferElsewhere,
    Person,
    PersonId,
    PersonTextTooLong,
    PersonWish,
    PersonWithoutName,
    Reach,
    UnusableWay,
    make_person,
    read_reach,
    recognise,
    wish_of,
)

NPUB = encode_npub(CREATOR.x_only)
LINK = f"nostr:{encode_nprofile(ProfilePointer(CREATOR.x_only, ('wss://r.example',)))}"
KEY = NODE.point.hex()
OFFER = make(OfferTerms(description="Ana", issuer_id=NodeId(NODE.point))).to_text()
NSEC = "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5"
WAYS = {
    Reach.NPUB: NPUB,
    Reach.NIP05: "ana@example.com",
    Reach.ADDRESS: "ana@pay.example",
    Reach.PAYMENT_NAME: "\u20bfana@example.com",
    Reach.NODE: KEY,
    Reach.OFFER: OFFER,
}


def made(wish: PersonWish, network: Network = Network.MAINNET) -> Person:
    return make_person(wish, person_id=PersonId(7), added_at=START, network=network)


def test_an_entry_is_what_was_typed_and_typed_again_it_is_the_same() -> None:
    wish = PersonWish(
        name="  Ana \u202e Ruiz ", ways=WAYS, notes="sister\nof Béla", usual_amount=Msat(21_000)
    )
    ana = made(wish)
    assert ana == Person(
        id=PersonId(7),
        name="Ana Ruiz",
        npub=CREATOR.x_only,
        nip05="ana@example.com",
        address="ana@pay.example",
        payment_name="ana@example.com",
        node_id=people.read_node(KEY),
        offer=OFFER,
        notes="sister\nof Béla",
        usual_amount=Msat(21_000),
        added_at=START,
    )
    assert {reach: ana.way(reach) for reach in Reach} == WAYS
    assert made(wish_of(ana)) == ana


@pytest.mark.parametrize(
    ("reach", "text", "kept"),
    [
        (Reach.NPUB, LINK, NPUB),
        (Reach.NPUB, CREATOR.x_only.hex(), NPUB),
        (Reach.NPUB, f" {NPUB.upper()} ", NPUB),
        (Reach.NIP05, "_@Example.com", "example.com"),
        (Reach.ADDRESS, "Ana@Pay.Example", "ana@pay.example"),
        (Reach.PAYMENT_NAME, "Ana@Example.com", "\u20bfana@example.com"),
        (Reach.PAYMENT_NAME, "\u20bf ana.b@x.example.com", "\u20bfana.b@x.example.com"),
        (Reach.NODE, f"{KEY.upper()}@198.51.100.1:9735", KEY),
        (Reach.OFFER, OFFER.upper(), OFFER),
        (Reach.OFFER, f"{OFFER[:20]}+\n  {OFFER[20:]}", OFFER),
        (Reach.OFFER, "   ", ""),
    ],
)
def test_a_way_is_kept_in_one_form(reach: Reach, text: str, kept: str) -> None:
    assert read_reach(reach, text, Network.MAINNET) == kept


@pytest.mark.parametrize(
    ("reach", "text", "wrong"),
    [
        (Reach.NPUB, NPUB[:-1], NotAnNpub),
        (Reach.NPUB, NSEC, NotAnNpub),
        (Reach.NIP05, "ana at example", NotANostrName),
        (Reach.ADDRESS, "ana@example", NotALightningAddress),
        (Reach.ADDRESS, "ana@127.0.0.1:9000", NotALightningAddress),
        (Reach.PAYMENT_NAME, "ana", NotAPaymentName),
        (Reach.PAYMENT_NAME, f"{'a' * 64}@example.com", NotAPaymentName),
        (Reach.PAYMENT_NAME, "ana..b@example.com", NotAPaymentName),
        (Reach.PAYMENT_NAME, "@".join(["a" * 60 + ".com"] * 5), NotAPaymentName),
        (Reach.NODE, "04" + KEY[2:], NotANodeKey),
        (Reach.NODE, KEY[:-2], NotANodeKey),
        (Reach.OFFER, "lno1", NotAnOffer),
        (Reach.OFFER, "lni1" + OFFER[4:], NotAnOffer),
        (Reach.OFFER, OFFER[:30] + OFFER[30:].upper(), NotAnOffer),
        (Reach.OFFER, "lno1" + "q" * MAX_WAY_CHARS, NotAnOffer),
    ],
)
def test_what_is_no_such_way_says_how_one_looks(
    reach: Reach, text: str, wrong: type[UnusableWay]
) -> None:
    with pytest.raises(wrong) as refused:
        read_reach(reach, text, Network.MAINNET)
    assert refused.value.reach is reach
    assert len(text) < 20 or text not in str(refused.value)


def test_an_offer_for_another_network_is_refused() -> None:
    with pytest.raises(OfferElsewhere, match="another network than this profile's"):
        read_reach(Reach.OFFER, OFFER, Network.REGTEST)


def test_the_practice_network_has_addresses_of_this_machine() -> None:
    assert read_reach(Reach.ADDRESS, "ana@127.0.0.1:9000", Network.REGTEST) == "ana@127.0.0.1:9000"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (NPUB, (Reach.NPUB, NPUB)),
        (LINK, (Reach.NPUB, NPUB)),
        ("lightning:ana@pay.example", (Reach.ADDRESS, "ana@pay.example")),
        ("\u20bfana@example.com", (Reach.PAYMENT_NAME, "\u20bfana@example.com")),
        (KEY, (Reach.NODE, KEY)),
        (f"{KEY}@xyz.onion:9735", (Reach.NODE, KEY)),
        (OFFER, (Reach.OFFER, OFFER)),
        (f"lightning:{OFFER.upper()}", (Reach.OFFER, OFFER)),
        (f"bitcoin:?lno={OFFER}", (Reach.OFFER, OFFER)),
    ],
)
def test_anything_pasted_goes_to_its_own_field(text: str, found: tuple[Reach, str]) -> None:
    assert recognise(text, Network.MAINNET) == found


@pytest.mark.parametrize("text", ["", "hello", NSEC, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"])
def test_what_reaches_nobody_again_is_refused(text: str) -> None:
    with pytest.raises(NamesNobody) as refused:
        recognise(text, Network.MAINNET)
    assert not text or text not in repr(refused.value) + str(refused.value.__cause__)


def test_somebody_has_a_name_or_an_npub_and_texts_are_bounded() -> None:
    assert made(PersonWish(ways={Reach.NPUB: NPUB})).name == ""
    with pytest.raises(PersonWithoutName):
        made(PersonWish(name=" \u202e ", ways={Reach.OFFER: OFFER}))
    with pytest.raises(PersonTextTooLong, match="room for 80"):
        made(PersonWish(name="x" * (MAX_NAME_CHARS + 1)))
    with pytest.raises(PersonTextTooLong, match="2,000"):
        made(PersonWish(name="x", notes="y" * (MAX_NOTES_CHARS + 1)))


def test_whether_money_can_get_there() -> None:
    assert not made(PersonWish(ways={Reach.NPUB: NPUB})).can_be_paid
    for reach in (Reach.ADDRESS, Reach.PAYMENT_NAME, Reach.NODE, Reach.OFFER):
        assert made(PersonWish(name="Ana", ways={reach: WAYS[reach]})).can_be_paid


@given(st.text(max_size=120), st.sampled_from(list(Reach)))
def test_whatever_is_typed_is_kept_in_one_form_or_refused(text: str, reach: Reach) -> None:
    try:
        kept = read_reach(reach, text, Network.MAINNET)
    except RequestError:
        return
    assert read_reach(reach, kept, Network.MAINNET) == kept
