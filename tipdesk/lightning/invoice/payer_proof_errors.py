"""Every way in which a payer proof can be wrong: one class per rule.

Bolt12Error
+-- PayerProofError       what was read proves nothing
RequestError
+-- CannotProve           no proof can be made of this
"""

from tipdesk.base.errors import RequestError
from tipdesk.base.phrase import Phrase
from tipdesk.lightning.invoice.bolt12_errors import Bolt12Error


class PayerProofError(Bolt12Error):
    """BOLT 12, "Payer Proofs", reader: a proof that proves nothing."""


class PreimageOfOther(PayerProofError):
    """BOLT 12: `proof_preimage` does not hash to `invoice_payment_hash`."""

    def __init__(self) -> None:
        super().__init__(Phrase("The proof's preimage is not that of the invoice."))


class WrongMarker(PayerProofError):
    """BOLT 12, `proof_omitted_tlvs`: out of order or range, of a shown field, or not the next."""

    def __init__(self, *, marker: int) -> None:
        super().__init__(
            Phrase("The proof's list of hidden fields is wrong at {marker}.", marker=str(marker))
        )
        self.marker = marker


class WrongLeafHashes(PayerProofError):
    """BOLT 12: `proof_leaf_hashes` has one hash for each field that is shown."""

    def __init__(self, *, hashes: int, fields: int) -> None:
        super().__init__(
            Phrase(
                "The proof shows {fields} fields and has hashes for {hashes}.",
                fields=fields,
                hashes=hashes,
            )
        )
        self.hashes = hashes
        self.fields = fields


class WrongMissingHashes(PayerProofError):
    """BOLT 12: `proof_missing_hashes` are not exactly as many as the hidden branches."""

    def __init__(self, *, hashes: int) -> None:
        super().__init__(
            Phrase("The proof's {hashes} hashes of what it hides do not fit.", hashes=hashes)
        )
        self.hashes = hashes


class NotTheIssuersInvoice(PayerProofError):
    """BOLT 12: `signature` is not by `invoice_node_id`, for what the proof says of the invoice."""

    def __init__(self) -> None:
        super().__init__(Phrase("The proof's invoice is not signed by who it says has made it."))


class NotThePayersProof(PayerProofError):
    """BOLT 12: `proof_signature` is not by `invreq_payer_id`, for this very proof."""

    def __init__(self) -> None:
        super().__init__(Phrase("The proof is not signed by who asked for the invoice."))


class CannotProve(RequestError):
    """No proof can be made: the preimage or the key is another one, or the invoice has no form."""


class PreimageUnknown(CannotProve):
    """The preimage is not that of the invoice: it was not what paid it."""

    def __init__(self) -> None:
        super().__init__(Phrase("That is not what was given in return for paying this invoice."))


class KeyOfOther(CannotProve):
    """The key is not `invreq_payer_id`: somebody else asked for the invoice."""

    def __init__(self) -> None:
        super().__init__(Phrase("The invoice was asked for with another key."))


class UnprovableField(CannotProve):
    """A field whose number a proof uses for itself, or has none for."""

    def __init__(self, *, record_type: int) -> None:
        super().__init__(
            Phrase(
                "The invoice has a field that no proof can be made about ({field}).",
                field=str(record_type),
            )
        )
        self.record_type = record_type
