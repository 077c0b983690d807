"""What other zap software got wrong, one test each (tipping.md, part 3): none of it counts here."""

import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.fakes import CREATOR, FAN, PROVIDER, RELAY, START, STRANGER, make_invoice, preimage_of
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import NodeId, PaymentHash
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.invoice import bolt11
from tipdesk.lnurl.check import HashGrade, WrongAmount, check_invoice
from tipdesk.lnurl.pay import PayParams, callback_url, parse_params
from tipdesk.nostr import event as nip01
from tipdesk.nostr import nip57
from tipdesk.nostr.event import Event
from tipdesk.nostr.nip57 import ZapTarget
from tipdesk.nostr.nip57_judge import ReceiptFlaw
from tipdesk.tips.receipt import JudgedReceipt, TrustGrade, judge_receipt

AMOUNT = Msat(21_000)
OTHERS_NODE = NodeId(PrivateKey(b"\x07" * 32).point)
PARAMS = PayParams(
    callback="https://pay.example/cb?user=ana&v=2",
    min_sendable=Msat(1_000),
    max_sendable=Msat(100_000),
    metadata='[["text/plain","ana"]]',
    description="ana",
    comment_allowed=100,
    nostr_pubkey=PROVIDER.x_only,
)


def request(
    *, sender: PrivateKey = FAN, recipient: PrivateKey = CREATOR, amount: Msat = AMOUNT
) -> str:
    unsigned = nip57.build_zap_request(
        ZapTarget(recipient=recipient.x_only),
        sender=sender.x_only,
        relays=(RELAY,),
        amount=amount,
        lnurl="lnurl1x",
        comment="hi",
        created_at=START.unix_seconds,
    )
    return nip01.sign(unsigned, sender, bytes(32)).to_json()


def receipt(raw: str, *, signer: PrivateKey = PROVIDER, paid: Msat = AMOUNT) -> Event:
    event = nip57.build_zap_receipt(
        nip57.read_zap_request(raw),
        invoice=make_invoice(amount=paid, description_hash=sha256(raw.encode())),
        preimage=preimage_of(1),
        provider=signer.x_only,
        paid_at=START.unix_seconds,
    )
    return nip01.sign(event, signer, bytes(32))


def verdict(event: Event) -> TrustGrade | ReceiptFlaw:
    found = judge_receipt(
        event,
        recipient=CREATOR.x_only,
        providers=(PROVIDER.x_only,),
        settled=lambda _: None,
        now=START,
    )
    return found.grade if isinstance(found, JudgedReceipt) else found.flaw


def test_an_honest_receipt_counts() -> None:
    assert verdict(receipt(request())) is TrustGrade.B


def test_nobody_checks_who_signed() -> None:
    assert verdict(receipt(request(), signer=STRANGER)) is ReceiptFlaw.WRONG_PROVIDER


def test_what_the_recipient_signs_is_taken_as_true() -> None:
    assert verdict(receipt(request(), signer=CREATOR)) is ReceiptFlaw.WRONG_PROVIDER


def test_the_inner_signature_is_not_verified() -> None:
    honest = receipt(request())
    fields = json.loads(request()) | {"content": "other words"}
    tags = tuple(
        ("description", json.dumps(fields)) if tag[0] == "description" else tag
        for tag in honest.tags
    )
    unsigned = nip01.UnsignedEvent(
        pubkey=PROVIDER.x_only,
        created_at=honest.created_at,
        kind=honest.kind,
        tags=tags,
        content="",
    )
    assert verdict(nip01.sign(unsigned, PROVIDER, bytes(32))) is ReceiptFlaw.BAD_REQUEST


@pytest.mark.parametrize("paid", [Msat(21_001), Msat(20_999), Msat(21_000_000)])
def test_amounts_are_compared_in_whole_sats_or_not_at_all(paid: Msat) -> None:
    assert verdict(receipt(request(), paid=paid)) is ReceiptFlaw.WRONG_AMOUNT


@pytest.mark.parametrize("found", [Msat(21_001), Msat(21_000_000), None])
def test_whatever_invoice_the_server_returns_is_paid(found: Msat | None) -> None:
    with pytest.raises(WrongAmount):
        check_invoice(
            bolt11.decode(make_invoice(amount=found)),
            amount=AMOUNT,
            network=Network.REGTEST,
            now=START,
            expected_description_hash=None,
            own_node_id=OTHERS_NODE,
        )


def test_the_callbacks_own_query_is_wiped_or_a_second_question_mark_joined() -> None:
    url = callback_url(PARAMS, AMOUNT, comment="hi")
    assert url.count("?") == 1
    assert parse_qs(urlsplit(url).query) == {
        "user": ["ana"],
        "v": ["2"],
        "amount": ["21000"],
        "comment": ["hi"],
    }


@pytest.mark.parametrize("comment", ["rock & roll", "#1", "1+1=2", "100 %", "a?b", "\u00e9\u26a1 "])
def test_a_reserved_character_in_the_comment_cuts_the_request(comment: str) -> None:
    url = callback_url(PARAMS, AMOUNT, zap_request=json.dumps({"content": comment}))
    assert urlsplit(url).fragment == ""
    (raw,) = parse_qs(urlsplit(url).query)["nostr"]
    assert json.loads(raw)["content"] == comment


