"""Private messages, put together, and what a running TipDesk can be asked about them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from tipdesk.adapters.secrets.signer import one_time_signer
from tipdesk.adapters.storage.messages import MoneyMessageStore
from tipdesk.app.core import Core
from tipdesk.app.methods import Method, Params
from tipdesk.app.people import read_person
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import PaymentHash, XOnlyPubkey
from tipdesk.bitcoin.network import Network
from tipdesk.ports.messages import StoredMessage
from tipdesk.ports.relays import RelayPool
from tipdesk.ports.secrets import EventSigner
from tipdesk.services.bus import Bus
from tipdesk.services.creator import CreatorService
from tipdesk.services.gift_wrapping import GiftWrapper
from tipdesk.services.message_book import MessageBook
from tipdesk.services.message_places import MessagePlaces
from tipdesk.services.message_receiving import MessageReceiver
from tipdesk.services.message_sending import MessageSender
from tipdesk.services.messages import MessageService
from tipdesk.services.own_lists import OwnLists
from tipdesk.services.people import PeopleService
from tipdesk.services.relay_lists import RelayLists
from tipdesk.services.tip_words import WordsByMessage
from tipdesk.services.views import ConversationView, IncomingTip, MessageView, ProfileView

OPEN_AGAIN_SECONDS: Final = 30.0
MAX_SHOWN: Final = 200

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What messages share with the rest of the app."""

    signer: EventSigner
    own_lists: OwnLists
    relay_lists: RelayLists
    relays: RelayPool
    is_friend: Callable[[XOnlyPubkey], bool]
    """Whether the person chose them: what they write is no stranger's."""
    profile: Callable[[XOnlyPubkey], ProfileView]
    people: PeopleService
    bus: Bus


class Messages:
    """The messages of a profile: `service` sends, `words` are for tips."""

    def __init__(self, core: Core, around: Surroundings) -> None:
        ours, clock = around.signer.pubkey, core.clock
        store = MoneyMessageStore(core.database)
        self._has_visitors = bool(core.settings.receive_user)
        self.places = MessagePlaces(
            own=around.own_lists,
            lists=around.relay_lists,
            relays=around.relays,
            ours=ours,
            bus=around.bus,
            clock=clock,
            practice=core.settings.network is Network.REGTEST,
        )
        self.book = MessageBook(
            store=store,
            ours=ours,
            is_friend=around.is_friend,
            profile=around.profile,
            people=around.people,
            bus=around.bus,
            clock=clock,
        )
        wrapper = GiftWrapper(
            signer=around.signer,
            one_time_signer=lambda: one_time_signer(core.entropy),
            clock=clock,
            entropy=core.entropy,
        )
        self.service = MessageService(
            store=store,
            book=self.book,
            places=self.places,
            sender=MessageSender(
                store=store,
                book=self.book,
                places=self.places,
                relays=around.relays,
                wrapper=wrapper,
                clock=clock,
            ),
            receiver=MessageReceiver(
                store=store,
                book=self.book,
                places=self.places,
                relays=around.relays,
                wrapper=wrapper,
                clock=clock,
            ),
            ours=ours,
            clock=clock,
        )
        self.words = WordsByMessage(self.service, self.places)

    def tell(self, creator: CreatorService) -> None:
        """Words that name a tip that came in give it its sender, whichever came first."""

        def heard(note: StoredMessage) -> bool:
            return note.tip is not None and creator.learn_words(
                note.tip.payment_hash, note.peer, note.text
            )

        def tipped(tip: IncomingTip) -> None:
            for note in self.book.notes(tip.payment_hash):
                if heard(note):
                    self.book.accept(note.peer)

        self.book.on_note(heard)
        creator.on_tip(tipped)

    @property
    def work(self) -> list[Callable[[], Awaitable[None]]]:
        """What runs as long as the app does."""
        return [self.service.run, self._open] if self._has_visitors else [self.service.run]

    async def _open(self) -> None:
        """Who is tipped takes private messages too, unless they chose otherwise elsewhere."""
        while True:
            try:
                await self.places.open_first()
            except BackendError as error:
                _log.info("no place for messages is published yet: %s", error)
                await asyncio.sleep(OPEN_AGAIN_SECONDS)
            else:
                return


def message_methods(messages: Messages) -> dict[str, Method]:
    """Everything about messages, by the name it can be asked for."""
    methods = MessageMethods(messages)
    return {
        "send_message": methods.send_message,
        "messages": methods.messages,
        "conversations": methods.conversations,
        "message_relays": methods.message_relays,
        "use_message_relay": methods.use_message_relay,
        "drop_message_relay": methods.drop_message_relay,
    }


class MessageMethods:
    """One coroutine a method; people are given as npub, nprofile, link or key."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages

    async def send_message(self, params: Params) -> object:
        """Sends a message to where somebody takes them."""
        person = read_person(params["pubkey"])
        return {"id": str(await self._messages.service.send(person, str(params["text"])))}

    async def messages(self, params: Params) -> object:
        """What was written with somebody, newest first."""
        found = self._messages.book.messages(read_person(params["pubkey"]), MAX_SHOWN)
        return [_message(view) for view in found]

    async def conversations(self, _: Params) -> object:
        """With whom something was written, strangers too."""
        book = self._messages.book
        return [_conversation(view) for view in (*book.conversations(), *book.requests())]

    async def message_relays(self, params: Params) -> object:
        """Where somebody takes messages; where we do, if nobody is named."""
        places = self._messages.places
        if "pubkey" not in params:
            return list(await places.refresh_own())
        return list(await places.find(read_person(params["pubkey"])))

    async def use_message_relay(self, params: Params) -> object:
        """From now on we take messages there too."""
        return list(await self._messages.places.use_relay(str(params["url"])))

    async def drop_message_relay(self, params: Params) -> object:
        """From now on we take none there."""
        return list(await self._messages.places.drop_relay(str(params["url"])))


def _message(view: MessageView) -> dict[str, object]:
    payment_hash: PaymentHash | None = view.payment_hash
    return {
        "id": str(view.message_id),
        "is_ours": view.is_ours,
        "text": view.text,
        "at_ms": view.at.ms,
        "delivery": None if view.delivery is None else view.delivery.name,
        "sentence": view.sentence,
        "payment_hash": None if payment_hash is None else str(payment_hash),
        "claimed_msat": None if view.claimed is None else view.claimed.value,
    }


def _conversation(view: ConversationView) -> dict[str, object]:
    return {
        "pubkey": str(view.peer.pubkey),
        "title": view.peer.title,
        "unread": view.unread,
        "is_request": view.is_request,
    }
