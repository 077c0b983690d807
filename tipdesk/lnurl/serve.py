"""LUD-06, 12 and 16 from the recipient's side: what a server answers, as JSON text."""

import json

from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.lnurl.pay import PayParams

MAX_COMMENT_CHARS = 280
"""How long a comment we take (LUD-12): a query has to fit into an address."""


def pay_metadata(*, description: str, identifier: str) -> str:
    """LUD-06 and LUD-16: the metadata string, which invoices of plain payments commit to."""
    entries = [["text/plain", description], ["text/identifier", identifier]]
    return json.dumps(entries, ensure_ascii=False, separators=(",", ":"))


def offered_params(
    *,
    callback: str,
    min_sendable: Msat,
    max_sendable: Msat,
    description: str,
    identifier: str,
    nostr_pubkey: XOnlyPubkey | None,
) -> PayParams:
    """What we offer; `nostr_pubkey` is the key that will sign zap receipts, if there are any."""
    return PayParams(
        callback=callback,
        min_sendable=min_sendable,
        max_sendable=max_sendable,
        metadata=pay_metadata(description=description, identifier=identifier),
        description=description,
        identifier=identifier,
        comment_allowed=MAX_COMMENT_CHARS,
        nostr_pubkey=nostr_pubkey,
    )


def render_params(params: PayParams) -> str:
    """LUD-06, step 3."""
    fields: dict[str, object] = {
        "tag": "payRequest",
        "callback": params.callback,
        "minSendable": params.min_sendable.value,
        "maxSendable": params.max_sendable.value,
        "metadata": params.metadata,
        "commentAllowed": params.comment_allowed,
    }
    if params.nostr_pubkey is not None:
        fields["allowsNostr"] = True
        fields["nostrPubkey"] = params.nostr_pubkey.hex()
    return json.dumps(fields, ensure_ascii=False)


def render_invoice(pr: str) -> str:
    """LUD-06, step 5."""
    return json.dumps({"pr": pr, "routes": []})


def render_error(reason: str) -> str:
    """LUD-06: a refusal, with a reason for the payer."""
    return json.dumps({"status": "ERROR", "reason": reason}, ensure_ascii=False)
