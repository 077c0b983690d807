"""How the money travels to a recipient, by what their server takes."""

from dataclasses import dataclass

from tipdesk.base.ids import XOnlyPubkey
from tipdesk.lnurl.pay import PayParams
from tipdesk.tips.target import Target
from tipdesk.tips.visibility import Visibility


@dataclass(frozen=True, slots=True)
class ZapRail:
    """NIP-57: a signed request goes along, and `provider` publishes a receipt."""

    provider: XOnlyPubkey


@dataclass(frozen=True, slots=True)
class LnurlRail:
    """LUD-06 only: nobody is told who paid, and no receipt comes."""


Rail = ZapRail | LnurlRail


def choose_rail(params: PayParams, target: Target, visibility: Visibility) -> Rail:
    """A zap wherever the recipient's server takes zaps, unless nothing is to be published."""
    if params.nostr_pubkey is None or target.zap is None or visibility is Visibility.PRIVATE:
        return LnurlRail()
    return ZapRail(params.nostr_pubkey)
