"""What a history is made of: tips, tips that came in, payments, each settled at its own time."""

from dataclasses import replace
from typing import Final

from tests.fakes import ADDRESS, CREATOR, FAN, PROVIDER, START, STRANGER, preimage_of, sign
from tipdesk.adapters.storage.desk import DESK_SCHEMA
from tipdesk.adapters.storage.ledger import TIP_MIGRATIONS
from tipdesk.adapters.storage.onchain import DEPOSITS_SCHEMA, ONCHAIN_SCHEMA
from tipdesk.adapters.storage.timeline_schema import TIMELINE_SCHEMA
from tipdesk.base.ids import EventId, PaymentHash, TipId
from tipdesk.base.units import Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.nostr.nip57 import ZapTarget, build_zap_request
from tipdesk.tips.fiat import Currency, Rate
from tipdesk.tips.history import Direction, HistoryRecord, PaymentState
from tipdesk.tips.incoming import IncomingRecord, Settlement
from tipdesk.tips.payment import Succeeded
from tipdesk.tips.target import Target
from tipdesk.tips.tip import Bill, Tip, TipStatus

SCHEMA: Final = (*TIP_MIGRATIONS, DESK_SCHEMA, TIMELINE_SCHEMA, ONCHAIN_SCHEMA, DEPOSITS_SCHEMA)
USD: Final = Currency("USD", 2)
RATE: Final = Rate(currency=USD, price=5_000_000, source="practice", at=START, received_at=START)
POST: Final = EventId(b"\x11" * 32)
KEYS: Final = (FAN, STRANGER, PROVIDER)


def hash_of(number: int) -> PaymentHash:
    return PaymentHash(sha256(preimage_of(number)))


def tip(number: int, *, status: TipStatus = TipStatus.DRAFT, fee: int = 1_000) -> Tip:
    made = Tip(
        tip_id=TipId(number.to_bytes(16, "big")),
        target=Target(ZapTarget(recipient=CREATOR.x_only, event_id=POST, kind=1), ADDRESS),
        amount=Msat(21_000),
        comment="hi",
        fee_limit=Msat(3_000),
        created_at=START.plus_ms(number),
        undo_until=START.plus_ms(number),
        status=status,
    )
    if status in (TipStatus.DRAFT, TipStatus.UNDO, TipStatus.CANCELLED):
        return made
    bill = Bill(
        invoice=f"lnbcrt{number}",
        payment_hash=hash_of(number),
        expires_at=START,
        fetched_at=START,
        provider=None,
    )
    made = replace(made, bill=bill)
    if not status.is_paid:
        return made
    settlement = Succeeded(
        payment_hash=hash_of(number),
        preimage=preimage_of(number),
        amount=made.amount,
        fee=Msat(fee),
        route=(),
        settled_at=START.plus_ms(number),
    )
    return replace(made, settlement=settlement)


def zap(number: int, comment: str = "thanks", event_id: bool = True) -> str:
    target = ZapTarget(recipient=CREATOR.x_only, event_id=POST if event_id else None, kind=None)
    key = KEYS[number % len(KEYS)]
    unsigned = build_zap_request(
        target,
        sender=key.x_only,
        relays=("ws://127.0.0.1:7777",),
        amount=Msat(50_000),
        lnurl="lnurl1x",
        comment=comment,
        created_at=1_700_000_000,
    )
    return sign(
        key, unsigned.kind, comment, tags=unsigned.tags, created_at=unsigned.created_at
    ).to_json()


def incoming(
    number: int, request: str = "", comment: str = "", paid: bool = True
) -> IncomingRecord:
    return IncomingRecord(
        payment_hash=hash_of(number),
        invoice="lnbcrt1",
        amount=Msat(50_000),
        zap_request=request,
        comment=comment,
        created_at=START,
        expires_at=START.plus_ms(1_000),
        settlement=Settlement(preimage_of(number), Msat(50_001), START.plus_ms(number))
        if paid
        else None,
    )


def payment(
    number: int,
    direction: Direction = Direction.OUT,
    state: PaymentState = PaymentState.SUCCEEDED,
    text: str = "coffee",
    amount: int | None = 7_000,
) -> HistoryRecord:
    return HistoryRecord(
        payment_hash=hash_of(number),
        direction=direction,
        invoice="lnbcrt1",
        amount=None if amount is None else Msat(amount),
        description=text,
        state=state,
        at=START.plus_ms(number),
        expires_at=START.plus_ms(9_000),
        fee=Msat(20) if direction is Direction.OUT and state is PaymentState.SUCCEEDED else None,
    )
