"""The words of a private tip: begun only where they can arrive, and sent once it is paid."""

from typing import Protocol

from tipdesk.base.errors import RequestError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.nostr.nip17 import TipClaim
from tipdesk.services.message_places import MessagePlaces
from tipdesk.services.messages import MessageService, NoteNotTaken
from tipdesk.tips import event as on
from tipdesk.tips.tip import Tip


class NoPlaceForWords(RequestError):
    """The recipient published no relays for messages."""

    def __init__(self, title: str) -> None:
        super().__init__(
            Phrase(
                "{name} has no place for private messages, so your words would not arrive. Send "
                "the tip without words, or publicly. No money moved.",
                name=title,
            )
        )
        self.title = title


class PlaceBeingSought(RequestError):
    """It is not known yet whether the words could arrive."""

    def __init__(self, title: str) -> None:
        super().__init__(
            Phrase(
                "TipDesk is finding out whether {name} takes private messages. Try again in a "
                "moment, or send the tip without words. No money moved.",
                name=title,
            )
        )
        self.title = title


class NotPaidYet(RuntimeError):
    """Words were to be sent for a tip that has no payment: a bug."""


class TipWords(Protocol):
    """What a tip needs for words that go apart from its payment."""

    def check(self, recipient: XOnlyPubkey) -> None:
        """Raises `NoPlaceForWords`, or `PlaceBeingSought` while that is not known."""
        ...

    async def send(self, tip: Tip) -> on.NoteSent | on.NoteFailed:
        """Brings the words of a paid tip to its recipient, once however often it is asked."""
        ...


class WordsByMessage:
    """See `TipWords`: by private messages (NIP-17) that name the payment."""

    def __init__(self, messages: MessageService, places: MessagePlaces) -> None:
        self._messages = messages
        self._places = places

    def check(self, recipient: XOnlyPubkey) -> None:
        """See `TipWords.check`."""
        known = self._places.known(recipient)
        title = self._messages.book.title(recipient)
        if known is None:
            self._places.ask_about(recipient)
            raise PlaceBeingSought(title)
        if not known:
            raise NoPlaceForWords(title)

    async def send(self, tip: Tip) -> on.NoteSent | on.NoteFailed:
        """See `TipWords.send`."""
        recipient, payment_hash = tip.target.recipient, tip.payment_hash
        if recipient is None or payment_hash is None:
            raise NotPaidYet
        claim = TipClaim(payment_hash, tip.amount)
        try:
            await self._messages.send_note(recipient, tip.comment, claim)
        except NoteNotTaken as error:
            return on.NoteFailed(in_words(error))
        return on.NoteSent()
