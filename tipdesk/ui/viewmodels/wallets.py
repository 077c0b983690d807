"""The wallets that pay for this profile: which there are, which one pays, how each is."""

from PySide6.QtCore import QObject

from tipdesk.base.errors import BackendError, RequestError, StorageError
from tipdesk.base.units import Msat
from tipdesk.ports.wallets import OWN, WalletId
from tipdesk.services.events import BalanceChanged, WalletsChanged
from tipdesk.services.wallets import WalletView
from tipdesk.tips.any_link import WalletLink
from tipdesk.ui.i18n import say, t
from tipdesk.ui.loop import cancel_all, spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.connect import ConnectDraft
from tipdesk.ui.viewmodels.facade import AppFacade


class WalletsViewModel(ViewModel):
    """`balances` are asked for when the list is seen; `problem` is that of the last press."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._wallets = app.wallets
        self.draft = ConnectDraft(app.wallets.inspect, self._connect, self)
        self.all: tuple[WalletView, ...] = app.wallets.views()
        self.balances: dict[WalletId, Msat] = {}
        self.problem = ""
        self.leaving: WalletView | None = None
        """The one that somebody wants to remove."""
        self.listen(WalletsChanged, self.touch)
        self.listen(BalanceChanged, self.touch)

    def refresh(self) -> None:
        """The list as it is."""
        self.all = self._wallets.views()

    @property
    def chosen(self) -> WalletView:
        """The one that pays."""
        return next(one for one in self.all if one.is_chosen)

    def read(self) -> None:
        """Asks each what it holds."""
        spawn(self._read(), self)

    def choose(self, wallet: WalletId) -> None:
        """Pays from now on."""
        self.problem = ""
        try:
            self._wallets.choose(wallet)
        except RequestError as error:
            self.problem = sentence(error)
        self.touch()

    def ask_again(self, wallet: WalletId) -> None:
        """Asks it anew what it can do."""
        spawn(self._ask_again(wallet), self)

    def begin_removal(self, wallet: WalletView) -> None:
        """Somebody wants to remove it."""
        self.leaving, self.problem = wallet, ""
        self.changed.emit()

    def remove(self) -> None:
        """Its key is forgotten."""
        if self.leaving is not None:
            spawn(self._remove(self.leaving.wallet), self)

    def close(self) -> None:
        """Does nothing more."""
        cancel_all(self)
        self.draft.clear()
        super().close()

    def about(self, view: WalletView) -> str:
        """The line below its name."""
        if view.problem:
            return say(view.problem)
        parts = []
        if view.wallet == OWN:
            parts.append(t("your keys and channels, in this app"))
        else:
            kind = "" if view.kind is None else say(view.kind.title)
            parts.append(t("{kind} at {place}", kind=kind, place=view.where))
        held = self.balances.get(view.wallet)
        if held is not None:
            parts.append(t("{amount} to spend", amount=held))
        if view.under_way:
            parts.append(t("payments under way: {count}", count=view.under_way))
        return " · ".join(parts)

    async def _connect(self, link: WalletLink, name: str) -> None:
        await self._wallets.connect(link, name)

    async def _read(self) -> None:
        for view in self.all:
            if not view.problem:
                balance = await self._wallets.balance_of(view.wallet)
                if balance is not None:
                    self.balances[view.wallet] = balance.spendable
                    self.changed.emit()
        self.changed.emit()

    async def _ask_again(self, wallet: WalletId) -> None:
        self.problem = ""
        try:
            await self._wallets.look_again(wallet)
        except (BackendError, RequestError) as error:
            self.problem = sentence(error)
        self.touch()

    async def _remove(self, wallet: WalletId) -> None:
        try:
            await self._wallets.remove(wallet)
            self.leaving = None
            self.balances.pop(wallet, None)
        except (BackendError, RequestError, StorageError) as error:
            self.problem = sentence(error)
        self.touch()