def test_nobody_looks_at_what_the_invoice_commits_to() -> None:
    invoice = bolt11.decode(make_invoice(amount=AMOUNT, description_hash=sha256(b"another")))
    graded = check_invoice(
        invoice,
        amount=AMOUNT,
        network=Network.REGTEST,
        now=START,
        expected_description_hash=sha256(b"what we signed"),
        own_node_id=OTHERS_NODE,
    )
    assert graded is HashGrade.DIFFERS


@pytest.mark.parametrize("amount", [Msat(999), Msat(100_001)])
def test_the_servers_bounds_are_not_looked_at(amount: Msat) -> None:
    assert not PARAMS.accepts(amount)
    assert PARAMS.accepts(AMOUNT)


def test_relays_are_nested_in_a_list() -> None:
    fields = json.loads(request())
    (relays,) = [tag for tag in fields["tags"] if tag[0] == "relays"]
    assert relays == ["relays", RELAY]
    fields["tags"] = [["relays", [RELAY]], *(t for t in fields["tags"] if t[0] != "relays")]
    with pytest.raises(DecodeError):
        nip01.parse(json.dumps(fields))


def test_a_request_without_relays_is_lost() -> None:
    unsigned = nip57.build_zap_request(
        ZapTarget(recipient=CREATOR.x_only),
        sender=FAN.x_only,
        relays=(),
        amount=AMOUNT,
        lnurl="lnurl1x",
        comment="",
        created_at=START.unix_seconds,
    )
    raw = nip01.sign(unsigned, FAN, bytes(32)).to_json()
    accepted = nip57.accept_zap_request(
        raw, asked=AMOUNT, recipient=CREATOR.x_only, provider=PROVIDER.x_only
    )
    assert accepted.relays == ()


def test_the_server_floors_an_amount_to_whole_sats() -> None:
    odd = Msat(21_001)
    accepted = nip57.accept_zap_request(
        request(amount=odd), asked=odd, recipient=CREATOR.x_only, provider=PROVIDER.x_only
    )
    assert accepted.amount == odd
    with pytest.raises(nip57.ZapAmountMismatch):
        nip57.accept_zap_request(
            request(amount=odd), asked=AMOUNT, recipient=CREATOR.x_only, provider=PROVIDER.x_only
        )


def test_the_server_signs_for_whomever_the_payer_names() -> None:
    with pytest.raises(nip57.ZapForSomebodyElse):
        nip57.accept_zap_request(
            request(recipient=STRANGER),
            asked=AMOUNT,
            recipient=CREATOR.x_only,
            provider=PROVIDER.x_only,
        )


def test_a_receipt_for_one_person_is_credited_to_another() -> None:
    assert verdict(receipt(request(recipient=STRANGER))) is ReceiptFlaw.WRONG_RECIPIENT


def test_the_sender_named_outside_is_nobodys_proof() -> None:
    """NIP-57 says two things of ``P``; who sent is read from the signed request alone."""
    honest = receipt(request())
    tags = tuple(("P", STRANGER.x_only.hex()) if t[0] == "P" else t for t in honest.tags)
    unsigned = nip01.UnsignedEvent(
        pubkey=PROVIDER.x_only,
        created_at=honest.created_at,
        kind=honest.kind,
        tags=tags,
        content="",
    )
    found = judge_receipt(
        nip01.sign(unsigned, PROVIDER, bytes(32)),
        recipient=CREATOR.x_only,
        providers=(PROVIDER.x_only,),
        settled=lambda _: None,
        now=START,
    )
    assert isinstance(found, JudgedReceipt)
    assert found.sender == FAN.x_only


def test_two_receipts_of_one_payment_count_twice() -> None:
    one = judge_receipt(
        receipt(request()),
        recipient=CREATOR.x_only,
        providers=(PROVIDER.x_only,),
        settled=lambda _: None,
        now=START,
    )
    assert isinstance(one, JudgedReceipt)
    assert one.payment_hash == PaymentHash(sha256(preimage_of(1)))  # what sums are keyed by


def test_a_key_that_is_none_is_taken_for_a_provider() -> None:
    answer = {
        "tag": "payRequest",
        "callback": "https://pay.example/cb",
        "minSendable": 1_000,
        "maxSendable": 2_000,
        "metadata": '[["text/plain","ana"]]',
        "allowsNostr": True,
    }
    for key in ("", "npub1xyz", "ab" * 31, 7, None):
        params = parse_params(json.dumps(answer | {"nostrPubkey": key}).encode(), Network.REGTEST)
        assert params.nostr_pubkey is None


def test_a_comment_is_dropped_because_the_server_allows_none_beside_a_zap() -> None:
    raw = request()
    silent = replace(PARAMS, comment_allowed=0)
    (sent,) = parse_qs(urlsplit(callback_url(silent, AMOUNT, zap_request=raw)).query)["nostr"]
    assert nip57.read_zap_request(sent).comment == "hi"
