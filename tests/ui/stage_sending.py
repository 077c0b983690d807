"""The stage's chain and pages: they do what they are told, and remember what they were asked."""

from tests.ui import content
from tipdesk.base.clock import Clock
from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.ids import PaymentHash, Txid
from tipdesk.base.units import FeeratePerKw, Msat, Sat
from tipdesk.lnurl.auth import Login
from tipdesk.lnurl.withdraw import WithdrawParams
from tipdesk.ports.backup import BackupCopy
from tipdesk.services.backups import BackupStatus, RestoreTest
from tipdesk.services.onchain import OnchainCost, SentOnchain, Speed
from tipdesk.tips.payment import CreatedInvoice

OFFER = WithdrawParams(
    "https://shop.example/w", "k1", Msat(1_000), Msat(50_000_000), "Refund <b>no. 4</b>"
)
_RATES = {Speed.FAST: 3_000, Speed.NORMAL: 1_550, Speed.SLOW: 253}


class StageOnchain:
    """Pays with a usual fee; refuses what is more than there is."""

    def __init__(self) -> None:
        self.sent: list[OnchainCost] = []
        self.refusal: BackendError | None = None
        self.is_published = True

    def usual_fee(self, speed: Speed) -> Sat:
        """141 virtual bytes."""
        return Sat(_RATES[speed] * 564 // 1_000)

    async def cost(self, address: str, amount: Sat, speed: Speed) -> OnchainCost:
        """Of what is on chain on the stage."""
        if amount > Sat(2_400_000):
            raise RequestError("That is more than is free on chain. No money moved.")
        return OnchainCost(
            address, amount, speed, FeeratePerKw(_RATES[speed]), self.usual_fee(speed)
        )

    async def send(self, cost: OnchainCost) -> SentOnchain:
        """Remembers."""
        if self.refusal is not None:
            raise self.refusal
        self.sent.append(cost)
        return SentOnchain(Txid(content.number(7)), cost.total, self.is_published)


class StageBackups:
    """One copy, and a second one where it is told to."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.second: str | None = None
        self.written = 0
        self.refusal: RequestError | None = None
        self.tested = RestoreTest(channels=4, peers=3, without_address=1, missing=0)

    async def status(self) -> BackupStatus:
        """Two minutes old."""
        at = self._clock.now().plus_ms(-2 * content.MINUTE)
        own = BackupCopy("/home/mika/.local/share/tipdesk/channels.backup", at, 1_204)
        more = (
            ()
            if self.second is None
            else (BackupCopy(f"{self.second}/channels.backup", at, 1_204),)
        )
        return BackupStatus((own, *more), 2, self.second)

    async def write_now(self) -> None:
        """Counts."""
        self.written += 1

    async def use_folder(self, folder: str | None) -> None:
        """Remembers."""
        if self.refusal is not None:
            raise self.refusal
        self.second = folder

    async def test(self) -> RestoreTest:
        """As told."""
        if self.refusal is not None:
            raise self.refusal
        return self.tested


class StagePages:
    """One offer, and any login."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.hidden_offer: WithdrawParams | None = None
        """What a bare LNURL turns out to offer."""
        self.withdrawn: list[tuple[WithdrawParams, Msat]] = []
        self.asked: list[str] = []
        self.logins: list[Login] = []
        self.refusal: BackendError | None = None

    def url_of(self, lnurl: str) -> str:
        """Always the same."""
        return "https://shop.example/w"

    async def pays_out(self, lnurl: str) -> WithdrawParams | None:
        """Nothing, unless told otherwise."""
        self.asked.append(lnurl)
        return self.hidden_offer

    async def offer(self, url: str) -> WithdrawParams:
        """A refund."""
        self.asked.append(url)
        if self.refusal is not None:
            raise self.refusal
        return OFFER

    async def withdraw(self, params: WithdrawParams, amount: Msat, words: str) -> CreatedInvoice:
        """Remembers."""
        self.withdrawn.append((params, amount))
        return CreatedInvoice(
            "lnbcrt1", PaymentHash(content.number(1)), self._clock.now().plus_ms(3_600_000)
        )

    async def log_in(self, login: Login) -> None:
        """Remembers."""
        if self.refusal is not None:
            raise self.refusal
        self.logins.append(login)
