"""Paying an address on the chain: how much, how soon, what it costs, and the question before."""

from PySide6.QtCore import QObject, Signal

from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.units import Msat, Sat
from tipdesk.services.onchain import OnchainCost, SentOnchain, Speed
from tipdesk.tips.caution import ConfirmationNeeded, Habits
from tipdesk.tips.way import Onchain
from tipdesk.ui.i18n import t
from tipdesk.ui.loop import cancel_all, spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade


class OnchainDraft(ViewModel):
    """Read by one form. `sent` with a sentence when it has left, and whether to mind it."""

    sent = Signal(str, bool)

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self.target: Onchain | None = None
        self.amount: Sat | None = None
        self.speed = Speed.NORMAL
        self.cost: OnchainCost | None = None
        self.problem = ""
        self.question = ""
        self.is_sending = False
        self._asking = 0

    @property
    def can_send(self) -> bool:
        """Whether what is shown is what would be paid."""
        return self.cost is not None and not self.is_sending

    def begin(self, target: Onchain) -> None:
        """Another address."""
        self.clear()
        self.target = target
        self.amount = target.amount
        self._ask()

    def clear(self) -> None:
        """None any more."""
        self.target, self.amount, self.cost = None, None, None
        self.problem, self.question = "", ""
        self._asking += 1

    def set_amount(self, amount: Msat | None) -> None:
        """How much; on chain there are whole sats only."""
        self.problem, self.question = "", ""
        if amount is not None and amount.value % 1_000:
            self.problem = t("On chain there are whole sats only. Write an amount without a point.")
            amount = None
        self.amount = None if amount is None else amount.to_sat_floor()
        self._ask()

    def set_speed(self, speed: Speed) -> None:
        """How soon."""
        self.speed = speed
        self._ask()

    def send(self, typed_again: Msat | None = None) -> None:
        """Pays what is shown; `question` if its amount has to be typed first."""
        cost = self.cost
        if cost is None or self.is_sending:
            return
        self.problem = ""
        amount = cost.amount.to_msat()
        if self.question and typed_again != amount:
            self.problem = t("That is another amount. Type the one above.")
        elif self._is_meant(amount, typed_again):
            self.is_sending = True
            spawn(self._send(cost), self)
        self.changed.emit()

    def close(self) -> None:
        """Asks nothing more."""
        cancel_all(self)
        super().close()

    def _is_meant(self, amount: Msat, typed_again: Msat | None) -> bool:
        try:
            Habits((), self._app.allowance.retype_from).check(amount, typed_again)
        except ConfirmationNeeded as needed:
            self.question = sentence(needed)
            return False
        self.question = ""
        return True

    def _ask(self) -> None:
        self.cost = None
        self._asking += 1
        if self.target is not None and self.amount:
            spawn(self._find_cost(self.target, self.amount, self._asking), self)
        self.changed.emit()

    async def _find_cost(self, target: Onchain, amount: Sat, asking: int) -> None:
        try:
            cost = await self._app.onchain.cost(target.address, amount, self.speed)
            problem = ""
        except (RequestError, BackendError) as error:
            cost, problem = None, sentence(error)
        if asking == self._asking:
            self.cost, self.problem = cost, problem
            self.changed.emit()

    async def _send(self, cost: OnchainCost) -> None:
        sent = None
        try:
            sent = await self._app.onchain.send(cost)
        except (RequestError, BackendError) as error:
            self.problem = sentence(error)
        finally:
            self.is_sending = False
        if sent is not None:
            self.clear()
        self.changed.emit()
        if sent is not None:
            self._tell_sent(sent)

    def _tell_sent(self, sent: SentOnchain) -> None:
        self.sent.emit(
            t("{total} left on chain. A block has to take the payment.", total=sent.total)
            if sent.is_published
            else t(
                "The payment of {total} is signed, and the chain server could not be asked whether "
                "it took it. TipDesk tries again with every block while it runs. Do not send it a "
                "second time.",
                total=sent.total,
            ),
            not sent.is_published,
        )
