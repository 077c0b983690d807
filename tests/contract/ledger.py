"""What a node of the tests has done: the books behind the servers that speak LND's API and others'.

It knows nothing of HTTP and nothing of our adapters. Third parties' invoices are real, and what
becomes of a payment of one of them is decided when it is made.
"""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.contract.wallet_rig import Fate
from tipdesk.base.ids import PaymentHash, PaymentSecret, Preimage
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.features import ALWAYS_REQUIRED, FeatureBits
from tipdesk.lightning.invoice import bolt11
from tipdesk.lightning.invoice.bolt11 import UnsignedInvoice
from tipdesk.tips.payment import CreatedInvoice

NODE, THIRD, PEER = (PrivateKey(bytes([n]) * 32) for n in (41, 42, 43))
CAPACITY_SAT = 1_000_000
RESERVE_SAT = 10_000


@dataclass
class Payment:
    """A payment out, as far as it has come."""

    payment_hash: PaymentHash
    preimage: Preimage
    amount: int
    fee: int
    invoice: str
    status: str = "pending"
    """pending, paid or failed."""
    why: str = ""
    """no route, refused, or no balance."""
    created_at: float = field(default_factory=time.time)
    ended_at: float = 0.0
    records: dict[int, bytes] = field(default_factory=dict)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def end(self, status: str, why: str = "") -> None:
        self.status, self.why, self.ended_at = status, why, time.time()
        self.ended.set()


@dataclass
class Bill:
    """An invoice of the node's own."""

    index: int
    invoice: str
    payment_hash: PaymentHash
    preimage: Preimage
    amount: int | None
    description: str | None
    description_hash: bytes | None
    label: str
    created_at: float
    expiry: int
    paid: int = 0
    settled_at: float = 0.0
    settle_index: int = 0


@dataclass(frozen=True)
class _Fated:
    """What a third party does with the payment of an invoice, and what the way to it costs."""

    preimage: Preimage
    fate: Fate
    fee: int


class Ledger:
    """One node and everybody around it."""

    def __init__(self, network: Network = Network.REGTEST) -> None:
        self.network = network
        self.spendable = 500_000_000
        self.payments: dict[PaymentHash, Payment] = {}
        self.bills: dict[PaymentHash, Bill] = {}
        self.times_paid: Counter[PaymentHash] = Counter()
        self.orders = 0
        """How often somebody told the node to pay."""
        self._fated: dict[PaymentHash, _Fated] = {}
        self._numbers = itertools.count(1)
        self._settled = itertools.count(1)
        self.on_paid: list[Callable[[Bill], None]] = []

    # Third parties

    def third_invoice(
        self, amount: Msat | None, fate: Fate, fee: Msat, expiry_seconds: int
    ) -> CreatedInvoice:
        preimage = self._preimage()
        text = self._invoice(THIRD, preimage, amount, "a post", None, expiry_seconds)
        payment_hash = PaymentHash(sha256(preimage))
        self._fated[payment_hash] = _Fated(preimage, fate, fee.value)
        return CreatedInvoice(text, payment_hash, bolt11.decode(text).expires_at)

    @property
    def last_fee(self) -> int:
        """What the way to the third party takes now: what the last invoice was made for."""
        return next((fated.fee for fated in reversed(self._fated.values())), 0)

    def preimage_of(self, payment_hash: PaymentHash) -> Preimage:
        return self._fated[payment_hash].preimage

    def let_go(self, payment_hash: PaymentHash, *, paid: bool) -> None:
        if paid:
            self._settle(self.payments[payment_hash])
        else:
            self.payments[payment_hash].end("failed", "refused")

    # Payments out

    def pay(self, text: str, amount: int | None, max_fee: int | None) -> Payment:
        """Begins at once; what the API says first of it is its own business."""
        invoice = bolt11.decode(text)
        sent = invoice.amount_msat.value if invoice.amount_msat is not None else amount
        assert sent is not None
        fated = self._fated[invoice.payment_hash]
        return self._begin(invoice.payment_hash, fated, sent, max_fee, text)

    def pay_unasked(
        self, preimage: Preimage, amount: int, max_fee: int, records: dict[int, bytes]
    ) -> Payment:
        payment_hash = PaymentHash(sha256(preimage))
        begun = self._begin(payment_hash, _Fated(preimage, Fate.PAID, 0), amount, max_fee, "")
        begun.records = records
        return begun

    def _begin(
        self, payment_hash: PaymentHash, fated: _Fated, amount: int, max_fee: int | None, text: str
    ) -> Payment:
        self.orders += 1
        payment = Payment(payment_hash, fated.preimage, amount, fated.fee, text)
        self.payments[payment_hash] = payment
        if max_fee is not None and fated.fee > max_fee:
            payment.end("failed", "no route")
        elif amount + fated.fee > self.spendable:
            payment.end("failed", "no balance")
        elif fated.fate is Fate.REFUSED:
            payment.end("failed", "refused")
        elif fated.fate is Fate.PAID:
            self._settle(payment)
        return payment

    def _settle(self, payment: Payment) -> None:
        self.times_paid[payment.payment_hash] += 1
        self.spendable -= payment.amount + payment.fee
        payment.end("paid")

    # Payments in

    def bill(
        self,
        amount: int | None,
        description: str | None,
        description_hash: bytes | None,
        expiry: int,
        label: str = "",
    ) -> Bill:
        preimage = self._preimage()
        asked = None if amount is None else Msat(amount)
        text = self._invoice(NODE, preimage, asked, description, description_hash, expiry)
        made = Bill(
            index=next(self._numbers),
            invoice=text,
            payment_hash=PaymentHash(sha256(preimage)),
            preimage=preimage,
            amount=amount,
            description=description,
            description_hash=description_hash,
            label=label,
            created_at=time.time(),
            expiry=expiry,
        )
        self.bills[made.payment_hash] = made
        return made

    def be_paid(self, text: str, amount: int) -> None:
        bill = self.bills[bolt11.decode(text).payment_hash]
        bill.paid, bill.settled_at = amount, time.time()
        bill.settle_index = next(self._settled)
        for listener in tuple(self.on_paid):
            listener(bill)

    def _preimage(self) -> Preimage:
        return Preimage(sha256(f"{id(self)} {next(self._numbers)}".encode()))

    def _invoice(
        self,
        key: PrivateKey,
        preimage: Preimage,
        amount: Msat | None,
        description: str | None,
        description_hash: bytes | None,
        expiry: int,
    ) -> str:
        unsigned = UnsignedInvoice(
            network=self.network,
            payment_hash=PaymentHash(sha256(preimage)),
            payment_secret=PaymentSecret(bytes(32)),
            timestamp=int(time.time()),
            expiry=expiry,
            amount_msat=amount,
            description=description if description_hash is None else None,
            description_hash=description_hash,
            features=FeatureBits(ALWAYS_REQUIRED),
        )
        return bolt11.encode_and_sign(unsigned, key)
