"""Would a tip arrive? Asks our own lightning address as a payer's wallet would, up to the payment.

It goes the way a fan's wallet goes: the name, the server, the terms, an invoice over a small
amount for a signed zap request; the answers are held against what we know of ourselves. Nothing is
paid; the invoice expires by itself. Whether the whole world reaches us only the world can say: a
server that answers this machine may still be closed to others.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from tipdesk.base.clock import Clock
from tipdesk.base.errors import BackendError, DecodeError, RequestError
from tipdesk.base.ids import NodeId
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.invoice import bolt11
from tipdesk.lightning.invoice.bolt11 import Bolt11Invoice
from tipdesk.lnurl.pay import LnurlRefused, PayParams, callback_url
from tipdesk.nostr.nip57 import ZapTarget, build_zap_request
from tipdesk.ports.http import FetchFailed
from tipdesk.ports.payments import PaymentBackend
from tipdesk.ports.secrets import EventSigner
from tipdesk.services.lnurl_client import LnurlClient
from tipdesk.tips.payment import InvoiceRequest
from tipdesk.tips.sentence import sats

SMALL: Final = Msat(1_000)
LEAST_EXPIRY_MS: Final = 60_000
"""A wallet needs a moment, and its owner another, before the payment is on its way."""


class ProbeStep(Enum):
    """What is looked at, in this order."""

    SERVER = Phrase("the address answers")
    ZAPS = Phrase("zaps are taken, with receipts we sign")
    INVOICE = Phrase("an invoice comes back")
    NETWORK = Phrase("the invoice is for our network")
    AMOUNT = Phrase("the invoice is for the exact amount")
    EXPIRY = Phrase("the invoice leaves time to pay")
    COMMITMENT = Phrase("the invoice commits to the zap")
    PAYEE = Phrase("the invoice pays our own wallet")
    ROUTE = Phrase("others can find a way to us")
    ROOM = Phrase("there is room to receive")


@dataclass(frozen=True, slots=True)
class ProbeCheck:
    """One of the steps: a sentence about it, and what to do if it failed."""

    step: ProbeStep
    passed: bool
    sentence: str
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class OurNode:
    """What is known of ourselves without asking anybody."""

    network: Network
    pays_elsewhere: Callable[[], bool]
    """Whether another wallet than our own node is paid."""
    has_public_channel: Callable[[], bool]
    """Whether an announced channel of our node works now."""
    relays: Callable[[], tuple[str, ...]]


class ProbeService:
    """Runs the checks; after an answer that cannot be used the rest is left out."""

    def __init__(
        self,
        *,
        lnurl: LnurlClient,
        signer: EventSigner,
        wallet: PaymentBackend,
        clock: Clock,
        ours: OurNode,
    ) -> None:
        self._lnurl = lnurl
        self._signer = signer
        self._wallet = wallet
        self._clock = clock
        self._ours = ours

    async def probe(self, address: str) -> tuple[ProbeCheck, ...]:
        """What a payer of `address` would meet. Nothing is paid."""
        try:
            params = await self._lnurl.params(address)
        except BackendError as error:
            why = Phrase(
                "Look at the address in your profile, your domain and the proxy before TipDesk."
            )
            return (_bad(ProbeStep.SERVER, _short(error), why),)
        checks = [
            _good(ProbeStep.SERVER, Phrase("{address} says what it accepts.", address=address)),
            self._zaps(params),
        ]
        amount = max(params.min_sendable, min(SMALL, params.max_sendable))
        try:
            invoice, committed = await self._invoice(address, params, amount)
        except (BackendError, RequestError, DecodeError) as error:
            why = Phrase("Look whether the wallet is unlocked and its server can be reached.")
            return (*checks, _bad(ProbeStep.INVOICE, _short(error), why))
        checks.append(
            _good(ProbeStep.INVOICE, Phrase("It gave an invoice of {amount}.", amount=amount))
        )
        checks += self._terms(invoice, amount, committed)
        try:
            is_ours = invoice.payee == await self._our_payee(amount)
        except (BackendError, RequestError, DecodeError) as error:
            mend = Phrase("See that your wallet can be reached, then try again.")
            return (*checks, _bad(ProbeStep.PAYEE, _short(error), mend))
        checks += [_payee(invoice, is_ours=is_ours), self._route(invoice, is_ours=is_ours)]
        return (*checks, await self._room(params, amount))

    async def _our_payee(self, amount: Msat) -> NodeId:
        """Whom an invoice of our own wallet pays. This one is shown to nobody, and expires."""
        request = InvoiceRequest(amount=amount, description="TipDesk", expiry_seconds=60)
        return bolt11.decode((await self._wallet.create_invoice(request)).invoice).payee

    async def _invoice(
        self, address: str, params: PayParams, amount: Msat
    ) -> tuple[Bolt11Invoice, str]:
        if params.allows_zaps:
            lnurl = self._lnurl.lnurl_of(address)
            unsigned = build_zap_request(
                ZapTarget(recipient=self._signer.pubkey),
                sender=self._signer.pubkey,
                relays=self._ours.relays(),
                amount=amount,
                lnurl=lnurl,
                comment="",
                created_at=self._clock.now().unix_seconds,
            )
            committed = (await self._signer.sign(unsigned)).to_json()
            url = callback_url(params, amount, zap_request=committed, lnurl=lnurl)
        else:
            committed = params.metadata
            url = callback_url(params, amount)
        response = await self._lnurl.invoice(url, params)
        return bolt11.decode(response.pr), committed

    def _zaps(self, params: PayParams) -> ProbeCheck:
        if params.nostr_pubkey is None:
            return _bad(
                ProbeStep.ZAPS,
                Phrase(
                    "The server takes plain payments only: tips come in, but nobody sees a zap."
                ),
                Phrase("Use TipDesk's own address, or a provider that signs zap receipts."),
            )
        if params.nostr_pubkey != self._signer.pubkey:
            return _bad(
                ProbeStep.ZAPS,
                Phrase("Another key signs the receipts: they are your provider's word, not yours."),
                Phrase("If that provider is not yours, change the address in your profile."),
            )
        return _good(ProbeStep.ZAPS, Phrase("Zaps are taken, and your key signs the receipts."))

    def _terms(self, invoice: Bolt11Invoice, amount: Msat, committed: str) -> list[ProbeCheck]:
        theirs, ours = invoice.network, self._ours.network
        found = Phrase("no amount") if invoice.amount_msat is None else sats(invoice.amount_msat)
        left = invoice.expires_at.since(self._clock.now())
        commits = invoice.description_hash == sha256(committed.encode())
        mend = Phrase(
            "The server that answers for this address makes wrong invoices: use another one."
        )
        return [
            _check(
                ProbeStep.NETWORK,
                Phrase(
                    "The invoice is for {theirs}; this wallet is on {ours}.",
                    theirs=theirs.value,
                    ours=ours.value,
                ),
                Phrase("Set the address to one of this network."),
                passed=theirs is ours,
            ),
            _check(
                ProbeStep.AMOUNT,
                Phrase(
                    "{amount} were asked for; the invoice is over {found}.",
                    amount=amount,
                    found=found,
                ),
                mend,
                passed=invoice.amount_msat == amount,
            ),
            _check(
                ProbeStep.EXPIRY,
                Phrase("The invoice can be paid for {n} seconds.", n=max(0, left // 1_000)),
                Phrase("Set the clocks of this machine and of the server."),
                passed=left >= LEAST_EXPIRY_MS,
            ),
            _check(
                ProbeStep.COMMITMENT,
                Phrase("The invoice commits to what was asked.")
                if commits
                else Phrase(
                    "The invoice commits to something else: careful wallets will not pay it."
                ),
                mend,
                passed=commits,
            ),
        ]

    def _route(self, invoice: Bolt11Invoice, *, is_ours: bool) -> ProbeCheck:
        if self._ours.pays_elsewhere():
            return _good(ProbeStep.ROUTE, Phrase("Your wallet sees to that by itself."))
        if is_ours and self._ours.has_public_channel():
            return _good(ProbeStep.ROUTE, Phrase("Your node has a public channel that works."))
        if invoice.route_hints:
            return _good(ProbeStep.ROUTE, Phrase("The invoice says how to reach you."))
        return _bad(
            ProbeStep.ROUTE,
            Phrase("You have no channel that works, so nobody finds a way to you."),
            Phrase("Open a channel, or wait until its other side is back."),
        )

    async def _room(self, params: PayParams, amount: Msat) -> ProbeCheck:
        more = Phrase("Ask for an incoming channel, or spend from yours to make room.")
        try:
            receivable = (await self._wallet.balance()).receivable
        except BackendError as error:
            return _bad(ProbeStep.ROOM, _short(error), Phrase("Try again in a minute."))
        if receivable is None:
            told = Phrase("Your wallet does not tell how much it can take.")
            return _good(ProbeStep.ROOM, told)
        largest = min(receivable, params.max_sendable)
        return _check(
            ProbeStep.ROOM,
            Phrase("One tip of up to {amount} can come in now; larger ones fail.", amount=largest)
            if receivable < params.max_sendable
            else Phrase("Every tip up to {amount} can come in.", amount=largest),
            more,
            passed=receivable >= amount,
        )


def _payee(invoice: Bolt11Invoice, *, is_ours: bool) -> ProbeCheck:
    return _check(
        ProbeStep.PAYEE,
        Phrase("The money comes to your wallet.")
        if is_ours
        else Phrase(
            "The money would go to the node {payee}…, not to your wallet.",
            payee=str(invoice.payee)[:16],
        ),
        Phrase("If that is not your provider's node, change the address in your profile at once."),
        passed=is_ours,
    )


def _good(step: ProbeStep, sentence: str) -> ProbeCheck:
    return ProbeCheck(step=step, passed=True, sentence=sentence)


def _bad(step: ProbeStep, sentence: str, next_step: str) -> ProbeCheck:
    return ProbeCheck(step=step, passed=False, sentence=sentence, next_step=next_step)


def _check(step: ProbeStep, sentence: str, next_step: str, *, passed: bool) -> ProbeCheck:
    return _good(step, sentence) if passed else _bad(step, sentence, next_step)


def _short(error: Exception) -> str:
    """Nobody thought that money moved."""
    if isinstance(error, FetchFailed):
        return error.sentence
    if isinstance(error, LnurlRefused):
        return (
            Phrase('The recipient\'s server refused. It said: "{reason}".', reason=error.reason)
            if error.reason
            else Phrase("The recipient's server refused.")
        )
    said = in_words(error)
    return said.replace(" No money moved.", "") if "No money moved" in said else said
