"""Pages that pay us (LUD-03) and pages that know us by a key (LUD-04)."""

from typing import Final, Protocol
from urllib.parse import urlsplit

from tipdesk.base.errors import BackendError, DecodeError, RequestError
from tipdesk.base.phrase import Phrase, clause
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.lnurl import codec
from tipdesk.lnurl.auth import Login
from tipdesk.lnurl.pay import MAX_ANSWER_BYTES, LnurlRefused, read_answer
from tipdesk.lnurl.withdraw import WithdrawParams, parse_withdrawal, withdrawal_url
from tipdesk.ports.http import HttpClient, ServerError
from tipdesk.services.lnurl_client import TIMEOUT_SECONDS
from tipdesk.services.wallet import WalletService
from tipdesk.tips.payment import CreatedInvoice

_MAX_ANSWER: Final = 32_768


class LoginSigner(Protocol):
    """Signs logins with a key that it does not show."""

    def answer_url(self, login: Login) -> str:
        """LUD-04: where the signed challenge goes."""
        ...


class NoWithdrawal(BackendError):
    """A page did not offer anything that can be taken."""

    def __init__(self, host: str, problem: DecodeError) -> None:
        super().__init__(
            Phrase(
                "{host} offers nothing that TipDesk can take: {problem}. No money moved.",
                host=host,
                problem=clause(problem),
            )
        )
        self.host = host
        self.problem = problem


class AmountNotOffered(RequestError):
    """More or less than the page pays out."""

    def __init__(self, least: Msat, most: Msat) -> None:
        super().__init__(
            Phrase(
                "The page pays between {least} and {most}. Write an amount between them.",
                least=least,
                most=most,
            )
        )
        self.least = least
        self.most = most


class PageRefused(BackendError):
    """The page answered with an error of its own."""

    def __init__(self, host: str, reason: str) -> None:
        said = Phrase(' It said: "{reason}".', reason=reason) if reason else ""
        super().__init__(Phrase("{host} refused.{said} Ask for a new link.", host=host, said=said))
        self.host = host
        self.reason = reason


class LnurlPages:
    """Every failure is a sentence. No page is paid, paid by or logged in to but by a press."""

    def __init__(
        self, *, http: HttpClient, network: Network, wallet: WalletService, signer: LoginSigner
    ) -> None:
        self._http = http
        self._network = network
        self._wallet = wallet
        self._signer = signer

    def url_of(self, lnurl: str) -> str:
        """The address behind it; `DecodeError` if there is none."""
        return codec.decode(lnurl, self._network)

    async def pays_out(self, lnurl: str) -> WithdrawParams | None:
        """What a page offers that was not known to pay out; None if it asks to be paid."""
        try:
            url = codec.decode(lnurl, self._network)
            body = await self._get(url, MAX_ANSWER_BYTES)
            return parse_withdrawal(body, self._network)
        except (DecodeError, BackendError):
            # What a page that wants to be paid says, or does not, is told when it is paid.
            return None

    async def offer(self, url: str) -> WithdrawParams:
        """What a page offers to pay us."""
        body = await self._get(url, MAX_ANSWER_BYTES)
        try:
            return parse_withdrawal(body, self._network)
        except LnurlRefused as refused:
            raise PageRefused(_host(url), refused.reason) from refused
        except DecodeError as error:
            raise NoWithdrawal(_host(url), error) from error

    async def withdraw(self, params: WithdrawParams, amount: Msat, words: str) -> CreatedInvoice:
        """Makes an invoice and hands it in; the page pays it when it likes.

        `RequestError` if the amount is not offered, or no invoice can be made.
        """
        if not params.least <= amount <= params.most:
            raise AmountNotOffered(params.least, params.most)
        created = await self._wallet.create_invoice(amount, words or params.description)
        await self._ask(withdrawal_url(params, created.invoice))
        return created

    async def log_in(self, login: Login) -> None:
        """Signs and sends the answer: only after the person agreed to the domain."""
        await self._ask(self._signer.answer_url(login))

    async def _ask(self, url: str) -> None:
        """A page that answers with anything but an error has agreed."""
        body = await self._get(url, _MAX_ANSWER)
        try:
            read_answer(body)
        except LnurlRefused as refused:
            raise PageRefused(_host(url), refused.reason) from refused
        except DecodeError as error:
            raise PageRefused(_host(url), "") from error

    async def _get(self, url: str, maximum: int) -> bytes:
        try:
            return await self._http.get(url, max_bytes=maximum, timeout=TIMEOUT_SECONDS)
        except ServerError as error:
            try:
                read_answer(error.body)
            except LnurlRefused as refused:
                raise PageRefused(_host(url), refused.reason) from error
            except DecodeError:
                pass
            raise


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
