"""A page that pays us, or that we log in to: whose it is, what happens, and the button."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.send_pages import PageDraft
from tipdesk.ui.widgets.amount_edit import AmountEdit
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import column
from tipdesk.ui.widgets.text import Text


class PageForm(QWidget):
    """Shows a draft. `resized` when it needs another height."""

    resized = Signal()

    def __init__(self, draft: PageDraft) -> None:
        super().__init__()
        self._draft = draft
        layout = column(self, spacing=Space.NEAR)
        self._explained = Text("", Type.BODY, "soft", wrap=True)
        self._words = Text("", Type.SMALL, "faint", wrap=True)
        self.amount = AmountEdit(t("Amount to take"))
        self.amount.amount_changed.connect(draft.set_amount)
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        self.button = Button(t("Log in"), look=Look.PRIMARY)
        self.button.setFixedHeight(42)
        self.button.clicked.connect(draft.go_on)
        for part in (self._explained, self._words, self.amount, self._problem, self.button):
            layout.addWidget(part)
        self._had_offer = False
        draft.changed.connect(self.update_view)

    @property
    def problem_text(self) -> str:
        """What it says stands against it."""
        return "" if self._problem.isHidden() else self._problem.text()

    @property
    def explained_text(self) -> str:
        """What it says will happen."""
        return self._explained.text()

    def update_view(self) -> None:
        """Shows the draft as it is now."""
        draft, offer = self._draft, self._draft.offer
        self._explained.setText(draft.explained)
        said = "" if offer is None else words.line(offer.description)
        self._words.setText(t("It says: {words}", words=said) if said else "")
        self._words.setVisible(bool(said))
        self.amount.setVisible(offer is not None and offer.least != offer.most)
        if offer is not None and not self._had_offer:
            self.amount.set_amount(draft.amount)
        self._had_offer = offer is not None
        problem = draft.problem or self.amount.problem or draft.bounds_problem
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        ready = offer is None or (draft.amount is not None and not draft.bounds_problem)
        self.button.setEnabled(ready and not draft.is_asking)
        self.button.set_label(self._label())
        self.resized.emit()

    def _label(self) -> str:
        draft = self._draft
        if draft.is_asking:
            return t("Asking …")
        if draft.login is not None:
            return t("Log in to {domain}", domain=draft.domain)
        if draft.offer is None:
            return t("Ask {domain}", domain=draft.domain)
        if draft.amount is None:
            return t("Take it")
        return t("Take {amount}", amount=words.exact_amount(draft.amount))
