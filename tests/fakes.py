"""Small adapters that do what they are told, for tests of services: a wallet with faults, a web
server by script, relays that record. What they hand out is real: real invoices, real signatures.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import NodeId, PaymentHash, PaymentSecret, Preimage, ShortChannelId
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.features import ALWAYS_REQUIRED, FeatureBits
from tipdesk.lightning.invoice import bolt11
from tipdesk.lightning.invoice.bolt11 import UnsignedInvoice
from tipdesk.lnurl import serve
from tipdesk.nostr import event as nip01
from tipdesk.nostr.event import Event, Tags, UnsignedEvent
from tipdesk.nostr.filter import Filter
from tipdesk.ports.relays import Fetched, PublishResult, RelayStatus
from tipdesk.tips.payment import (
    Balance,
    Capability,
    CreatedInvoice,
    Failed,
    FailureReason,
    IncomingPayment,
    InFlight,
    InvoiceRequest,
    KeysendRequest,
    PaymentUpdate,
    PayRequest,
    Quote,
    RouteHop,
    Succeeded,
    Unknown,
)

START = Instant.from_unix_seconds(1_700_000_000)
FAN, CREATOR, PROVIDER, STRANGER, NODE = (PrivateKey(bytes([n]) * 32) for n in range(1, 6))
ADDRESS = "ana@127.0.0.1:9000"
CALLBACK = "http://127.0.0.1:9000/lnurlp/ana/callback"
RELAY = "ws://127.0.0.1:7777"


class MemoryVault:
    """Secrets that nobody keeps; `kept` shows them."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    async def get(self, name: str) -> bytes | None:
        """See `SecretVault`."""
        return self.kept.get(name)

    async def put(self, name: str, secret: bytes) -> None:
        """See `SecretVault`."""
        self.kept[name] = secret

    async def delete(self, name: str) -> None:
        """See `SecretVault`."""
        self.kept.pop(name, None)


class HandSeconds:
    """Seconds of a clock that never goes back; it stands unless `now` is set."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class FakeClock:
    """Stands still unless moved."""

    def __init__(self, start: Instant = START) -> None:
        self.time = start

    def now(self) -> Instant:
        return self.time

    def pass_ms(self, ms: int) -> None:
        self.time = self.time.plus_ms(ms)


class FakeEntropy:
    """Different bytes each time, the same in every run."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def random_bytes(self, count: int) -> bytes:
        return sha256(next(self._numbers).to_bytes(8, "big"))[:count].ljust(count, b"\0")


def preimage_of(number: int) -> Preimage:
    return Preimage(sha256(b"preimage" + number.to_bytes(4, "big")))


def make_invoice(
    number: int = 1,
    *,
    amount: Msat | None = Msat(21_000),
    description_hash: bytes | None = None,
    description: str | None = None,
    timestamp: int = START.unix_seconds,
    expiry: int = 3_600,
    network: Network = Network.REGTEST,
    key: PrivateKey = NODE,
) -> str:
    """A real invoice of the creator's node; its preimage is `preimage_of(number)`."""
    if description_hash is None and description is None:
        description = "a tip"
    unsigned = UnsignedInvoice(
        network=network,
        payment_hash=PaymentHash(sha256(preimage_of(number))),
        payment_secret=PaymentSecret(bytes(32)),
        timestamp=timestamp,
        expiry=expiry,
        amount_msat=amount,
        description=description,
        description_hash=description_hash,
        features=FeatureBits(ALWAYS_REQUIRED),
    )
    return bolt11.encode_and_sign(unsigned, key)


def sign(
    key: PrivateKey,
    kind: int,
    content: str = "",
    *,
    tags: Tags = (),
    created_at: int = START.unix_seconds,
) -> Event:
    unsigned = UnsignedEvent(
        pubkey=key.x_only, created_at=created_at, kind=kind, tags=tags, content=content
    )
    return nip01.sign(unsigned, key, bytes(32))


ROUTE = tuple(
    RouteHop(NodeId(NODE.point), ShortChannelId.of(100 + n, 1, 0), Msat(500 * (n > 0)))
    for n in range(3)
)


