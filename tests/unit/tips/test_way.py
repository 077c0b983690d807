"""One box for whatever people paste: each rail is told from the others, rubbish is refused."""

import pytest

from tests.fakes import ADDRESS, CREATOR, NODE, make_invoice
from tests.offers import PAYER, PREIMAGE, answered, asked
from tipdesk.base.errors import RequestError
from tipdesk.base.ids import EventId, NodeId
from tipdesk.base.units import Msat, Sat
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.invoice.offer import OfferTerms, chains_of, make
from tipdesk.lightning.invoice.payer_proof import prove
from tipdesk.lnurl import codec
from tipdesk.lnurl.auth import Login
from tipdesk.nostr.nip19 import (
    EventPointer,
    ProfilePointer,
    encode_note,
    encode_nprofile,
    encode_npub,
)
from tipdesk.tips.way import (
    Address,
    Invoice,
    Node,
    NoWay,
    Offered,
    Onchain,
    Person,
    Post,
    Proven,
    Way,
    Withdrawal,
    read_way,
)

NPUB = encode_npub(CREATOR.x_only)
LNURL = codec.encode("http://127.0.0.1:9000/.well-known/lnurlp/ana")
INVOICE = make_invoice()


def make_offer(network: Network) -> str:
    terms = OfferTerms(
        chains=chains_of(network),
        amount=5_000,
        description="songs\nand more",
        issuer="Ana",
        issuer_id=NodeId(NODE.point),
    )
    return make(terms).to_text()


OFFER = make_offer(Network.REGTEST)
MAINNET_OFFER = make_offer(Network.MAINNET)


@pytest.mark.parametrize(
    ("text", "way"),
    [
        (NPUB, Person(CREATOR.x_only)),
        (f"nostr:{NPUB}", Person(CREATOR.x_only)),
        (ADDRESS, Address(ADDRESS)),
        (f" {ADDRESS.upper()}\n", Address(ADDRESS)),
        (LNURL, Address(LNURL)),
        (LNURL.upper(), Address(LNURL)),
        (f"lightning:{LNURL}", Address(LNURL)),
        ("lnurlp://127.0.0.1:9000/.well-known/lnurlp/ana", Address(LNURL)),
        (NODE.point.hex(), Node(NodeId(NODE.point))),
        (INVOICE, Invoice(INVOICE)),
        (f"LIGHTNING:{INVOICE}", Invoice(INVOICE)),
    ],
)
def test_what_was_pasted_leads_to_somebody(text: str, way: Way) -> None:
    assert read_way(text, Network.REGTEST) == way


@pytest.mark.parametrize(
    "text",
    ["", " ", "hello", "02" + "00" * 32, "npub1xyz", "lnbc1x", "a@", "x" * 20_000, "nsec1qqqq"],
)
def test_what_leads_to_nobody_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(NoWay, match="No money moved"):
        read_way(text, Network.REGTEST)


def test_what_is_for_practice_only_is_nobody_elsewhere() -> None:
    with pytest.raises(NoWay):
        read_way(ADDRESS, Network.MAINNET)


PLAIN = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
K1 = "e2af6254a8df433264fa23f67eb8188635d15ce883e8fc020989d5f82ae6f11e"


