"""The start of the program: a wallet that the person has, connected before there is a profile."""

from typing import TYPE_CHECKING

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.viewmodels.front import FrontViewModel
from tipdesk.ui.viewmodels.front_draft import MAINNET
from tipdesk.ui.views.front_step import FrontStep, noted
from tipdesk.ui.widgets.check_box import CheckBox
from tipdesk.ui.widgets.text import Text

if TYPE_CHECKING:
    from tipdesk.ui.widgets.wallet_form import WalletForm


class OwnWalletStep(FrontStep):
    """The form, what the wallet says it can do, and the risk where its money is real."""

    def __init__(self, model: FrontViewModel) -> None:
        super().__init__(
            model,
            t("Use a wallet you have"),
            t("It pays and is paid; TipDesk keeps no money of its own. Connect it here:"),
        )
        self.form: WalletForm | None = None
        self._place = self.body.count()
        self._risk = noted(model.risk, "warning")
        self.body.addWidget(self._risk)
        self.accept = CheckBox(t("I know this, and begin with a small amount"))
        self.accept.toggled.connect(self._accepted)
        self.body.addWidget(self.accept)
        self._beside = Text(
            t(
                "An empty wallet of TipDesk's own lies beside it. You can use it, or not, whenever "
                "you like."
            ),
            Type.SMALL,
            "faint",
            wrap=True,
        )
        self.body.addWidget(self._beside)
        self.end()
        self.body.addStretch(1)

    def update_view(self) -> None:
        """The risk is real money's, and is said once the wallet has said whose it is."""
        draft = self._model.draft
        is_real = draft.brought is not None and draft.network == MAINNET
        self.accept.setChecked(draft.accepts_risk)
        self._risk.setVisible(is_real)
        self.accept.setVisible(is_real)
        self._beside.setVisible(draft.brought is not None)

    def take_keyboard(self) -> None:
        """The field of the link."""
        self._made().take_keyboard()

    def _made(self) -> "WalletForm":
        if self.form is None:
            # The first window stands before what a wallet is read with is loaded.
            from tipdesk.ui.widgets.wallet_form import WalletForm

            self.form = WalletForm(self._model.wallet_draft, asks_name=False)
            self.body.insertWidget(self._place, self.form)
        return self.form

    def _accepted(self, on: bool) -> None:  # noqa: FBT001 (Qt's signature)
        self._model.draft.accepts_risk = on