class FakeWallet:
    """A wallet whose behaviour is chosen: how it quotes, and how payments end.

    `how` is "succeed", a `FailureReason`, "silent" (it pays, but the caller hears only Unknown and
    asks in vain until `how_it_ended` is told), or "broken" (it raises in the middle, having paid).
    """

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.how: str | FailureReason = "succeed"
        self.fee = Msat(1_000)
        self.quoted: Quote | Failed | BackendError = Quote(Msat(1_000), 3)
        self.orders: list[PayRequest] = []
        self.keysends: list[KeysendRequest] = []
        self.known: dict[PaymentHash, PaymentUpdate] = {}
        self.preimages: dict[PaymentHash, Preimage] = {}
        self.lookups = 0
        self.before_paying: Callable[[PayRequest], None] = lambda _: None
        self.issued: dict[PaymentHash, tuple[InvoiceRequest, str]] = {}
        self.settled: dict[PaymentHash, IncomingPayment] = {}
        self.listeners: list[Callable[[IncomingPayment], None]] = []
        self.balances = Balance(Msat(1_000_000), Msat(500_000), Msat(2_000_000))
        self._numbers = itertools.count(1_000)

    @property
    def capabilities(self) -> frozenset[Capability]:
        return frozenset(Capability)

    async def quote(
        self, invoice: str, max_fee: Msat, amount: Msat | None = None
    ) -> Quote | Failed:
        if isinstance(self.quoted, BackendError):
            raise self.quoted
        return self.quoted

    async def pay(self, request: PayRequest) -> AsyncIterator[PaymentUpdate]:
        self.before_paying(request)
        self.orders.append(request)
        await asyncio.sleep(0)
        payment_hash = request.payment_hash
        self.known[payment_hash] = InFlight(payment_hash)
        yield InFlight(payment_hash)
        if isinstance(self.how, FailureReason):
            self.known[payment_hash] = Failed(payment_hash, self.how)
        elif self.how == "succeed":
            self.known[payment_hash] = self.success(request)
        elif self.how == "broken":
            self.known[payment_hash] = self.success(request)
            raise BackendError("the wallet went away")
        else:
            self.known[payment_hash] = Unknown(payment_hash)
        yield self.known[payment_hash]

    async def keysend(self, request: KeysendRequest) -> AsyncIterator[PaymentUpdate]:
        assert request.preimage is not None
        self.keysends.append(request)
        payment_hash = PaymentHash(sha256(request.preimage))
        self.preimages[payment_hash] = request.preimage
        as_order = PayRequest(
            invoice="", payment_hash=payment_hash, amount=request.amount, max_fee=request.max_fee
        )
        async for update in self.pay(as_order):
            yield update

    def success(self, request: PayRequest) -> Succeeded:
        return Succeeded(
            payment_hash=request.payment_hash,
            preimage=self.preimages.get(request.payment_hash, Preimage(bytes(32))),
            amount=request.amount,
            fee=self.fee,
            route=ROUTE,
            settled_at=self.clock.now(),
        )

    async def lookup(self, payment_hash: PaymentHash) -> PaymentUpdate | None:
        self.lookups += 1
        return self.known.get(payment_hash)

    async def create_invoice(self, request: InvoiceRequest) -> CreatedInvoice:
        number = next(self._numbers)
        invoice = make_invoice(
            number,
            amount=request.amount,
            description=request.description,
            description_hash=request.description_hash,
            timestamp=self.clock.now().unix_seconds,
            expiry=request.expiry_seconds,
        )
        payment_hash = PaymentHash(sha256(preimage_of(number)))
        self.preimages[payment_hash] = preimage_of(number)
        self.issued[payment_hash] = (request, invoice)
        return CreatedInvoice(
            invoice, payment_hash, self.clock.now().plus_ms(request.expiry_seconds * 1_000)
        )

    def be_paid(self, payment_hash: PaymentHash, *, tell: bool = True) -> IncomingPayment:
        """An invoice of ours is paid; without `tell`, TipDesk is not there to hear it."""
        request, invoice = self.issued[payment_hash]
        payment = IncomingPayment(
            payment_hash=payment_hash,
            preimage=self.preimages[payment_hash],
            amount=request.amount or Msat(5_000),
            settled_at=self.clock.now(),
            invoice=invoice,
            description=request.description or "",
            label=request.label,
        )
        self.settled[payment_hash] = payment
        for listener in self.listeners if tell else ():
            listener(payment)
        return payment

    async def received(self, payment_hash: PaymentHash) -> IncomingPayment | None:
        return self.settled.get(payment_hash)

    async def unasked_since(self, at: Instant) -> list[IncomingPayment]:
        return [
            payment
            for payment in self.settled.values()
            if not payment.invoice and payment.settled_at >= at
        ]

    def be_sent(self, payment: IncomingPayment, *, tell: bool = True) -> None:
        """Somebody pays unasked."""
        self.settled[payment.payment_hash] = payment
        for listener in self.listeners if tell else ():
            listener(payment)

    def on_received(self, listener: Callable[[IncomingPayment], None]) -> None:
        self.listeners.append(listener)

    async def balance(self) -> Balance:
        return self.balances


Answer = bytes | BackendError | Callable[[str], bytes]


