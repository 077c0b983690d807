"""An amount that holds as soon as it is written, or no amount at all."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from tipdesk.base.units import Msat
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.widgets.amount_edit import AmountEdit
from tipdesk.ui.widgets.check_box import CheckBox
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.text import Text
from tipdesk.ui.widgets.use_bar import UseBar

_LABEL = 150
_FIELD = 130


class LimitEdit(QWidget):
    """`limit_set` with an amount, or with None once there is no limit."""

    limit_set = Signal(object)

    def __init__(self, title: str, none: str) -> None:
        super().__init__()
        outer = column(self, spacing=Space.TIGHT)
        line = row(spacing=Space.NEAR)
        label = Text(title, Type.BODY, wrap=True)
        label.setFixedWidth(_LABEL)
        self.amount = AmountEdit(title)
        self.amount.setFixedWidth(_FIELD)
        self.amount.setFixedHeight(36)
        self.amount.setPlaceholderText("\u2013")
        self.none = CheckBox(none)
        self.none.setAccessibleName(f"{title}: {none}")
        line.addWidget(label)
        line.addWidget(self.amount)
        line.addWidget(self.none)
        line.addStretch(1)
        outer.addLayout(line)
        self.bar = UseBar()
        outer.addWidget(self.bar)
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        self._problem.hide()
        outer.addWidget(self._problem)
        self._limit: Msat | None = None
        self.amount.editingFinished.connect(self._finished)
        self.none.clicked.connect(self._none_clicked)

    def show_limit(self, limit: Msat | None, used: Msat | None) -> None:
        """The limit that holds, and what was used of it where that is known."""
        self._limit = limit
        self.none.setChecked(limit is None)
        self.amount.setEnabled(limit is not None)
        if not self.amount.hasFocus():
            self.amount.set_amount(limit)
            self._say("")
        self.bar.show_use(limit, used)

    def _finished(self) -> None:
        amount = self.amount.amount
        if amount is None:
            self._say(self.amount.problem or t("Write an amount, or choose that there is none."))
        elif amount != self._limit:
            self._say("")
            self.limit_set.emit(amount)

    def _none_clicked(self) -> None:
        if self.none.isChecked():
            self.limit_set.emit(None)
        else:
            self.none.setChecked(False)
            self.amount.setEnabled(True)
            self.amount.setFocus()

    def _say(self, problem: str) -> None:
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
