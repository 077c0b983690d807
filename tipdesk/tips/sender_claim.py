"""That a payment was somebody's: a payer proof (BOLT 12) in a message of theirs (NIP-17).

A payment for an offer says nothing of who sent it. Its payer alone can write a note into a proof of
it: one that names an npub, in a message signed by that npub, shows whose payment it was. A proof
that is handed on shows it of nobody else.
"""

import re
from typing import Final

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.lightning.invoice import payer_proof
from tipdesk.lightning.invoice.bolt12 import Bolt12Invoice
from tipdesk.lightning.invoice.payer_proof import PayerProof
from tipdesk.nostr.nip19 import encode_npub
from tipdesk.tips.sentence import sats

_PROOF: Final = re.compile(r"\blnp1[0-9a-z]{50,13000}\b")


def claim_note(sender: XOnlyPubkey) -> str:
    """What the proof's note is, so that it is of use to that sender alone."""
    return f"nostr:{encode_npub(sender)}"


def claim_text(amount: Msat, proof: str) -> str:
    """The message, as any client shows it."""
    return f"I sent you {sats(amount)} for your offer. This proves that it was me:\n\n{proof}"


def words_of_claim(text: str) -> str:
    """The same without the proof, for a bubble; other texts as they are."""
    return _PROOF.sub("lnp1…", text)


def proof_in(text: str) -> PayerProof | None:
    """The first proof in a message; None if there is none that holds."""
    found = _PROOF.search(text)
    if found is None:
        return None
    try:
        return payer_proof.decode(found[0])
    except DecodeError:
        return None


def is_of(proof: PayerProof, invoice: Bolt12Invoice, sender: XOnlyPubkey) -> bool:
    """Whether that very invoice was paid by `sender`, who wrote the message with the proof.

    Hash and preimage alone prove nothing: every node on the way has both, and could make a proof
    about an invoice of its own. The keys of payer and payee are those of our invoice or nobody's.
    """
    return (
        proof.payment_hash == invoice.payment_hash
        and proof.payer_id == invoice.request.payer_id
        and proof.node_id == invoice.node_id
        and proof.note == claim_note(sender)
    )