class ScriptedHttp:
    """Answers by the start of the address; the longest start that fits counts."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.gate: asyncio.Event | None = None

    async def get(self, url: str, *, max_bytes: int, timeout: float) -> bytes:
        self.asked.append(url)
        if self.gate is not None:
            await self.gate.wait()
        fitting = [start for start in self.answers if url.startswith(start)]
        answer = self.answers[max(fitting, key=len)]
        if isinstance(answer, BackendError):
            raise answer
        return answer if isinstance(answer, bytes) else answer(url)


class CreatorServer:
    """The other side of LNURL-pay, as scripted: fresh, right invoices unless `twist` is set."""

    def __init__(self, http: ScriptedHttp, wallet: FakeWallet, clock: FakeClock) -> None:
        self.wallet = wallet
        self.clock = clock
        self.zaps = True
        self.requests: list[str] = []
        self.queries: list[dict[str, list[str]]] = []
        self.twist: Callable[[dict[str, object]], dict[str, object]] = lambda terms: terms
        self.most = Msat(100_000_000)
        self._numbers = itertools.count(1)
        http.answers["http://127.0.0.1:9000/.well-known/lnurlp/ana"] = lambda _: self.params()
        http.answers[CALLBACK] = self.invoice

    def params(self) -> bytes:
        offered = serve.offered_params(
            callback=CALLBACK,
            min_sendable=Msat(1_000),
            max_sendable=self.most,
            description="Tips for Ana",
            identifier=ADDRESS,
            nostr_pubkey=PROVIDER.x_only if self.zaps else None,
        )
        return serve.render_params(offered).encode()

    def invoice(self, url: str) -> bytes:
        query = parse_qs(urlsplit(url).query)
        self.queries.append(query)
        committed = query["nostr"][0] if "nostr" in query else ""
        self.requests.append(committed)
        number = next(self._numbers)
        terms: dict[str, object] = {
            "number": number,
            "amount": Msat(int(query["amount"][0])),
            "description_hash": sha256(committed.encode()),
            "timestamp": self.clock.now().unix_seconds,
        }
        terms = self.twist(terms)
        self.wallet.preimages[PaymentHash(sha256(preimage_of(number)))] = preimage_of(number)
        return serve.render_invoice(make_invoice(**terms)).encode()  # type: ignore[arg-type]


@dataclass
class FakeSubscription:
    filters: tuple[Filter, ...]
    on_event: Callable[[Event], None]
    is_open: bool = True
    urls: tuple[str, ...] | None = None

    def close(self) -> None:
        self.is_open = False


@dataclass
class FakeRelays:
    """Records what is published; `deliver` hands an event to whoever asked for such.

    `fetch` finds what is in `stored`, by relay; the relays in `silent` do not answer it.
    """

    subscriptions: list[FakeSubscription] = field(default_factory=list)
    stored: dict[str, list[Event]] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    fetched: list[tuple[tuple[Filter, ...], tuple[str, ...] | None]] = field(default_factory=list)
    published: list[tuple[Event, tuple[str, ...] | None]] = field(default_factory=list)
    accepts: Callable[[str], bool] = lambda _: True
    connected: bool = True

    def subscribe(
        self,
        filters: Sequence[Filter],
        on_event: Callable[[Event], None],
        on_eose: Callable[[], None] | None = None,
        *,
        urls: Sequence[str] | None = None,
    ) -> FakeSubscription:
        named = None if urls is None else tuple(urls)
        subscription = FakeSubscription(tuple(filters), on_event, urls=named)
        self.subscriptions.append(subscription)
        return subscription

    async def fetch(
        self, filters: Sequence[Filter], *, urls: Sequence[str] | None = None, timeout: float = 5.0
    ) -> Fetched:
        self.fetched.append((tuple(filters), None if urls is None else tuple(urls)))
        asked = frozenset((RELAY,) if urls is None else urls)
        answered = asked - self.silent
        found = {
            event.id: event
            for url in sorted(answered)
            for entry in filters
            for event in self._answer(url, entry)
        }
        return Fetched(events=tuple(found.values()), answered=answered, asked=asked)

    def _answer(self, url: str, entry: Filter) -> list[Event]:
        fitting = [event for event in self.stored.get(url, ()) if entry.matches(event)]
        fitting.sort(key=lambda event: (-event.created_at, event.id))
        return fitting[: entry.limit]

    def deliver(self, *events: Event) -> int:
        """How many hands it went into."""
        count = 0
        for event in events:
            for subscription in tuple(self.subscriptions):
                wanted = any(entry.matches(event) for entry in subscription.filters)
                if subscription.is_open and wanted:
                    subscription.on_event(event)
                    count += 1
        return count

    async def publish(
        self, event: Event, urls: Sequence[str] | None = None, *, timeout: float = 10.0
    ) -> Mapping[str, PublishResult]:
        self.published.append((event, None if urls is None else tuple(urls)))
        named = (RELAY,) if urls is None else urls
        return {url: PublishResult(accepted=self.accepts(url)) for url in named}

    def status(self) -> tuple[RelayStatus, ...]:
        return (RelayStatus(url=RELAY, connected=self.connected),)

    def strangers(self) -> tuple[RelayStatus, ...]:
        return ()


async def until(condition: Callable[[], object], *, within: float = 3.0) -> None:
    """Waits for a condition to come true; fails the test if it does not."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 - any state of any object is waited for
            await asyncio.sleep(0.002)
