"""Whether a tip would arrive, and the ways in which a creator can be reached."""

from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QObject

from tipdesk.base.errors import BackendError, RequestError
from tipdesk.services.address_watch import Looked
from tipdesk.services.events import ProfileChanged, ReceivingChanged, WalletsChanged
from tipdesk.services.own_address import OwnAddress
from tipdesk.services.probe import ProbeCheck
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade


class Reach(Enum):
    """What answers for a creator."""

    PROVIDER = auto()
    OWN = auto()
    WALLET = auto()
    NODE = auto()


@dataclass(frozen=True, slots=True)
class Way:
    """A way to be tipped: what it is, what it needs, who is trusted. `state` in a word or two."""

    reach: Reach
    title: str
    text: str
    needs: str
    trusts: str
    state: str
    is_here: bool


class ReceivingViewModel(ViewModel):
    """The panel of receiving."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self.is_running = False
        self.problem = ""
        self.own_problem = ""
        """Why the own address was not set."""
        for kind in (ProfileChanged, ReceivingChanged, WalletsChanged):
            self.listen(kind, self.touch)

    @property
    def address(self) -> str:
        """The lightning address in our profile; empty if there is none."""
        myself = self._app.status().myself
        return "" if myself is None else myself.lud16 or ""

    @property
    def own(self) -> OwnAddress | None:
        """The address that TipDesk itself answers for."""
        return self._app.address.now

    @property
    def node_id(self) -> str:
        """Our node's public key; empty if the wallet has no node of its own."""
        return self._app.status().node_uri.partition("@")[0]

    @property
    def looked(self) -> Looked | None:
        """What was found of the address, the last time it was asked."""
        last = self._app.desk.watch.last
        return last if last is not None and last.address == self.address else None

    @property
    def checks(self) -> tuple[ProbeCheck, ...] | None:
        """None until it was asked."""
        return None if self.looked is None else self.looked.checks

    @property
    def when(self) -> str:
        """When it was asked."""
        looked = self.looked
        if looked is None:
            return ""
        return t("Asked {ago}.", ago=words.ago(looked.at, self._app.clock.now()))

    @property
    def failed(self) -> int:
        """How many checks did not pass."""
        return sum(not check.passed for check in self.checks or ())

    @property
    def proxy(self) -> str:
        """What a web server of the creator's, or Tor, is told."""
        own = self.own
        if own is None:
            return ""
        if own.is_onion:
            return f"HiddenServicePort 80 127.0.0.1:{own.port}"
        return f"reverse_proxy 127.0.0.1:{own.port}"

    @property
    def ways(self) -> tuple[Way, ...]:
        """All of them, in one order."""
        return (self._provider(), self._own(), self._wallet(), self._node())

    def use(self, user: str, domain: str) -> None:
        """Answers for ``user@domain`` from now on."""
        spawn(self._use(user, domain), self)

    def give_up(self) -> None:
        """Answers for no address any more."""
        spawn(self._give_up(), self)

    def run(self) -> None:
        """Asks our own address as a payer's wallet would."""
        if self.address and not self.is_running:
            self.is_running = True
            self.changed.emit()
            spawn(self._run(), self)

    def _provider(self) -> Way:
        return Way(
            reach=Reach.PROVIDER,
            title=t("An address at a provider"),
            text=t(
                "A provider's server answers for your address day and night, and has each invoice "
                "made by your own wallet over Nostr Wallet Connect. No server of yours."
            ),
            needs=t(
                "An account there, the link that you make here for it, and TipDesk open while you "
                "are tipped. The link may only make invoices: it cannot spend."
            ),
            trusts=t(
                "The provider, to ask your wallet for the invoice and not its own. The check on "
                "this page tells whose wallet an invoice pays, and is made once a day."
            ),
            state=t("No server"),
            is_here=False,
        )

    def _own(self) -> Way:
        own = self.own
        return Way(
            reach=Reach.OWN,
            title=t("Your own address"),
            text=t(
                "TipDesk answers for your lightning address itself and signs the receipts of zaps."
            ),
            needs=t(
                "A domain whose web server hands requests on to TipDesk, or an onion address; and "
                "TipDesk open while you are tipped."
            ),
            trusts=t(
                "Nobody with your money. Whoever runs the domain could send payers elsewhere."
            ),
            state=t("Answers for {address}", address=own.identifier) if own else t("Not set up"),
            is_here=own is not None,
        )

    def _wallet(self) -> Way:
        other = self._app.wallet.summary().elsewhere
        return Way(
            reach=Reach.WALLET,
            title=t("The address of a wallet you have"),
            text=t(
                "Many wallets come with a lightning address. Tips to it arrive there, and zaps "
                "show where that wallet signs receipts."
            ),
            needs=t("Its address in your profile. TipDesk need not be open."),
            trusts=t(
                "Whoever runs that wallet. Alerts on stream need invoices of a wallet that TipDesk "
                "is connected with."
            ),
            state=t("Connected: {name}", name=other.name) if other else t("None connected"),
            is_here=other is not None,
        )

    def _node(self) -> Way:
        is_ready = bool(self.own and self.node_id)
        return Way(
            reach=Reach.NODE,
            title=t("Straight to your node"),
            text=t(
                "Wallets that know your node's public key pay it without any address, as podcast "
                "players do (keysend)."
            ),
            needs=t(
                "A channel that others find, TipDesk set up to be tipped, and open. Zaps are not "
                "possible."
            ),
            trusts=t("Nobody."),
            state=t("Ready") if is_ready else t("Off"),
            is_here=is_ready,
        )

    async def _use(self, user: str, domain: str) -> None:
        self.own_problem = ""
        try:
            await self._app.address.use(user, domain)
        except (RequestError, BackendError) as error:
            self.own_problem = sentence(error)
        self.touch()

    async def _give_up(self) -> None:
        await self._app.address.give_up()
        self.touch()

    async def _run(self) -> None:
        try:
            await self._app.desk.watch.look(aloud=False)
            self.problem = ""
        except (RequestError, BackendError) as error:
            self.problem = sentence(error)
        finally:
            self.is_running = False
            self.touch()
