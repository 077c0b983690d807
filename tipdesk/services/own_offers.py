"""Offers of ours: made once, shown as often as one likes, closed when they are done with."""

from typing import Final

from tipdesk.base.phrase import Phrase
from tipdesk.base.text import one_line
from tipdesk.base.units import Msat
from tipdesk.ports.offers import OfferBackend, OwnOffer
from tipdesk.services.bus import Bus
from tipdesk.services.events import OffersChanged
from tipdesk.services.wallet import UnpayableInvoice

MAX_DESCRIPTION: Final = 100


class OwnOffers:
    """What others are given to pay us with, again and again, without a server."""

    def __init__(self, *, backend: OfferBackend, bus: Bus) -> None:
        self._backend = backend
        self._bus = bus

    def offers(self) -> tuple[OwnOffer, ...]:
        """All of ours, the latest first."""
        return self._backend.offers()

    async def create(self, description: str, amount: Msat | None) -> OwnOffer:
        """A new one; a `RequestError` says why not. Its description is read by whoever has it."""
        words = one_line(description, maximum=MAX_DESCRIPTION)
        if amount is not None and amount <= Msat(0):
            raise UnpayableInvoice(Phrase("An offer asks for more than nothing"))
        made = await self._backend.create_offer(words, amount)
        self._bus.publish(OffersChanged())
        return made

    def close(self, key: bytes) -> None:
        """Nobody gets an invoice for it any more."""
        self._backend.close_offer(key)
        self._bus.publish(OffersChanged())
