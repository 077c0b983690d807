"""What a test of any `PaymentBackend` needs: our side, the program behind it, and its faults."""

from abc import ABC, abstractmethod
from enum import Enum
from pathlib import Path

from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat
from tipdesk.ports.payments import PaymentBackend
from tipdesk.tips.payment import CreatedInvoice


class Fate(Enum):
    """What becomes of a payment once the wallet has begun it."""

    PAID = "paid"
    REFUSED = "refused"
    """It fails for certain, at once."""
    HANGS = "hangs"
    """It stays on its way until `let_go`."""


class WalletRig(ABC):
    """A wallet of ours and its counterpart, alive between `start` and `close`."""

    asks_again_within: float = 5.0
    """Seconds after which whatever happened is seen by `lookup`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @abstractmethod
    async def start(self) -> None:
        """Both sides run, and our side was answered once."""

    @abstractmethod
    async def close(self) -> None:
        """Ends both."""

    @property
    @abstractmethod
    def wallet(self) -> PaymentBackend:
        """Our side, as it is now: another one after `restart`."""

    @abstractmethod
    async def invoice(
        self,
        amount: Msat | None,
        fate: Fate = Fate.PAID,
        *,
        fee: Msat = Msat(0),
        expiry_seconds: int = 3_600,
    ) -> CreatedInvoice:
        """A third party's invoice, what becomes of a payment of it, and what the way takes.

        `fee` is nothing or 1,000 msat: what a real router of the embedded rig asks.
        """

    @abstractmethod
    async def let_go(self, payment_hash: PaymentHash, *, paid: bool) -> None:
        """Ends what hangs."""

    @abstractmethod
    async def begun(self, payment_hash: PaymentHash) -> None:
        """Returns once the wallet's program has begun this payment."""

    @abstractmethod
    def times_paid(self, payment_hash: PaymentHash) -> int:
        """How often the third party was paid."""

    @abstractmethod
    async def lose(self) -> None:
        """The wallet's program is gone for us from one moment to the next; what it does goes on."""

    @abstractmethod
    async def find(self) -> None:
        """It is there again."""

    @abstractmethod
    async def restart(self) -> None:
        """Our side ends without a word, and begins anew from what it keeps."""

    @abstractmethod
    async def be_paid(self, invoice: str, amount: Msat) -> None:
        """The third party pays an invoice of ours."""
