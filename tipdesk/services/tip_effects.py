"""What a tip asks of the outside, each answered with the event that its machine waits for."""

from collections.abc import AsyncIterator

from tipdesk.base.clock import Clock
from tipdesk.base.errors import BackendError, DecodeError, RequestError
from tipdesk.base.ids import PaymentHash
from tipdesk.lightning.invoice import bolt11
from tipdesk.lnurl.pay import PayResponse, callback_url
from tipdesk.nostr.nip57 import build_zap_request
from tipdesk.ports.payments import PaymentBackend
from tipdesk.ports.relays import RelayPool
from tipdesk.ports.secrets import EventSigner
from tipdesk.services.lnurl_client import LnurlClient
from tipdesk.services.providers import ProviderKeys
from tipdesk.tips import event as on
from tipdesk.tips.action import FetchInvoice, FetchParams, LookUp, Pay, QuotePayment
from tipdesk.tips.payment import Failed, InFlight, PaymentUpdate, Succeeded, Unknown
from tipdesk.tips.rail import LnurlRail, ZapRail
from tipdesk.tips.tip import Tip


class TipEffects:
    """Servers, signer and wallet. Expected failures become events; anything else is a bug."""

    def __init__(
        self,
        *,
        lnurl: LnurlClient,
        providers: ProviderKeys,
        signer: EventSigner,
        relays: RelayPool,
        wallet: PaymentBackend,
        clock: Clock,
    ) -> None:
        self._lnurl = lnurl
        self._providers = providers
        self._signer = signer
        self._relays = relays
        self._wallet = wallet
        self._clock = clock

    async def fetch_params(self, tip: Tip, action: FetchParams) -> on.TipEvent:
        """The recipient's terms; the key that will sign the receipt is remembered."""
        try:
            params = await self._lnurl.params(action.address)
        except BackendError as error:
            return on.PreparationFailed(str(error))
        self._providers.learn(tip.target.zap.recipient, params.nostr_pubkey)
        return on.ParamsFetched(params)

    async def fetch_invoice(self, tip: Tip, action: FetchInvoice) -> on.TipEvent:
        """An invoice; for a zap, the request is signed first."""
        try:
            committed, url = await self._request(tip, action)
            response = await self._lnurl.invoice(url, action.params)
            used_before = await self._is_known(response)
        except (BackendError, RequestError) as error:
            return on.PreparationFailed(_without_money(str(error)))
        return on.InvoiceFetched(
            response=response, rail=action.rail, committed=committed, used_before=used_before
        )

    async def quote(self, action: QuotePayment) -> on.TipEvent:
        """What the wallet expects of the payment; a wallet that cannot be asked says nothing."""
        try:
            return on.Quoted(await self._wallet.quote(action.invoice, action.max_fee))
        except BackendError:
            return on.Quoted(None)

    async def pay(self, action: Pay) -> AsyncIterator[on.TipEvent]:
        """What the wallet reports; the last is final, or `Unknown`."""
        payment_hash = action.request.payment_hash
        last: PaymentUpdate = InFlight(payment_hash)
        problem = ""
        try:
            async for update in self._wallet.pay(action.request):
                last = update
                yield on.PaymentUpdated(update)
        except BackendError as error:
            problem = str(error)
        if not isinstance(last, Succeeded | Failed | Unknown):
            yield on.PaymentUpdated(Unknown(payment_hash, problem))

    async def look_up(self, action: LookUp) -> on.TipEvent:
        """What the wallet knows of the payment."""
        try:
            return on.LookedUp(await self._wallet.lookup(action.payment_hash))
        except BackendError as error:
            return on.LookedUp(Unknown(action.payment_hash, str(error)))

    async def _request(self, tip: Tip, action: FetchInvoice) -> tuple[str, str]:
        """What the invoice should commit to, and the address to ask for it."""
        match action.rail:
            case ZapRail():
                raw, lnurl = await self._zap_request(tip)
                url = callback_url(action.params, tip.amount, zap_request=raw, lnurl=lnurl)
                return raw, url
            case LnurlRail():
                url = callback_url(action.params, tip.amount, comment=tip.comment)
                return action.params.metadata, url

    async def _zap_request(self, tip: Tip) -> tuple[str, str]:
        lnurl = self._lnurl.lnurl_of(tip.target.address)
        unsigned = build_zap_request(
            tip.target.zap,
            sender=self._signer.pubkey,
            relays=tuple(relay.url for relay in self._relays.status()),
            amount=tip.amount,
            lnurl=lnurl,
            comment=tip.comment,
            created_at=self._clock.now().unix_seconds,
        )
        signed = await self._signer.sign(unsigned)
        return signed.to_json(), lnurl

    async def _is_known(self, response: PayResponse) -> bool:
        try:
            payment_hash: PaymentHash = bolt11.decode(response.pr).payment_hash
        except DecodeError:
            return False  # the machine refuses it, with the rule that it breaks
        return await self._wallet.lookup(payment_hash) is not None


def _without_money(text: str) -> str:
    return text if "o money moved" in text else f"{text.rstrip('.')}. No money moved."