@pytest.mark.parametrize(
    ("text", "way"),
    [
        (PLAIN, Onchain(PLAIN)),
        (f"bitcoin:{PLAIN}", Onchain(PLAIN)),
        (
            f"BITCOIN:{PLAIN.upper()}?AMOUNT=0.00021&label=Ana%20Ruiz&message=%3Cb%3Eprint",
            Onchain(PLAIN.upper(), Sat(21_000), "Ana Ruiz <b>print"),
        ),
        (
            f"bitcoin:{PLAIN}?amount=1&lightning={INVOICE}",
            Invoice(INVOICE, Onchain(PLAIN, Sat(100_000_000))),
        ),
        (f"bitcoin:?lightning={INVOICE}", Invoice(INVOICE)),
        (f"bitcoin:{PLAIN}?lightning={LNURL}", Address(LNURL)),
        (f"bitcoin:{PLAIN}?lightning=lnbc1broken&lno=lno1abc", Onchain(PLAIN)),
        (
            f"bitcoin:{PLAIN}?lightning={make_invoice(network=Network.MAINNET)}",
            Onchain(PLAIN),
        ),
        ("lnurlw://127.0.0.1:9000/w?k=1", Withdrawal("http://127.0.0.1:9000/w?k=1")),
        (
            codec.encode("http://127.0.0.1:9000/w?tag=withdrawRequest"),
            Withdrawal("http://127.0.0.1:9000/w?tag=withdrawRequest"),
        ),
        (
            f"keyauth://127.0.0.1:9000/l?tag=login&k1={K1}&action=login",
            Login(
                f"http://127.0.0.1:9000/l?tag=login&k1={K1}&action=login",
                "127.0.0.1",
                bytes.fromhex(K1),
                "login",
            ),
        ),
        (
            codec.encode(f"http://127.0.0.1:9000/l?tag=login&k1={K1}"),
            Login(f"http://127.0.0.1:9000/l?tag=login&k1={K1}", "127.0.0.1", bytes.fromhex(K1), ""),
        ),
        (encode_note(EventId(bytes(32))), Post(EventPointer(EventId(bytes(32))))),
        (
            "nostr:" + encode_nprofile(ProfilePointer(CREATOR.x_only, ("wss://relay.example",))),
            Person(CREATOR.x_only),
        ),
    ],
)
def test_coins_pages_posts_and_logins_are_told_apart(text: str, way: Way) -> None:
    assert read_way(text, Network.REGTEST) == way


@pytest.mark.parametrize(
    "text", [OFFER, OFFER.upper(), f"lightning:{OFFER}", f"bitcoin:?lno={OFFER}"]
)
def test_an_offer_of_this_network_is_read_with_its_makers_words(text: str) -> None:
    assert read_way(text, Network.REGTEST) == Offered(OFFER, Msat(5_000), "songs and more", "Ana")


def test_a_proof_of_payment_is_read_and_only_one_that_holds() -> None:
    made = answered(asked())
    proof = prove(made, PREIMAGE, key=PAYER, entropy=bytes(32), note="to\nAna").to_text()
    read = read_way(proof.upper(), Network.REGTEST)
    assert isinstance(read, Proven)
    assert (read.payment_hash, read.amount, read.note) == (made.payment_hash, made.amount, "to Ana")
    with pytest.raises(RequestError):
        read_way(proof[:-2] + "qq", Network.REGTEST)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "This address is for mainnet, and"),
        ("bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "This address is for mainnet, and"),
        ("lno1pgqpvggz", "This link cannot be used"),
        ("bitcoin:?lno=lno1pgqpvggz", "This link cannot be used"),
        (MAINNET_OFFER, "The offer cannot be paid on this network"),
        (f"bitcoin:{PLAIN}?req-pay=1", "the link demands req-pay, which TipDesk lacks"),
        (f"bitcoin:{PLAIN}?amount=1e8", "the link names no usable amount"),
        (f"bitcoin:{PLAIN}?amount=0", "the link names no usable amount"),
        (f"bitcoin:{PLAIN[:-1]}q", "This link cannot be used"),
        ("bitcoin:", "the link names nothing that can be paid"),
        ("keyauth://example.com/l?tag=login&k1=12", "the login link has no usable 'k1'"),
        (f"keyauth://example.com/l?tag=other&k1={K1}", "the login link has no usable 'tag'"),
        ("lnurlw:", "This link cannot be used"),
    ],
)
def test_what_cannot_be_paid_has_its_own_sentence(text: str, told: str) -> None:
    with pytest.raises(RequestError) as caught:
        read_way(text, Network.REGTEST)
    assert told in str(caught.value)
    assert str(caught.value).endswith("No money moved.")


def test_a_mainnet_profile_opens_pages_by_https_alone() -> None:
    assert read_way("lnurlw://example.com/w", Network.MAINNET) == Withdrawal(
        "https://example.com/w"
    )
    with pytest.raises(NoWay):
        read_way(codec.encode("http://example.com/w?tag=withdrawRequest"), Network.MAINNET)
