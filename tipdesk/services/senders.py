"""Who sent what came for an offer, where they proved it; and telling a receiver that it was us."""

import logging
from collections.abc import Callable
from typing import Final

from tipdesk.base.errors import DecodeError, RequestError
from tipdesk.base.ids import EventId, PaymentHash, XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.lightning.invoice import bolt12
from tipdesk.ports.messages import StoredMessage
from tipdesk.ports.payment_asks import Answer, AskRecord, PaymentAskStore
from tipdesk.services.bus import Bus
from tipdesk.services.events import TimelineChanged
from tipdesk.services.messages import MessageService
from tipdesk.services.people_book import PeopleBook
from tipdesk.services.proofs import PaymentProofs
from tipdesk.services.views import ProfileView
from tipdesk.services.wallet import WalletService
from tipdesk.tips.history import Direction, PaymentState
from tipdesk.tips.sender_claim import claim_note, claim_text, is_of, proof_in

log: Final = logging.getLogger(__name__)


class NobodyToTell(RequestError):
    """It is not known who got a payment, they have no npub, or they were told."""

    def __init__(self) -> None:
        super().__init__(Phrase("There is nobody who could be told of this payment."))


class PaymentSenders:
    """Reads proofs out of messages, and sends our own."""

    def __init__(
        self,
        *,
        messages: MessageService,
        store: PaymentAskStore,
        wallet: WalletService,
        people: PeopleBook,
        proofs: PaymentProofs,
        profile: Callable[[XOnlyPubkey], ProfileView],
        ours: XOnlyPubkey,
        bus: Bus,
    ) -> None:
        self._messages = messages
        self._store = store
        self._wallet = wallet
        self._people = people
        self._proofs = proofs
        self._profile = profile
        self._ours = ours
        self._bus = bus
        messages.book.on_message(self._heard)

    def sender(self, payment_hash: PaymentHash) -> ProfileView | None:
        """Who proved that they sent a payment of ours; None if nobody did."""
        known = self._wallet.payment(payment_hash)
        if known is None or known.direction is not Direction.IN:
            return None
        claim = self._claim(payment_hash)
        return None if claim is None else self._profile(claim.peer)

    def to_tell(self, payment_hash: PaymentHash) -> ProfileView | None:
        """Who got a payment of ours and can be told so; None once they were."""
        if self._claim(payment_hash) is not None or not self._proofs.can_prove(payment_hash):
            return None
        peer = self._receiver(payment_hash)
        return None if peer is None else self._profile(peer)

    async def tell(self, payment_hash: PaymentHash) -> None:
        """Sends the receiver the proof that it was us. They learn our npub by it.

        Raises `NobodyToTell` and what sending a message does.
        """
        known = self._wallet.payment(payment_hash)
        receiver = self.to_tell(payment_hash)
        if receiver is None or known is None or known.amount is None:
            raise NobodyToTell
        proof = self._proofs.prove(payment_hash, claim_note(self._ours))
        sent = await self._messages.send(receiver.pubkey, claim_text(known.amount, proof))
        self._keep(sent, receiver.pubkey, payment_hash)

    def _receiver(self, payment_hash: PaymentHash) -> XOnlyPubkey | None:
        for record in self._store.paid_with(payment_hash):
            return record.peer
        person = self._people.with_payment(payment_hash)
        return None if person is None else person.npub

    def _claim(self, payment_hash: PaymentHash) -> AskRecord | None:
        records = self._store.paid_with(payment_hash)
        return next((one for one in records if one.answer is Answer.PROVEN), None)

    def _heard(self, message: StoredMessage) -> None:
        proof = proof_in(message.text)
        if proof is None:
            return
        known = self._wallet.payment(proof.payment_hash)
        if known is None or known.direction is not Direction.IN:
            return
        if known.status is not PaymentState.SUCCEEDED:
            return
        try:
            invoice = bolt12.decode(self._wallet.invoice_of(proof.payment_hash))
        except DecodeError:
            return
        if not is_of(proof, invoice, message.peer):
            log.info("a message has a proof that is not of its sender's payment")
            return
        if self._claim(proof.payment_hash) is None:
            self._keep(message.id, message.peer, proof.payment_hash)

    def _keep(self, message_id: EventId, peer: XOnlyPubkey, payment_hash: PaymentHash) -> None:
        self._store.save(
            AskRecord(
                message_id=message_id, peer=peer, answer=Answer.PROVEN, payment_hash=payment_hash
            )
        )
        self._store.commit()
        person = self._people.with_npub(peer)
        if person is not None:
            self._people.note_payment(person.id, payment_hash)
        self._bus.publish(TimelineChanged())
