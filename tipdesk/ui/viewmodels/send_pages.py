"""Pages behind an LNURL that are not paid: one that pays us, and one that we log in to."""

from urllib.parse import urlsplit

from PySide6.QtCore import QObject, Signal

from tipdesk.base.errors import BackendError, DecodeError, RequestError
from tipdesk.base.units import Msat
from tipdesk.lnurl.auth import Login
from tipdesk.lnurl.withdraw import WithdrawParams
from tipdesk.services.pasted import server_of
from tipdesk.tips.way import Address, Withdrawal
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.loop import cancel_all, spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade


class PageDraft(ViewModel):
    """Read by one form. `done` with a sentence when the page agreed.

    A link that does not say what it is for is `unknown` until the person has its page asked;
    `wants_money` then, if it does not pay out.
    """

    done = Signal(str)
    wants_money = Signal(object)

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self.unknown: Address | None = None
        self.login: Login | None = None
        self.withdrawal: Withdrawal | None = None
        self.offer: WithdrawParams | None = None
        self.amount: Msat | None = None
        self.problem = ""
        self.is_asking = False

    @property
    def domain(self) -> str:
        """Whose page it is."""
        if self.login is not None:
            return words.line(self.login.domain)
        if self.unknown is not None:
            return words.line(host_of(self.unknown, self._app.status().network))
        url = "" if self.withdrawal is None else self.withdrawal.url
        return words.line(urlsplit(url).netloc)

    @property
    def explained(self) -> str:
        """What will happen, before anything is pressed."""
        if self.login is not None:
            return t(
                "{what} TipDesk signs with a key that it uses for this domain alone. The page "
                "learns that key and your internet address, nothing else.",
                what=_asks(self.login),
            )
        if self.unknown is not None:
            return t(
                "The link does not say whether this page wants to be paid or pays you. If you ask "
                "{domain}, it learns your internet address and that its link was opened, nothing "
                "else. No money moves.",
                domain=self.domain,
            )
        if self.offer is None:
            return t("This page pays out. Ask it how much: it learns your internet address.")
        if self.offer.least == self.offer.most:
            return t("It pays {amount}.", amount=words.exact_amount(self.offer.most))
        return t(
            "It pays from {least} to {most}.",
            least=words.exact_amount(self.offer.least),
            most=words.exact_amount(self.offer.most),
        )

    @property
    def bounds_problem(self) -> str:
        """Why the amount cannot be had; empty if it can."""
        offer, amount = self.offer, self.amount
        if offer is None or amount is None:
            return ""
        if not offer.least <= amount <= offer.most:
            return t(
                "Write an amount from {least} to {most}.",
                least=words.exact_amount(offer.least),
                most=words.exact_amount(offer.most),
            )
        room = self._app.wallet.summary().receivable
        if room is not None and amount > room:
            return t(
                "At most {room} can come in over your channels now. Write less, or spend some "
                "first to make room.",
                room=room,
            )
        return ""

    def begin(self, what: Login | Withdrawal, offer: WithdrawParams | None = None) -> None:
        """Another page; `offer` if it was asked already."""
        self.clear()
        if isinstance(what, Login):
            self.login = what
        else:
            self.withdrawal = what
            self._take(offer)
        self.changed.emit()

    def begin_unknown(self, way: Address) -> None:
        """A bare LNURL: nobody is asked about it before `go_on`."""
        self.clear()
        self.unknown = way
        self.changed.emit()

    def clear(self) -> None:
        """None any more."""
        cancel_all(self)
        self.login, self.withdrawal, self.offer, self.amount = None, None, None, None
        self.unknown = None
        self.problem, self.is_asking = "", False

    def set_amount(self, amount: Msat | None) -> None:
        """How much to take."""
        self.amount, self.problem = amount, ""
        self.changed.emit()

    def go_on(self) -> None:
        """Logs in, asks what the page pays, or has it pay."""
        if self.is_asking:
            return
        self.is_asking, self.problem = True, ""
        spawn(self._go_on(), self)
        self.changed.emit()

    def close(self) -> None:
        """Asks nothing more."""
        cancel_all(self)
        super().close()

    async def _find_out(self, way: Address) -> None:
        offer = await self._app.pages.pays_out(way.text)
        self.unknown = None
        if offer is None:
            self.wants_money.emit(way)
        else:
            self.withdrawal = Withdrawal(self._app.pages.url_of(way.text))
            self._take(offer)

    def _take(self, offer: WithdrawParams | None) -> None:
        self.offer = offer
        if offer is not None:
            room = self._app.wallet.summary().receivable
            most = offer.most if room is None else min(offer.most, room)
            self.amount = max(offer.least, most)

    async def _go_on(self) -> None:
        told = ""
        try:
            told = await self._ask()
        except (RequestError, BackendError) as error:
            self.problem = sentence(error)
        self.is_asking = False
        self.changed.emit()
        if told:
            self.done.emit(told)

    async def _ask(self) -> str:
        pages = self._app.pages
        if self.unknown is not None:
            await self._find_out(self.unknown)
            return ""
        if self.login is not None:
            await pages.log_in(self.login)
            return t("{domain} knows you by your key now.", domain=self.domain)
        if self.withdrawal is not None and self.offer is None:
            self._take(await pages.offer(self.withdrawal.url))
        elif self.offer is not None and self.amount is not None:
            await pages.withdraw(self.offer, self.amount, self.offer.description)
            return t(
                "{domain} has your invoice over {amount} and pays it when it likes. It stands in "
                "the wallet until then.",
                domain=self.domain,
                amount=self.amount,
            )
        return ""


def host_of(way: Address, network: str) -> str:
    """Whose server a link leads to."""
    try:
        return server_of(way, network)
    except DecodeError:
        return t("an unknown server")


def _asks(login: Login) -> str:
    match login.action:
        case "register":
            return t("It makes you a new account.")
        case "link":
            return t("It links this key to the account that you have there.")
        case "auth":
            return t("It lets you do one thing there without an account.")
        case _:
            return t("It logs you in there.")
