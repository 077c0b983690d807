"""NIP-47 over relays: requests go out to all of the link's relays, the first good answer counts.

An answer is one that the wallet signed, that names us and the request, and that can be read. What
it means for money is judged in `nwc`; nothing is sent twice by itself, but for the very same event,
which a relay gets again when the connection broke before it said that it has it.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.entropy import Entropy
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import EventId
from tipdesk.nostr import event as nip01
from tipdesk.nostr import nip04, nip44, nip47
from tipdesk.nostr.event import Event
from tipdesk.nostr.filter import Filter
from tipdesk.nostr.nip47 import (
    Encryption,
    ErrorCode,
    Method,
    Notification,
    Response,
    ServiceInfo,
)
from tipdesk.nostr.nip47_link import WalletConnectLink
from tipdesk.ports.plugged import WalletAnswerUnreadable, WalletNotReached, WalletUnreachable
from tipdesk.ports.relays import RelayPool

REQUEST_LASTS: Final = 60
"""Seconds after which the wallet is to ignore a request."""
CLOCK_SKEW: Final = 600
"""Seconds by which the wallet's clock may be behind ours."""
MOST_QUESTIONS: Final = 1_000
"""Open at the same time; the oldest is given up for a newer one."""
_LOOK_EVERY: Final = 0.1

_log = logging.getLogger(__name__)


class LinkRelays(RelayPool, Protocol):
    """The relays of one link, and nobody else's."""

    def start(self, group: asyncio.TaskGroup) -> None:
        """Connects, with its tasks in the group."""
        ...

    async def stop(self) -> None:
        """Closes all connections."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long is waited, in seconds."""

    connecting: float = 10.0
    info: float = 5.0
    answer: float = 15.0
    payment: float = 60.0
    """For the answer to an order; after that it is looked up."""
    first_pause: float = 0.5
    longest_pause: float = 30.0
    poll: float = 5.0
    """Between looks at open invoices of a wallet that tells nothing by itself."""


@dataclass(eq=False, slots=True)
class Question:
    """A request that left, or is about to."""

    method: Method
    event: Event
    answer: asyncio.Future[Response]
    undelivered: asyncio.Future[None]
    """Done when no relay says that it took the request."""
    is_garbled: bool = False
    """Whether something came for it that could not be read."""
    refusals: dict[str, str] = field(default_factory=dict)
    """Relays that would not take it, and why."""


