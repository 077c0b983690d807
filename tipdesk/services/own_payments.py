"""What our own wallet knows of zaps: those it paid, and those it was paid."""

from tipdesk.base.ids import PaymentHash
from tipdesk.nostr.nip57 import read_zap_request
from tipdesk.ports.stores_tips import IncomingTipStore
from tipdesk.services.tip_book import TipBook
from tipdesk.tips.receipt import SettledPayment


class OwnPayments:
    """The only ground for the best grade of a receipt."""

    def __init__(self, tips: TipBook, incoming: IncomingTipStore) -> None:
        self._tips = tips
        self._incoming = incoming

    def settled(self, payment_hash: PaymentHash) -> SettledPayment | None:
        """Who sent how much with that payment hash; None if our wallet did not settle it."""
        return self._tips.settled(payment_hash) or self._received(payment_hash)

    def _received(self, payment_hash: PaymentHash) -> SettledPayment | None:
        record = self._incoming.incoming(payment_hash)
        if record is None or record.settlement is None or not record.zap_request:
            return None
        # What the invoice asked for: a payer may have sent more, the receipt names what was asked.
        return SettledPayment(read_zap_request(record.zap_request).sender, record.amount)
