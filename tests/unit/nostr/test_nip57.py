"""NIP-57: a request reads back whole; each broken rule of Appendix D and F has its own answer."""

from dataclasses import replace

import nostr_sdk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import EventId, PaymentHash, PaymentSecret, Preimage
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.invoice import bolt11
from tipdesk.nostr import event as nip01
from tipdesk.nostr import nip57, nip57_judge
from tipdesk.nostr.event import Event, Tags, UnsignedEvent
from tipdesk.nostr.nip57 import ZapRequest, ZapTarget
from tipdesk.nostr.nip57_judge import FlawedReceipt, ReceiptFlaw, ValidReceipt

FAN, CREATOR, PROVIDER, STRANGER = (PrivateKey(bytes([n]) * 32) for n in (1, 2, 3, 4))
NODE = PrivateKey(b"\x05" * 32)
POST = EventId(b"\x11" * 32)
ADDRESS = f"30023:{CREATOR.x_only.hex()}:dunes"
TARGET = ZapTarget(recipient=CREATOR.x_only, event_id=POST, kind=30_023, address=ADDRESS)
AMOUNT = Msat(21_000)
PREIMAGE = Preimage(b"\x07" * 32)
LNURL = "lnurl1dp68gurn8ghj7um5v93kketj9ehx2amn9uh8wetvdskkkmn0wahz7mrww4excup0dajx2mrv92x9xp"
RELAYS = ("wss://a.example", "wss://b.example")


def request_event(target: ZapTarget = TARGET, *, comment: str = "nice & warm") -> UnsignedEvent:
    return nip57.build_zap_request(
        target,
        sender=FAN.x_only,
        relays=RELAYS,
        amount=AMOUNT,
        lnurl=LNURL,
        comment=comment,
        created_at=1_700_000_000,
    )


def sign(unsigned: UnsignedEvent, key: PrivateKey) -> Event:
    return nip01.sign(replace(unsigned, pubkey=key.x_only), key, bytes(32))


def with_tags(unsigned: UnsignedEvent, *tags: tuple[str, ...], without: str = "") -> UnsignedEvent:
    kept = tuple(tag for tag in unsigned.tags if tag[0] != without)
    return replace(unsigned, tags=kept + tags)


def accept(raw: str, asked: Msat = AMOUNT) -> ZapRequest:
    return nip57.accept_zap_request(
        raw, asked=asked, recipient=CREATOR.x_only, provider=PROVIDER.x_only
    )


def test_a_request_has_one_p_flat_relays_and_the_posts_tags() -> None:
    assert request_event().tags == (
        ("relays", *RELAYS),
        ("amount", "21000"),
        ("lnurl", LNURL),
        ("p", CREATOR.x_only.hex()),
        ("e", POST.hex()),
        ("a", ADDRESS),
        ("k", "30023"),
    )


def test_a_request_for_a_person_names_no_post() -> None:
    tags = request_event(ZapTarget(recipient=CREATOR.x_only)).tags
    assert [tag[0] for tag in tags] == ["relays", "amount", "lnurl", "p"]


def test_a_request_lists_at_most_ten_relays() -> None:
    unsigned = nip57.build_zap_request(
        TARGET,
        sender=FAN.x_only,
        relays=tuple(f"wss://r{n}.example" for n in range(30)),
        amount=AMOUNT,
        lnurl=LNURL,
        comment="",
        created_at=0,
    )
    assert len(unsigned.tags[0]) == 11


def test_nostr_sdk_takes_our_request_for_authentic() -> None:
    theirs = nostr_sdk.Event.from_json(sign(request_event(), FAN).to_json())
    assert theirs.verify()


def test_the_server_reads_the_request_as_it_was_meant() -> None:
    raw = sign(request_event(), FAN).to_json()
    assert accept(raw) == ZapRequest(
        raw=raw,
        sender=FAN.x_only,
        target=TARGET,
        amount=AMOUNT,
        relays=RELAYS,
        lnurl=LNURL,
        comment="nice & warm",
    )
    assert accept(raw).description_hash == sha256(raw.encode())


def test_a_request_without_relays_and_amount_is_accepted() -> None:
    bare = with_tags(with_tags(request_event(), without="relays"), without="amount")
    request = accept(sign(bare, FAN).to_json(), asked=Msat(5))
    assert (request.relays, request.amount) == ((), None)


