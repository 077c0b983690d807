"""What the window asks of the app about money's surroundings: rates, limits, one history."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from tipdesk.base.ids import PaymentHash, XOnlyPubkey
from tipdesk.base.units import Msat, Sat
from tipdesk.lnurl.auth import Login
from tipdesk.lnurl.withdraw import WithdrawParams
from tipdesk.ports.plugged import WalletFacts
from tipdesk.ports.wallets import WalletId
from tipdesk.services.backups import BackupStatus, RestoreTest
from tipdesk.services.connections import ConnectionView, ConnectionWish
from tipdesk.services.onchain import OnchainCost, SentOnchain, Speed
from tipdesk.services.routes import RouteTaken
from tipdesk.services.timeline import TimelinePage
from tipdesk.services.wallets import WalletView
from tipdesk.tips.any_link import WalletLink
from tipdesk.tips.budget import BudgetScope, Use
from tipdesk.tips.connection import BudgetPeriod
from tipdesk.tips.export import ExportFormat
from tipdesk.tips.fiat import Currency, Rate
from tipdesk.tips.payment import Balance, CreatedInvoice
from tipdesk.tips.timeline import EVERYTHING, Line, Place, Search, Totals


class Rates(Protocol):
    """What a bitcoin costs, if the person wants to know."""

    @property
    def currency(self) -> Currency | None:
        """What fiat amounts are in; None while fiat is off."""
        ...

    @property
    def privacy(self) -> str:
        """What turning fiat on tells whom, to be shown before."""
        ...

    @property
    def problems(self) -> Mapping[str, str]:
        """By source, why it tells nothing now."""
        ...

    def currencies(self) -> tuple[Currency, ...]:
        """Those that can be chosen."""
        ...

    def use(self, currency: Currency | None) -> None:
        """Turns fiat on or off."""
        ...

    def current(self) -> Rate | None:
        """The rate to convert with now; None if there is no fresh one."""
        ...

    def last(self) -> Rate | None:
        """The last that was ever used, to be shown with its time only."""
        ...


class Routes(Protocol):
    """The ways that payments of ours took."""

    def taken(self, payment_hash: PaymentHash) -> RouteTaken | None:
        """The way of a payment; None if it did not succeed or nothing is known of its way."""
        ...


class Allowance(Protocol):
    """What may go out without asking twice."""

    def budget(self, scope: BudgetScope) -> Msat | None:
        """The most for a day; None where there is no limit."""
        ...

    def set_budget(self, scope: BudgetScope, limit: Msat | None) -> None:
        """From now on; None for no limit."""
        ...

    @property
    def retype_from(self) -> Msat | None:
        """From this amount on it is typed twice; None: never for its size alone."""
        ...

    @retype_from.setter
    def retype_from(self, amount: Msat | None) -> None: ...

    def uses(self, recipient: XOnlyPubkey | None, app: str) -> tuple[Use, ...]:
        """The budgets that a tip falls under, with what was used today."""
        ...


class Onchain(Protocol):
    """Payments on the chain."""

    def usual_fee(self, speed: Speed) -> Sat:
        """About what one payment costs now."""
        ...

    async def cost(self, address: str, amount: Sat, speed: Speed) -> OnchainCost:
        """What a payment would cost; `RequestError` if it cannot be made."""
        ...

    async def send(self, cost: OnchainCost) -> SentOnchain:
        """Pays it."""
        ...


class Wallets(Protocol):
    """The wallets that pay for the profile."""

    def views(self) -> tuple[WalletView, ...]:
        """The own node first."""
        ...

    async def inspect(self, link: WalletLink) -> WalletFacts:
        """Asks a wallet who it is; nothing is kept."""
        ...

    async def connect(self, link: WalletLink, name: str) -> WalletId:
        """Keeps it, and pays with it from now on."""
        ...

    def choose(self, wallet: WalletId) -> None:
        """Pays with it from now on."""
        ...

    async def remove(self, wallet: WalletId) -> None:
        """Forgets its key; `RequestError` while it owes an answer."""
        ...

    async def look_again(self, wallet: WalletId) -> None:
        """Asks it anew what it can do."""
        ...

    async def balance_of(self, wallet: WalletId) -> Balance | None:
        """What it holds; None if it does not say."""
        ...


class Connections(Protocol):
    """Apps that use the wallet."""

    def connections(self) -> tuple[ConnectionView, ...]:
        """Those that are live first."""
        ...

    @property
    def usual_relays(self) -> tuple[str, ...]:
        """Over which a new one goes unless others are named."""
        ...

    def create(self, wish: ConnectionWish) -> str:
        """A new one; its link, a secret that cannot be had again. `RequestError`."""
        ...

    def rename(self, connection_id: int, name: str) -> None:
        """Another name; `RequestError`."""
        ...

    def set_budget(self, connection_id: int, budget: Msat | None, period: BudgetPeriod) -> None:
        """Another budget; `RequestError`."""
        ...

    def revoke(self, connection_id: int) -> None:
        """Ends it for good; `RequestError`."""
        ...


class Backups(Protocol):
    """Copies of the channel backup."""

    async def status(self) -> BackupStatus:
        """How it stands now."""
        ...

    async def write_now(self) -> None:
        """Writes every copy anew."""
        ...

    async def use_folder(self, folder: str | None) -> None:
        """Keeps the second copy there, written at once."""
        ...

    async def test(self) -> RestoreTest:
        """Opens the newest copy as a restore would."""
        ...


class Pages(Protocol):
    """Pages behind an LNURL that pay us or that we log in to."""

    def url_of(self, lnurl: str) -> str:
        """The address behind it."""
        ...

    async def pays_out(self, lnurl: str) -> WithdrawParams | None:
        """What a page offers; None if it wants to be paid."""
        ...

    async def offer(self, url: str) -> WithdrawParams:
        """What a page offers to pay us."""
        ...

    async def withdraw(self, params: WithdrawParams, amount: Msat, words: str) -> CreatedInvoice:
        """Hands it an invoice."""
        ...

    async def log_in(self, login: Login) -> None:
        """Signs and sends the answer."""
        ...


class Timeline(Protocol):
    """The one history."""

    def page(
        self, search: Search = EVERYTHING, *, before: Place | None = None, limit: int = 50
    ) -> TimelinePage:
        """The newest lines, or those before a place."""
        ...

    def totals(self, search: Search = EVERYTHING) -> Totals:
        """Sums over what settled among the lines."""
        ...

    def payment_note(self, payment_hash: PaymentHash) -> str:
        """The person's own words about a payment beside the tips; empty if there are none."""
        ...

    def note_payment(self, payment_hash: PaymentHash, text: str) -> None:
        """Keeps them; empty ones take them away."""
        ...

    def note(self, line: Line, text: str) -> None:
        """Keeps the person's own words about a line."""
        ...

    async def export(
        self,
        path: Path,
        form: ExportFormat,
        search: Search = EVERYTHING,
        *,
        progress: Callable[[int, int], None] | None = None,
    ) -> int:
        """Writes the lines to a file; how many. `ExportFailed` if it cannot be written.

        `progress` hears how many are written, and of how many; cancelled, no file is left.
        """
        ...
