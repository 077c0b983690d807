"""NIP-57 zaps: the request a fan signs, the server's check of it, the receipt, shares in a post.

Amounts are compared to the millisat. What a receipt is worth is judged in `nip57_judge`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import EventId, Preimage, XOnlyPubkey
from tipdesk.base.text import many_lines
from tipdesk.base.units import Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.nostr import event as nip01
from tipdesk.nostr.event import Event, Tags, UnsignedEvent
from tipdesk.nostr.relay_url import usable_relays

KIND_ZAP_REQUEST = 9734
KIND_ZAP_RECEIPT = 9735
MAX_RELAYS = 10
MAX_COMMENT_CHARS = 1_000
MAX_SHARES = 20
_MAX_URL = 2_000
_ADDRESS = re.compile(r"[0-9]{1,5}:[0-9a-f]{64}:.{0,500}", re.DOTALL)
_NUMBER = re.compile(r"[0-9]{1,19}")
_WEIGHT = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,6})[0-9]{0,12})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ZapTarget:
    """Whom a zap is for and, if it is for a post, which: `address` for one that is replaceable.

    `url` names one picture of the post (the ``i`` tag of NIP-73).
    """

    recipient: XOnlyPubkey
    event_id: EventId | None = None
    kind: int | None = None
    address: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """Appendix G: somebody who gets a part of what a post is given, by weight."""

    recipient: XOnlyPubkey
    weight: int
    relay: str = ""
    """Where their profile is found; a stranger's word, empty if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZapRequest:
    """A zap request that keeps every rule. `raw` is the text that was signed for and is hashed."""

    raw: str
    sender: XOnlyPubkey
    target: ZapTarget
    amount: Msat | None
    relays: tuple[str, ...]
    lnurl: str | None
    comment: str

    @property
    def description_hash(self) -> bytes:
        """What the invoice commits to (Appendix D)."""
        return sha256(self.raw.encode())


class ZapRequestRefused(DecodeError):
    """A zap request that breaks a rule of NIP-57, Appendix D."""


class NotAZapRequest(ZapRequestRefused):
    """An event of another kind."""

    def __init__(self, *, kind: int) -> None:
        super().__init__(f"kind {kind} is not a zap request")
        self.kind = kind


class ForgedZapRequest(ZapRequestRefused):
    """D.1: the id or the signature is wrong."""


class WrongTagCount(ZapRequestRefused):
    """D.3, D.4, D.8: a tag is missing, or stands there more often than it may."""

    def __init__(self, *, name: str, count: int) -> None:
        super().__init__(f"a zap request with {count} {name!a} tags")
        self.name = name
        self.count = count


class MalformedTag(ZapRequestRefused):
    """D.7 and NIP-01: a tag's value is not what that tag holds."""

    def __init__(self, *, name: str) -> None:
        super().__init__(f"the {name!a} tag is malformed")
        self.name = name


class ZapAmountMismatch(ZapRequestRefused):
    """D.6: the amount that was signed is not the amount that was asked for."""

    def __init__(self, *, signed: Msat, asked: Msat) -> None:
        super().__init__(f"signed for {signed.value} msat, asked for {asked.value} msat")
        self.signed = signed
        self.asked = asked


class ZapForSomebodyElse(ZapRequestRefused):
    """The recipient is not the person whose address was called: our rule, not the NIP's."""

    def __init__(self, *, recipient: XOnlyPubkey, ours: XOnlyPubkey) -> None:
        super().__init__("the zap is for somebody else")
        self.recipient = recipient
        self.ours = ours


class WrongReceiptSigner(ZapRequestRefused):
    """D.8: ``P`` names another signer of the receipt."""

    def __init__(self, *, named: str, ours: XOnlyPubkey) -> None:
        super().__init__("the zap wants a receipt signed by another key")
        self.named = named
        self.ours = ours


def build_zap_request(
    target: ZapTarget,
    *,
    sender: XOnlyPubkey,
    relays: tuple[str, ...],
    amount: Msat,
    lnurl: str,
    comment: str,
    created_at: int,
    is_anonymous: bool = False,
) -> UnsignedEvent:
    """NIP-57, Appendix A. `lnurl` in bech32; `created_at` in Unix seconds; at most ten relays.

    `is_anonymous`: `sender` is a key made for this zap, and clients are told so.
    """
    tags: list[tuple[str, ...]] = [
        ("relays", *usable_relays(relays, maximum=MAX_RELAYS)),
        ("amount", str(amount.value)),
        ("lnurl", lnurl),
        ("p", target.recipient.hex()),
        *_target_tags(target),
        *([("anon", "")] if is_anonymous else []),
    ]
    return UnsignedEvent(
        pubkey=sender,
        created_at=created_at,
        kind=KIND_ZAP_REQUEST,
        tags=tuple(tags),
        content=comment[:MAX_COMMENT_CHARS],
    )


