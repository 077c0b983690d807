"""Sending to whatever was pasted: a person, an address, an LNURL, a node, or for an invoice."""

from dataclasses import dataclass

from PySide6.QtCore import QObject

from tipdesk.base.errors import DecodeError, RequestError
from tipdesk.base.units import Msat
from tipdesk.services.pasted import read_pasted, server_of
from tipdesk.services.tip_plan import DirectIntent, TipIntent
from tipdesk.services.views import ProfileView
from tipdesk.tips.way import Address, Invoice, Node, Person
from tipdesk.ui import format as words
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.tip_draft import TipDraft
from tipdesk.ui.viewmodels.wallet import WalletViewModel

_UNSET = Msat(1_000)
"""Stands in an intent until the draft knows the amount."""
_PREFIX = "lightning:"


@dataclass(frozen=True, slots=True)
class Found:
    """What was pasted, in words: what it is, and whose."""

    title: str
    detail: str
    icon: str
    person: ProfileView | None = None


class SendViewModel(ViewModel):
    """The panel that sends: an invoice goes through the wallet, all else is a tip."""

    def __init__(
        self, app: AppFacade, wallet: WalletViewModel, parent: QObject | None = None
    ) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self.wallet = wallet
        self.draft = TipDraft(app, self)
        self.found: Found | None = None
        self.is_invoice = False
        self._problem = ""
        wallet.changed.connect(self.changed)
        self.draft.changed.connect(self.changed)

    @property
    def problem(self) -> str:
        """Why nothing can be sent with what was pasted; empty if it can."""
        return self._problem or (self.wallet.send_problem if self.is_invoice else "")

    @property
    def is_tip(self) -> bool:
        """Whether the amount and the words are the person's to write."""
        return self.found is not None and not self.is_invoice

    def look_at(self, text: str) -> None:
        """Reads what was pasted; nobody is asked for it yet."""
        self.found, self.is_invoice, self._problem = None, False, ""
        self.draft.clear()
        pasted = text.strip()
        if not pasted or _is_invoice(pasted):
            self._take_invoice(pasted)
        else:
            self.wallet.look_at("")
            self._take(pasted)
        self.changed.emit()

    def close(self) -> None:
        """Hears nothing more."""
        self.draft.close()
        super().close()

    def _take_invoice(self, pasted: str) -> None:
        # The wallet says what is wrong with an invoice.
        self.wallet.look_at(pasted)
        self.is_invoice = bool(pasted)
        if self.wallet.preview is not None:
            self.found = Found("An invoice", "Its amount and its words are the payee's.", "reader")

    def _take(self, pasted: str) -> None:
        try:
            way = read_pasted(pasted, self._app.status().network)
        except RequestError as error:
            self._problem = sentence(error)
            return
        match way:
            case Person(pubkey):
                self._found_person(self._app.feeds.profile(pubkey))
                self.draft.begin(TipIntent(pubkey, None, _UNSET))
            case Address():
                self.found = self._describe(way)
                self.draft.begin(DirectIntent(way, _UNSET))
            case Node(node_id):
                self.found = Found(
                    f"Node {words.short_key(node_id)}", "It is paid without asking first.", "route"
                )
                self.draft.begin(DirectIntent(way, _UNSET))
            case Invoice(text):
                self._take_invoice(text)

    def _found_person(self, person: ProfileView) -> None:
        detail = words.line(person.nip05 or person.lud16 or words.name(person.npub))
        self.found = Found(words.name(person.title), detail, "creator", person)

    def _describe(self, address: Address) -> Found:
        if "@" in address.text:
            return Found(words.line(address.text), "A lightning address", "lock")
        try:
            server = server_of(address, self._app.status().network)
        except DecodeError:
            server = "an unknown server"
        return Found(f"Payment page of {words.line(server)}", "An LNURL", "lock")


def _is_invoice(pasted: str) -> bool:
    bare = pasted.lower().removeprefix(_PREFIX)
    return bare.startswith("ln") and not bare.startswith("lnurl") and "@" not in bare
