"""Asking for money, wanting to send it later, paying and refusing what others ask for."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.services.views import MessageView
from tipdesk.ui.i18n import t
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade


@dataclass(frozen=True, slots=True, kw_only=True)
class AskDraft:
    """What is written in the panel."""

    peer: XOnlyPubkey
    name: str
    """What they are called, safe to show."""
    is_promise: bool = False
    """Whether we want to send, rather than to be sent."""
    amount: Msat | None = None
    words: str = ""
    problem: str = ""
    is_busy: bool = False


class AsksViewModel(ViewModel):
    """`told` with what became of it; `sent` and `refused` when a panel is done with.

    `pay` with an `AskToPay`: the person pressed, and a page that sends is to begin with it.
    """

    told = Signal(str)
    sent = Signal()
    refused = Signal()
    pay = Signal(object)

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self.draft: AskDraft | None = None
        self.refusing: MessageView | None = None
        """The request that is about to be refused."""
        self.problem = ""
        """Why it could not be refused."""
        self.is_busy = False

    def begin(
        self,
        peer: XOnlyPubkey,
        name: str,
        *,
        is_promise: bool = False,
        amount: Msat | None = None,
        words: str = "",
    ) -> None:
        """Somebody is to be asked, or told that they will be sent money."""
        self.draft = AskDraft(
            peer=peer, name=name, is_promise=is_promise, amount=amount, words=words
        )
        self.changed.emit()

    def write(self, amount: Msat | None, words: str) -> None:
        """What was typed."""
        if self.draft is not None and not self.draft.is_busy:
            had_problem = bool(self.draft.problem)
            self.draft = replace(self.draft, amount=amount, words=words, problem="")
            if had_problem:
                self.changed.emit()

    def send(self) -> None:
        """Asks or promises: `sent`, or the draft says why not."""
        draft = self.draft
        if draft is not None and not draft.is_busy:
            self.draft = replace(draft, is_busy=True, problem="")
            spawn(self._send(self.draft), self)
            self.changed.emit()

    def begin_paying(self, message_id: EventId) -> None:
        """The person pressed to pay a request: `pay`, or `told` why it is not paid."""
        try:
            self.pay.emit(self._app.asks.begin_paying(message_id))
        except (RequestError, BackendError) as error:
            self.told.emit(sentence(error))

    def answer(self, message_id: EventId) -> None:
        """Sends an invoice to somebody who wants to send us money."""
        if not self.is_busy:
            self.is_busy = True
            spawn(self._answer(message_id), self)

    def begin_refusing(self, view: MessageView) -> None:
        """The person wants to refuse a request."""
        self.refusing, self.problem = view, ""
        self.changed.emit()

    def refuse(self, words: str, *, tell: bool) -> None:
        """Refuses it; they hear of it if that is wanted."""
        if self.refusing is not None and not self.is_busy:
            self.is_busy, self.problem = True, ""
            spawn(self._refuse(self.refusing.message_id, words, tell=tell), self)
            self.changed.emit()

    async def _send(self, draft: AskDraft) -> None:
        asks = self._app.asks
        act = asks.offer_to_pay_later if draft.is_promise else asks.ask
        try:
            await act(draft.peer, draft.amount, draft.words)
        except (RequestError, BackendError) as error:
            self.draft = replace(draft, is_busy=False, problem=sentence(error))
        else:
            self.draft = None
            self.sent.emit()
            self.told.emit(_done(draft))
        self.changed.emit()

    async def _answer(self, message_id: EventId) -> None:
        try:
            await self._app.asks.answer_promise(message_id)
        except (RequestError, BackendError) as error:
            self.told.emit(sentence(error))
        else:
            self.told.emit(t("They have your invoice now."))
        finally:
            self.is_busy = False

    async def _refuse(self, message_id: EventId, words: str, *, tell: bool) -> None:
        try:
            await self._app.asks.refuse(message_id, words, tell=tell)
        except (RequestError, BackendError) as error:
            self.problem = sentence(error)
        else:
            self.refusing = None
            self.refused.emit()
        finally:
            self.is_busy = False
        self.changed.emit()


def _done(draft: AskDraft) -> str:
    amount = draft.amount or Msat(0)
    if draft.is_promise:
        return t("{name} is told that you want to send {amount}.", name=draft.name, amount=amount)
    return t("{name} is asked for {amount}.", name=draft.name, amount=amount)
