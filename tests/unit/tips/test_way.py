"""One box for whatever people paste: each rail is told from the others, rubbish is refused."""

import pytest

from tests.fakes import ADDRESS, CREATOR, NODE, make_invoice
from tipdesk.base.ids import NodeId
from tipdesk.bitcoin.network import Network
from tipdesk.lnurl import codec
from tipdesk.nostr.nip19 import encode_npub
from tipdesk.tips.way import Address, Invoice, Node, NoWay, Person, Way, read_way

NPUB = encode_npub(CREATOR.x_only)
LNURL = codec.encode("http://127.0.0.1:9000/.well-known/lnurlp/ana")
INVOICE = make_invoice()


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
