"""Sending to whatever was pasted: a person, an address, a page, a node, an invoice, a coin."""

from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QObject, Signal

from tipdesk.base.errors import RequestError
from tipdesk.base.units import Msat
from tipdesk.lnurl.auth import Login
from tipdesk.nostr.nip19 import EventPointer
from tipdesk.services.pasted import read_pasted
from tipdesk.services.tip_plan import DirectIntent, TipIntent
from tipdesk.services.views import ProfileView
from tipdesk.tips.any_link import is_wallet_link
from tipdesk.tips.way import (
    Address,
    Invoice,
    Node,
    Offered,
    Onchain,
    Person,
    Post,
    Proven,
    Way,
    Withdrawal,
)
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.send_onchain import OnchainDraft
from tipdesk.ui.viewmodels.send_pages import PageDraft, host_of
from tipdesk.ui.viewmodels.tip_draft import TipDraft
from tipdesk.ui.viewmodels.wallet import WalletViewModel

_UNSET = Msat(1_000)
"""Stands in an intent until the draft knows the amount."""
_PREFIX = "lightning:"


class Form(Enum):
    """What is to be filled in for what was pasted."""

    NONE = auto()
    TIP = auto()
    INVOICE = auto()
    ONCHAIN = auto()
    PAGE = auto()


@dataclass(frozen=True, slots=True)
class Found:
    """What was pasted, in words: what it is, and whose."""

    title: str
    detail: str
    icon: str
    person: ProfileView | None = None


