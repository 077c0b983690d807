"""Asks recipients' servers what LNURL-pay asks. Whatever they answer, the failure is a sentence."""

from typing import Final, NoReturn
from urllib.parse import urlsplit

from tipdesk.base.errors import BackendError, DecodeError
from tipdesk.base.phrase import Phrase
from tipdesk.bitcoin.network import Network
from tipdesk.lnurl import address, codec
from tipdesk.lnurl.pay import (
    MAX_ANSWER_BYTES,
    LnurlRefused,
    PayParams,
    PayResponse,
    UnusableAnswer,
    parse_invoice_response,
    parse_params,
)
from tipdesk.ports.http import HttpClient, ServerError

TIMEOUT_SECONDS: Final = 10.0
_MAX_INVOICE_BYTES: Final = 32_768


class NoSuchAddress(BackendError):
    """Somebody's profile names an address to which nothing can be sent."""

    def __init__(self, text: str, problem: DecodeError) -> None:
        super().__init__(
            Phrase(
                "The lightning address {text} cannot be used: {problem}. No money moved.",
                text=f"{text[:80]!a}",
                problem=problem,
            )
        )
        self.text = text


class LnurlClient:
    """LUD-01, 06, 16 and 17 over an `HttpClient`.

    An address is ``user@domain`` or ``lnurl1...``. Every failure is a `BackendError` with a
    sentence.
    """

    def __init__(self, http: HttpClient, network: Network) -> None:
        self._http = http
        self._network = network

    def lnurl_of(self, lightning_address: str) -> str:
        """LUD-01: the address as ``lnurl1...``, as zap requests name it."""
        return codec.encode(self._url(lightning_address))

    async def params(self, lightning_address: str) -> PayParams:
        """LUD-06, step 3: what the recipient accepts."""
        url = self._url(lightning_address)
        body = await self._get(url, MAX_ANSWER_BYTES)
        try:
            return parse_params(body, self._network)
        except DecodeError as error:
            raise UnusableAnswer(_host(url), error) from error

    async def invoice(self, url: str, params: PayParams) -> PayResponse:
        """LUD-06, step 5: the answer to a `callback_url`; the invoice is not checked yet."""
        body = await self._get(url, _MAX_INVOICE_BYTES)
        try:
            return parse_invoice_response(body, params)
        except DecodeError as error:
            raise UnusableAnswer(_host(url), error) from error

    def _url(self, lightning_address: str) -> str:
        try:
            if "@" not in lightning_address:
                return codec.decode(lightning_address, self._network)
            return address.parse(lightning_address, self._network).url(self._network)
        except DecodeError as error:
            raise NoSuchAddress(lightning_address, error) from error

    async def _get(self, url: str, maximum: int) -> bytes:
        try:
            return await self._http.get(url, max_bytes=maximum, timeout=TIMEOUT_SECONDS)
        except ServerError as error:
            _raise_reason(error, self._network)


def _raise_reason(error: ServerError, network: Network) -> NoReturn:
    """LNURL servers put their reason into the body of the error."""
    try:
        parse_params(error.body, network)
    except LnurlRefused as refused:
        raise refused from error
    except DecodeError:
        pass
    raise error


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
