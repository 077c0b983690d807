"""What a tip asks of the outside, each answered with the event that its machine waits for."""

from collections.abc import AsyncIterator, Callable

from tipdesk.base.clock import Clock
from tipdesk.base.entropy import Entropy
from tipdesk.base.errors import BackendError, DecodeError, RequestError
from tipdesk.base.ids import PaymentHash, Preimage, XOnlyPubkey
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.lightning.invoice import bolt11
from tipdesk.lnurl.pay import PayResponse, callback_url
from tipdesk.nostr.event import Event
from tipdesk.nostr.nip57 import ZapTarget, build_zap_request
from tipdesk.ports.payments import PaymentBackend
from tipdesk.ports.secrets import EventSigner
from tipdesk.services.addresses import AddressFinder
from tipdesk.services.lnurl_client import LnurlClient
from tipdesk.services.providers import ProviderKeys
from tipdesk.tips import event as on
from tipdesk.tips.action import FetchInvoice, FetchParams, LookUp, Pay, QuotePayment
from tipdesk.tips.payment import (
    Capability,
    Failed,
    InFlight,
    KeysendRequest,
    PaymentUpdate,
    Succeeded,
    Unknown,
)
from tipdesk.tips.rail import ZapRail
from tipdesk.tips.sentence import NO_KEYSEND
from tipdesk.tips.tip import Tip
from tipdesk.tips.visibility import Visibility


class TipEffects:
    """Servers, signer and wallet. Expected failures become events; anything else is a bug."""

    def __init__(
        self,
        *,
        lnurl: LnurlClient,
        providers: ProviderKeys,
        signer: EventSigner,
        receipt_relays: Callable[[ZapTarget], tuple[str, ...]],
        wallet: PaymentBackend,
        clock: Clock,
        entropy: Entropy,
        addresses: AddressFinder,
        one_time_signer: Callable[[], EventSigner],
    ) -> None:
        self._lnurl = lnurl
        self._providers = providers
        self._signer = signer
        self._receipt_relays = receipt_relays
        self._wallet = wallet
        self._clock = clock
        self._entropy = entropy
        self._addresses = addresses
        self._one_time_signer = one_time_signer

    async def fetch_params(self, tip: Tip, action: FetchParams) -> on.TipEvent:
        """The recipient's terms; the key that will sign the receipt is remembered."""
        recipient = tip.target.recipient
        address = action.address
        try:
            if not address and recipient is not None:
                address = await self._addresses.find(recipient)
            params = await self._lnurl.params(address)
        except BackendError as error:
            return on.PreparationFailed(in_words(error))
        if recipient is not None:
            self._providers.learn(recipient, params.nostr_pubkey)
        return on.ParamsFetched(params, address)

    async def fetch_invoice(self, tip: Tip, action: FetchInvoice) -> on.TipEvent:
        """An invoice; for a zap, the request is signed first."""
        try:
            committed, url, sender = await self._request(tip, action)
            response = await self._lnurl.invoice(url, action.params)
            used_before = await self._is_known(response)
        except (BackendError, RequestError) as error:
            return on.PreparationFailed(_without_money(in_words(error)))
        return on.InvoiceFetched(
            response=response,
            rail=action.rail,
            committed=committed,
            sender=sender,
            used_before=used_before,
        )

    def prepare_keysend(self) -> on.TipEvent:
        """A preimage for a payment to a node, if the wallet can make one."""
        if Capability.KEYSEND not in self._wallet.capabilities:
            return on.PreparationFailed(NO_KEYSEND)
        return on.KeysendReady(Preimage(self._entropy.random_bytes(Preimage.LENGTH)))

    async def quote(self, action: QuotePayment) -> on.TipEvent:
        """What the wallet expects of the payment; a wallet that cannot be asked says nothing."""
        try:
            return on.Quoted(await self._wallet.quote(action.invoice, action.max_fee))
        except BackendError:
            return on.Quoted(None)

    async def pay(self, action: Pay, payment_hash: PaymentHash) -> AsyncIterator[on.TipEvent]:
        """What the wallet reports; the last is final, or `Unknown`."""
        last: PaymentUpdate = InFlight(payment_hash)
        problem = ""
        updates = (
            self._wallet.keysend(action.request)
            if isinstance(action.request, KeysendRequest)
            else self._wallet.pay(action.request)
        )
        try:
            async for update in updates:
                last = update
                yield on.PaymentUpdated(update)
        except BackendError as error:
            problem = in_words(error)
        if not isinstance(last, Succeeded | Failed | Unknown):
            yield on.PaymentUpdated(Unknown(payment_hash, problem))

    async def look_up(self, action: LookUp) -> on.TipEvent:
        """What the wallet knows of the payment."""
        try:
            return on.LookedUp(await self._wallet.lookup(action.payment_hash))
        except BackendError as error:
            return on.LookedUp(Unknown(action.payment_hash, in_words(error)))

    async def _request(self, tip: Tip, action: FetchInvoice) -> tuple[str, str, XOnlyPubkey | None]:
        """What the invoice should commit to, the address to ask for it, who signed the request."""
        if isinstance(action.rail, ZapRail) and tip.target.zap is not None:
            lnurl = self._lnurl.lnurl_of(tip.target.address)
            signed = await self._zap_request(tip, tip.target.zap, lnurl)
            raw = signed.to_json()
            url = callback_url(action.params, tip.amount, zap_request=raw, lnurl=lnurl)
            return raw, url, signed.pubkey
        is_private = tip.visibility is Visibility.PRIVATE
        # The words of a private tip are for the recipient, not for their server.
        url = callback_url(action.params, tip.amount, comment="" if is_private else tip.comment)
        return action.params.metadata, url, None

    async def _zap_request(self, tip: Tip, target: ZapTarget, lnurl: str) -> Event:
        is_anonymous = tip.visibility is Visibility.ANONYMOUS
        signer = self._one_time_signer() if is_anonymous else self._signer
        unsigned = build_zap_request(
            target,
            sender=signer.pubkey,
            relays=self._receipt_relays(target),
            amount=tip.amount,
            lnurl=lnurl,
            comment=tip.comment,
            created_at=self._clock.now().unix_seconds,
            is_anonymous=is_anonymous,
        )
        return await signer.sign(unsigned)

    async def _is_known(self, response: PayResponse) -> bool:
        try:
            payment_hash: PaymentHash = bolt11.decode(response.pr).payment_hash
        except DecodeError:
            return False  # the machine refuses it, with the rule that it breaks
        return await self._wallet.lookup(payment_hash) is not None


_NO_MONEY = Phrase("No money moved.")


def _without_money(text: str) -> str:
    if "o money moved" in text:
        return text
    return Phrase.joined((text if text.endswith(".") else Phrase("{why}.", why=text), _NO_MONEY))
