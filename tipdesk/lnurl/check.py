"""LUD-06, steps 6 and 7, and our own rules: may this invoice be paid?"""

from enum import Enum

from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import NodeId
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.invoice.bolt11 import Bolt11Invoice


class InvoiceMismatch(BackendError):
    """The server gave an invoice that is not the one asked for; it was not paid."""


class WrongAmount(InvoiceMismatch):
    """LUD-06, step 7: not the amount asked for, to the millisat; None is an open amount."""

    def __init__(self, *, asked: Msat, found: Msat | None) -> None:
        what = Phrase("no amount") if found is None else f"{_sat(found)} sat"
        super().__init__(
            Phrase(
                "The recipient's server returned an invoice over {found} for a tip of {asked} sat. "
                "It was not paid: no money moved.",
                found=what,
                asked=_sat(asked),
            )
        )
        self.asked = asked
        self.found = found


class WrongNetwork(InvoiceMismatch):
    """An invoice of another chain."""

    def __init__(self, *, expected: Network, found: Network) -> None:
        super().__init__(
            Phrase(
                "The recipient's server returned an invoice for {found}, but this wallet is on "
                "{expected}. No money moved.",
                found=found.value,
                expected=expected.value,
            )
        )
        self.expected = expected
        self.found = found


class ExpiredInvoice(InvoiceMismatch):
    """BOLT 11: its time has passed."""

    def __init__(self, *, expired_at: Instant, now: Instant) -> None:
        super().__init__(
            Phrase(
                "The recipient's server returned an invoice that has already expired. "
                "No money moved."
            )
        )
        self.expired_at = expired_at
        self.now = now


class PaysOurselves(InvoiceMismatch):
    """The payee is our own node."""

    def __init__(self, *, node_id: NodeId) -> None:
        super().__init__(Phrase("This invoice would pay your own wallet. No money moved."))
        self.node_id = node_id


class HashGrade(Enum):
    """How well the invoice is bound to what was asked: some honest servers get it wrong."""

    MATCHES = Phrase("the invoice commits to what was asked")
    ABSENT = Phrase("the invoice commits to nothing")
    DIFFERS = Phrase("the invoice commits to something else")
    NOT_COMPARED = Phrase("there was nothing to compare with")


def check_invoice(
    invoice: Bolt11Invoice,
    *,
    amount: Msat,
    network: Network,
    now: Instant,
    expected_description_hash: bytes | None,
    own_node_id: NodeId | None,
) -> HashGrade:
    """Refuses an invoice that must not be paid, with an `InvoiceMismatch` that names the rule.

    The description hash is graded, not enforced: real servers leave it out or hash another text.
    """
    if invoice.network is not network:
        raise WrongNetwork(expected=network, found=invoice.network)
    if invoice.amount_msat != amount:
        raise WrongAmount(asked=amount, found=invoice.amount_msat)
    if invoice.is_expired(now):
        raise ExpiredInvoice(expired_at=invoice.expires_at, now=now)
    if own_node_id is not None and invoice.payee == own_node_id:
        raise PaysOurselves(node_id=own_node_id)
    return _grade(invoice.description_hash, expected_description_hash)


def _grade(found: bytes | None, expected: bytes | None) -> HashGrade:
    if expected is None:
        return HashGrade.NOT_COMPARED
    if found is None:
        return HashGrade.ABSENT
    return HashGrade.MATCHES if found == expected else HashGrade.DIFFERS


def _sat(amount: Msat) -> str:
    whole, rest = divmod(amount.value, 1_000)
    return f"{whole:,}" if rest == 0 else f"{whole:,}.{rest:03d}".rstrip("0")
