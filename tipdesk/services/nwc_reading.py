"""What a connected app asks to be paid, checked before anything is held or asked of a wallet."""

from collections.abc import Callable
from typing import Final

from tipdesk.base.clock import Instant
from tipdesk.base.errors import DecodeError, RequestError
from tipdesk.base.ids import NodeId, PaymentHash, Preimage
from tipdesk.base.phrase import Phrase, clause
from tipdesk.base.text import one_line
from tipdesk.base.units import Msat
from tipdesk.bitcoin import uri
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.invoice import bolt11
from tipdesk.lightning.invoice.bolt11 import Bolt11Invoice
from tipdesk.lightning.payment.destination import check_custom
from tipdesk.nostr.nip47 import ErrorCode, WalletError
from tipdesk.nostr.nip47_paying import Pay, PayInvoice, PayKeysend
from tipdesk.ports.payments import PaymentBackend
from tipdesk.services.nwc_orders import AskedPayment
from tipdesk.tips.payment import KeysendRequest, PayRequest
from tipdesk.tips.tip import fee_limit

MAX_DESCRIPTION: Final = 280
_KEYSEND_FOR_MS: Final = 120_000
"""After it a wallet that has not heard of a payment without an invoice never will."""


class PaymentReader:
    """Reads requests to pay, for one wallet."""

    def __init__(
        self, wallet: PaymentBackend, network: Network, node_id: Callable[[], NodeId | None]
    ) -> None:
        self._wallet = wallet
        self._network = network
        self._node_id = node_id

    def invoice(self, params: PayInvoice, now: Instant) -> AskedPayment | WalletError:
        """`pay_invoice`."""
        text = params.invoice.strip()
        if text[:10].lower() == "lightning:":
            text = text[10:]
        return self._invoice(text, params.amount, None, now)

    def instruction(self, params: Pay, now: Instant) -> AskedPayment | WalletError:
        """NWC-321, `pay`: the BOLT 11 invoice of a BIP-321 link."""
        try:
            link = uri.parse_uri(params.payment)
        except DecodeError as error:
            # A `req-` field that we do not know is among them: proof of payment, for one.
            return _refused(ErrorCode.BAD_REQUEST, clause(error))
        text = link.lightning
        if not text.lower().startswith("ln") or text.lower().startswith("lnurl"):
            why = Phrase("TipDesk pays the BOLT 11 invoice of a link, and this one has none")
            return _refused(ErrorCode.UNSUPPORTED_PAYMENT_INSTRUCTION, why)
        if params.payer_note:
            why = Phrase("an invoice cannot carry a note of the payer")
            return _refused(ErrorCode.BAD_REQUEST, why)
        named = {link.amount.to_msat()} if link.amount is not None else set()
        if params.amount is not None:
            named.add(params.amount)
        if len(named) > 1:
            return _refused(ErrorCode.BAD_REQUEST, _AMOUNTS_DIFFER)
        return self._invoice(text, next(iter(named), None), params.max_fee, now)

    def keysend(
        self, params: PayKeysend, fresh: Preimage, now: Instant
    ) -> AskedPayment | WalletError:
        """`pay_keysend`; the proof is the app's, or else the fresh one."""
        if params.pubkey == self._node_id():
            return _refused(ErrorCode.OTHER, _OUR_OWN)
        if not params.amount:
            return _refused(ErrorCode.BAD_REQUEST, _NO_AMOUNT)
        try:
            check_custom(params.tlv_records)
        except RequestError as error:
            return _refused(ErrorCode.BAD_REQUEST, clause(error))
        preimage = params.preimage or fresh
        return AskedPayment(
            payment_hash=PaymentHash(sha256(preimage)),
            invoice="",
            description="",
            amount=params.amount,
            max_fee=fee_limit(params.amount),
            expires_at=now.plus_ms(_KEYSEND_FOR_MS),
            preimage=preimage,
            send=lambda order, deadline: self._wallet.keysend(
                KeysendRequest(
                    node_id=params.pubkey,
                    amount=order.amount,
                    max_fee=order.max_fee,
                    records=params.tlv_records,
                    deadline=deadline,
                    preimage=preimage,
                )
            ),
        )

    def _invoice(
        self, text: str, amount: Msat | None, max_fee: Msat | None, now: Instant
    ) -> AskedPayment | WalletError:
        try:
            invoice = bolt11.decode(text)
        except DecodeError as error:
            return _refused(ErrorCode.BAD_REQUEST, clause(error))
        asked = invoice.amount_msat or amount
        why = self._why_not(invoice, amount, now)
        if why is not None or not asked:
            return why or _refused(ErrorCode.BAD_REQUEST, _NO_AMOUNT)
        usual = fee_limit(asked)
        return AskedPayment(
            payment_hash=invoice.payment_hash,
            invoice=text,
            description=one_line(invoice.description or "", maximum=MAX_DESCRIPTION),
            amount=asked,
            max_fee=usual if max_fee is None else min(max_fee, usual),
            expires_at=invoice.expires_at,
            send=lambda order, deadline: self._wallet.pay(
                PayRequest(
                    invoice=order.invoice,
                    payment_hash=order.payment_hash,
                    amount=order.amount,
                    max_fee=order.max_fee,
                    deadline=deadline,
                )
            ),
        )

    def _why_not(
        self, invoice: Bolt11Invoice, amount: Msat | None, now: Instant
    ) -> WalletError | None:
        if invoice.network is not self._network:
            why = Phrase("the invoice is for {network}", network=invoice.network.value)
            return _refused(ErrorCode.UNSUPPORTED_NETWORK, why)
        if invoice.payee == self._node_id():
            return _refused(ErrorCode.OTHER, _OUR_OWN)
        if invoice.amount_msat is not None and amount not in (None, invoice.amount_msat):
            return _refused(ErrorCode.BAD_REQUEST, _AMOUNTS_DIFFER)
        if invoice.is_expired(now):
            return _refused(ErrorCode.PAYMENT_FAILED, Phrase("the invoice has expired"))
        return None


_AMOUNTS_DIFFER: Final = Phrase("the amounts that were named differ")
_NO_AMOUNT: Final = Phrase("no amount was named")
_OUR_OWN: Final = Phrase("it would go to this wallet itself")


def _refused(code: ErrorCode, why: str) -> WalletError:
    return WalletError(code, Phrase("Nothing was paid: {why}.", why=why))
