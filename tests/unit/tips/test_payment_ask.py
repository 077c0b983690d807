"""Requests in words: anybody's client reads them, and what would be paid is the invoice's word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import NODE, make_invoice
from tipdesk.base.clock import Instant
from tipdesk.base.ids import NodeId
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.uri import parse_uri
from tipdesk.lightning.invoice.offer import OfferTerms, chains_of, make
from tipdesk.tips.payment_ask import (
    MAX_LINKS,
    MAX_WORDS_CHARS,
    AskAmountMissing,
    AskWordsTooLong,
    Payable,
    Unpayable,
    checked_amount,
    checked_words,
    find_payable,
    promise_text,
    refusal_text,
    request_text,
    words_in,
)

INVOICE = make_invoice(amount=Msat(2_100_000))
OPEN_INVOICE = make_invoice(2, amount=None)


def offer(network: Network = Network.REGTEST, amount: int | None = None) -> str:
    return make(
        OfferTerms(
            chains=chains_of(network),
            amount=amount,
            description="Ana",
            absolute_expiry=1_700_009_999,
            issuer_id=NodeId(NODE.point),
        )
    ).to_text()


def found(text: str) -> Payable:
    payable = find_payable(text, Network.REGTEST)
    assert isinstance(payable, Payable)
    return payable


def test_a_request_is_words_and_a_link_on_the_last_line() -> None:
    text = request_text(Msat(2_100_000), "for the tickets", INVOICE)
    assert text == f"Please send me 2,100 sat: for the tickets\n\nlightning:{INVOICE}"
    assert request_text(Msat(1_000), "", INVOICE).startswith("Please send me 1 sat.\n\n")
    payable = found(text)
    assert (payable.text, payable.amount, payable.is_offer) == (INVOICE, Msat(2_100_000), False)
    assert payable.expires_at == Instant.from_unix_seconds(1_700_003_600)
    assert words_in(text, Msat(2_100_000)) == "for the tickets"


def test_an_offer_goes_into_a_link_that_says_how_much() -> None:
    """BIP 21 with `lno`: the offer leaves the amount open, the link does not."""
    text = request_text(Msat(2_100_000), "tickets", offer())
    uri = parse_uri(text.splitlines()[-1])
    assert (uri.address, uri.offer, uri.amount and uri.amount.value) == ("", offer(), 2_100)
    payable = found(text)
    assert (payable.text, payable.amount, payable.is_offer) == (offer(), Msat(2_100_000), True)
    assert payable.expires_at == Instant.from_unix_seconds(1_700_009_999)
    assert found(request_text(Msat(2_000), "", offer(amount=5_000))).amount == Msat(5_000)


def test_promises_and_refusals_are_plain_words() -> None:
    said = promise_text(Msat(2_100_000), "for the \u266b")
    assert said == (
        "I want to send you 2,100 sat: for the \u266b\n\n"
        "Send me an offer or an invoice when you are there."
    )
    assert words_in(said, Msat(2_100_000)) == "for the \u266b"
    assert words_in(promise_text(Msat(1_000), ""), Msat(1_000)) == ""
    assert refusal_text(Msat(1_000), "") == "I will not send you the 1 sat that you asked for."
    assert refusal_text(None, "no").endswith("what you asked for.\n\nno")


@pytest.mark.parametrize(
    "text",
    [
        INVOICE,
        f"here: LIGHTNING:{INVOICE.upper()}, thanks",
        f"(lightning://{INVOICE})",
        f"bitcoin:bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080?lightning={INVOICE}",
        f"lnbc1nonsense{'q' * 30} or rather {INVOICE}",
        f"lnbcrt1{'q' * 90} {INVOICE}",
    ],
)
def test_any_clients_way_of_asking_is_found(text: str) -> None:
    assert found(text).text.lower() == INVOICE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "send me money",
        "lightning:lnurl1dp68gurn8ghj7um9wfmxjcm99e3k7mf0v9cxj0m385ekvcenxc6r2c35xvukxefcv5",
        "bitcoin:bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080?amount=1",
        "lnbc",
    ],
)
def test_what_is_no_private_request_is_none(text: str) -> None:
    assert find_payable(text, Network.REGTEST) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (make_invoice(network=Network.MAINNET), "Their invoice is for mainnet"),
        (offer(Network.MAINNET), "Their offer is for another network"),
        (f"lightning:{INVOICE[:-4]}qqqq", "cannot be read"),
        (f"bitcoin:?req-new=1&lightning={INVOICE}", "cannot be read"),
    ],
)
def test_what_cannot_be_paid_says_why(text: str, said: str) -> None:
    problem = find_payable(text, Network.REGTEST)
    assert isinstance(problem, Unpayable)
    assert said in problem.why


def test_a_flood_of_links_is_not_read_to_its_end() -> None:
    noise = " ".join(f"lnbcrt1{'q' * 30}{number}q" for number in range(MAX_LINKS))
    assert isinstance(find_payable(f"{noise} {INVOICE}", Network.REGTEST), Unpayable)


def test_an_invoice_may_leave_the_amount_open() -> None:
    assert found(OPEN_INVOICE).amount is None


def test_words_of_others_are_bounded_and_keep_what_is_not_ours() -> None:
    assert words_in("Please send me 9 sat: x", Msat(1_000)) == "Please send me 9 sat: x"
    assert words_in(f"Pay \u202e this {INVOICE}", None) == "Pay  this"
    assert len(words_in("y" * 9_000, None)) <= MAX_WORDS_CHARS


def test_our_own_are_checked() -> None:
    assert checked_words("  a\n\n\n b ") == "a\n\n b"
    with pytest.raises(AskWordsTooLong):
        checked_words("x" * (MAX_WORDS_CHARS + 1))
    assert checked_amount(Msat(1_000)) == Msat(1_000)
    for amount in (None, Msat(0), Msat(999), Msat(1_500)):
        with pytest.raises(AskAmountMissing):
            checked_amount(amount)


@given(st.text(max_size=200), st.integers(1, 10**9))
def test_whatever_the_words_are_the_link_is_found(words: str, sats: int) -> None:
    amount = Msat(sats * 1_000)
    text = request_text(amount, checked_words(words), INVOICE)
    payable = find_payable(text, Network.REGTEST)
    assert isinstance(payable, Payable)
