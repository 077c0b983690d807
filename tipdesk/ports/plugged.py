"""A wallet of the person's that runs elsewhere, and all the ways in which it refuses us.

The errors say nothing about money: whoever pays knows whether an order had left.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import NodeId
from tipdesk.base.phrase import Phrase
from tipdesk.bitcoin.network import Network
from tipdesk.ports.channels import ChannelView
from tipdesk.ports.payments import PaymentBackend
from tipdesk.tips.payment import Capability


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletFacts:
    """What a wallet says of itself: its word, bounded and shown as text."""

    alias: str
    network: Network | None
    """None if it does not tell."""
    node_id: NodeId | None
    capabilities: frozenset[Capability]
    version: str = ""


class PluggedWallet(PaymentBackend, Protocol):
    """A `PaymentBackend` in another program. Everything raises a `BackendError` of this module.

    `pay` and `keysend` raise one only before this call has given an order; after that, what cannot
    be known is `Unknown`. `capabilities` is empty until `check` was answered once, or holds what
    was kept of that.
    """

    async def check(self) -> WalletFacts:
        """Asks the wallet who it is and what we may do. Moves no money."""
        ...

    async def run(self) -> None:
        """Keeps the connection and hears what comes in, until it is cancelled; it never raises.

        A server that is away is tried again, later each time.
        """
        ...

    async def channels(self) -> Sequence[ChannelView]:
        """The node's channels; none without `Capability.CHANNELS`."""
        ...

    def on_state(self, listener: Callable[[BackendError | None], None]) -> None:
        """Calls `listener` when the connection breaks, with why, and with None when it stands."""
        ...

    async def close(self) -> None:
        """Ends every connection. Orders that were given stay given, whatever becomes of them."""
        ...

    def order_ends(self, begun_at: Instant, expires_at: Instant) -> Instant:
        """When an order to pay that got no answer can no longer be carried out.

        Until then that the wallet knows of no such payment is no proof that there will be none.
        """
        ...


class WalletUnreachable(BackendError):
    """No answer: the server is away, or its relays are."""

    def __init__(self, where: str, why: str = "") -> None:
        super().__init__(
            Phrase("Your wallet at {where} does not answer: {why}", where=where, why=why)
            if why
            else Phrase("Your wallet at {where} does not answer.", where=where)
        )
        self.where = where
        self.why = why


class WalletNotReached(WalletUnreachable):
    """No answer, and certain: nothing arrived there, so the wallet has no order from this call."""


class WalletKeyRefused(BackendError):
    """The key is wrong, was revoked or has expired; `why` is the wallet's own word."""

    def __init__(self, where: str, why: str = "") -> None:
        super().__init__(
            Phrase(
                "Your wallet at {where} refuses the key that TipDesk has for it: it is wrong, "
                "was revoked or has expired. Make a new one there and paste it here.",
                where=where,
            )
        )
        self.where = where
        self.why = why


class WalletNotAllowed(BackendError):
    """The key is good, and this is not among what it allows; `what` is the call."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(
            Phrase(
                "The key that TipDesk has for your wallet at {where} does not allow {what}. "
                "Make one there that does, and paste it here.",
                where=where,
                what=what,
            )
        )
        self.where = where
        self.what = what


class WalletCertificateUnknown(BackendError):
    """TLS: nobody vouches for the server, and no certificate of it is known. Nothing was sent."""

    def __init__(self, where: str, fingerprint: bytes) -> None:
        super().__init__(
            Phrase(
                "The server at {where} shows a certificate that nobody vouches for. Compare its "
                "fingerprint with that of your node before you trust it.",
                where=where,
            )
        )
        self.where = where
        self.fingerprint = fingerprint


class WalletCertificateChanged(BackendError):
    """TLS: the server shows another certificate than the one we know. Nothing was sent."""

    def __init__(self, where: str, fingerprint: bytes) -> None:
        super().__init__(
            Phrase(
                "The server at {where} shows another certificate than before. If you renewed it "
                "on your node, connect the wallet anew; if not, somebody may stand in between. "
                "Nothing was sent to it.",
                where=where,
            )
        )
        self.where = where
        self.fingerprint = fingerprint


class WalletNetworkDiffers(BackendError):
    """The wallet's coins are of another network than the profile's."""

    def __init__(self, *, theirs: Network, ours: Network) -> None:
        super().__init__(
            Phrase(
                "This wallet is on {theirs}, and this profile is on {ours}. Begin a profile on "
                "{theirs} for it.",
                theirs=theirs.value,
                ours=ours.value,
            )
        )
        self.theirs = theirs
        self.ours = ours


class WalletAnswerUnreadable(BackendError):
    """Something answered, and not as such a wallet does; `what` is the call."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(
            Phrase(
                "What answers at {where} does not speak as such a wallet does ({what}). Look "
                "whether address and port are right.",
                where=where,
                what=what,
            )
        )
        self.where = where
        self.what = what


class WalletRefused(BackendError):
    """The wallet says no, in its own words: a stranger's text, shown as such."""

    def __init__(self, where: str, said: str) -> None:
        super().__init__(Phrase("Your wallet at {where} says: {said}", where=where, said=said))
        self.where = where
        self.said = said


class WalletSpeaksOldEncryption(BackendError):
    """NIP-47: the wallet knows no encryption that vouches for what was written, only NIP-04."""

    def __init__(self, where: str) -> None:
        super().__init__(
            Phrase(
                "Your wallet at {where} speaks an old encryption only (NIP-04), which hides less "
                "of what is said. Update the wallet, or allow the old encryption for it.",
                where=where,
            )
        )
        self.where = where


class WalletEncryptionUnknown(BackendError):
    """NIP-47: the wallet names ways to encrypt, and none that TipDesk knows."""

    def __init__(self, where: str) -> None:
        super().__init__(
            Phrase(
                "Your wallet at {where} encrypts in a way that TipDesk does not know. Look for a "
                "newer TipDesk.",
                where=where,
            )
        )
        self.where = where


class WalletNeedsAmount(BackendError):
    """The wallet makes no invoices that leave the amount to the payer."""

    def __init__(self, where: str) -> None:
        super().__init__(
            Phrase(
                "Your wallet at {where} makes invoices over a fixed amount only. Name one.",
                where=where,
            )
        )
        self.where = where


class WalletInvoiceDiffers(BackendError):
    """The invoice that the wallet made is not the one that was asked for; nobody was given it."""

    def __init__(self, where: str) -> None:
        super().__init__(
            Phrase(
                "Your wallet at {where} made another invoice than TipDesk asked for. It is not "
                "used.",
                where=where,
            )
        )
        self.where = where