class SendViewModel(ViewModel):
    """The panel that sends. `done` with a sentence when a page or the chain took it, and whether
    that has to be minded.
    """

    done = Signal(str, bool)
    wallet_wanted = Signal(str)
    """A link that connects a wallet was pasted: nobody is paid with it."""
    offer_wanted = Signal(object)
    """An `Offered` was pasted: sends to people ask for its invoice."""
    wants_amount = Signal()
    """A page was asked, and wants to be paid: how much is the person's to write."""

    def __init__(
        self, app: AppFacade, wallet: WalletViewModel, parent: QObject | None = None
    ) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self.wallet = wallet
        self.draft = TipDraft(app, self)
        self.onchain = OnchainDraft(app, self)
        self.page = PageDraft(app, self)
        self.found: Found | None = None
        self.form = Form.NONE
        self.note = ""
        """What to know of what was found."""
        self._problem = ""
        for part in (wallet, self.draft, self.onchain, self.page):
            part.changed.connect(self.changed)
        self.onchain.sent.connect(self.done)
        self.page.wants_money.connect(self._take_page_that_is_paid)
        self.page.done.connect(lambda text: self.done.emit(text, False))  # noqa: FBT003

    @property
    def problem(self) -> str:
        """Why nothing can be sent with what was pasted; empty if it can."""
        return self._problem or (self.wallet.send_problem if self.form is Form.INVOICE else "")

    @property
    def is_tip(self) -> bool:
        """Whether the amount and the words are the person's to write."""
        return self.form is Form.TIP

    @property
    def is_unknown(self) -> bool:
        """Whether only the page itself can say what the link is for, and it was not asked yet."""
        return self.form is Form.PAGE and self.page.unknown is not None

    @property
    def is_invoice(self) -> bool:
        """Whether the wallet says what it is."""
        return self.form is Form.INVOICE

    def look_at(self, text: str) -> None:
        """Reads what was pasted; nobody is asked about it before a button is pressed."""
        self._forget()
        pasted = text.strip()
        if is_wallet_link(pasted):
            self.wallet_wanted.emit(pasted)
            return
        if not pasted or _is_invoice(pasted):
            self._take_invoice(pasted)
        else:
            self.wallet.look_at("")
            self._take(pasted)
        self.changed.emit()

    def close(self) -> None:
        """Hears nothing more."""
        for part in (self.draft, self.onchain, self.page):
            part.close()
        super().close()

    def _forget(self) -> None:
        self.found, self.form, self.note, self._problem = None, Form.NONE, "", ""
        for part in (self.draft, self.onchain, self.page):
            part.clear()

    def _take_invoice(self, pasted: str, otherwise: Onchain | None = None) -> None:
        # The wallet says what is wrong with an invoice.
        self.wallet.look_at(pasted)
        if self.wallet.preview is None and otherwise is not None:
            self.note = t(
                "Its invoice cannot be paid: {why} It can be paid on chain.",
                why=self.wallet.send_problem,
            )
            self.wallet.look_at("")
            self._take_onchain(otherwise)
            return
        self.form = Form.INVOICE if pasted else Form.NONE
        if self.wallet.preview is not None:
            self.found = Found(
                t("An invoice"), t("Its amount and its words are the payee's."), "reader"
            )

    def _take(self, pasted: str) -> None:
        try:
            way = read_pasted(pasted, self._app.status().network)
        except RequestError as error:
            self._problem = sentence(error)
            return
        self._take_way(way)

    def _take_way(self, way: Way) -> None:
        match way:
            case Person(pubkey):
                self._take_person(self._app.feeds.profile(pubkey), TipIntent(pubkey, None, _UNSET))
            case Post():
                self._take_post(way)
            case Address() if "@" in way.text:
                self._take_address(way)
            case Address():
                self._take_unknown(way)
            case Node(node_id):
                name = t("Node {key}", key=words.short_key(node_id))
                self.found = Found(name, t("It is paid without asking first."), "route")
                self._begin(DirectIntent(way, _UNSET))
            case Invoice(text, otherwise):
                self._take_invoice(text, otherwise)
            case Onchain():
                self._take_onchain(way)
            case Offered():
                self.offer_wanted.emit(way)
            case Proven():
                self._show_proof(way)
            case Withdrawal() | Login():
                self._take_page(way)

    def _begin(self, intent: TipIntent | DirectIntent) -> None:
        self.form = Form.TIP
        self.draft.begin(intent)

    def _take_person(self, person: ProfileView, intent: TipIntent) -> None:
        detail = words.line(person.nip05 or person.lud16 or words.name(person.npub))
        self.found = Found(words.name(person.title), detail, "creator", person)
        self._begin(intent)

    def _take_post(self, way: Post) -> None:
        pointer = way.pointer
        view = self._app.feeds.post(pointer.id) if isinstance(pointer, EventPointer) else None
        if view is not None:
            intent = TipIntent(view.author.pubkey, view.post.id, _UNSET)
            self._take_person(view.author, intent)
            self.note = t("For the post: {words}", words=words.line(view.post.text))
        elif pointer.author is not None:
            author = self._app.feeds.profile(pointer.author)
            self._take_person(author, TipIntent(pointer.author, None, _UNSET))
            self.note = t("The post is not here, so the tip goes to its author without it.")
        else:
            self._problem = t(
                "This leads to a post that is not here, and it does not say who wrote it. Paste "
                "the author's npub instead. No money moved."
            )

    def _take_onchain(self, way: Onchain) -> None:
        shown = f"{way.address[:12]}…{way.address[-8:]}"
        self.found = Found(way.words or t("An address on chain"), shown, "chain")
        self.form = Form.ONCHAIN
        self.onchain.begin(way)

    def _take_page(self, way: Withdrawal | Login) -> None:
        self.form = Form.PAGE
        self.page.begin(way)
        self._describe_page()

    def _describe_page(self) -> None:
        is_login = self.page.login is not None
        kind = t("A login") if is_login else t("It pays you")
        self.found = Found(self.page.domain, kind, "lock" if is_login else "receive")

    def _show_proof(self, proof: Proven) -> None:
        """It holds: what it shows is said, and nothing is to be done with it."""
        amount = t("an amount that is not shown") if proof.amount is None else None
        self.found = Found(
            t("A proof of payment, and it holds"),
            amount or words.exact_amount(proof.amount or Msat(0)),
            "shield",
        )
        said = [
            t(
                "Whoever made it paid the invoice {payment}.",
                payment=words.short_key(proof.payment_hash),
            )
        ]
        if proof.invoiced_at is not None:
            said.append(t("It was made on {moment}.", moment=words.moment(proof.invoiced_at)))
        if proof.paid_for:
            said.append(t("For: {words}", words=words.line(proof.paid_for)))
        if proof.note:
            said.append(t("With the words: {words}", words=words.line(proof.note)))
        said.append(t("It names nobody: who the payer is has to be shown otherwise."))
        self.note = " ".join(said)

    def _take_unknown(self, way: Address) -> None:
        """A bare LNURL says only when it is asked whether it wants money or gives some."""
        self.form = Form.PAGE
        self.page.begin_unknown(way)
        self.found = Found(t("A link to {server}", server=self.page.domain), "LNURL", "info")

    def _take_address(self, way: Address) -> None:
        self.found = self._describe(way)
        self._begin(DirectIntent(way, _UNSET))

    def _take_page_that_is_paid(self, way: Address) -> None:
        self._take_address(way)
        self.changed.emit()
        self.wants_amount.emit()

    def _describe(self, address: Address) -> Found:
        if "@" in address.text:
            return Found(words.line(address.text), t("A lightning address"), "lock")
        server = words.line(host_of(address, self._app.status().network))
        return Found(t("Payment page of {server}", server=server), "LNURL", "lock")


def _is_invoice(pasted: str) -> bool:
    bare = pasted.lower().removeprefix(_PREFIX)
    is_other = bare.startswith(("lnurl", "lno1")) or "@" in bare
    return bare.startswith("ln") and not is_other