def accept_zap_request(
    raw: str, *, asked: Msat, recipient: XOnlyPubkey, provider: XOnlyPubkey
) -> ZapRequest:
    """Appendix D, as the recipient's LNURL server checks it, and that the zap is for them.

    `asked` is the query's amount, `provider` the key that will sign the receipt. Raises
    `ZapRequestRefused` or another `DecodeError`.
    """
    event = nip01.parse(raw)
    request = _read_request(raw, event)
    if request.amount is not None and request.amount != asked:
        raise ZapAmountMismatch(signed=request.amount, asked=asked)
    if request.target.recipient != recipient:
        raise ZapForSomebodyElse(recipient=request.target.recipient, ours=recipient)
    signer = _at_most_one(event, "P")
    if signer is not None and signer != provider.hex():
        raise WrongReceiptSigner(named=signer, ours=provider)
    return request


def build_zap_receipt(
    request: ZapRequest, *, invoice: str, preimage: Preimage, provider: XOnlyPubkey, paid_at: int
) -> UnsignedEvent:
    """NIP-57, Appendix E: the same arguments give the same event. `paid_at` in Unix seconds."""
    tags = (
        ("p", request.target.recipient.hex()),
        ("P", request.sender.hex()),
        *_target_tags(request.target),
        ("bolt11", invoice),
        ("description", request.raw),
        ("preimage", preimage.hex()),
    )
    return UnsignedEvent(
        pubkey=provider, created_at=paid_at, kind=KIND_ZAP_RECEIPT, tags=tags, content=""
    )


def read_zap_request(raw: str) -> ZapRequest:
    """An authentic zap request for whomever and whatever amount; `DecodeError` otherwise."""
    return _read_request(raw, nip01.parse(raw))


def _read_request(raw: str, event: Event) -> ZapRequest:
    if event.kind != KIND_ZAP_REQUEST:
        raise NotAZapRequest(kind=event.kind)
    if not event.is_authentic():
        raise ForgedZapRequest("the zap request is not signed by its author")
    recipient = _at_most_one(event, "p")
    if recipient is None:
        raise WrongTagCount(name="p", count=0)
    event_id = _at_most_one(event, "e")
    kind = _at_most_one(event, "k")
    relays = next((tag[1:] for tag in event.tags if tag[0] == "relays"), ())
    return ZapRequest(
        raw=raw,
        sender=event.pubkey,
        target=ZapTarget(
            recipient=nip01.parse_pubkey(recipient),
            event_id=None if event_id is None else nip01.parse_event_id(event_id),
            kind=None if kind is None else _number("k", kind),
            address=_read_address(event),
            url=_read_url(event),
        ),
        amount=_read_amount(event),
        relays=usable_relays(relays, maximum=MAX_RELAYS),
        lnurl=event.first("lnurl"),
        comment=many_lines(event.content, maximum=MAX_COMMENT_CHARS),
    )


def read_shares(tags: Tags) -> tuple[Share, ...]:
    """Appendix G: who shares in a post; empty if it is all the author's.

    Without any weight all have the same; with some, who has none gets nothing. A tag that cannot
    be read is as good as absent.
    """
    found: dict[XOnlyPubkey, tuple[str, str]] = {}
    for tag in tags:
        if tag[0] == "zap" and len(tag) > 1 and len(found) < MAX_SHARES:
            try:
                pubkey = nip01.parse_pubkey(tag[1])
            except DecodeError:
                continue
            found.setdefault(pubkey, (tag[2] if len(tag) > 2 else "", "".join(tag[3:4])))
    is_weighed = any(weight for _, weight in found.values())
    shares = (
        Share(pubkey, _weight(weight) if is_weighed else 1, relay)
        for pubkey, (relay, weight) in found.items()
    )
    return tuple(share for share in shares if share.weight)


def _weight(text: str) -> int:
    """In millionths: some clients write fractions."""
    match = _WEIGHT.fullmatch(text)
    return 0 if match is None else int(match[1] + (match[2] or "").ljust(6, "0"))


def _at_most_one(event: Event, name: str) -> str | None:
    tags = [tag for tag in event.tags if tag[0] == name]
    if len(tags) > 1:
        raise WrongTagCount(name=name, count=len(tags))
    if tags and len(tags[0]) < 2:
        raise MalformedTag(name=name)
    return tags[0][1] if tags else None


def _read_address(event: Event) -> str | None:
    address = _at_most_one(event, "a")
    if address is not None and not _ADDRESS.fullmatch(address):
        raise MalformedTag(name="a")
    return address


def _read_url(event: Event) -> str | None:
    url = event.first("i")
    return url if url is not None and len(url) <= _MAX_URL and url.isprintable() else None


def _read_amount(event: Event) -> Msat | None:
    amount = _at_most_one(event, "amount")
    return None if amount is None else Msat(_number("amount", amount))


def _number(name: str, text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise MalformedTag(name=name)
    return int(text)


def _target_tags(target: ZapTarget) -> Tags:
    values: Mapping[str, str | None] = {
        "e": None if target.event_id is None else target.event_id.hex(),
        "a": target.address,
        "k": None if target.kind is None else str(target.kind),
        "i": target.url,
    }
    return tuple((name, value) for name, value in values.items() if value is not None)