def test_p_may_name_the_receipts_signer() -> None:
    accept(sign(with_tags(request_event(), ("P", PROVIDER.x_only.hex())), FAN).to_json())


HEX = STRANGER.x_only.hex()


@pytest.mark.parametrize(
    ("tags", "without", "rule"),
    [
        ((), "p", nip57.WrongTagCount),
        ((("p", HEX),), "", nip57.WrongTagCount),
        ((("p", HEX),), "p", nip57.ZapForSomebodyElse),
        ((("p",),), "p", nip57.MalformedTag),
        ((("p", "me"),), "p", nip01.MalformedEvent),
        ((("e", HEX),), "", nip57.WrongTagCount),
        ((("amount", "21001"),), "amount", nip57.ZapAmountMismatch),
        ((("amount", "-21000"),), "amount", nip57.MalformedTag),
        ((("amount", "2.1e4"),), "amount", nip57.MalformedTag),
        ((("a", "nonsense"),), "a", nip57.MalformedTag),
        ((("P", HEX),), "", nip57.WrongReceiptSigner),
        ((("P", HEX), ("P", HEX)), "", nip57.WrongTagCount),
    ],
)
def test_a_broken_rule_of_appendix_d_is_named(
    tags: Tags, without: str, rule: type[DecodeError]
) -> None:
    raw = sign(with_tags(request_event(), *tags, without=without), FAN).to_json()
    with pytest.raises(rule):
        accept(raw)


def test_a_forged_request_is_refused() -> None:
    with pytest.raises(nip57.ForgedZapRequest):
        accept(sign(request_event(), FAN).to_json().replace("warm", "cold"))


def test_a_note_is_no_request() -> None:
    with pytest.raises(nip57.NotAZapRequest):
        accept(sign(replace(request_event(), kind=1), FAN).to_json())


@given(st.text(max_size=80))
def test_arbitrary_text_is_a_request_or_a_decode_error(text: str) -> None:
    with pytest.raises(DecodeError):
        nip57.read_zap_request(text)


def invoice_for(request: ZapRequest, amount: Msat | None = AMOUNT, **changes: object) -> str:
    unsigned = bolt11.UnsignedInvoice(
        network=Network.REGTEST,
        payment_hash=PaymentHash(sha256(PREIMAGE)),
        payment_secret=PaymentSecret(bytes(32)),
        timestamp=1_700_000_001,
        amount_msat=amount,
        description_hash=request.description_hash,
    )
    return bolt11.encode_and_sign(replace(unsigned, **changes), NODE)  # type: ignore[arg-type]


def receipt_event(request: ZapRequest | None = None, invoice: str | None = None) -> UnsignedEvent:
    request = request or accept(sign(request_event(), FAN).to_json())
    return nip57.build_zap_receipt(
        request,
        invoice=invoice or invoice_for(request),
        preimage=PREIMAGE,
        provider=PROVIDER.x_only,
        paid_at=1_700_000_002,
    )


def judge(unsigned: UnsignedEvent, lnurl: str | None = None) -> nip57_judge.ReceiptVerdict:
    return nip57_judge.judge_zap_receipt(
        sign(unsigned, PROVIDER), provider=PROVIDER.x_only, recipient=CREATOR.x_only, lnurl=lnurl
    )


def test_our_own_receipt_is_valid_and_the_same_each_time() -> None:
    request = accept(sign(request_event(), FAN).to_json())
    receipt = sign(receipt_event(request), PROVIDER)
    assert nip57_judge.judge_zap_receipt(
        receipt, provider=PROVIDER.x_only, recipient=CREATOR.x_only, lnurl=LNURL.upper()
    ) == ValidReceipt(
        id=receipt.id,
        payment_hash=PaymentHash(sha256(PREIMAGE)),
        amount=AMOUNT,
        request=request,
        paid_at=1_700_000_002,
        hash_matches=True,
        lnurl_matches=True,
    )
    assert receipt_event(request).id == receipt.id
    assert receipt.first("P") == FAN.x_only.hex()


