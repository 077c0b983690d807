"""Whether a tip would arrive, and the ways in which a creator can be reached."""

from dataclasses import dataclass

from PySide6.QtCore import QObject

from tipdesk.base.errors import BackendError, RequestError
from tipdesk.services.events import ProfileChanged
from tipdesk.services.probe import ProbeCheck
from tipdesk.ui.i18n import t
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade


@dataclass(frozen=True, slots=True)
class Way:
    """A way to be tipped: what it is, what it needs, who is trusted. `state` in a word or two."""

    title: str
    text: str
    needs: str
    trusts: str
    state: str
    is_here: bool


class ReceivingViewModel(ViewModel):
    """The panel of receiving. `checks` is None until they were run."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self.checks: tuple[ProbeCheck, ...] | None = None
        self.is_running = False
        self.problem = ""
        self.listen(ProfileChanged, self.touch)

    @property
    def address(self) -> str:
        """Our lightning address; empty if we have none."""
        myself = self._app.status().myself
        return "" if myself is None else myself.lud16 or ""

    @property
    def node_id(self) -> str:
        """Our node's public key; empty if the wallet has no node of its own."""
        return self._app.status().node_uri.partition("@")[0]

    @property
    def failed(self) -> int:
        """How many checks did not pass."""
        return sum(not check.passed for check in self.checks or ())

    @property
    def ways(self) -> tuple[Way, ...]:
        """All of them, those that work now first."""
        return (
            Way(
                title=t("Your own address"),
                text=t(
                    "TipDesk answers for your lightning address itself and signs the receipts "
                    "of zaps."
                ),
                needs=t(
                    "A domain whose web server hands requests on to TipDesk, or an onion "
                    "address; and TipDesk open while you are tipped."
                ),
                trusts=t(
                    "Nobody with your money. Whoever runs the domain could send payers elsewhere."
                ),
                state=t("Address set") if self.address else t("Not set up"),
                is_here=bool(self.address),
            ),
            Way(
                title=t("Straight to your node"),
                text=t(
                    "Wallets that know your node's public key pay it without any address, as "
                    "podcast players do (keysend)."
                ),
                needs=t(
                    "A channel that others find, TipDesk set up to be tipped, and open. Zaps "
                    "are not possible."
                ),
                trusts=t("Nobody."),
                state=t("Ready") if self.address and self.node_id else t("Off"),
                is_here=bool(self.address and self.node_id),
            ),
            Way(
                title=t("An address at a provider"),
                text=t(
                    "A provider's server answers for your address day and night and has each "
                    "invoice made by your own wallet over Nostr Wallet Connect."
                ),
                needs=t(
                    "An account there, and a connection of your wallet. TipDesk makes none "
                    "yet: that comes with a later version."
                ),
                trusts=t(
                    "The provider, to ask your wallet for the invoice and not its own. The "
                    "check on this page tells whose node an invoice pays."
                ),
                state=t("Comes later"),
                is_here=False,
            ),
        )

    def run(self) -> None:
        """Asks our own address as a payer's wallet would."""
        if self.address and not self.is_running:
            self.is_running = True
            self.changed.emit()
            spawn(self._run(self.address), self)

    async def _run(self, address: str) -> None:
        try:
            self.checks = await self._app.desk.probe.probe(address)
            self.problem = ""
        except (RequestError, BackendError) as error:
            self.checks, self.problem = None, sentence(error)
        finally:
            self.is_running = False
            self.touch()
