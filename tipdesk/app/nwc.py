"""A wallet over Nostr Wallet Connect, with relays of its own."""

from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.payments.nwc import NwcWallet
from tipdesk.adapters.payments.nwc_wire import Patience
from tipdesk.adapters.relays.auth import Prover
from tipdesk.adapters.relays.pool import WebsocketRelayPool
from tipdesk.adapters.secrets.signer import KeySigner
from tipdesk.base.clock import Clock
from tipdesk.base.entropy import Entropy
from tipdesk.bitcoin.network import Network
from tipdesk.nostr.nip47_link import WalletConnectLink
from tipdesk.ports.plugged import WalletFacts


def nwc_wallet(
    link: WalletConnectLink,
    *,
    network: Network,
    way: WayOut,
    clock: Clock,
    entropy: Entropy,
    facts: WalletFacts | None = None,
    allow_nip04: bool = False,
    patience: Patience | None = None,
) -> NwcWallet:
    """The adapter for a link. Its relays see the link's key, and nothing of the person's."""
    relays = WebsocketRelayPool(
        link.relays,
        network=network,
        entropy=entropy,
        way=way.apart(),
        prover=Prover(KeySigner(link.key, entropy), clock),
    )
    return NwcWallet(
        link,
        relays=relays,
        network=network,
        clock=clock,
        entropy=entropy,
        facts=facts,
        allow_nip04=allow_nip04,
        patience=patience,
    )
