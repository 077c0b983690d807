"""How the money travels to a recipient, by what their server takes."""

from dataclasses import dataclass

from tipdesk.base.ids import XOnlyPubkey
from tipdesk.lnurl.pay import PayParams


@dataclass(frozen=True, slots=True)
class ZapRail:
    """NIP-57: a signed request goes along, and `provider` publishes a receipt."""

    provider: XOnlyPubkey


@dataclass(frozen=True, slots=True)
class LnurlRail:
    """LUD-06 only: nobody is told who paid, and no receipt comes."""


Rail = ZapRail | LnurlRail


def choose_rail(params: PayParams) -> Rail:
    """A zap wherever the recipient's server takes zaps."""
    return LnurlRail() if params.nostr_pubkey is None else ZapRail(params.nostr_pubkey)