class NwcWire:
    """The conversation with one wallet."""

    def __init__(
        self,
        link: WalletConnectLink,
        *,
        relays: LinkRelays,
        clock: Clock,
        entropy: Entropy,
        patience: Patience,
        on_notification: Callable[[Notification], None],
    ) -> None:
        self._wallet = link.pubkey
        self._key = link.key
        self._relays = relays
        self._clock = clock
        self._entropy = entropy
        self._patience = patience
        self._on_notification = on_notification
        self._conversation_key = nip44.conversation_key(self._key, link.pubkey)
        self._questions: dict[EventId, Question] = {}
        self._info: tuple[int, ServiceInfo] | None = None
        self._info_came = asyncio.Event()
        self._publishing: asyncio.TaskGroup | None = None
        self.encryption = Encryption.NIP44_V2
        self.is_in_doubt = False
        """Whether the wallet refused the key, or says that it offers something else than before."""
        hosts = [urlsplit(url).netloc.rpartition("@")[2] for url in link.relays]
        self.where = hosts[0] if len(hosts) == 1 else f"{hosts[0]} (+{len(hosts) - 1})"

    async def run(self) -> None:
        """Keeps the relays connected and hears the wallet, until it is cancelled."""
        started = self._clock.now().unix_seconds
        us = self._key.x_only.hex()
        filters = (
            Filter(
                kinds=(nip47.KIND_RESPONSE, nip47.KIND_NOTIFICATION, nip47.KIND_OLD_NOTIFICATION),
                authors=(self._wallet,),
                tags={"p": (us,)},
                since=started - CLOCK_SKEW,
            ),
            Filter(kinds=(nip47.KIND_INFO,), authors=(self._wallet,), limit=1),
        )
        async with asyncio.TaskGroup() as group:
            subscription = self._relays.subscribe(filters, lambda e: self._hear(e, started))
            self._publishing = group
            self._relays.start(group)
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                self._publishing = None
                subscription.close()
                await self._relays.stop()

    # -- the relays -------------------------------------------------------------------------------

    @property
    def is_connected(self) -> bool:
        """Whether one relay is enough to say yes."""
        return any(status.connected for status in self._relays.status())

    async def connected(self) -> None:
        """Returns once a relay is there; `WalletNotReached` if none comes."""
        try:
            async with asyncio.timeout(self._patience.connecting):
                while not self.is_connected:  # noqa: ASYNC110 - the pool tells nothing
                    await asyncio.sleep(_LOOK_EVERY)
        except TimeoutError:
            raise WalletNotReached(self.where, self._problem()) from None

    async def broken(self) -> WalletUnreachable | None:
        """Returns once no relay is there any more, with why, or None once it is in doubt."""
        while self.is_connected:
            if self.is_in_doubt:
                return None
            await asyncio.sleep(_LOOK_EVERY)
        return WalletUnreachable(self.where, self._problem())

    def _problem(self) -> str:
        return next((s.problem for s in self._relays.status() if s.problem), "")

    async def info(self) -> ServiceInfo | None:
        """The info event; None if the relays that answer have none."""
        await self.connected()
        wanted = Filter(kinds=(nip47.KIND_INFO,), authors=(self._wallet,), limit=1)
        async with asyncio.TaskGroup() as group:
            fetching = group.create_task(self._relays.fetch([wanted], timeout=self._patience.info))
            coming = group.create_task(self._info_came.wait())
            await asyncio.wait({fetching, coming}, return_when=asyncio.FIRST_COMPLETED)
            coming.cancel()
            if self._info is not None:
                fetching.cancel()
            fetched = () if self._info is not None else (await fetching).events
        for event in fetched:
            self._take_info(event)
        return None if self._info is None else self._info[1]

    # -- asking -----------------------------------------------------------------------------------

    async def ask(self, method: Method, params: Mapping[str, object]) -> Response:
        """The wallet's answer; `WalletUnreachable` or `WalletAnswerUnreadable` if there is none."""
        question = await self.put(method, params)
        try:
            return await self.answer(question, self._patience.answer)
        finally:
            self.give_up(question)

    async def put(
        self, method: Method, params: Mapping[str, object], until: Instant | None = None
    ) -> Question:
        """Sends a request; `WalletNotReached` if it never left.

        It is good for a minute, or `until` that moment if that comes sooner.
        """
        await self.connected()
        now = self._clock.now().unix_seconds
        expiration = now + REQUEST_LASTS
        if until is not None:
            expiration = max(now + 1, min(expiration, until.unix_seconds))
        unsigned = nip47.build_request(
            self._encrypt(nip47.request_text(method, params)),
            client=self._key.x_only,
            wallet=self._wallet,
            encryption=self.encryption,
            created_at=now,
            expiration=expiration,
        )
        event = nip01.sign(unsigned, self._key, self._entropy.random_bytes(32))
        group = self._publishing
        if group is None:
            raise WalletNotReached(self.where)
        loop = asyncio.get_running_loop()
        question = Question(method, event, loop.create_future(), loop.create_future())
        self._questions[event.id] = question
        while len(self._questions) > MOST_QUESTIONS:
            self._questions.pop(next(iter(self._questions)))
        group.create_task(self._publish(question), name=f"wallet request {method}")
        return question

    async def answer(self, question: Question, seconds: float) -> Response:
        """What came for it within so many seconds; asked again it waits on."""
        both: set[asyncio.Future[Any]] = {question.answer, question.undelivered}
        await asyncio.wait(both, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if question.answer.done() and not question.answer.cancelled():
            return question.answer.result()
        if question.is_garbled:
            raise WalletAnswerUnreadable(self.where, question.method)
        why = next(iter(question.refusals.values()), "")
        raise WalletUnreachable(self.where, why or self._problem())

    def give_up(self, question: Question) -> None:
        """Whatever comes for it from now on is ignored."""
        self._questions.pop(question.event.id, None)
        question.answer.cancel()

    async def _publish(self, question: Question) -> None:
        results = await self._relays.publish(question.event, timeout=self._patience.connecting)
        for url, result in results.items():
            if not result.accepted:
                question.refusals[url] = result.message
                _log.info("%s did not take a wallet request: %s", url, result.message)
        if len(question.refusals) == len(results):
            question.undelivered.set_result(None)

    # -- hearing ----------------------------------------------------------------------------------

    def _hear(self, event: Event, started: int) -> None:
        """An authentic event of the wallet's."""
        match event.kind:
            case nip47.KIND_INFO:
                self._take_info(event)
            case nip47.KIND_RESPONSE:
                for name in event.values("e"):
                    self._take_answer(event, name)
            case self.encryption.notification_kind if event.created_at >= started:
                self._take_notification(event)

    def _take_info(self, event: Event) -> None:
        if self._info is None or event.created_at > self._info[0]:
            before, self._info = self._info, (event.created_at, nip47.read_info(event))
            self._info_came.set()
            self.is_in_doubt |= before is not None and before[1] != self._info[1]

    def _take_answer(self, event: Event, name: str) -> None:
        try:
            question = self._questions.get(EventId.from_hex(name))
        except ValueError:
            return
        if question is None or question.answer.done():
            return
        try:
            response = nip47.read_response(self._decrypt(event.content))
        except DecodeError as error:
            _log.info("an answer of a wallet cannot be read: %s", error)
            question.is_garbled = True
            return
        if response.error is None and response.result_type != question.method:
            question.is_garbled = True
            return
        refusal = response.error
        self.is_in_doubt |= refusal is not None and refusal.code is ErrorCode.UNAUTHORIZED
        question.answer.set_result(response)

    def _take_notification(self, event: Event) -> None:
        try:
            told = nip47.read_notification(self._decrypt(event.content))
        except DecodeError as error:
            _log.info("a notification of a wallet cannot be read: %s", error)
            return
        self._on_notification(told)

    def _encrypt(self, text: str) -> str:
        if self.encryption is Encryption.NIP04:
            iv = self._entropy.random_bytes(nip04.IV_BYTES)
            return nip04.encrypt(text, self._key, self._wallet, iv)
        nonce = self._entropy.random_bytes(nip44.NONCE_BYTES)
        return nip44.encrypt(text, self._conversation_key, nonce)

    def _decrypt(self, payload: str) -> str:
        """By its form: a wallet that cannot read ours may say so in the old way."""
        if nip04.is_old_payload(payload):
            return nip04.decrypt(payload, self._key, self._wallet)
        return nip44.decrypt(payload, self._conversation_key)
