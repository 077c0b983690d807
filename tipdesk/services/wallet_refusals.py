"""Why a wallet is not connected, chosen or removed."""

from typing import Final

from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.phrase import Phrase

SLOTS: Final = 8
"""As many wallets may be connected at a time."""
LINK_SECRETS: Final = tuple(f"wallet-{slot}" for slot in range(1, SLOTS + 1))
"""Under these names a vault has their links."""


class TooManyWallets(RequestError):
    """No further wallet is connected."""

    def __init__(self) -> None:
        super().__init__(
            Phrase("{most} wallets are connected already. Remove one first.", most=SLOTS)
        )


class PaymentsUnderWay(RequestError):
    """A wallet cannot go while only it knows what became of payments."""

    def __init__(self, count: int) -> None:
        super().__init__(
            Phrase.counted(
                count,
                "{count} payment is still on its way with this wallet. It can be removed once "
                "that has arrived or come back.",
                "{count} payments are still on their way with this wallet. It can be removed once "
                "they have arrived or come back.",
            )
        )
        self.count = count


class OfNoUse(RequestError):
    """The key allows neither paying nor being paid."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "This key allows neither paying nor being paid. To pay, it must also allow asking "
                "what became of a payment. Make another one in your wallet."
            )
        )


class ConnectedAlready(RequestError):
    """The very same link."""

    def __init__(self, name: str) -> None:
        super().__init__(Phrase("This wallet is connected already, as {name}.", name=name))
        self.name = name


class OwnLink(RequestError):
    """NIP-47: a link that this profile gave to an app; a wallet behind it would ask itself."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "This link was made here, for an app that pays from this TipDesk. The wallet that "
                "it leads to is the one that you have. Nothing was changed."
            )
        )


class NoSuchWallet(RequestError):
    """It was removed meanwhile."""

    def __init__(self) -> None:
        super().__init__(Phrase("This wallet is not connected any more."))


class WalletSilent(BackendError):
    """It did not say who it is in time."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            Phrase(
                "The wallet did not answer within {seconds} seconds. See that it runs and is "
                "online, then try again.",
                seconds=f"{seconds:g}",
            )
        )
        self.seconds = seconds