def test_a_missing_description_hash_and_another_lnurl_are_graded() -> None:
    request = accept(sign(request_event(), FAN).to_json())
    invoice = invoice_for(request, description_hash=None, description="constant")
    verdict = judge(receipt_event(request, invoice), lnurl="lnurl1other")
    assert isinstance(verdict, ValidReceipt)
    assert not verdict.hash_matches
    assert verdict.lnurl_matches is False


def test_a_receipt_without_preimage_and_post_is_still_valid() -> None:
    bare = with_tags(receipt_event(), without="preimage")
    for name in ("e", "a", "k"):
        bare = with_tags(bare, without=name)
    verdict = judge(bare)
    assert isinstance(verdict, ValidReceipt)
    assert verdict.lnurl_matches is None


@pytest.mark.parametrize(
    ("tags", "without", "flaw"),
    [
        ((), "bolt11", ReceiptFlaw.BAD_INVOICE),
        ((("bolt11", "lnbc1"),), "bolt11", ReceiptFlaw.BAD_INVOICE),
        ((), "description", ReceiptFlaw.BAD_REQUEST),
        ((("description", "{}"),), "description", ReceiptFlaw.BAD_REQUEST),
        ((("p", HEX),), "p", ReceiptFlaw.WRONG_RECIPIENT),
        ((("p", HEX),), "", ReceiptFlaw.WRONG_RECIPIENT),
        ((), "p", ReceiptFlaw.WRONG_RECIPIENT),
        ((("e", HEX),), "e", ReceiptFlaw.WRONG_TARGET),
        ((("a", "1:x:y"),), "a", ReceiptFlaw.WRONG_TARGET),
        ((("preimage", "00" * 32),), "preimage", ReceiptFlaw.WRONG_PREIMAGE),
        ((("preimage", "zz"),), "preimage", ReceiptFlaw.WRONG_PREIMAGE),
    ],
)
def test_a_tag_that_lies_makes_the_receipt_worthless(
    tags: Tags, without: str, flaw: ReceiptFlaw
) -> None:
    assert judge(with_tags(receipt_event(), *tags, without=without)) == FlawedReceipt(flaw)


def test_an_amount_that_differs_by_one_msat_is_a_flaw() -> None:
    request = accept(sign(request_event(), FAN).to_json())
    invoice = invoice_for(request, Msat(20_999))
    assert judge(receipt_event(request, invoice)) == FlawedReceipt(ReceiptFlaw.WRONG_AMOUNT)


def test_an_invoice_without_an_amount_is_a_flaw() -> None:
    request = accept(sign(request_event(), FAN).to_json())
    invoice = invoice_for(request, None)
    assert judge(receipt_event(request, invoice)) == FlawedReceipt(ReceiptFlaw.NO_AMOUNT)


def test_a_forged_inner_request_is_a_flaw() -> None:
    request = accept(sign(request_event(), FAN).to_json())
    forged = replace(request, raw=request.raw.replace("warm", "cold"))
    assert judge(receipt_event(forged)) == FlawedReceipt(ReceiptFlaw.BAD_REQUEST)


def test_a_request_for_somebody_else_inside_is_a_flaw() -> None:
    other = replace(TARGET, recipient=STRANGER.x_only)
    inner = nip57.read_zap_request(sign(request_event(other), FAN).to_json())
    outer = with_tags(receipt_event(inner), ("p", CREATOR.x_only.hex()), without="p")
    assert judge(outer) == FlawedReceipt(ReceiptFlaw.WRONG_RECIPIENT)


def test_anybody_elses_receipt_is_a_flaw_even_the_recipients_own() -> None:
    for key in (CREATOR, STRANGER):
        verdict = nip57_judge.judge_zap_receipt(
            sign(receipt_event(), key), provider=PROVIDER.x_only, recipient=CREATOR.x_only
        )
        assert verdict == FlawedReceipt(ReceiptFlaw.WRONG_PROVIDER)


def test_a_receipt_with_a_wrong_signature_or_kind_is_a_flaw() -> None:
    receipt = sign(receipt_event(), PROVIDER)
    for event, flaw in (
        (replace(receipt, sig=bytes(64)), ReceiptFlaw.FORGED),
        (replace(receipt, kind=1), ReceiptFlaw.WRONG_KIND),
    ):
        assert nip57_judge.judge_zap_receipt(
            event, provider=PROVIDER.x_only, recipient=CREATOR.x_only
        ) == FlawedReceipt(flaw)
