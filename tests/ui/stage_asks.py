"""The stage's requests for money: messages whose state is what a scene says."""

from dataclasses import dataclass, field, replace

from tests.fakes import make_invoice
from tests.ui import content
from tests.ui.stage_messages import StageMessages, written
from tipdesk.base.clock import Clock
from tipdesk.base.errors import RequestError
from tipdesk.base.ids import EventId, PaymentHash, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.nostr.payment_ask import AskKind
from tipdesk.ports.messages import Delivery
from tipdesk.services.payment_asks import AskNotOpen, AskToPay
from tipdesk.services.views import AskState, AskView, MessageView, ProfileView
from tipdesk.tips.payment_ask import checked_amount, request_text

INVOICE = make_invoice(77, amount=Msat(2_100_000))


@dataclass
class StageAsks:
    """Keeps what is asked; `problem` is why nothing can be."""

    messages: StageMessages
    clock: Clock
    problem: str = ""
    asked: list[tuple[XOnlyPubkey, Msat | None, str]] = field(default_factory=list)
    promised: list[tuple[XOnlyPubkey, Msat | None, str]] = field(default_factory=list)
    answered: list[EventId] = field(default_factory=list)
    refused: list[tuple[EventId, str, bool]] = field(default_factory=list)
    begun: list[tuple[EventId, PaymentHash]] = field(default_factory=list)

    async def ask(self, peer: XOnlyPubkey, amount: Msat | None, words: str = "") -> EventId:
        """As `PaymentAsks` does."""
        self._check()
        self.asked.append((peer, checked_amount(amount), words))
        return self.put(self._profile(peer), "me", amount, words).message_id

    async def offer_to_pay_later(
        self, peer: XOnlyPubkey, amount: Msat | None, words: str = ""
    ) -> EventId:
        """As `PaymentAsks` does."""
        self._check()
        self.promised.append((peer, checked_amount(amount), words))
        kind = AskKind.PROMISE
        return self.put(self._profile(peer), "me", amount, words, kind=kind).message_id

    async def answer_promise(self, message_id: EventId) -> EventId:
        """It is answered from now on."""
        self._check()
        self.answered.append(message_id)
        self.move(message_id, AskState.ANSWERED, "You sent them an invoice.")
        return message_id

    async def refuse(self, message_id: EventId, words: str = "", *, tell: bool) -> None:
        """It is refused from now on."""
        self._check()
        self.refused.append((message_id, words, tell))
        self.move(message_id, AskState.REFUSED, "You refused it.")

    def begin_paying(self, message_id: EventId) -> AskToPay:
        """What its message says, once."""
        view = self._view(message_id)
        assert view.ask is not None
        if not view.ask.can_pay:
            raise AskNotOpen(view.ask.state)
        return AskToPay(
            message_id=message_id,
            peer=view.peer.pubkey,
            title=view.peer.title,
            person_id=None,
            payable=view.ask.payable,
            is_offer=view.ask.payable.startswith("lno1"),
            amount=view.ask.amount,
            words=view.ask.words,
        )

    def paying(self, message_id: EventId, payment_hash: PaymentHash) -> None:
        """It is being paid from now on."""
        if self.problem:
            raise RequestError(self.problem)
        self.begun.append((message_id, payment_hash))

    def never_began(self, payment_hash: PaymentHash) -> None:
        """It is not after all."""
        self.begun = [one for one in self.begun if one[1] != payment_hash]

    def open_with(self, peer: XOnlyPubkey) -> tuple[MessageView, ...]:
        """Those that are open."""
        views = self.messages.book.messages(peer, 100)
        return tuple(one for one in views if one.ask and one.ask.state is AskState.OPEN)

    def put(
        self,
        peer: ProfileView,
        who: str,
        amount: Msat | None,
        words: str,
        *,
        kind: AskKind = AskKind.REQUEST,
        state: AskState = AskState.OPEN,
        sentence: str = "",
        number: int | None = None,
        payable: str = INVOICE,
    ) -> MessageView:
        """A message that asks; of `who` "me" or "them"."""
        held = self.messages.book.all.get(peer.pubkey, [])
        text = request_text(amount or Msat(1_000), words, payable)
        number = 70_000 + len(held) + peer.pubkey[-1] * 100 if number is None else number
        view = written(peer, number, who, 0, text, Delivery.SENT)
        is_ours = who == "me"
        ask = AskView(
            kind=kind,
            is_ours=is_ours,
            amount=amount,
            words=words,
            state=state,
            expires_at=self.clock.now().plus_ms(2 * 24 * content.HOUR),
            sentence=sentence,
            payable="" if kind is AskKind.PROMISE else payable,
            is_strangers=peer.pubkey in self.messages.book.strangers,
        )
        view = replace(view, at=self.clock.now(), ask=ask)
        self.messages.book.put(view)
        return view

    def move(self, message_id: EventId, state: AskState, sentence: str = "") -> None:
        """It stands differently now."""
        view = self._view(message_id)
        assert view.ask is not None
        ask = replace(view.ask, state=state, sentence=sentence)
        self.messages.book.put(replace(view, ask=ask))

    def _view(self, message_id: EventId) -> MessageView:
        everything = (one for held in self.messages.book.all.values() for one in held)
        return next(one for one in everything if one.message_id == message_id)

    def _check(self) -> None:
        if self.problem:
            raise RequestError(self.problem)

    @staticmethod
    def _profile(peer: XOnlyPubkey) -> ProfileView:
        known = {one.pubkey: one for one in content.PEOPLE}
        return known.get(peer) or content.unknown(peer)
