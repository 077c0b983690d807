"""Tips to an address at a provider, which has each invoice made by our wallet (NIP-47).

That the money came is our own wallet's word. Who sent it and what they wrote is the provider's, but
for a zap whose signed request the invoice commits to.
"""

import json
from collections.abc import Mapping
from typing import Final

from tipdesk.base.clock import Instant
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.text import many_lines, one_line
from tipdesk.base.units import Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.lnurl.serve import MAX_COMMENT_CHARS
from tipdesk.nostr.nip47_asking import MakeInvoice
from tipdesk.nostr.nip57 import read_zap_request
from tipdesk.tips.incoming import IncomingRecord
from tipdesk.tips.payment import CreatedInvoice

_MOST_NAME: Final = 60


def provider_tip(
    created: CreatedInvoice, asked: MakeInvoice, recipient: XOnlyPubkey, now: Instant
) -> IncomingRecord:
    """What an invoice that a provider asked for brings, once it is paid."""
    metadata = asked.metadata
    payer = metadata.get("payer_data")
    name = payer.get("name") if isinstance(payer, Mapping) else None
    comment = metadata.get("comment") or asked.description or ""
    return IncomingRecord(
        payment_hash=created.payment_hash,
        invoice=created.invoice,
        amount=asked.amount or Msat(0),
        zap_request=_committed_zap(asked, recipient),
        comment=many_lines(comment, maximum=MAX_COMMENT_CHARS) if isinstance(comment, str) else "",
        claimed_name=one_line(name, maximum=_MOST_NAME) if isinstance(name, str) else "",
        created_at=now,
        expires_at=created.expires_at,
        # The provider's key signs the receipt and not ours: none is owed from here.
        is_given_up=True,
    )


def _committed_zap(asked: MakeInvoice, recipient: XOnlyPubkey) -> str:
    """The zap request among the metadata, if it is sound, for us, and the invoice commits to it."""
    event = asked.metadata.get("nostr")
    if not isinstance(event, Mapping):
        return ""
    # As clients write it: what is hashed is text, and its parts come in the order they came in.
    raw = json.dumps(event, separators=(",", ":"), ensure_ascii=False)
    if asked.description_hash != sha256(raw.encode()):
        return ""
    try:
        request = read_zap_request(raw)
    except DecodeError:
        return ""
    is_ours = request.target.recipient == recipient
    return raw if is_ours and asked.amount and request.amount in (None, asked.amount) else ""
